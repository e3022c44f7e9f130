import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { sweepObjects } from "../../src/platform/sweep-objects.ts";
import { base } from "../support/shops.ts";

it("a sweep of objects looks at some a night and goes on behind them, then begins anew; a failed page comes again", async () => {
  for (const name of ["a", "b", "c", "d", "e"]) await env.FILES.put(`test/${name}`, "x");
  await env.FILES.put("tesu", "x");
  const tomorrow = base(new Date(Date.now() + 25 * 3_600_000));
  const night = async (fails = false): Promise<string[]> => {
    const seen: string[] = [];
    const look = async (keys: string[]) => {
      if (fails) throw new Error("away");
      seen.push(...keys);
    };
    await sweepObjects(tomorrow, "test/", look, { pages: 2, objects: 2 }).catch(() => undefined);
    return seen;
  };
  expect(await night()).toEqual(["test/a", "test/b", "test/c", "test/d"]);
  expect(await night(true)).toEqual([]);
  expect(await night()).toEqual(["test/e"]);
  expect(await night()).toEqual(["test/a", "test/b", "test/c", "test/d"]);
});
