// New and returning customers are those of a plain computation over all sales, whatever of them is built.
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { customers } from "../../src/metrics/customers/customers.ts";
import { runPlan } from "../../src/platform/plan.ts";
import { buildMonths } from "../../src/rollups/months.ts";
import { advanceDays, rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { refundSale } from "../../src/sales/refund.ts";
import { sell } from "../../src/sales/sell.ts";
import { addDays } from "../../src/values/days.ts";
import { rowsOf } from "../support/d1.ts";
import { base, newPerson, newProduct, newShop, type Shop } from "../support/shops.ts";

const FIRST_DAY = "2026-07-20";
const DAYS = 50;

async function plain({ tenant }: Shop, from: string, to: string) {
  const rows = await rowsOf(
    `SELECT customer_key AS customer, kind, day FROM sales WHERE tenant_id = ? AND customer_key IS NOT NULL AND status = 'completed'`,
    tenant.id,
  );
  const of = (isCounted: (row: (typeof rows)[number]) => boolean) =>
    new Set(rows.filter(isCounted).map(({ customer }) => customer));
  const isWithin = ({ day }: (typeof rows)[number]) => String(day) >= from && String(day) <= to;
  const earlier = of(({ kind, day }) => kind === "sale" && String(day) < from);
  const buyers = of((row) => row["kind"] === "sale" && isWithin(row));
  return {
    customers: of(isWithin).size,
    new_customers: [...buyers].filter((customer) => !earlier.has(customer)).length,
    returning_customers: [...buyers].filter((customer) => earlier.has(customer)).length,
  };
}

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("sell" as const), day: fc.nat(DAYS), customer: fc.nat(5) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("refund" as const), day: fc.nat(DAYS), sale: fc.nat() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("build" as const, "advance" as const) }) },
);

it("customers with refunds only are neither new nor returning", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 30 }), async (steps) => {
      const shop = await newShop({ timezone: "UTC" });
      const people = await Promise.all(Array.from({ length: 6 }, () => newPerson(shop.tenant, "CUSTOMER")));
      const { id } = await newProduct(shop, { price: 100, stock: null });
      const at = (day: number) => shop.admin.ctx(new Date(`${addDays(FIRST_DAY, day)}T12:00:00Z`));
      const sold: string[] = [];
      for (const each of steps)
        if (each.kind === "sell") {
          const items = [{ product_id: id, quantity: 9000 }];
          const customer_id = people[each.customer]?.id;
          const { value } = await sell(
            at(each.day),
            { items, payment_method: "card", customer_id },
            undefined,
          );
          sold.push(value.id);
        } else if (each.kind === "refund") {
          const sale = sold[each.sale % Math.max(1, sold.length)];
          const items = [{ product_id: id, quantity: 1000 }];
          if (sale)
            await refundSale(at(each.day), sale, { items, reason: "torn", restock: false }, undefined).catch(
              () => null,
            );
        } else if (each.kind === "advance") await advanceDays(base(), shop.tenant.id);
        else {
          await rebuildDirtyDays(base(), shop.tenant.id);
          await buildMonths(base(), shop.tenant.id);
        }
      const ctx = at(DAYS);
      for (const [first, last] of [
        [0, DAYS],
        [5, 20],
        [12, 42],
        [30, 31],
      ] as const) {
        const range = { from: addDays(FIRST_DAY, first), to: addDays(FIRST_DAY, last) };
        const figures = await runPlan(ctx, customers(ctx, { ...range, compare: "none", align: "date" }));
        expect(figures, JSON.stringify(range)).toMatchObject(await plain(shop, range.from, range.to));
      }
    }),
    { numRuns: 20 },
  );
});
