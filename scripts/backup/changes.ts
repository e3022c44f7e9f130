// Reads again what has changed while a backup was copied (watch.ts says how that is known).
import { z } from "zod";
import { quoted, type Table } from "./schema.ts";
import { renewLease } from "./watch.ts";

const KEYS_A_TRIP = 1_000;
// They are held in memory.
const MOST_CHANGES = 200_000;

/** The rows that changed, by table and key (JSON); null where the row is there no more. */
export type Changes = Map<string, Map<string, string | null>>;

const lost = (): Error =>
  new Error(
    "Another backup has begun, or this one stood still for two minutes: changes may be missing. Run it again.",
  );

const logged = z.array(z.object({ tbl: z.string(), key: z.string() }));

/**
 * Reads what has changed into `changes`, until nothing is left; answers the moment at which that was so. Two round trips a
 * thousand changes.
 */
export async function takeChanges(
  db: D1Database,
  tables: Table[],
  owner: string,
  changes: Changes,
): Promise<string> {
  for (;;) {
    const waiting = `SELECT tbl, key FROM backup_changes WHERE tbl <> '' ORDER BY tbl, key LIMIT ${KEYS_A_TRIP}`;
    const keys = logged.parse((await db.prepare(waiting).all()).results);
    const touched = tables.filter(({ name }) => keys.some(({ tbl }) => tbl === name));
    const answers = await db.batch<Record<string, unknown>>([
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
        readAgain(
          db,
          table,
          keys.filter(({ tbl }) => tbl === table.name).map(({ key }) => key),
        ),
      ),
    ]);
    if (answers[0]?.results.length === 0) throw lost();
    for (const [index, table] of touched.entries()) note(changes, table, answers[index + 3]?.results ?? []);
    if ([...changes.values()].reduce((sum, rows) => sum + rows.size, 0) > MOST_CHANGES)
      throw new Error(
        "More is written than a backup can follow (an import?): run it again when that has ended.",
      );
    const state = z.object({ at: z.string(), others: z.number() }).parse(answers[2]?.results[0]);
    // The lease is the one row that stays.
    if (state.others === 1) return state.at;
  }
}

/** The statement that reads the rows of these keys as they are now. */
function readAgain(db: D1Database, table: Table, keys: string[]): D1PreparedStatement {
  const same = table.key.map((name, at) => `t.${quoted(name)} = k.value ->> ${at}`).join(" AND ");
  const columns = table.columns.map((name) => `t.${quoted(name)}`).join(", ");
  return db
    .prepare(
      `SELECT k.value AS "the key", t.${quoted(table.key[0] ?? "")} IS NULL AS "is gone", ${columns}
        FROM json_each(?) k LEFT JOIN ${quoted(table.name)} t ON ${same}`,
    )
    .bind(`[${keys.join(",")}]`);
}

function note(changes: Changes, table: Table, rows: Record<string, unknown>[]): void {
  const known = changes.get(table.name) ?? new Map<string, string | null>();
  changes.set(table.name, known);
  for (const { "the key": key, "is gone": isGone, ...row } of rows)
    known.set(JSON.stringify(JSON.parse(String(key))), isGone === 1 ? null : JSON.stringify(row));
}
