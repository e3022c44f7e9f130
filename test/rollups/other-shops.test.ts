// Other shops whose rows have the same ids, in another state.
import { describe, expect, it } from "vitest";
import { runImport } from "../../src/imports/consume.ts";
import { buildTimelines } from "../../src/rollups/build-timelines.ts";
import { queueLaggingRollups } from "../../src/rollups/jobs.ts";
import { buildMonths } from "../../src/rollups/months.ts";
import { advanceDays, rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { countStock } from "../../src/rollups/stock.ts";
import { sell } from "../../src/sales/sell.ts";
import { change } from "../support/change.ts";
import { count, rowsOf } from "../support/d1.ts";
import { fileOf, storeImport } from "../support/imports.ts";
import { recording } from "../support/queues.ts";
import { base, newProduct, newShop, type Shop } from "../support/shops.ts";
import { addTwins, changeTwins, twinRows } from "../support/twins.ts";

const DAY = "2020-01-15";

/** Imports sales of one day, each to another customer, and builds it. */
async function importSales(shop: Shop, sales: number, customer: string): Promise<void> {
  const rows = Array.from({ length: sales }, (_, nth) => ({
    invoice: `${customer}${nth}`,
    customer: `${customer}${nth}`,
    date: `${DAY} 10:00`,
  }));
  await runImport(base(), shop.tenant, await storeImport(shop.admin.ctx(), fileOf(rows)));
  await rebuildDirtyDays(base(), shop.tenant.id);
}

const builtShop = async (sales: number): Promise<Shop> => {
  const shop = await newShop();
  await importSales(shop, sales, "K");
  return shop;
};

describe("beside shops whose rows have the same ids", () => {
  it("a customer gets a number, though theirs of the same id has one", async () => {
    const shop = await newShop();
    const importInvoice = async (invoice: string) =>
      runImport(
        base(),
        shop.tenant,
        await storeImport(shop.admin.ctx(), fileOf([{ invoice, customer: "K" }])),
      );
    await importInvoice("1");
    await addTwins(shop.tenant);
    await change("DELETE FROM customer_numbers WHERE tenant_id = ?", shop.tenant.id);
    await importInvoice("2");
    await rebuildDirtyDays(base(), shop.tenant.id);
    expect(await rowsOf("SELECT number FROM customer_numbers WHERE tenant_id = ?", shop.tenant.id)).toEqual([
      { number: 0 },
    ]);
  });

  it("a sale that arrives late is added once, and theirs waits", async () => {
    const shop = await newShop({ timezone: "UTC" });
    const { id } = await newProduct(shop);
    const sellAt = (time: string) =>
      sell(
        shop.admin.ctx(new Date(`${DAY}T12:00:00Z`)),
        {
          items: [{ product_id: id, quantity: 1000 }],
          payment_method: "cash",
          sold_at: `${DAY}T${time}:00.000Z`,
        },
        undefined,
      );
    await sellAt("11:30");
    await rebuildDirtyDays(base(), shop.tenant.id);
    await sellAt("11:20");
    await addTwins(shop.tenant);
    await changeTwins("dirty_days", "asked_at = ?1", `${DAY}T13:00:00.000Z`);
    const before = await twinRows();
    await advanceDays(base(), shop.tenant.id);
    expect(await rowsOf("SELECT sales FROM daily_sales WHERE tenant_id = ?", shop.tenant.id)).toEqual([
      { sales: 2 },
    ]);
    expect(await count("SELECT count(*) n FROM dirty_days WHERE tenant_id = ?", shop.tenant.id)).toBe(0);
    expect(await twinRows()).toEqual(before);
  });

  it("new customers get the next numbers of this shop", async () => {
    const shop = await builtShop(3);
    await addTwins(shop.tenant);
    await changeTwins("customer_numbers", "number = number + 100");
    await importSales(shop, 2, "L");
    const numbers = await rowsOf(
      "SELECT number FROM customer_numbers WHERE tenant_id = ? ORDER BY number",
      shop.tenant.id,
    );
    expect(numbers.map(({ number }) => number)).toEqual([0, 1, 2, 3, 4]);
  });

  it("the stock is counted again, and what was counted of theirs stays", async () => {
    const shop = await newShop();
    await newProduct(shop, { stock: 5 });
    await countStock(base(), shop.tenant);
    await addTwins(shop.tenant);
    const before = await twinRows();
    await countStock(base(), shop.tenant);
    expect(await twinRows()).toEqual(before);
  });

  it("no month is built in which only they have sold", async () => {
    const shop = await builtShop(1);
    await addTwins(shop.tenant);
    await changeTwins("daily_sales", "day = '2020-03-15'");
    await changeTwins("unbuilt_months", "month = '2020-03-01'");
    await buildMonths(base(), shop.tenant.id);
    expect(
      await rowsOf(
        "SELECT month FROM monthly_totals WHERE tenant_id = ?1 UNION SELECT month FROM ranking_months WHERE tenant_id = ?1",
        shop.tenant.id,
      ),
    ).toEqual([{ month: "2020-01-01" }]);
  });

  it("the ETL is not requested because many of their sales are late", async () => {
    const shop = await builtShop(1);
    await change(
      "INSERT INTO dirty_days (tenant_id, day, needs_rebuild) VALUES (?, ?, 0)",
      shop.tenant.id,
      DAY,
    );
    await addTwins(shop.tenant);
    await change(
      `WITH RECURSIVE n(nth) AS (SELECT 1 UNION ALL SELECT nth + 1 FROM n WHERE nth < 50)
        INSERT INTO late_sales (tenant_id, day, placed_at, sale_id) SELECT t.id, ?, 'x', nth FROM n, tenants t WHERE t.id <> ?`,
      DAY,
      shop.tenant.id,
    );
    const { ctx, sent } = recording(base(), "ROLLUPS");
    await queueLaggingRollups(ctx);
    expect(sent.length).toBeGreaterThan(0);
    expect(JSON.stringify(sent)).not.toContain(shop.tenant.id);
  });
});

describe("beside shops whose busy days are the same", () => {
  const partsOf = (shop: Shop) =>
    rowsOf("SELECT DISTINCT day FROM day_timelines WHERE tenant_id = ?", shop.tenant.id);

  it("a timeline is built though theirs waits for sales", async () => {
    const shop = await builtShop(60);
    await addTwins(shop.tenant);
    const before = await twinRows();
    await buildTimelines(base(), shop.tenant.id);
    expect(await partsOf(shop)).toEqual([{ day: DAY }]);
    expect(await count("SELECT count(*) n FROM unbuilt_timelines WHERE tenant_id = ?", shop.tenant.id)).toBe(
      0,
    );
    expect(await twinRows()).toEqual(before);
  });

  it("a timeline is built though one of theirs is of a later day", async () => {
    const shop = await builtShop(60);
    await addTwins(shop.tenant);
    await changeTwins("dirty_days", "day = '2020-01-01'");
    await changeTwins("unbuilt_timelines", "day = '2020-01-16'");
    await buildTimelines(base(), shop.tenant.id);
    expect(await partsOf(shop)).toEqual([{ day: DAY }]);
  });
});
