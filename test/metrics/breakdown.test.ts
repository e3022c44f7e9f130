// Breakdowns, amounts, margin, baskets, customers and cohorts against plain computations over the sales and their lines: for any range,
// whichever days are built.
import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { addToCart } from "../../src/cart/cart.ts";
import { checkout } from "../../src/cart/checkout.ts";
import { runImport } from "../../src/imports/consume.ts";
import { amounts, margin } from "../../src/metrics/breakdowns/amounts.ts";
import { baskets } from "../../src/metrics/breakdowns/baskets.ts";
import { breakdown } from "../../src/metrics/breakdowns/breakdown.ts";
import { cohorts } from "../../src/metrics/customers/cohorts.ts";
import { customers } from "../../src/metrics/customers/customers.ts";
import { kpis } from "../../src/metrics/figures.ts";
import { runPlan } from "../../src/platform/plan.ts";
import { confirmPurchase } from "../../src/purchases/payments/receive.ts";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { refundSale } from "../../src/sales/refund.ts";
import { sell } from "../../src/sales/sell.ts";
import { addDays, countDays } from "../../src/values/days.ts";
import { newId } from "../../src/values/ids.ts";
import { shopWith } from "../support/commerce.ts";
import { rowsOf } from "../support/d1.ts";
import { fileOf, storeImport } from "../support/imports.ts";
import { base, newPerson, newProduct, type Shop } from "../support/shops.ts";
import { newTaxRate } from "../support/taxes.ts";

const FIRST_DAY = "2026-01-20";
const DAYS = 70;

const event = fc.record({
  kind: fc.constantFrom("sell", "sell", "sell", "order", "refund"),
  day: fc.nat(DAYS - 1),
  hour: fc.integer({ min: 0, max: 21 }),
  products: fc.array(fc.nat(3), { minLength: 1, maxLength: 7 }),
  quantity: fc.integer({ min: 1, max: 12 }),
  method: fc.constantFrom("cash", "card", "split"),
  discount: fc.constantFrom(0, 0, 10_000),
  buyer: fc.nat(5),
  reason: fc.constantFrom("damaged", "late", "wrong size"),
});

const text = z.string().nullable();

const saleRow = z.object({
  id: z.string(),
  kind: z.string(),
  channel: z.string(),
  day: z.string(),
  total: z.number(),
  tax: z.number(),
  discount: z.number(),
  customer: text,
});

const lineRow = z.object({
  day: z.string(),
  subtotal: z.number(),
  net: z.number(),
  cost: z.number().nullable(),
  category: text,
});

const paymentRow = z.object({ sale_id: z.string(), method: z.string(), amount: z.number() });

type Sale = z.infer<typeof saleRow>;
type Line = z.infer<typeof lineRow>;

const sumBy = <T>(rows: T[], amount: (row: T) => number): number =>
  rows.reduce((total, row) => total + amount(row), 0);

describe("the figures of a range", () => {
  let shop: Shop;
  let sales: Sale[];
  let lines: Line[];
  let payments: z.infer<typeof paymentRow>[];

  beforeAll(async () => {
    shop = await shopWith({ cashRounding: 5 });
    await newTaxRate(shop, { is_default: true });
    const products: string[] = [];
    for (const [price, cost, category] of [
      [99, 40, "novel"],
      [1250, null, "novel"],
      [333, 350, "essay"],
      [5, 0, undefined],
    ] as const)
      products.push((await newProduct(shop, { price, cost, category })).id);
    const buyers = [];
    for (let index = 0; index < 4; index += 1) buyers.push(await newPerson(shop.tenant, "CUSTOMER"));
    const sold: { id: string; product: string }[] = [];
    const events = fc.sample(event, { seed: 7, numRuns: 160 });
    for (const [nth, each] of events.entries()) {
      const at = new Date(`${addDays(FIRST_DAY, each.day)}T${String(each.hour).padStart(2, "0")}:30:00Z`);
      const buyer = buyers[each.buyer];
      const ids = each.products.map((product) => products[product] ?? "");
      if (each.kind === "refund") {
        const [sale] = sold.splice(each.quantity % (sold.length + 1), 1);
        const items = [{ product_id: sale?.product ?? "", quantity: 1000 }];
        const reason = each.reason;
        if (sale) await refundSale(shop.admin.ctx(at), sale.id, { items, reason, restock: false }, undefined);
      } else if (each.kind === "order" && buyer) {
        const ctx = buyer.ctx(at);
        await addToCart(ctx, { product_id: ids[0] ?? "", quantity: each.quantity * 1000 }, undefined);
        const { value } = await checkout(ctx, { payment_method: "transfer" }, newId());
        if (each.discount === 0) await confirmPurchase(shop.admin.ctx(at), value.id);
      } else {
        const items = ids.map((product_id) => ({ product_id, quantity: each.quantity * 1000 }));
        const discount = each.discount === 0 ? undefined : { percent: each.discount, reason: "sale" };
        const ctx = shop.admin.ctx(at);
        const input = { items, discount, customer_id: buyer?.id };
        const { value } = await sell(
          ctx,
          { ...input, payment_method: each.method === "split" ? "card" : each.method },
          undefined,
        );
        sold.push({ id: value.id, product: ids[0] ?? "" });
        if (each.method === "split" && value.total > 10)
          await sell(
            ctx,
            {
              ...input,
              payments: [
                { method: "card", amount: 3 },
                { method: "cash", amount: value.total - 3 },
              ],
            },
            undefined,
          );
      }
      if (nth === 60) {
        const rows = Array.from({ length: 30 }, (_, index) => ({
          invoice: `${index % 6 === 5 ? "C" : ""}${index >> 1}`,
          date: `${addDays(FIRST_DAY, index * 2)} 10:00`,
          quantity: index % 6 === 5 ? -1 : 2,
          price: `${index}.25`,
          customer: index % 4 === 3 ? "" : String(index % 4),
        }));
        await runImport(base(), shop.tenant, await storeImport(shop.admin.ctx(), fileOf(rows)));
      }
      if (nth === 110) await rebuildDirtyDays(base(), shop.tenant.id);
    }
    const read = async <T>(row: z.ZodType<T>, query: string): Promise<T[]> =>
      z.array(row).parse(await rowsOf(query, shop.tenant.id));
    sales = await read(
      saleRow,
      `SELECT id, kind, channel, day, total, tax, discount, customer_key AS customer FROM sales
        WHERE tenant_id = ? AND status = 'completed' ORDER BY day, placed_at, id`,
    );
    lines = await read(
      lineRow,
      `SELECT s.day, l.subtotal, l.subtotal - l.tax AS net, l.cost, p.category FROM sale_lines l
        JOIN sales s ON s.tenant_id = l.tenant_id AND s.id = l.sale_id JOIN products p ON p.tenant_id = l.tenant_id AND p.id = l.product_id
        WHERE l.tenant_id = ? AND s.status = 'completed'`,
    );
    payments = await read(
      paymentRow,
      "SELECT sale_id, method, amount FROM sale_payments WHERE tenant_id = ?",
    );
  }, 120_000);

  const range = fc
    .tuple(fc.integer({ min: -5, max: DAYS + 5 }), fc.integer({ min: 1, max: 80 }))
    .map(([start, length]) => ({
      from: addDays(FIRST_DAY, start),
      to: addDays(FIRST_DAY, start + length - 1),
    }));

  const isIn =
    ({ from, to }: { from: string; to: string }) =>
    ({ day }: { day: string }): boolean =>
      day >= from && day <= to;

  it("add up to its key figures, also those of the range before", async () => {
    await fc.assert(
      fc.asyncProperty(range, async ({ from, to }) => {
        const ctx = shop.admin.ctx(new Date("2026-06-01T10:00:00Z"));
        const query = { from, to, compare: "previous", align: "date" } as const;
        const all = await runPlan(ctx, kpis(ctx, query));
        const sums = await runPlan(ctx, amounts(ctx, query));
        const revenues = [all.total_revenue, all.before?.total_revenue];
        for (const by of ["channel", "payment_method", "category", "hour_of_week"] as const) {
          const { data } = await runPlan(ctx, breakdown(ctx, { ...query, by }));
          expect(
            sumBy(data, ({ revenue }) => revenue),
            by,
          ).toBe(revenues[0]);
          // Rows that are in the range before only are not listed, so only the hours, which are complete, add up.
          if (by === "hour_of_week") {
            expect(data.length).toBe(168);
            expect(sumBy(data, ({ before }) => before?.revenue ?? 0)).toBe(revenues[1]);
          }
          if (by === "channel" || by === "hour_of_week") {
            expect(
              sumBy(data, (row) => row.sales ?? 0),
              by,
            ).toBe(all.sales);
            expect(
              sumBy(data, (row) => row.refunds ?? 0),
              by,
            ).toBe(all.refunds);
          }
          if (by !== "payment_method")
            expect(Math.round(1000 * sumBy(data, (row) => row.units ?? 0)), by).toBe(
              Math.round(1000 * all.total_products_sold),
            );
        }
        const { data: reasons } = await runPlan(ctx, breakdown(ctx, { ...query, by: "refund_reason" }));
        expect(sumBy(reasons, ({ revenue }) => revenue)).toBe(0 - sums.refunded);
        expect([sums.revenue, sums.before?.revenue]).toEqual(revenues);
        const people = await runPlan(ctx, customers(ctx, query));
        expect([people.customers, people.before?.customers]).toEqual([all.customers, all.before?.customers]);
        expect(people.new_revenue + people.returning_revenue + people.anonymous_revenue).toBe(revenues[0]);
        const sizes = await runPlan(ctx, baskets(ctx, query));
        expect([sizes.sales, sizes.before?.sales]).toEqual([all.sales, all.before?.sales]);
        for (const classes of [sizes.lines, sizes.units])
          expect(sumBy(classes, (each) => each.sales)).toBe(all.sales);
      }),
      { seed: 3, numRuns: 25 },
    );
  }, 60_000);

  it("are those of the sales and lines", async () => {
    await fc.assert(
      fc.asyncProperty(range, async ({ from, to }) => {
        const ctx = shop.admin.ctx(new Date("2026-06-01T10:00:00Z"));
        const query = { from, to, compare: "none", align: "date" } as const;
        const own = sales.filter(isIn({ from, to }));
        const ownLines = lines.filter(isIn({ from, to }));
        const known = ownLines.filter(({ cost }) => cost !== null);
        const net = sumBy(ownLines, (line) => line.net);
        const knownNet = sumBy(known, (line) => line.net);
        const cost = sumBy(known, (line) => line.cost ?? 0);
        expect(await runPlan(ctx, margin(ctx, query))).toMatchObject({
          net,
          known_net: knownNet,
          cost,
          margin: knownNet - cost,
        });
        expect(await runPlan(ctx, amounts(ctx, query))).toMatchObject({
          tax: sumBy(own, ({ tax }) => tax),
          net,
          discounts: sumBy(own, ({ discount }) => discount),
          discounted_sales: own.filter(({ kind, discount }) => kind === "sale" && discount !== 0).length,
        });
        const ids = new Map(own.map((sale) => [sale.id, sale]));
        const unpaid = own.filter(({ id }) => !payments.some(({ sale_id }) => sale_id === id));
        const { data: methods } = await runPlan(ctx, breakdown(ctx, { ...query, by: "payment_method" }));
        for (const { key, revenue, sales: number } of methods) {
          const paid = payments.filter(({ sale_id, method }) => ids.has(sale_id) && method === key);
          const of =
            key === null ? unpaid : own.filter(({ id }) => paid.some(({ sale_id }) => sale_id === id));
          expect(number).toBe(of.filter(({ kind }) => kind === "sale").length);
          if (key === "cash")
            expect(Math.abs(revenue - sumBy(paid, ({ amount }) => amount))).toBeLessThan(3 * own.length);
          else if (key === null) expect(revenue).toBe(sumBy(unpaid, ({ total }) => total));
          else expect(revenue).toBe(sumBy(paid, ({ amount }) => amount));
        }
        const { data: categories } = await runPlan(ctx, breakdown(ctx, { ...query, by: "category" }));
        for (const { key, revenue } of categories)
          expect(revenue).toBe(
            sumBy(
              ownLines.filter(({ category }) => category === key),
              (line) => line.subtotal,
            ),
          );
        const firsts = new Map<string, Sale>();
        for (const sale of sales)
          if (sale.customer !== null && sale.kind === "sale" && !firsts.has(sale.customer))
            firsts.set(sale.customer, sale);
        const ownFirsts = [...firsts.values()].filter(isIn({ from, to }));
        expect(await runPlan(ctx, customers(ctx, query))).toMatchObject({
          new_customers: ownFirsts.length,
          new_revenue: sumBy(ownFirsts, ({ total }) => total),
          anonymous_revenue: sumBy(
            own.filter(({ customer }) => customer === null),
            ({ total }) => total,
          ),
        });
      }),
      { seed: 4, numRuns: 25 },
    );
  }, 60_000);

  it("have each cohort with its customers of each month", async () => {
    const ctx = shop.admin.ctx(new Date("2026-03-30T10:00:00Z"));
    const { data } = await runPlan(ctx, cohorts(ctx, { from: "2026-01-05", format: "json" }));
    const monthOf = ({ day }: { day: string }) => day.slice(0, 7);
    const buying = sales.filter(({ kind, customer }) => kind === "sale" && customer !== null);
    const cohortOf = new Map<string | null, string>();
    for (const sale of buying) if (!cohortOf.has(sale.customer)) cohortOf.set(sale.customer, monthOf(sale));
    const months = ["2026-01", "2026-02", "2026-03"];
    const peopleIn = (of: Sale[]) => new Set(of.map(({ customer }) => customer)).size;
    const bornIn = new Set(cohortOf.values());
    expect(bornIn.size).toBeGreaterThan(1);
    expect(data).toEqual(
      months
        .filter((cohort) => bornIn.has(cohort))
        .map((cohort) => {
          const own = sales.filter(({ customer }) => customer !== null && cohortOf.get(customer) === cohort);
          const size = peopleIn(own.filter(({ kind }) => kind === "sale"));
          return {
            cohort,
            customers: size,
            months: months
              .filter((month) => month >= cohort)
              .map((month) => {
                const inMonth = own.filter((sale) => monthOf(sale) === month);
                const bought = inMonth.filter(({ kind }) => kind === "sale");
                return {
                  month,
                  active: peopleIn(bought),
                  retention: Math.round((1e6 * peopleIn(bought)) / size) / 1e6,
                  sales: bought.length,
                  revenue: sumBy(inMonth, ({ total }) => total),
                };
              }),
          };
        }),
    );
    expect(countDays(FIRST_DAY, "2026-03-30")).toBe(DAYS);
  });

  it("have the cohorts of twelve months by default, up to today, and of at most 36", async () => {
    /** The first and the last month in which customers are counted. */
    const boundsOf = async (now: string, query: { from?: string; to?: string }) => {
      const ctx = shop.admin.ctx(new Date(now));
      const { data } = await runPlan(ctx, cohorts(ctx, { ...query, format: "json" }));
      const months = data.flatMap((each) => each.months.map(({ month }) => month)).toSorted();
      return [months[0], months.at(-1)];
    };
    const march = "2026-03-15T10:00:00Z";
    expect(await boundsOf(march, { from: "2026-01-01" })).toEqual(["2026-01", "2026-03"]);
    expect(await boundsOf(march, { from: "2026-01-01", to: "2026-12-31" })).toEqual(["2026-01", "2026-03"]);
    expect(await boundsOf(march, { from: "2026-01-01", to: "2026-02-01" })).toEqual(["2026-01", "2026-02"]);
    expect(await boundsOf("2026-12-15T10:00:00Z", {})).toEqual(["2026-01", "2026-12"]);
    expect((await boundsOf("2027-01-15T10:00:00Z", {}))[0]).not.toBe("2026-01");
    const to = "2026-03-01";
    expect(await boundsOf(march, { to, from: "2023-04-30" })).toEqual(["2026-01", "2026-03"]);
    await expect(boundsOf(march, { to, from: "2023-03-31" })).rejects.toMatchObject({
      slug: "invalid",
      extra: { errors: [{ pointer: "#/query/from", detail: "the range must not exceed 36 months" }] },
    });
  });
});
