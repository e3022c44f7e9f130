// Rebuilds what a backup omits because it derives from other tables: the search indexes, and the lake's list of days to build.
import { z } from "zod";
import { indexPending } from "../../src/catalog/search/indexing.ts";
import { dayOf } from "../../src/values/days.ts";
import { openSharedDb } from "../../src/platform/d1.ts";
import { instantOfId } from "../../src/values/ids.ts";
import { eventIds } from "../../src/lake/partitions.ts";

/** Indexes all products for search. */
export async function rebuildSearch(db: D1Database): Promise<number> {
  const products = await db.prepare("SELECT count(*) AS n FROM products").first<number>("n");
  // Limited to what there is, for a product that stays pending would be found for ever.
  return indexPending({ db: openSharedDb({ DB: db }, "first-primary") }, null, products ?? 0);
}

const CUSTOMERS_PER_STATEMENT = 10_000;

/** Indexes all customers for search. One round trip for some thousand customers. */
export async function rebuildCustomerSearch(db: D1Database): Promise<number> {
  await db.prepare("INSERT INTO customer_search (customer_search) VALUES ('delete-all')").run();
  const last = (await db.prepare("SELECT max(rowid) AS n FROM customers").first<number>("n")) ?? 0;
  const index = db.prepare(
    `INSERT INTO customer_search (rowid, words) SELECT rowid, words FROM customers
      WHERE rowid > ?1 AND rowid <= ?1 + ${CUSTOMERS_PER_STATEMENT} AND merged_into IS NULL AND erased_at IS NULL`,
  );
  for (let after = 0; after < last; after += CUSTOMERS_PER_STATEMENT) await index.bind(after).run();
  return (await db.prepare("SELECT count(*) AS n FROM customer_search").first<number>("n")) ?? 0;
}

const shops = z.array(
  z.object({ id: z.string(), timezone: z.string(), sealed_day: z.string(), sealed_end: z.string() }),
);

/** The days of a shop on which it has events, after the sealed ones. One round trip per day: each reads the first event after the previous day. */
async function eventDays(
  db: D1Database,
  { id, timezone, sealed_end }: z.infer<typeof shops>[number],
): Promise<string[]> {
  const next = db.prepare("SELECT id FROM events WHERE tenant_id = ? AND id >= ? ORDER BY id LIMIT 1");
  const days: string[] = [];
  for (let from = sealed_end; ;) {
    const found = await next.bind(id, from).first<{ id: string }>();
    if (!found) return days;
    const day = dayOf(instantOfId(found.id), timezone);
    // A day that does not come after the last one would be found for ever.
    if (day <= (days.at(-1) ?? "")) throw new Error(`The event ${found.id} is not in the order of its day.`);
    days.push(day);
    from = eventIds(day, timezone).end;
  }
}

// The files of sealed days of events, which came with the backup.
const SEALED = `FROM lake_files AS f WHERE f.dataset = 'events' AND f.added IS NOT NULL AND f.dropped IS NULL
  AND f.day <= (SELECT s.sealed_day FROM lake_shops s WHERE s.tenant_id = f.tenant_id)`;

/**
 * Marks every partition of the lake that has rows for a rebuild, except the sealed days of events: its files no longer count, and the
 * next nightly builds build each past day from the database. Months follow their days.
 */
export async function markLakeForRebuild(db: D1Database): Promise<void> {
  await db.batch(
    [
      `DELETE FROM lake_files WHERE (tenant_id, key) NOT IN (SELECT f.tenant_id, f.key ${SEALED})`,
      "UPDATE lake_shops SET night = NULL",
      `INSERT INTO lake_days (tenant_id, dataset, day, version, built, generation)
        SELECT DISTINCT f.tenant_id, f.dataset, f.day, 1, 1, 1 ${SEALED}`,
      `INSERT INTO lake_days (tenant_id, dataset, day, version)
        SELECT DISTINCT tenant_id, 'purchases', day, 1 FROM sales WHERE status <> 'pending' ON CONFLICT DO NOTHING`,
    ].map((statement) => db.prepare(statement)),
  );
  const found = await db
    .prepare(
      "SELECT t.id, t.timezone, coalesce(s.sealed_day, '') AS sealed_day, coalesce(s.sealed_end, '') AS sealed_end FROM tenants t LEFT JOIN lake_shops s ON s.tenant_id = t.id",
    )
    .all();
  for (const shop of shops.parse(found.results)) {
    const days = JSON.stringify(await eventDays(db, shop));
    await db
      .prepare(
        `INSERT INTO lake_days (tenant_id, dataset, day, version) SELECT ?, 'events', value, 1 FROM json_each(?)
          WHERE value > ? ON CONFLICT DO NOTHING`,
      )
      .bind(shop.id, days, shop.sealed_day)
      .run();
  }
}
