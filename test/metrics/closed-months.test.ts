// What figures read does not grow with the sales of months that are over.
import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { getCustomerWithFigures } from "../../src/metrics/customers/record.ts";
import { topCustomers } from "../../src/metrics/rankings/top-customers.ts";
import { topProducts } from "../../src/metrics/rankings/top-products.ts";
import { buildMonths } from "../../src/rollups/months.ts";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { refundSale } from "../../src/sales/refund.ts";
import { sell } from "../../src/sales/sell.ts";
import { addDays } from "../../src/values/days.ts";
import { change } from "../support/change.ts";
import { API, call, costOf } from "../support/client.ts";
import { count } from "../support/d1.ts";
import { fileOf, importFile } from "../support/imports.ts";
import { repeatUntil } from "../support/pages.ts";
import { base, newPerson, newProduct, newShop, sellOne, type Shop } from "../support/shops.ts";

const FIRST_DAY = "2026-02-01";
const DAYS = 120;

const build = async (shop: Shop): Promise<void> => {
  await repeatUntil(async () => !(await rebuildDirtyDays(base(), shop.tenant.id)).more);
  await repeatUntil(async () => !(await buildMonths(base(), shop.tenant.id)));
};

/** A shop with some sales on each of 120 days to ten customers in four countries. */
async function shopWith(salesPerDay: number): Promise<Shop> {
  const shop = await newShop();
  const { email } = await newPerson(shop.tenant, "EMPLOYEE");
  const rows = Array.from({ length: DAYS * salesPerDay }, (_, index) => ({
    invoice: `I-${index}`,
    date: `${addDays(FIRST_DAY, Math.floor(index / salesPerDay))} 10:00`,
    sku: `S${(index * 7) % 20}`,
    price: String((index % 90) + 1),
    seller: email,
    customer: `c${(index * 3) % 10}`,
    country: ["Spain", "France", "Italy", ""][index % 4] ?? "",
  }));
  await importFile(shop, fileOf(rows));
  await build(shop);
  return shop;
}

const PATHS = [
  "kpis",
  "kpis?from=2026-02-01&to=2026-05-31",
  "kpis?from=2026-02-11&to=2026-05-20",
  "kpis?from=2026-04-01&to=2026-04-30&compare=previous",
  "series?interval=month",
  "top-countries?limit=100",
  "top-countries?from=2026-02-11&to=2026-05-20&compare=year",
  "top-countries/Spain",
  "top-products?limit=10",
  "top-products?limit=10&from=2026-03-01&to=2026-03-31",
  "top-products?limit=10&from=2026-02-11&to=2026-05-20&compare=previous",
  "top-customers?limit=10",
  "top-customers?limit=10&from=2026-03-01&to=2026-03-31",
  "top-customers?limit=10&from=2026-02-11&to=2026-05-20",
  "rfm?limit=10",
  "rfm?limit=10&as_of=2026-04-15",
  "overview?from=2026-02-11&to=2026-05-20&compare=previous",
];

const bodyOf = ({ body }: Awaited<ReturnType<typeof call>>) => {
  const { as_of: _, calculated_at: __, ...figures } = body;
  return figures;
};

describe("months that are over", () => {
  let shop: Shop;
  const get = (path: string, of = shop) => call("GET", `${API}/metrics/${path}`, { token: of.admin.token });
  const invalidate = (of = shop) =>
    base().db.run(sql`UPDATE tenants SET revision = revision + 1 WHERE id = ${of.tenant.id}`);

  beforeAll(async () => {
    shop = await shopWith(12);
  });

  it("are read as one row each, however much was sold in them", async () => {
    const few = await shopWith(4);
    const reads = async (of: Shop) => {
      const counts = [];
      for (const path of PATHS) counts.push(costOf(await get(path, of)).read);
      return counts;
    };
    const [less, more] = [await reads(few), await reads(shop)];
    for (const [nth, path] of PATHS.entries())
      // Some more products or customers share the total at which the page ends.
      expect(Math.abs((more[nth] ?? 0) - (less[nth] ?? 0)), path).toBeLessThanOrEqual(10);
    await invalidate();
    for (const [path, rows] of [
      ["kpis", 40],
      ["top-countries?limit=100", 60],
      ["top-products?limit=10", 60],
      // Three rows more for each customer of the page: the record and its key, and for an ADMIN the name.
      ["top-customers?limit=10", 90],
      ["top-customers?limit=10&from=2026-03-01&to=2026-03-31", 90],
      ["rfm?limit=10", 60],
    ] as const)
      expect(costOf(await get(path)).read, path).toBeLessThan(rows);
  });

  it("have the same figures as their days, and as their sales", async () => {
    await invalidate();
    const figures = async () => {
      const bodies = [];
      for (const path of PATHS.filter((each) => !each.startsWith("overview")))
        bodies.push(bodyOf(await get(path)));
      return bodies;
    };
    const byMonth = await figures();
    await base().db.batch([
      sql`INSERT INTO unbuilt_months SELECT DISTINCT tenant_id, substr(day, 1, 8) || '01' FROM daily_sales
        WHERE tenant_id = ${shop.tenant.id}`,
      sql`DELETE FROM ranking_months WHERE tenant_id = ${shop.tenant.id}`,
    ]);
    await invalidate();
    expect(await figures()).toEqual(byMonth);
    await base().db.run(
      sql`INSERT INTO dirty_days (tenant_id, day) SELECT tenant_id, day FROM daily_sales WHERE tenant_id = ${shop.tenant.id}`,
    );
    await invalidate();
    expect(await figures()).toEqual(byMonth);
    await build(shop);
    await invalidate();
    expect(await figures()).toEqual(byMonth);
    await base().db.run(
      sql`INSERT INTO dirty_days (tenant_id, day) VALUES (${shop.tenant.id}, '2026-03-03')`,
    );
    await invalidate();
    expect(await figures()).toEqual(byMonth);
    await build(shop);
  });

  it("are exact at once after a late import, and one row again after the ETL", async () => {
    const before = bodyOf(await get("kpis"));
    const read = costOf(await get("series?interval=year")).read;
    await importFile(
      shop,
      fileOf([{ invoice: "late", date: "2026-03-03 10:00", price: "5", customer: "new", country: "Peru" }]),
    );
    const expected = {
      ...before,
      total_revenue: before.total_revenue + 500,
      sales: before.sales + 1,
      customers: before.customers + 1,
    };
    expect(bodyOf(await get("kpis"))).toMatchObject({
      total_revenue: expected.total_revenue,
      customers: expected.customers,
    });
    expect(
      (await get("top-countries?limit=100")).body.data.find(
        (each: { country: string }) => each.country === "Peru",
      ),
    ).toMatchObject({
      customers: 1,
      revenue: 500,
    });
    await build(shop);
    await invalidate();
    expect(bodyOf(await get("kpis"))).toMatchObject({
      total_revenue: expected.total_revenue,
      customers: expected.customers,
    });
    expect(costOf(await get("series?interval=year")).read).toBe(read);
  });

  it("do not change when something is sold today", async () => {
    const state = async () => [
      await count("SELECT count(*) n FROM ranking_months WHERE tenant_id = ?", shop.tenant.id),
      await count(
        "SELECT count(*) n FROM unbuilt_months WHERE tenant_id = ? AND month < '2026-06'",
        shop.tenant.id,
      ),
    ];
    const before = await state();
    expect(before[0]).toBeGreaterThan(0);
    expect(before[1]).toBe(0);
    await sellOne(shop.admin.token, (await newProduct(shop)).id);
    await build(shop);
    expect(await state()).toEqual(before);
  });
});

it("rankings of a range have who bought and what was sold in it, not what was in months before", async () => {
  const shop = await newShop({ timezone: "UTC" });
  const [old, fresh] = [await newProduct(shop, { price: 100 }), await newProduct(shop, { price: 100 })];
  const [ana, eva] = [await newPerson(shop.tenant, "CUSTOMER"), await newPerson(shop.tenant, "CUSTOMER")];
  for (const [day, product_id, customer_id] of [
    ["2026-01-10", old.id, ana.id],
    ["2026-02-10", old.id, ana.id],
    ["2026-03-01", fresh.id, eva.id],
    ["2026-03-10", fresh.id, eva.id],
  ] as const)
    await sell(
      shop.admin.ctx(new Date(`${day}T10:00:00Z`)),
      { items: [{ product_id, quantity: 1000 }], payment_method: "card", customer_id },
      undefined,
    );
  await rebuildDirtyDays(base(), shop.tenant.id);
  await buildMonths(base(new Date("2026-04-10T10:00:00Z")), shop.tenant.id);
  const expectSince = async (from: string) => {
    const [ctx, range] = [shop.admin.ctx(), { from, to: "2026-03-31" }];
    const page = { ...range, sort: "revenue", limit: 10, compare: "none", align: "date" } as const;
    const products = (await topProducts(ctx, page)).data;
    expect(
      products.map((row) => [row.product_id, row.units]),
      from,
    ).toEqual([[fresh.id, 2]]);
    const people = (await topCustomers(ctx, page)).data;
    expect(
      people.map((row) => [row.customer_id, row.units]),
      from,
    ).toEqual([[eva.id, 2]]);
  };
  for (const from of ["2026-02-11", "2026-03-01"]) await expectSince(from);
  await change("INSERT INTO dirty_days (tenant_id, day) VALUES (?, '2026-03-01')", shop.tenant.id);
  for (const from of ["2026-02-11", "2026-03-01"]) await expectSince(from);
});

it("the figures of a customer with many sales are those of their sales, whatever is built", async () => {
  const shop = await newShop({ timezone: "UTC" });
  const { id: product_id } = await newProduct(shop, { price: 100 });
  const [ana, bo] = [await newPerson(shop.tenant, "CUSTOMER"), await newPerson(shop.tenant, "CUSTOMER")];
  const items = [{ product_id, quantity: 1000 }];
  const sellTo = async ({ id }: { id: string }, time: string): Promise<string> => {
    const ctx = shop.admin.ctx(new Date(`2026-${time}:00Z`));
    return (await sell(ctx, { items, payment_method: "card", customer_id: id }, undefined)).value.id;
  };
  const expectFigures = async (figures: Record<string, unknown>) => {
    const orders = Number(figures["orders"]) + Number(figures["refunds"]);
    for (const maxSales of [500, orders, 0]) {
      const found = await getCustomerWithFigures(shop.admin.ctx(), ana.id, maxSales);
      expect(found.figures, `at most ${maxSales}`).toMatchObject(figures);
    }
  };
  await sellTo(bo, "01-05T10:00");
  for (const day of ["01-31", "02-10", "02-28", "03-01", "03-05"]) {
    await sellTo(ana, `${day}T10:00`);
    for (const hour of ["09", "11"]) await sellTo(bo, `${day}T${hour}:00`);
  }
  // A reference of old sales that reads like the id of a customer is somebody else.
  const ctx = shop.admin.ctx(new Date("2026-02-10T10:30:00Z"));
  const { value: other } = await sell(ctx, { items, payment_method: "card" }, undefined);
  await change("UPDATE sales SET customer_ref = ? WHERE id = ?", ana.id, other.id);
  const days = { first_day: "2026-01-31", last_day: "2026-03-05" };
  const five = { orders: 5, refunds: 0, units: 5, spend: 500, average: 100, ...days };
  await expectFigures(five);
  await rebuildDirtyDays(base(), shop.tenant.id);
  await expectFigures(five);
  await buildMonths(base(new Date("2026-03-10T10:00:00Z")), shop.tenant.id);
  await expectFigures(five);
  // Sales after and before what is built of their day, and what was paid back on a day without sales.
  const last = await sellTo(ana, "03-05T12:00");
  await sellTo(ana, "02-10T08:00");
  const refundCtx = shop.admin.ctx(new Date("2026-03-07T10:00:00Z"));
  await refundSale(refundCtx, last, { items, reason: "torn", restock: false }, undefined);
  await sellTo(bo, "03-08T10:00");
  const seven = { orders: 7, refunds: 1, units: 6, spend: 600, average: 86, ...days };
  await expectFigures(seven);
  await change(
    "INSERT INTO dirty_days (tenant_id, day, needs_rebuild) VALUES (?, '2026-02-28', 1) ON CONFLICT DO UPDATE SET needs_rebuild = 1",
    shop.tenant.id,
  );
  await expectFigures(seven);
  await sellTo(ana, "02-28T08:00");
  await change("UPDATE sales SET status = 'cancelled' WHERE id = ?", await sellTo(ana, "03-09T10:00"));
  const eight = { ...seven, orders: 8, units: 7, spend: 700, average: 88 };
  for (const maxSales of [500, 0])
    expect((await getCustomerWithFigures(shop.admin.ctx(), ana.id, maxSales)).figures).toMatchObject(eight);
});
