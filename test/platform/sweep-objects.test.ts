import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { sweepObjects } from "../../src/platform/sweep-objects.ts";
import { base } from "../support/shops.ts";

it("a sweep of objects passes each that is older than a day, by pages to the last, and fails with its page", async () => {
  for (const name of ["a", "b", "c", "d", "e"]) await env.FILES.put(`test/${name}`, "x");
  await env.FILES.put("tesu", "x");
  const tomorrow = base(new Date(Date.now() + 25 * 3_600_000));
  const page = async (after: string, ctx = tomorrow): Promise<[string | null, string[]]> => {
    const seen: string[] = [];
    const collect = async (keys: string[]) => {
      seen.push(...keys);
    };
    return [await sweepObjects(ctx, after, "test/", collect, 2), seen];
  };
  expect(await page("")).toEqual(["test/b", ["test/a", "test/b"]]);
  expect(await page("test/b")).toEqual(["test/d", ["test/c", "test/d"]]);
  expect(await page("test/d")).toEqual([null, ["test/e"]]);
  expect(await page("", base())).toEqual(["test/b", []]);
  const [first] = (await env.FILES.list({ prefix: "test/", limit: 1 })).objects;
  const dayLater = (ms: number) => base(new Date(Number(first?.uploaded) + 86_400_000 + ms));
  expect(await page("", dayLater(0))).toEqual(["test/b", []]);
  expect((await page("", dayLater(1)))[1]).toContain("test/a");
  const fails = () => Promise.reject(new Error("failed"));
  await expect(sweepObjects(tomorrow, "", "test/", fails, 2)).rejects.toThrow("failed");
});
