import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { sweepObjects } from "../../src/platform/sweep-objects.ts";
import { base } from "../support/shops.ts";

it("each run of a sweep of objects continues after the last, starts again at the end, and repeats a page that failed", async () => {
  for (const name of ["a", "b", "c", "d", "e"]) await env.FILES.put(`test/${name}`, "x");
  await env.FILES.put("tesu", "x");
  const tomorrow = base(new Date(Date.now() + 25 * 3_600_000));
  const run = async (fails = false): Promise<string[]> => {
    const seen: string[] = [];
    const collect = async (keys: string[]) => {
      if (fails) throw new Error("failed");
      seen.push(...keys);
    };
    await sweepObjects(tomorrow, "test/", collect, { pages: 2, objects: 2 }).catch(() => undefined);
    return seen;
  };
  expect(await run()).toEqual(["test/a", "test/b", "test/c", "test/d"]);
  expect(await run(true)).toEqual([]);
  expect(await run()).toEqual(["test/e"]);
  expect(await run()).toEqual(["test/a", "test/b", "test/c", "test/d"]);
});
