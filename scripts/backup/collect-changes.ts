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

/** Reads changed rows into `changes` until there are no more, and returns the time of that state. Two round trips per thousand changes. */
export async function collectChanges(
  db: D1Database,
  tables: Table[],
  owner: string,
  changes: Changes,
): Promise<string> {
  for (;;) {
    const waiting = `SELECT tbl, key FROM backup_changes WHERE tbl <> '' ORDER BY tbl, key LIMIT ${KEYS_PER_QUERY}`;
    const keys = logged.parse((await db.prepare(waiting).all()).results);
    const touched = tables.filter(({ name }) => keys.some(({ tbl }) => tbl === name));
    const [lease, , logState, ...changedRows] = await db.batch<Record<string, unknown>>([
      renewLease(db, owner),
      db
        .prepare(
          `DELETE FROM backup_changes WHERE (tbl, key) IN (SELECT value ->> 'tbl', value ->> 'key' FROM json_each(?))`,
        )
        .bind(JSON.stringify(keys)),
      db.prepare(
        "SELECT strftime('%Y-%m-%dT%H:%M:%fZ', 'now') AS at, count(*) AS others FROM backup_changes",
      ),
      ...touched.map((table) =>
        readChangedRows(
          db,
          table,
          keys.filter(({ tbl }) => tbl === table.name).map(({ key }) => key),
        ),
      ),
    ]);
    if (lease?.results.length === 0) throw leaseLost();
    for (const [index, table] of touched.entries())
      recordChanges(changes, table, changedRows[index]?.results ?? []);
    if ([...changes.values()].reduce((sum, rows) => sum + rows.size, 0) > MAX_CHANGES)
      throw new Error(
        "The shops write faster than the backup can follow, perhaps by an import: run it again later.",
      );
    const state = z.object({ at: z.string(), others: z.number() }).parse(logState?.results[0]);
    // The lease itself is one row.
    if (state.others === 1) return state.at;
  }
}

/** The statement that reads the current rows of these keys. */
function readChangedRows(db: D1Database, table: Table, keys: string[]): D1PreparedStatement {
  const same = table.key.map((name, at) => `t.${quoted(name)} = k.value ->> ${at}`).join(" AND ");
  const columns = table.columns.map((name) => `t.${quoted(name)}`).join(", ");
  return db
    .prepare(
      `SELECT k.value AS "the key", t.${quoted(table.key[0] ?? "")} IS NULL AS "is gone", ${columns}
        FROM json_each(?) k LEFT JOIN ${quoted(table.name)} t ON ${same}`,
    )
    .bind(`[${keys.join(",")}]`);
}

function recordChanges(changes: Changes, table: Table, rows: Record<string, unknown>[]): void {
  const known = changes.get(table.name) ?? new Map<string, string | null>();
  changes.set(table.name, known);
  for (const { "the key": key, "is gone": isGone, ...row } of rows)
    known.set(JSON.stringify(JSON.parse(String(key))), isGone === 1 ? null : JSON.stringify(row));
}
