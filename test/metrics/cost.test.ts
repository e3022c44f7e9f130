// The rows that figures, the ETL and an import read do not depend on the number of existing sales.
import { describe, expect, it } from "vitest";
import { runImport } from "../../src/imports/consume.ts";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { API, call, costOf } from "../support/client.ts";
import { fileOf, importFile, storeImport, waitForFigures } from "../support/imports.ts";
import { base, newPerson, newProduct, newShop, sellOne, type Shop } from "../support/shops.ts";

const DAYS = 20;

/** A shop with this many invoices on each of its days, all in the daily tables. */
async function shopWith(invoicesPerDay: number): Promise<Shop> {
  const shop = await newShop();
  const { email } = await newPerson(shop.tenant, "EMPLOYEE");
  const rows = Array.from({ length: DAYS * invoicesPerDay }, (_, index) => ({
    invoice: `I-${index}`,
    date: `2026-03-${String((index % DAYS) + 1).padStart(2, "0")} 10:00`,
    seller: email,
  }));
  await importFile(shop, fileOf(rows));
  await waitForFigures(shop);
  return shop;
}

const PATHS = [
  "/metrics/kpis",
  "/metrics/series?interval=month",
  "/metrics/top-countries",
  "/metrics/sales-summary",
  "/reports/dashboard",
  "/reports/tax",
  "/metrics/top-customers",
  "/metrics/top-customers?from=2026-03-10",
  "/metrics/rfm",
  "/metrics/kpis?from=2026-03-11&to=2026-03-20&compare=previous",
  "/metrics/series?from=2026-03-11&to=2026-03-20&compare=previous",
  "/metrics/top-countries?from=2026-03-11&to=2026-03-20&compare=previous",
  "/reports/dashboard?from=2026-03-11&to=2026-03-20&compare=previous",
];

async function readsAfterSale(shop: Shop): Promise<number[]> {
  const product = await newProduct(shop);
  await sellOne(shop.admin.token, product.id);
  const responses = [];
  for (const path of PATHS) responses.push(await call("GET", `${API}${path}`, { token: shop.admin.token }));
  return responses.map((response) => costOf(response).read);
}

describe("rows read", () => {
  it("by figures while a day is dirty are the same in a shop with ten times the sales", async () => {
    const few = await readsAfterSale(await shopWith(3));
    const many = await readsAfterSale(await shopWith(30));
    expect(many).toEqual(few);
    for (const [nth, read] of many.entries()) expect(read, PATHS[nth]).toBeLessThan(DAYS * 6);
  });

  it("by sales by category are those of the products with a category, once for both ranges of a comparison", async () => {
    const PRODUCTS = 40;
    const path = "/metrics/breakdown?by=category&from=2026-03-11&to=2026-03-20";
    const reads = [];
    for (const category of [null, "novela"]) {
      const shop = await shopWith(1);
      for (let left = PRODUCTS; left > 0; left -= 1) await newProduct(shop, { category });
      for (const each of [path, `${path}&compare=previous`])
        reads.push(costOf(await call("GET", `${API}${each}`, { token: shop.admin.token })).read);
    }
    const [without = 0, withoutCompared = 0, of = 0, compared = 0] = reads;
    expect(withoutCompared).toBeLessThan(2 * PRODUCTS);
    expect(of - without).toBeLessThanOrEqual(2 * PRODUCTS);
    expect(compared - withoutCompared).toBe(of - without);
  });

  it("by the ETL of one day are those of its own sales", async () => {
    const costs = [];
    for (const invoicesPerDay of [3, 30]) {
      const shop = await shopWith(invoicesPerDay);
      await sellOne(shop.admin.token, (await newProduct(shop)).id);
      const ctx = base();
      expect(await rebuildDirtyDays(ctx, shop.tenant.id)).toEqual({ days: 1, more: false });
      costs.push(ctx.db.cost.read);
    }
    expect(costs[1]).toBe(costs[0]);
  });

  it("by an import are those of its own rows", async () => {
    const costs = [];
    for (const invoicesPerDay of [3, 30]) {
      const shop = await shopWith(invoicesPerDay);
      const id = await storeImport(shop.admin.ctx(), fileOf([{ invoice: "new", date: "2026-04-01 10:00" }]));
      const ctx = base();
      expect(await runImport(ctx, shop.tenant, id)).toBe("ended");
      costs.push(ctx.db.cost.read);
    }
    expect(costs[1]).toBe(costs[0]);
  });
});
