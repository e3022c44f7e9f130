// Recomputes the neighbours of each product from the newest baskets, because every sale of a product changes the scores of its
// pairs. The work is bounded by a window of sales, and rows that have not changed are not written.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "../platform/context.ts";
import { type Baskets, neighboursOf, numberBaskets } from "./similarity.ts";

// The window: the newest lines of the newest days with sales. As numbers they take some 20 MB of a Worker's 128 MB.
const WINDOW_LINES = 1_000_000;
const WINDOW_DAYS = 1_000;
// About 4 MB of ids.
const LINES_PER_READ = 100_000;
const PRODUCTS_PER_MESSAGE = 10_000;
// With twenty neighbours each about 0.5 MB, of the 2 MB that D1 accepts as one value.
const PRODUCTS_PER_WRITE = 500;

const basketsShape = z.array(z.array(z.string()));

/**
 * Stores the neighbours of the shop's next products after the id `after`; returns the id of the last one if another message
 * must continue, else null.
 */
export async function buildNeighbours(ctx: Base, tenantId: string, after: string): Promise<string | null> {
  const baskets = await numberBaskets(readWindow(ctx, tenantId));
  const remaining = [...baskets.ids.entries()]
    .filter(([, id]) => id > after)
    .toSorted(([, a], [, b]) => (a < b ? -1 : 1));
  const current = remaining.slice(0, PRODUCTS_PER_MESSAGE);
  let last = after;
  for (let at = 0; at < current.length; at += PRODUCTS_PER_WRITE) {
    const products = current.slice(at, at + PRODUCTS_PER_WRITE);
    const upTo = products.at(-1)?.[1] ?? last;
    await storeNeighbours(ctx, tenantId, baskets, products, { after: last, upTo });
    last = upTo;
  }
  if (current.length < remaining.length) return last;
  await ctx.db.batch([
    sql`DELETE FROM product_neighbours WHERE tenant_id = ${tenantId} AND product_id > ${last}`,
    // This may unmark a day that was built meanwhile, but the message that built it also recomputes the neighbours.
    sql`DELETE FROM dirty_product_days WHERE tenant_id = ${tenantId} AND is_built = 1`,
  ]);
  return null;
}

/** Stores the neighbours of these products, and deletes those of other products between the two ids, which have none any more. */
async function storeNeighbours(
  ctx: Base,
  tenantId: string,
  baskets: Baskets,
  products: [number, string][],
  { after, upTo }: { after: string; upTo: string },
): Promise<void> {
  const rows = products.flatMap(([number, id]) => {
    const neighbours = neighboursOf(baskets, number);
    return neighbours.length === 0 ? [] : [{ id, neighbours }];
  });
  const json = JSON.stringify(rows);
  await ctx.db.batch([
    sql`DELETE FROM product_neighbours WHERE tenant_id = ${tenantId} AND product_id > ${after} AND product_id <= ${upTo}
      AND product_id NOT IN (SELECT value ->> 'id' FROM json_each(${json}))`,
    sql`INSERT INTO product_neighbours (tenant_id, product_id, neighbours)
      SELECT ${tenantId}, value ->> 'id', value ->> 'neighbours' FROM json_each(${json}) WHERE true
      ON CONFLICT DO UPDATE SET neighbours = excluded.neighbours WHERE neighbours <> excluded.neighbours`,
  ]);
}

/** The baskets of the window, newest days first, some days at a time. */
async function* readWindow(ctx: Base, tenantId: string): AsyncGenerator<string[][]> {
  const days = await ctx.db.all(
    z.object({ day: z.string(), lines: z.number() }),
    sql`SELECT day, lines FROM daily_baskets WHERE tenant_id = ${tenantId} ORDER BY day DESC LIMIT ${WINDOW_DAYS}`,
  );
  let read = 0;
  for (let at = 0; at < days.length && read < WINDOW_LINES;) {
    const first = at;
    let lines = 0;
    do lines += days[at]?.lines ?? 0;
    while (++at < days.length && lines + (days[at]?.lines ?? 0) <= LINES_PER_READ);
    const rows = await ctx.db.all(
      z.object({ baskets: z.string() }),
      sql`SELECT baskets FROM daily_baskets WHERE tenant_id = ${tenantId}
        AND day BETWEEN ${days[at - 1]?.day ?? ""} AND ${days[first]?.day ?? ""} ORDER BY day DESC`,
    );
    read += lines;
    for (const { baskets } of rows) yield basketsShape.parse(JSON.parse(baskets));
  }
}
