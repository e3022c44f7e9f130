// The value of the stock now or, for a large one, as it was counted last night.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { returning } from "../../platform/d1.ts";
import type { Plan } from "../../platform/plan.ts";
import { dailyTables } from "../../rollups/daily-tables.ts";
import { STOCK_AGES, stockByAge } from "../../rollups/stock.ts";
import { addDays, dayOf } from "../../values/days.ts";
import { tableRows } from "../totals.ts";
import type { StockFigures } from "./schema.ts";

const COVER_DAYS = 30;
// In a shop with more products, the present stock is not read.
const MAX_LIVE = 1_500;

const ageRow = z.object({
  age: z.number(),
  products: z.number(),
  uncosted: z.number(),
  cost_value: z.number(),
  price_value: z.number(),
});

type AgeRow = z.infer<typeof ageRow>;

const countedRow = ageRow.extend({ taken_at: z.string() });

const totalsOf = (rows: AgeRow[]) => {
  const sumOf = (field: keyof AgeRow): number => rows.reduce((sum, row) => sum + row[field], 0);
  return {
    products: sumOf("products"),
    uncosted: sumOf("uncosted"),
    cost_value: sumOf("cost_value"),
    price_value: sumOf("price_value"),
  };
};

function classOf({ age, ...values }: AgeRow) {
  const next = STOCK_AGES[STOCK_AGES.indexOf(age) + 1];
  return age < 0
    ? { from: null, to: null, ...values }
    : { from: age, to: next === undefined ? null : next - 1, ...values };
}

const othersRow = z.object({ others: z.number() });

/** The stock of the shop by age, and for how many days it lasts. */
export function stockFigures(ctx: Ctx): Plan<z.infer<typeof StockFigures>> {
  const tenantId = ctx.tenant.id;
  const today = dayOf(ctx.now, ctx.tenant.timezone);
  const inStock = sql`(SELECT * FROM products WHERE tenant_id = ${tenantId} LIMIT ${MAX_LIVE}) p WHERE p.stock > 0 AND p.removed_at IS NULL`;
  const live = returning(ageRow, sql`${stockByAge(today, inStock)} ORDER BY 1`);
  const others = returning(
    othersRow,
    sql`SELECT 1 AS others FROM products WHERE tenant_id = ${tenantId} LIMIT 1 OFFSET ${MAX_LIVE}`,
  );
  const counted = returning(
    countedRow,
    sql`SELECT age, products, uncosted, cost_value, price_value, taken_at FROM daily_stock
      WHERE tenant_id = ${tenantId} AND day = (SELECT max(day) FROM daily_stock WHERE tenant_id = ${tenantId}) ORDER BY age`,
  );
  const range = { from: addDays(today, 1 - COVER_DAYS), to: today };
  const sold = tableRows(ctx, dailyTables.margins, range, z.object({ cost: z.number() }), {
    columns: ["cost"],
  });
  return {
    statements: [live, others, counted, ...sold.statements],
    read: (done) => {
      const night = done.of(counted);
      const isLive = done.of(others).length === 0;
      const rows = isLive ? done.of(live) : night;
      const totals = totalsOf(rows);
      const cost = sold.read(done).reduce((sum, row) => sum + row.cost, 0);
      return {
        currency: ctx.tenant.currency,
        ...totals,
        days_of_cover: cost > 0 ? Math.round((10 * COVER_DAYS * totals.cost_value) / cost) / 10 : null,
        ages: rows.map(({ age, products, uncosted, cost_value, price_value }) =>
          classOf({ age, products, uncosted, cost_value, price_value }),
        ),
        is_live: isLive,
        as_of: isLive ? ctx.now.toISOString() : (night[0]?.taken_at ?? ctx.now.toISOString()),
      };
    },
  };
}
