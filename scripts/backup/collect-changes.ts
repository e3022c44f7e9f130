// Reads the rows that changed while a backup was copied (change-log.ts logs their keys).
import { z } from "zod";
import { quoted, type Table } from "./schema.ts";
import { renewLease } from "./change-log.ts";

const KEYS_PER_QUERY = 1_000;
// Changed rows are held in memory.
const MAX_CHANGES = 200_000;

/** The rows that changed, by table and key (JSON); null if the row was deleted. */
export type Changes = Map<string, Map<string, string | null>>;

const leaseLost = (): Error =>
  new Error(
    "Another backup has started, or this one stalled for two minutes: changes may be missing. Run it again.",
  );

const logged = z.array(z.object({ tbl: z.string(), key: z.string() }));

/**
 * Reads changed rows into `changes` until there are no more, and returns the time of that state. Two round trips per thousand changes. The
 * second one reads the log itself: what is written between the two is read with it, so shops that never pause do not delay the end.
 */
export async function collectChanges(
  db: D1Database,
  tables: Table[],
  owner: string,
  changes: Changes,
): Promise<string> {
  const changed = new Set<string>();
  for (;;) {
    const waiting = `SELECT tbl, key FROM backup_changes WHERE tbl <> '' ORDER BY tbl, key LIMIT ${KEYS_PER_QUERY}`;
    const keys = logged.parse((await db.prepare(waiting).all()).results);
    for (const { tbl } of keys) changed.add(tbl);
    const end = keys.length < KEYS_PER_QUERY ? undefined : keys.at(-1);
    const touched = tables.filter(({ name }) => changed.has(name));
    const names = JSON.stringify(touched.map(({ name }) => name));
    const [lease, ...results] = await db.batch<Record<string, unknown>>([
      renewLease(db, owner),
      ...touched.map((table) => readChangedRows(db, table, end)),
      db
        .prepare(`DELETE FROM backup_changes WHERE tbl IN (SELECT value FROM json_each(?1)) AND ${upTo(end)}`)
        .bind(names, ...valuesOf(end)),
      db.prepare(
        "SELECT strftime('%Y-%m-%dT%H:%M:%fZ', 'now') AS at, count(*) AS others FROM backup_changes",
      ),
    ]);
    if (lease?.results.length === 0) throw leaseLost();
    for (const [index, table] of touched.entries())
      recordChanges(changes, table, results[index]?.results ?? []);
    if ([...changes.values()].reduce((sum, rows) => sum + rows.size, 0) > MAX_CHANGES)
      throw new Error(
        "The shops write faster than the backup can follow, perhaps by an import: run it again later.",
      );
    const state = z.object({ at: z.string(), others: z.number() }).parse(results.at(-1)?.results[0]);
    // The lease itself is one row.
    if (state.others === 1) return state.at;
  }
}

type Key = z.infer<typeof logged>[number];

/** The condition on the log up to a key; without one, of all of it. */
const upTo = (end: Key | undefined): string => (end ? "(tbl, key) <= (?2, ?3)" : "1");

const valuesOf = (end: Key | undefined): string[] => (end ? [end.tbl, end.key] : []);

/** The statement that reads the current rows of the keys of a table that are logged up to `end`. */
function readChangedRows(db: D1Database, table: Table, end: Key | undefined): D1PreparedStatement {
  const same = table.key.map((name, at) => `t.${quoted(name)} = k.key ->> ${at}`).join(" AND ");
  const columns = table.columns.map((name) => `t.${quoted(name)}`).join(", ");
  return db
    .prepare(
      `SELECT k.key AS "the key", t.${quoted(table.key[0] ?? "")} IS NULL AS "is gone", ${columns}
        FROM (SELECT key FROM backup_changes WHERE tbl = ?1 AND ${upTo(end)}) k
        LEFT JOIN ${quoted(table.name)} t ON ${same}`,
    )
    .bind(table.name, ...valuesOf(end));
}

function recordChanges(changes: Changes, table: Table, rows: Record<string, unknown>[]): void {
  const known = changes.get(table.name) ?? new Map<string, string | null>();
  changes.set(table.name, known);
  for (const { "the key": key, "is gone": isGone, ...row } of rows)
    known.set(JSON.stringify(JSON.parse(String(key))), isGone === 1 ? null : JSON.stringify(row));
}
