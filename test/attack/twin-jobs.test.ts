import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { buildMonths } from "../../src/rollups/months.ts";
import { busyShop } from "../support/busy-shop.ts";
import { call } from "../support/client.ts";
import { change } from "../support/change.ts";
import { nameOf, operations } from "../support/contract.ts";
import { buildNight, lakeRows } from "../support/lake.ts";
import { repeatUntil } from "../support/pages.ts";
import { runNight } from "../support/recommendations.ts";
import { base, type Shop } from "../support/shops.ts";
import { addTwins, twinRows, withoutTime } from "../support/twins.ts";

const figures = operations.filter(
  ({ method, path }) => method === "GET" && /\/(metrics|reports)\//.test(path) && !path.includes("{"),
);

async function runJobs(shop: Shop): Promise<void> {
  await repeatUntil(async () => !(await rebuildDirtyDays(base(), shop.tenant.id)).more);
  await repeatUntil(async () => !(await buildMonths(base(), shop.tenant.id)));
  await runNight(shop);
  await buildNight(shop, new Date());
}

const markAll = ({ tenant }: Shop) =>
  change(
    `INSERT INTO dirty_days (tenant_id, day, needs_rebuild) SELECT tenant_id, day, 1 FROM daily_sales WHERE tenant_id = ?
      ON CONFLICT DO UPDATE SET needs_rebuild = 1`,
    tenant.id,
  );

async function readFigures({ admin }: Shop): Promise<Record<string, string>> {
  for (const { name } of (await env.CACHE.list()).keys) await env.CACHE.delete(name);
  const texts: Record<string, string> = {};
  for (const operation of figures)
    for (const query of ["", "?from=2026-03-01&to=2026-03-31"]) {
      const { text } = await call("GET", `${operation.path}${query}`, { token: admin.token });
      texts[`${nameOf(operation)}${query}`] = withoutTime(text);
    }
  return texts;
}

describe("beside shops whose rows have the same ids, the jobs of a shop", () => {
  it("compute the same figures and the same lake, and leave the other shops' rows", async () => {
    const shop = await busyShop();
    await runJobs(shop);
    const [before, lines] = [await readFigures(shop), await lakeRows(shop, "purchases")];
    expect(lines).toHaveLength(2);
    await addTwins(shop.tenant);
    await markAll(shop);
    const twins = await twinRows();
    await runJobs(shop);
    const now = await twinRows();
    for (const [table, rows] of Object.entries(twins)) expect(now[table], table).toEqual(rows);
    expect(await readFigures(shop)).toEqual(before);
    expect(await lakeRows(shop, "purchases")).toEqual(lines);
  });
});
