import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { buildMonths } from "../../src/rollups/months.ts";
import { API, call } from "../support/client.ts";
import { change } from "../support/change.ts";
import { nameOf, operations } from "../support/contract.ts";
import { fileOf, importFile } from "../support/imports.ts";
import { buildNight, lakeRows } from "../support/lake.ts";
import { repeatUntil } from "../support/pages.ts";
import { runNight, sellTogether } from "../support/recommendations.ts";
import { base, newPerson, newProduct, newShop, sellOne, type Shop } from "../support/shops.ts";
import { addTwins, twinRows, withoutTime } from "../support/twins.ts";

const figures = operations.filter(
  ({ method, path }) => method === "GET" && /\/(metrics|reports)\//.test(path) && !path.includes("{"),
);

/** A shop with counter sales of two customers, a refund, and an import of other days. */
async function busyShop(): Promise<Shop> {
  const shop = await newShop();
  const { token } = shop.admin;
  await call("POST", `${API}/shifts/start`, { token, json: {} });
  const [first, second] = [
    await newProduct(shop, { stock: 90, category: "Books", price: 1200 }),
    await newProduct(shop, { stock: 90, category: "Games", price: 800 }),
  ];
  const ids = [first.id, second.id];
  for (const customer of [await newPerson(shop.tenant, "CUSTOMER"), await newPerson(shop.tenant, "CUSTOMER")])
    for (let sales = 0; sales < 3; sales += 1) await sellTogether(shop, ids, customer);
  const sale = await sellOne(token, first.id, 3);
  const json = { items: [{ product_id: first.id, quantity: 1 }], reason: "back" };
  await call("POST", `${API}/sales/${sale.body.id}/refunds`, { token, json });
  await importFile(
    shop,
    fileOf(
      ["2026-03-02", "2026-03-03"].map((day, index) => ({
        invoice: `${index + 1}`,
        date: `${day} 10:00:00`,
        customer: "C1",
        country: "France",
      })),
    ),
  );
  return shop;
}

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
