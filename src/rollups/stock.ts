// What the stock of a shop is worth. It is counted each night, so that a shop of any size has the figure, and its history.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "../platform/context.ts";
import { sendAll } from "../platform/send-all.ts";
import { dayOf } from "../values/days.ts";

/** Counts the stock of a shop. */
export const StockJob = z.object({ kind: z.literal("stock"), tenant_id: z.string() });
export type StockJob = z.infer<typeof StockJob>;

/** The lower bounds of the ages (days since the last sale) by which stock is counted; an age ends before the next. */
export const STOCK_AGES = [-1, 0, 31, 61, 91, 181, 366];

/** A scalar: the age of the product `p` on this day. */
const ageOf = (day: string): SQL => {
  const days = sql`CAST(julianday(${day}) - julianday(p.last_sold_day) AS INTEGER)`;
  const classes = STOCK_AGES.slice(2).map(
    (bound, index) => sql`WHEN ${days} < ${bound} THEN ${STOCK_AGES[index + 1]}`,
  );
  return sql`CASE WHEN p.last_sold_day = '' THEN -1 ${sql.join(classes, sql` `)} ELSE ${STOCK_AGES.at(-1)} END`;
};

/** A scalar: what this column of the product `p` is for all of its stock. */
const valueOf = (column: string): SQL =>
  sql.raw(`CAST(total(round(p.${column} * 1.0 * p.stock / 1000)) AS INTEGER)`);

/** A query: products, uncosted, cost_value and price_value by age on this day, of the products `p` in stock that `from` selects. */
export const stockByAge = (
  day: string,
  from: SQL,
): SQL => sql`SELECT CAST(${ageOf(day)} AS INTEGER) AS age, count(*) AS products,
    sum(p.cost IS NULL) AS uncosted, ${valueOf("cost")} AS cost_value, ${valueOf("price")} AS price_value
  FROM ${from} GROUP BY 1`;

/** Sends a message for each open shop; a job of the night. One round trip. */
export async function queueStockCounts(ctx: Base): Promise<void> {
  const shops = await ctx.db.all(
    z.object({ id: z.string() }),
    sql`SELECT id FROM tenants WHERE is_active = 1`,
  );
  await sendAll(
    ctx.env.ROLLUPS,
    shops.map(({ id }): StockJob => ({ kind: "stock", tenant_id: id })),
  );
}

/** Counts the stock of a shop; counting again replaces what was counted on this day. One round trip. */
export async function countStock(ctx: Base, shop: { id: string; timezone: string }): Promise<void> {
  const day = dayOf(ctx.now, shop.timezone);
  const inStock = sql`products p WHERE p.tenant_id = ${shop.id} AND p.stock > 0 AND p.removed_at IS NULL`;
  await ctx.db.batch([
    sql`DELETE FROM daily_stock WHERE tenant_id = ${shop.id} AND day = ${day}`,
    sql`INSERT INTO daily_stock (tenant_id, day, age, products, uncosted, cost_value, price_value, taken_at)
      SELECT ${shop.id}, ${day}, age, products, uncosted, cost_value, price_value, ${ctx.now.toISOString()}
      FROM (${stockByAge(day, inStock)})`,
  ]);
}
