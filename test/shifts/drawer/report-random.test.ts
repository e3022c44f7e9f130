import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { z } from "zod";
import type { TillReport } from "../../../src/shifts/drawer/schema.ts";
import { changeShop, newRate } from "../../support/receipts.ts";
import { API, call } from "../../support/client.ts";
import { rowsOf } from "../../support/d1.ts";
import { change } from "../../support/change.ts";
import { newProduct, newShop, type Shop } from "../../support/shops.ts";

type Report = z.infer<typeof TillReport>;

const PRICES = [1, 333, 1299, 20_007];

const share = fc.integer({ min: 0, max: 100 });
const method = fc.constantFrom("cash", "card", "transfer");

const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("sell" as const),
      lines: fc.array(
        fc.record({
          product: fc.nat(PRICES.length - 1),
          quantity: fc.integer({ min: 1, max: 4 }),
          percent: fc.option(fc.integer({ min: 1, max: 99 }), { nil: undefined }),
        }),
        { minLength: 1, maxLength: 4 },
      ),
      percent: fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined }),
      method,
      /** The percentage that is paid by card if the sale is paid by card and in cash. */
      byCard: fc.option(share, { nil: undefined }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("refund" as const),
      sale: share,
      method: fc.option(method, { nil: undefined }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("void" as const), sale: share }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("correct" as const), sale: share, method }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom("paid_in" as const, "paid_out" as const),
      amount: fc.integer({ min: 1, max: 50_000 }),
    }),
  },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
type Sold = { id: string; total: number; items: { product_id: string; quantity: number }[] };

const discountOf = (percent: number | undefined) =>
  percent === undefined ? {} : { discount: { percent, reason: "worn" } };

/** A shop with three tax rates at most, whose coins are of five, and its ADMIN on shift. */
async function newTill(includesTax: boolean) {
  const shop = await newShop();
  await changeShop(shop, { cash_rounding: 5, prices_include_tax: Number(includesTax) });
  const rates = [await newRate(shop, "IVA 21 %", 21_000), await newRate(shop, "IVA 4 %", 4000)];
  const products = await Promise.all(PRICES.map((price) => newProduct(shop, { price })));
  for (const [index, { id }] of products.entries())
    await change("UPDATE products SET tax_rate_id = ? WHERE id = ?", rates[index]?.id ?? null, id);
  const post = async (path: string, json: unknown) => {
    const answer = await call("POST", `${API}${path}`, { token: shop.admin.token, json });
    expect([200, 201, 409, 422], answer.text).toContain(answer.status);
    return answer;
  };
  const { id } = (await post("/shifts/start", { opening_cash: 7777 })).body;
  const report = async (): Promise<Report> =>
    (await call("GET", `${API}/shifts/${id}/report`, { token: shop.admin.token })).body;
  return { shop, products, post, shiftId: id, report };
}

type Till = Awaited<ReturnType<typeof newTill>>;

async function take({ products, post }: Till, sales: Sold[], each: Step): Promise<void> {
  if ("amount" in each) {
    await post("/shifts/current/cash", { kind: each.kind, amount: each.amount, reason: "bank" });
    return;
  }
  if (each.kind === "sell") {
    const items = each.lines.map(({ product, quantity, percent }) => ({
      product_id: products[product]?.id,
      quantity,
      ...discountOf(percent),
    }));
    const sale = { items, ...discountOf(each.percent) };
    const pay = (payments: unknown) => post("/sales", { ...sale, payments });
    let answer = await (each.byCard === undefined
      ? post("/sales", { ...sale, payment_method: each.method })
      : pay([{ method: "other", amount: 1e9 }]));
    if (each.byCard !== undefined && answer.body.type === "/problems/payments-mismatch") {
      const { total } = answer.body;
      const card = Math.floor((total * each.byCard) / 100);
      answer = await pay([
        { method: "card", amount: card },
        { method: "cash", amount: total - card },
      ]);
    }
    expect(answer.status, answer.text).toBe(201);
    sales.push(answer.body);
    return;
  }
  const sale = sales[Math.floor((each.sale / 101) * sales.length)];
  if (!sale) return;
  if (each.kind === "void") await post(`/sales/${sale.id}/void`, {});
  if (each.kind === "correct")
    await post(`/sales/${sale.id}/payments/correct`, {
      payments: [{ method: each.method, amount: sale.total }],
      reason: "wrong",
    });
  if (each.kind === "refund")
    await post(`/sales/${sale.id}/refunds`, {
      items: sale.items.slice(0, 1).map(({ product_id }) => ({ product_id, quantity: 1 })),
      reason: "torn",
      ...(each.method === undefined ? {} : { payment_method: each.method }),
    });
}

const sumOf = <K extends string>(rows: Record<K, number>[], name: K): number =>
  rows.reduce((sum, row) => sum + row[name], 0);

function expectSums(report: Report): void {
  const { sales, refunds, voids, total, net, tax, rounding, by_payment_method: methods, taxes } = report;
  expect(sales.total + refunds.total + voids.total).toBe(total);
  expect(net + tax).toBe(total);
  expect([sumOf(taxes, "net"), sumOf(taxes, "tax"), sumOf(taxes, "gross")]).toEqual([net, tax, total]);
  expect(sumOf(report.by_category, "total")).toBe(total);
  expect(sumOf(methods, "total")).toBe(total + rounding);
  for (const row of methods) expect(row.sales + row.refunds + row.voids).toBe(row.total);
  const cash = methods.find(({ payment_method }) => payment_method === "cash")?.total ?? 0;
  expect(report.opening_cash + cash + report.paid_in - report.paid_out).toBe(report.expected_cash);
}

/** Compares the report with the rows of the shift. */
async function expectRows({ tenant }: Shop, shiftId: string, report: Report): Promise<void> {
  const rows = await rowsOf("SELECT * FROM sales WHERE tenant_id = ? AND shift_id = ?", tenant.id, shiftId);
  const figures = (which: (row: Record<string, unknown>) => boolean) => {
    const some = rows.filter(which);
    return { count: some.length, total: some.reduce((sum, row) => sum + Number(row["total"]), 0) };
  };
  expect(report.sales).toEqual(figures((row) => row["kind"] === "sale"));
  expect(report.refunds).toEqual(figures((row) => row["kind"] === "refund" && row["is_void"] === 0));
  expect(report.voids).toEqual(figures((row) => row["is_void"] === 1));
  const sum = (name: string) => rows.reduce((all, row) => all + Number(row[name]), 0);
  expect([report.tax, report.discounts, report.rounding]).toEqual([
    sum("tax"),
    sum("discount"),
    sum("rounding"),
  ]);
  const ofShift = "tenant_id = ? AND sale_id IN (SELECT id FROM sales WHERE shift_id = ?)";
  const byMethod = await rowsOf(
    `SELECT method, sum(amount) AS amount FROM sale_payments WHERE ${ofShift} GROUP BY method ORDER BY method`,
    tenant.id,
    shiftId,
  );
  expect(report.by_payment_method.map((row) => [row.payment_method, row.total])).toEqual(
    byMethod.map((row) => [row["method"], row["amount"]]),
  );
  const byRate = await rowsOf(
    `SELECT tax_rate, sum(tax) AS tax, sum(subtotal) AS gross FROM sale_lines WHERE ${ofShift} GROUP BY tax_rate
      ORDER BY tax_rate DESC NULLS LAST`,
    tenant.id,
    shiftId,
  );
  expect(report.taxes.map(({ rate, tax, gross }) => ({ tax_rate: rate, tax, gross }))).toEqual(byRate);
}

describe("the reports of random shifts", () => {
  it.each([true, false])(
    "add up, equal the rows of the shift and stay (prices with tax: %s)",
    async (includesTax) => {
      const seen = { sales: 0, refunds: 0, voids: 0, rounded: 0, discounted: 0 };
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 20 }), async (steps) => {
          const till = await newTill(includesTax);
          const sales: Sold[] = [];
          for (const each of steps) await take(till, sales, each);
          const x = await till.report();
          expectSums(x);
          await expectRows(till.shop, till.shiftId, x);
          const { report: z } = (await till.post("/shifts/end", { counted_cash: 0 })).body;
          const { end_at } = z;
          expect(z).toEqual({
            ...x,
            report: "Z",
            z_number: 1,
            end_at,
            counted_cash: 0,
            difference: -x.expected_cash,
          });
          await till.post("/shifts/start", {});
          for (const sale of sales.slice(0, 2))
            await take(till, [sale], { kind: "refund", sale: 0, method: "cash" });
          expect(await till.report()).toEqual(z);
          seen.sales += z.sales.count;
          seen.refunds += z.refunds.count;
          seen.voids += z.voids.count;
          seen.rounded += Number(z.rounding !== 0);
          seen.discounted += Number(z.discounts !== 0);
        }),
        { numRuns: 12 },
      );
      for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(0);
    },
    120_000,
  );
});
