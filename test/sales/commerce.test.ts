// Random sales with taxes, discounts, weights, several payments and cash rounding, refunded in random parts or voided over HTTP:
// every sum over them holds.
import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { buildNextProductDays } from "../../src/recommendations/days.ts";
import { nextStep, runStep } from "../../src/rollups/advance.ts";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { API, call } from "../support/client.ts";
import { shopWith, storeRate, sumOf, unbalancedSales, unbalancedStock } from "../support/commerce.ts";
import { rowsOf } from "../support/d1.ts";
import { repeatUntil } from "../support/pages.ts";
import { base, newPerson, newProduct, type Person, type Shop } from "../support/shops.ts";

const SALES = 30;
const RATES = [0, 4000, 5200, 10_000, 21_000];
const BIZUM = [{ method: "bizum", name: "Bizum" }];

type Product = { id: string; unit: "piece" | "kg" };
type Item = { product_id: string; quantity: number };
type Amounts = { net: number; tax: number; total: number; discount: number };
type Sold = Amounts & {
  id: string;
  items: Item[];
  rounding: number;
  payments: { method: string; amount: number }[];
};
type Counter = { shop: Shop; seller: Person; shiftId: string; products: Product[]; sales: Sold[] };

const discount = fc.option(
  fc.oneof(
    fc
      .integer({ min: 1, max: 60_000 })
      .map((thousandths) => ({ percent: thousandths / 1000, reason: "sale" })),
    fc.constant({ amount: 1, reason: "odd cent" }),
  ),
  { nil: undefined, freq: 2 },
);

const script = fc.record({
  items: fc.array(
    fc.record({
      product: fc.nat(),
      thousandths: fc.integer({ min: 1, max: 3000 }),
      unit_price: fc.option(fc.nat(3000), { nil: undefined, freq: 4 }),
      discount,
    }),
    { minLength: 1, maxLength: 4 },
  ),
  discount,
  payment: fc.constantFrom("default", "card", "bizum", "split", "split", "tendered"),
  /** How the sale is given back: by parts of what is left, each by a method. */
  refunds: fc.array(
    fc.record({
      share: fc.double({ min: 0.01, max: 1, noNaN: true }),
      method: fc.constantFrom(undefined, undefined, "cash", "card", "bizum", "split"),
      restock: fc.boolean(),
    }),
    { maxLength: 3 },
  ),
  ending: fc.constantFrom("kept", "refunded", "refunded", "voided"),
});

type Script = typeof script extends fc.Arbitrary<infer T> ? T : never;

const post = (counter: Counter, path: string, json: unknown) =>
  call("POST", `${API}${path}`, { token: counter.seller.token, json });

/** A total in two parts, the first by card, the second in cash. */
const splitOf = (total: number) => [
  { method: "card", amount: Math.floor(total / 3) },
  { method: "cash", amount: total - Math.floor(total / 3) },
];

async function openCounter(settings: Parameters<typeof shopWith>[0], hasDefault: boolean): Promise<Counter> {
  const shop = await shopWith({ ...settings, paymentMethods: BIZUM });
  const seller = await newPerson(shop.tenant, "EMPLOYEE");
  const { body: shift } = await call("POST", `${API}/shifts/start`, { token: seller.token, json: {} });
  const products: Product[] = [];
  for (const [index, rate] of RATES.entries()) {
    const tax_rate_id = await storeRate(shop, rate, hasDefault && rate === 21_000);
    for (const unit of ["piece", "kg"] as const) {
      const price = [1, 199, 1295, 24_999, 333][index] ?? 0;
      const stock = index === 2 ? null : 500;
      // Every second product has the default rate, or none.
      const own = unit === "kg" || index % 2 === 0 ? tax_rate_id : null;
      const { id } = await newProduct(shop, { price, unit, stock, tax_rate_id: own });
      products.push({ id, unit });
    }
  }
  return { shop, seller, shiftId: shift.id, products, sales: [] };
}

/** Sells as the script says; null if a discount exceeds its amount. */
async function sellScript(
  counter: Counter,
  { items, payment, discount: onSale }: Script,
): Promise<Sold | null> {
  const json = {
    items: items.map(({ product, thousandths, ...item }) => {
      const { id, unit } = counter.products[product % counter.products.length] ?? { id: "", unit: "piece" };
      return {
        product_id: id,
        quantity: unit === "kg" ? thousandths / 1000 : 1 + (thousandths % 5),
        ...item,
      };
    }),
    discount: onSale,
  };
  const byMethod = { default: {}, card: { payment_method: "card" }, bizum: { payment_method: "bizum" } };
  if (payment !== "split" && payment !== "tendered") {
    const answer = await post(counter, "/sales", { ...json, ...byMethod[payment] });
    return answer.status === 422 ? null : answer.body;
  }
  // The response to a wrong amount says what is due.
  const asked = await post(counter, "/sales", { ...json, payments: [{ method: "card", amount: 10 ** 12 }] });
  if (asked.body.type !== "/problems/payments-mismatch") return null;
  const { total } = asked.body;
  const tendered = total + 700;
  const payments = payment === "split" ? splitOf(total) : [{ method: "cash", amount: total, tendered }];
  const answer = await post(counter, "/sales", { ...json, payments });
  expect(answer.body.total).toBe(total);
  if (payment === "tendered")
    expect(answer.body.change).toBe(tendered - answer.body.total - answer.body.rounding);
  return answer.body;
}

/** Refunds a share of what is left of each product, all of it for 1; `left` has the thousandths by product. */
async function refundShare(
  counter: Counter,
  sale: Sold,
  left: Map<string, number>,
  { share, method, restock }: { share: number; method?: string | undefined; restock: boolean },
): Promise<void> {
  const items = [...left].flatMap(([product_id, thousandths]) => {
    const isPiece = counter.products.some(({ id, unit }) => id === product_id && unit === "piece");
    const part = isPiece ? Math.ceil((thousandths * share) / 1000) * 1000 : Math.ceil(thousandths * share);
    left.set(product_id, thousandths - part);
    return part > 0 ? [{ product_id, quantity: part / 1000 }] : [];
  });
  if (items.length === 0) return;
  const json = { items, reason: "back", restock };
  const send = (by: object) => post(counter, `/sales/${sale.id}/refunds`, { ...json, ...by });
  if (method !== "split") {
    expect((await send(method === undefined ? {} : { payment_method: method })).status).toBe(201);
    return;
  }
  const { body: problem } = await send({ payments: [{ method: "card", amount: 10 ** 12 }] });
  expect((await send({ payments: splitOf(problem.total) })).status).toBe(201);
}

async function run(counter: Counter, scripts: Script[]): Promise<void> {
  for (const [nth, each] of scripts.entries()) {
    // A step of the ETL that builds a part of the day.
    const scope = { isRebuild: true, before: null };
    const step = await nextStep(base(), counter.shop.tenant.id, scope, {
      days: 1,
      sales: 1 + (nth % 5),
      lines: 99,
    });
    await runStep(base(), counter.shop.tenant.id, step);
    const sale = await sellScript(counter, each);
    if (!sale) continue;
    counter.sales.push(sale);
    if (each.ending === "voided") {
      const { status, body } = await post(counter, `/sales/${sale.id}/void`, {});
      expect(status).toBe(201);
      expect(body).toMatchObject({ is_void: true, total: 0 - sale.total, rounding: 0 - sale.rounding });
      continue;
    }
    const left = new Map<string, number>();
    for (const { product_id, quantity } of sale.items)
      left.set(product_id, (left.get(product_id) ?? 0) + Math.round(quantity * 1000));
    for (const refund of each.refunds) await refundShare(counter, sale, left, refund);
    if (each.ending === "refunded") await refundShare(counter, sale, left, { share: 1, restock: true });
  }
}

const counters: Counter[] = [];

beforeAll(async () => {
  const opened = await Promise.all([
    openCounter({ includesTax: true, cashRounding: 5 }, true),
    openCounter({ includesTax: false, cashRounding: 5 }, false),
    openCounter({ includesTax: true, currency: "JPY" }, false),
    openCounter({ includesTax: false, currency: "KWD" }, true),
  ]);
  counters.push(...opened);
  await Promise.all(
    opened.map((counter, index) => run(counter, fc.sample(script, { seed: 100 + index, numRuns: SALES }))),
  );
});

/** What holds for each of the shops. */
const inEachShop = async (assert: (counter: Counter) => Promise<void>): Promise<void> => {
  expect(counters.length).toBe(4);
  for (const counter of counters) {
    expect(counter.sales.length).toBeGreaterThan(SALES / 2);
    await assert(counter);
  }
};

const SUMS = `sum(l.subtotal) AS revenue, sum(l.quantity) AS units, count(*) AS lines,
  count(DISTINCT iif(s.kind = 'sale', s.id, NULL)) AS sales, count(DISTINCT iif(s.kind = 'refund', s.id, NULL)) AS refunds
  FROM sales s JOIN sale_lines l ON l.tenant_id = s.tenant_id AND l.sale_id = s.id WHERE s.tenant_id = ?`;

describe("random sales of shops with and without tax in their prices, in currencies of 0, 2 and 3 decimals", () => {
  it("have headers that are the sums of their lines, and payments that are total and rounding", () =>
    inEachShop(async ({ shop }) => expect(await unbalancedSales(shop)).toEqual([])));

  it("are zero in net, tax, gross and discount together with their refunds, once all is given back", () =>
    inEachShop(async ({ shop }) => {
      const rows = await rowsOf(
        `SELECT b.id, sum(r.net) AS net, sum(r.tax) AS tax, sum(r.total) AS total, sum(r.discount) AS discount,
            sum(r.units) AS units
          FROM sales b JOIN sales r ON r.tenant_id = b.tenant_id AND (r.id = b.id OR r.refund_of = b.id)
          WHERE b.tenant_id = ? AND b.kind = 'sale' AND NOT EXISTS (SELECT 1 FROM sale_lines l
            WHERE l.tenant_id = b.tenant_id AND l.sale_id = b.id AND l.refunded < l.quantity) GROUP BY b.id`,
        shop.tenant.id,
      );
      expect(rows.length).toBeGreaterThan(SALES / 4);
      for (const { id, ...sums } of rows)
        expect({ id, ...sums }).toEqual({ id, net: 0, tax: 0, total: 0, discount: 0, units: 0 });
    }));

  it("have lines with the tax of the formula and the net that is left", () =>
    inEachShop(async ({ shop }) => {
      // The tax is off its exact value n / d by at most a half, which is rounded up.
      const [row] = await rowsOf(
        `SELECT count(*) AS lines, sum(net <> subtotal - tax) AS wrong_net,
            sum(NOT (2 * (tax * d - n) > -d AND 2 * (tax * d - n) <= d)) AS wrong_tax
          FROM (SELECT l.*, iif(t.prices_include_tax, l.subtotal, l.net) * coalesce(l.tax_rate, 0) AS n,
              100000 + iif(t.prices_include_tax, coalesce(l.tax_rate, 0), 0) AS d
            FROM sale_lines l JOIN tenants t ON t.id = l.tenant_id WHERE l.tenant_id = ? AND l.quantity > 0)`,
        shop.tenant.id,
      );
      expect(row).toMatchObject({ wrong_net: 0, wrong_tax: 0 });
      expect(Number(row?.lines)).toBeGreaterThan(SALES);
    }));

  it("round cash only, to the coin of the shop", () =>
    inEachShop(async ({ shop }) => {
      const wrong = `SELECT s.id FROM sales s JOIN tenants t ON t.id = s.tenant_id WHERE s.tenant_id = ? AND (
        s.kind = 'sale' AND abs(s.rounding) * 2 > t.cash_rounding OR s.rounding <> 0 AND NOT EXISTS (SELECT 1 FROM sale_payments y
          WHERE y.tenant_id = s.tenant_id AND y.sale_id = s.id AND y.method = 'cash'))`;
      expect(await rowsOf(wrong, shop.tenant.id)).toEqual([]);
      // The refunds of a sale are rounded together.
      const wrongTogether = `SELECT r.refund_of FROM sales r JOIN tenants t ON t.id = r.tenant_id
        WHERE r.tenant_id = ? AND r.kind = 'refund' GROUP BY r.refund_of, t.cash_rounding HAVING abs(sum(r.rounding)) * 2 > t.cash_rounding`;
      expect(await rowsOf(wrongTogether, shop.tenant.id)).toEqual([]);
      const odd = `SELECT sale_id FROM sale_payments y JOIN tenants t ON t.id = y.tenant_id
        WHERE y.tenant_id = ? AND y.method = 'cash' AND t.cash_rounding > 0 AND y.amount % t.cash_rounding <> 0`;
      expect(await rowsOf(odd, shop.tenant.id)).toEqual([]);
    }));

  it("have receipts and refunds numbered from 1 without a gap, in the order in which they were made", () =>
    inEachShop(async ({ shop }) => {
      const numbers = `SELECT series, count(*) AS n, min(number) AS first, max(number) AS last,
          sum(number <> place) AS displaced FROM (SELECT series, number, row_number() OVER (PARTITION BY series ORDER BY id) AS place
        FROM sales WHERE tenant_id = ?) GROUP BY series ORDER BY series`;
      for (const { n, ...rest } of await rowsOf(numbers, shop.tenant.id))
        expect(rest).toMatchObject({ first: 1, last: n, displaced: 0 });
    }));

  it("leave the stock that the moves add up to", () =>
    inEachShop(async ({ shop }) => expect(await unbalancedStock(shop)).toEqual([])));

  it("are the daily tables, by day, seller, tax rate and product", () =>
    inEachShop(async ({ shop }) => {
      const tenant = shop.tenant.id;
      await rebuildDirtyDays(base(), tenant);
      await repeatUntil(async () => !(await buildNextProductDays(base(), tenant)));
      const columns = "revenue, units, lines, sales, refunds";
      expect(await rowsOf(`SELECT day, ${columns} FROM daily_sales WHERE tenant_id = ?`, tenant)).toEqual(
        await rowsOf(`SELECT s.day, ${SUMS} GROUP BY s.day`, tenant),
      );
      expect(
        await rowsOf(`SELECT seller_id, ${columns} FROM daily_sellers WHERE tenant_id = ?`, tenant),
      ).toEqual(await rowsOf(`SELECT s.seller_id, ${SUMS} GROUP BY s.seller_id`, tenant));
      const byRate =
        "SELECT tax_rate_id, net, tax, refunded_net, refunded_tax FROM daily_taxes WHERE tenant_id = ? ORDER BY 1";
      const rates = await rowsOf(byRate, tenant);
      expect(rates.length).toBeGreaterThan(RATES.length - 1);
      expect(rates).toEqual(
        await rowsOf(
          `SELECT coalesce(l.tax_rate_id, '') AS tax_rate_id, sum(iif(l.quantity > 0, l.net, 0)) AS net,
              sum(iif(l.quantity > 0, l.tax, 0)) AS tax, sum(iif(l.quantity < 0, -l.net, 0)) AS refunded_net,
              sum(iif(l.quantity < 0, -l.tax, 0)) AS refunded_tax
            FROM sale_lines l WHERE l.tenant_id = ? GROUP BY 1 ORDER BY 1`,
          tenant,
        ),
      );
      const byProduct =
        "SELECT product_id, revenue, units FROM daily_products WHERE tenant_id = ? ORDER BY 1";
      expect(await rowsOf(byProduct, tenant)).toEqual(
        await rowsOf(
          `SELECT product_id, revenue, units FROM (SELECT l.product_id, ${SUMS} GROUP BY l.product_id) ORDER BY 1`,
          tenant,
        ),
      );
    }));

  it("are the Z report of their shift, in total, by category and in cash", () =>
    inEachShop(async ({ shop, seller, shiftId, sales }) => {
      const { body } = await call("POST", `${API}/shifts/end`, { token: seller.token, json: {} });
      const [sums] = await rowsOf(
        `SELECT sum(kind = 'sale') AS sales, sum(iif(kind = 'sale', total, 0)) AS sold,
          sum(kind = 'refund' AND NOT is_void) AS refunds, sum(iif(kind = 'refund' AND NOT is_void, total, 0)) AS refunded,
          sum(is_void) AS voids, sum(iif(is_void, total, 0)) AS voided, sum(tax) AS tax, sum(rounding) AS rounding FROM sales WHERE tenant_id = ? AND shift_id = ?`,
        shop.tenant.id,
        shiftId,
      );
      const { report } = body;
      expect(report.sales).toEqual({ count: sums?.sales, total: sums?.sold });
      expect(report.sales.count).toBe(sales.length);
      expect(report.refunds).toEqual({ count: sums?.refunds, total: sums?.refunded });
      expect(report.voids).toEqual({ count: sums?.voids, total: sums?.voided });
      expect(report.total).toBe(report.sales.total + report.refunds.total + report.voids.total);
      expect([report.tax, report.net]).toEqual([sums?.tax, report.total - report.tax]);
      expect(sumOf(report.by_category, "total")).toBe(report.total);
      expect(sumOf(report.taxes, "gross")).toBe(report.total);
      expect(report.rounding).toBe(sums?.rounding);
      expect(sumOf(report.by_payment_method, "total")).toBe(report.total + report.rounding);
      const [cash] = await rowsOf(
        `SELECT sum(y.amount) AS paid FROM sales s JOIN sale_payments y ON y.tenant_id = s.tenant_id AND y.sale_id = s.id
          WHERE s.tenant_id = ? AND s.shift_id = ? AND y.method = 'cash'`,
        shop.tenant.id,
        shiftId,
      );
      expect(report.expected_cash).toBe(cash?.paid);
    }));
});
