// For any order of sales, refunds, late imports and ETL runs, the daily tables equal the sums over the sale lines, and figures
// are the same whether days are clean or dirty.
import { sql } from "drizzle-orm";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { runImport } from "../../src/imports/consume.ts";
import { buildNextProductDays } from "../../src/recommendations/days.ts";
import { nextStep, runStep } from "../../src/rollups/advance.ts";
import { buildMonths } from "../../src/rollups/months.ts";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { refundSale } from "../../src/sales/refund.ts";
import { sell } from "../../src/sales/sell.ts";
import { API, call } from "../support/client.ts";
import { count, rowsOf } from "../support/d1.ts";
import { fileOf, storeImport } from "../support/imports.ts";
import { repeatUntil } from "../support/pages.ts";
import { base, newPerson, newProduct, newShop, type Shop } from "../support/shops.ts";
import { newTaxRate } from "../support/taxes.ts";

const day = fc.integer({ min: 0, max: 75 });
const anyAction = fc.oneof(
  {
    weight: 40,
    arbitrary: fc.record({
      kind: fc.constant("sell" as const),
      day,
      product: fc.nat(4),
      quantity: fc.integer({ min: 1, max: 9 }),
      seller: fc.nat(2),
    }),
  },
  { weight: 12, arbitrary: fc.record({ kind: fc.constant("refund" as const), day, sale: fc.nat() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("import" as const),
      day,
      rows: fc.integer({ min: 1, max: 60 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("etl" as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("step" as const), sales: fc.integer({ min: 1, max: 30 }) }),
  },
);

type Action<K extends string> = Extract<
  typeof anyAction extends fc.Arbitrary<infer T> ? T : never,
  { kind: K }
>;

const SUMS = `sum(l.subtotal) AS revenue, sum(l.quantity) AS units, count(*) AS lines,
  count(DISTINCT CASE WHEN s.kind = 'sale' THEN s.id END) AS sales, count(DISTINCT CASE WHEN s.kind = 'refund' THEN s.id END) AS refunds`;

const FROM_LINES =
  "FROM sales s JOIN sale_lines l ON l.tenant_id = s.tenant_id AND l.sale_id = s.id WHERE s.tenant_id = ?";

const figuresOf = async (shop: Shop) => {
  const paths = [
    "kpis",
    "series?interval=week",
    "sales-summary",
    "top-countries?limit=100",
    "top-countries/Spain",
    "top-products?limit=100",
    "top-products?limit=100&sort=units&from=2026-09-20&to=2026-10-10",
    "top-customers?limit=100",
    "top-customers?limit=100&to=2026-10-10",
    "top-customers?limit=100&sort=sales&from=2026-09-20",
  ];
  const bodies = await Promise.all(
    paths.map((path) => call("GET", `${API}/metrics/${path}`, { token: shop.admin.token })),
  );
  const { token } = shop.admin;
  const { body: dashboard } = await call("GET", `${API}/reports/dashboard`, { token });
  const { body: taxes } = await call("GET", `${API}/reports/tax`, { token });
  return [...bodies.map(({ body }) => ({ ...body, as_of: null })), dashboard, { ...taxes, as_of: null }];
};

it("the daily tables add up to the sale lines, and figures are the same for clean and dirty days", async () => {
  const shop = await newShop();
  const people = [
    shop.admin,
    await newPerson(shop.tenant, "EMPLOYEE"),
    await newPerson(shop.tenant, "EMPLOYEE"),
  ];
  const customers = [await newPerson(shop.tenant, "CUSTOMER"), await newPerson(shop.tenant, "CUSTOMER")];
  const products: { id: string }[] = [];
  await newTaxRate(shop, { is_default: true });
  const reduced = await newTaxRate(shop, { rate: 4000 });
  for (const price of [1, 99, 1250, 100_000])
    products.push(await newProduct(shop, { price, tax_rate_id: price > 300 ? null : reduced.id }));
  const { id: weighed } = await newProduct(shop, { price: 333, unit: "kg" });
  products.push({ id: weighed });
  const noon = Date.parse("2026-09-01T11:00:00Z");
  const at = (day: number) => new Date(noon + day * 86_400_000);
  const sold: { id: string; product: string }[] = [];
  let invoices = 0;
  const sellOne = async ({ day, seller, product: nth, quantity }: Action<"sell">) => {
    const ctx = (people[seller] ?? shop.admin).ctx(at(day));
    const product = products[nth]?.id ?? "";
    const country = ["Spain", "France", undefined][seller];
    const customer_id = customers[quantity % 3]?.id;
    const items = [{ product_id: product, quantity: quantity * (product === weighed ? 335 : 1000) }];
    const { value } = await sell(ctx, { items, payment_method: "card", country, customer_id }, undefined);
    sold.push({ id: value.id, product });
  };
  const refundOne = async ({ day, sale: nth }: Action<"refund">) => {
    const [sale] = sold.splice(nth % (sold.length + 1), 1);
    const items = [{ product_id: sale?.product ?? "", quantity: sale?.product === weighed ? 111 : 1000 }];
    if (sale)
      await refundSale(
        shop.admin.ctx(at(day)),
        sale.id,
        { items, reason: "late", restock: false },
        undefined,
      );
  };
  // Sales and refunds that follow each other are made at once.
  let atOnce: Promise<void>[] = [];
  for (const action of fc.sample(anyAction, { seed: 42, numRuns: 2000 })) {
    if (action.kind === "sell") atOnce.push(sellOne(action));
    else if (action.kind === "refund") atOnce.push(refundOne(action));
    if (action.kind === "sell" || action.kind === "refund") continue;
    await Promise.all(atOnce);
    atOnce = [];
    if (action.kind === "import") {
      const rows = Array.from({ length: action.rows }, (_, index) => ({
        invoice: `${index % 5 === 4 ? "C" : ""}${invoices}-${index >> 1}`,
        date: at(action.day - (index >> 1)).toISOString(),
        quantity: index % 5 === 4 ? -1 : 2,
        price: `${index}.125`,
        customer: String(index % 4),
        country: index % 3 === 0 ? "" : "Spain",
        seller: people[1]?.email ?? "",
      }));
      invoices += 1;
      await runImport(base(), shop.tenant, await storeImport(shop.admin.ctx(), fileOf(rows)));
    } else if (action.kind === "step") {
      const limits = { days: 20, sales: action.sales, lines: 100 };
      const scope = { isRebuild: action.sales % 2 === 0, before: null };
      const step = await nextStep(base(), shop.tenant.id, scope, limits);
      await runStep(base(), shop.tenant.id, step);
    } else {
      await rebuildDirtyDays(base(), shop.tenant.id);
      await buildMonths(base(), shop.tenant.id);
    }
  }
  await Promise.all(atOnce);
  const mixed = await figuresOf(shop);
  await rebuildDirtyDays(base(), shop.tenant.id);

  const tenant = shop.tenant.id;
  const columns = "revenue, units, lines, sales, refunds";
  expect(
    await rowsOf(`SELECT day, ${columns} FROM daily_sales WHERE tenant_id = ? ORDER BY day`, tenant),
  ).toEqual(await rowsOf(`SELECT s.day, ${SUMS} ${FROM_LINES} GROUP BY s.day ORDER BY s.day`, tenant));
  expect(
    await rowsOf(
      `SELECT day, country, ${columns} FROM daily_countries WHERE tenant_id = ? ORDER BY day, country`,
      tenant,
    ),
  ).toEqual(
    await rowsOf(
      `SELECT s.day, coalesce(s.country, 'Unspecified') AS country, ${SUMS} ${FROM_LINES} GROUP BY 1, 2 ORDER BY 1, 2`,
      tenant,
    ),
  );
  expect(
    await rowsOf(
      `SELECT day, seller_id, ${columns} FROM daily_sellers WHERE tenant_id = ? ORDER BY day, seller_id`,
      tenant,
    ),
  ).toEqual(
    await rowsOf(
      `SELECT s.day, s.seller_id, ${SUMS} ${FROM_LINES} AND s.seller_id IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2`,
      tenant,
    ),
  );
  expect(
    await rowsOf(
      `SELECT day, tax_rate_id, net, tax, refunded_net, refunded_tax FROM daily_taxes WHERE tenant_id = ? ORDER BY day, tax_rate_id`,
      tenant,
    ),
  ).toEqual(
    await rowsOf(
      `SELECT s.day, coalesce(l.tax_rate_id, '') AS tax_rate_id, total(iif(s.kind = 'sale', l.net, 0)) AS net,
        total(iif(s.kind = 'sale', l.tax, 0)) AS tax, total(iif(s.kind = 'refund', -l.net, 0)) AS refunded_net,
        total(iif(s.kind = 'refund', -l.tax, 0)) AS refunded_tax ${FROM_LINES} GROUP BY 1, 2 ORDER BY 1, 2`,
      tenant,
    ),
  );

  const customerSums = `sum(s.kind = 'sale') AS sales, sum(s.kind = 'refund') AS refunds, sum(s.units) AS units, sum(s.total) AS revenue`;
  const fromCustomers = "FROM sales s WHERE s.tenant_id = ? AND s.customer_key IS NOT NULL";
  expect(
    await rowsOf(
      `SELECT t.day, c.customer_key, c.is_account, t.country, t.sales, t.refunds, t.units, t.revenue FROM daily_customers t
        JOIN customer_numbers c ON c.tenant_id = t.tenant_id AND c.number = t.number WHERE t.tenant_id = ? ORDER BY 1, 2, 4`,
      tenant,
    ),
  ).toEqual(
    await rowsOf(
      `SELECT s.day, s.customer_key, s.customer_id IS NOT NULL AS is_account, coalesce(s.country, 'Unspecified') AS country,
        ${customerSums} ${fromCustomers} GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 4`,
      tenant,
    ),
  );
  expect(
    await rowsOf("SELECT number FROM customer_numbers WHERE tenant_id = ? ORDER BY number", tenant),
  ).toEqual(
    (await rowsOf(`SELECT DISTINCT s.customer_key, s.customer_id IS NULL ${fromCustomers}`, tenant)).map(
      (_, number) => ({ number }),
    ),
  );
  const [, , , , , allProducts, someProducts, customersOfAll, customersUntil, customersSince] = mixed;
  const productsOf = (condition: string, sort: string) =>
    rowsOf(
      `SELECT l.product_id, max(p.sku) AS sku, max(p.title) AS title, sum(l.quantity) / 1000.0 AS units, sum(l.subtotal) AS revenue,
        count(DISTINCT iif(s.kind = 'sale', s.id, NULL)) AS sales
      FROM sales s JOIN sale_lines l ON l.tenant_id = s.tenant_id AND l.sale_id = s.id
        JOIN products p ON p.tenant_id = l.tenant_id AND p.id = l.product_id
      WHERE s.tenant_id = ? AND ${condition} GROUP BY 1 ORDER BY ${sort} DESC, 1`,
      tenant,
    );
  expect(allProducts.data).toEqual(await productsOf("true", "revenue"));
  expect(someProducts.data).toEqual(await productsOf("s.day BETWEEN '2026-09-20' AND '2026-10-10'", "units"));
  const customersOf = (condition: string, sort: string) =>
    rowsOf(
      `SELECT s.customer_id, s.customer_ref, iif(s.customer_ref IS NULL, 'First Last', NULL) AS name, sum(s.kind = 'sale') AS sales, sum(s.units) / 1000.0 AS units,
        sum(s.total) AS revenue ${fromCustomers} AND ${condition}
      GROUP BY 1, 2 ORDER BY ${sort} DESC, s.customer_id`,
      tenant,
    );
  expect(customersOfAll.data).toEqual(await customersOf("true", "revenue"));
  expect(customersUntil.data).toEqual(await customersOf("s.day <= '2026-10-10'", "revenue"));
  expect(customersSince.data).toEqual(await customersOf("s.day >= '2026-09-20'", "sales"));

  expect(
    await count(
      "SELECT count(*) n FROM sales WHERE tenant_id = ? AND customer_key IS NOT customer_id",
      tenant,
    ),
  ).toBe(0);

  const [all] = await rowsOf(
    `SELECT ${SUMS}, count(DISTINCT s.customer_key) AS customers ${FROM_LINES}`,
    tenant,
  );
  const invalidateCache = sql`UPDATE tenants SET revision = revision + 1 WHERE id = ${tenant}`;
  await base().db.run(invalidateCache);
  const uncounted = await figuresOf(shop);
  await repeatUntil(async () => !(await buildNextProductDays(base(), tenant)));
  await base().db.run(invalidateCache);
  const clean = await figuresOf(shop);
  await base().db.batch([
    invalidateCache,
    sql`INSERT INTO dirty_days (tenant_id, day) SELECT tenant_id, day FROM daily_sales WHERE tenant_id = ${tenant}`,
  ]);
  const dirty = await figuresOf(shop);
  expect(uncounted).toEqual(mixed);
  expect(clean).toEqual(mixed);
  expect(dirty).toEqual(mixed);
  expect(all).toMatchObject({
    revenue: mixed[0].total_revenue,
    units: Math.round(mixed[0].total_products_sold * 1000),
    sales: mixed[0].sales,
    refunds: mixed[0].refunds,
    customers: mixed[0].customers,
  });
}, 120_000);
