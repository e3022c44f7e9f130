// Stores each product's neighbours, computed anew from the newest baskets: the score of a pair changes with every sale of
// either. So a night's work is bounded by the window, not by all sales, and what has not changed is not written.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "../platform/context.ts";
import { type Baskets, neighboursOf, numberBaskets } from "./similarity.ts";

// The window: the newest lines, of the newest days that have any. Numbered they take some 20 MB of the 128 a Worker has.
const WINDOW_LINES = 1_000_000;
const WINDOW_DAYS = 1_000;
// Some 4 MB of ids at once.
const LINES_A_READ = 100_000;
// Then another message goes on.
const PRODUCTS_A_MESSAGE = 10_000;
// Of twenty neighbours each: half a megabyte, of the 2 MB that D1 takes as one value.
const PRODUCTS_A_WRITE = 500;

const basketsShape = z.array(z.array(z.string()));

/**
 * Stores the neighbours of the shop's next products behind the id `after`; answers the last one's id where another message
 * has to go on, else null.
 */
export async function buildNeighbours(ctx: Base, tenantId: string, after: string): Promise<string | null> {
  const found = await numberBaskets(readWindow(ctx, tenantId));
  const behind = [...found.ids.entries()]
    .filter(([, id]) => id > after)
    .toSorted(([, a], [, b]) => (a < b ? -1 : 1));
  const turn = behind.slice(0, PRODUCTS_A_MESSAGE);
  let last = after;
  for (let at = 0; at < turn.length; at += PRODUCTS_A_WRITE) {
    const some = turn.slice(at, at + PRODUCTS_A_WRITE);
    const upTo = some.at(-1)?.[1] ?? last;
    await store(ctx, tenantId, found, some, { after: last, upTo });
    last = upTo;
  }
  if (turn.length < behind.length) return last;
  await ctx.db.batch([
    sql`DELETE FROM product_neighbours WHERE tenant_id = ${tenantId} AND product_id > ${last}`,
    // A day that was built meanwhile loses its mark too early, but the message that built it comes here after it.
    sql`DELETE FROM dirty_product_days WHERE tenant_id = ${tenantId} AND is_built = 1`,
  ]);
  return null;
}

/** Stores the neighbours of these, and takes away those of others between the two ids, who have none any more. */
async function store(
  ctx: Base,
  tenantId: string,
  found: Baskets,
  products: [number, string][],
  { after, upTo }: { after: string; upTo: string },
): Promise<void> {
  const rows = products.flatMap(([number, id]) => {
    const neighbours = neighboursOf(found, number);
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
    while (++at < days.length && lines + (days[at]?.lines ?? 0) <= LINES_A_READ);
    const found = await ctx.db.all(
      z.object({ baskets: z.string() }),
      sql`SELECT baskets FROM daily_baskets WHERE tenant_id = ${tenantId}
        AND day BETWEEN ${days[at - 1]?.day ?? ""} AND ${days[first]?.day ?? ""} ORDER BY day DESC`,
    );
    read += lines;
    for (const { baskets } of found) yield basketsShape.parse(JSON.parse(baskets));
  }
}
