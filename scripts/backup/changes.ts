// How a backup of a shop in use is of one moment. While it copies, triggers write down the key of each row that changes. At the
// end the rows behind those keys are read and the keys taken away in ONE transaction, again until none is left: then what was
// copied and not changed since, with what was read again, is the database at the moment of that transaction.
// The triggers write only while the lease lasts, which the backup renews: one that was killed costs a write no row more after
// that, and the next backup takes its triggers away.
import { z } from "zod";
import { quoted, type Table } from "./schema.ts";

const LEASE_S = 120;
const KEYS_A_TRIP = 1_000;
// They are held in memory.
const MOST_CHANGES = 200_000;

/** The rows that changed, by table and key (JSON); null where the row is there no more. */
export type Changes = Map<string, Map<string, string | null>>;

const LEASED = "EXISTS (SELECT 1 FROM backup_changes WHERE tbl = '' AND until > unixepoch())";

const keyJson = (table: Table, row: "NEW" | "OLD"): string =>
  `json_array(${table.key.map((name) => `${row}.${quoted(name)}`).join(", ")})`;

const triggersOf = (table: Table): string[] =>
  (
    [
      ["INSERT", ["NEW"]],
      ["UPDATE", ["OLD", "NEW"]],
      ["DELETE", ["OLD"]],
    ] as const
  ).map(
    ([event, rows]) => `CREATE TRIGGER ${quoted(`backup_changes_${table.name}_${event}`)} AFTER ${event} ON
      ${quoted(table.name)} WHEN ${LEASED} BEGIN ${rows
        .map(
          (row) => `INSERT INTO backup_changes (tbl, key) VALUES ('${table.name}', ${keyJson(table, row)})
            ON CONFLICT DO NOTHING;`,
        )
        .join(" ")} END`,
  );

const named = z.array(z.object({ name: z.string() }));

/** The statements that take away what any backup has left. */
async function removal(db: D1Database): Promise<string[]> {
  const { results } = await db
    .prepare("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name GLOB 'backup_changes_*'")
    .all();
  const drops = named.parse(results).map(({ name }) => `DROP TRIGGER ${quoted(name)}`);
  return [...drops, "DROP TABLE IF EXISTS backup_changes"];
}

/** Begins to write changes down, in the name of `owner`; another backup that runs is told so when it goes on. */
export async function watchChanges(db: D1Database, tables: Table[], owner: string): Promise<void> {
  const statements = [
    ...(await removal(db)),
    "CREATE TABLE backup_changes (tbl TEXT NOT NULL, key TEXT NOT NULL, until INTEGER, PRIMARY KEY (tbl, key)) STRICT, WITHOUT ROWID",
    `INSERT INTO backup_changes (tbl, key, until) VALUES ('', '${owner}', unixepoch() + ${LEASE_S})`,
    ...tables.flatMap(triggersOf),
  ];
  await db.batch(statements.map((statement) => db.prepare(statement)));
}

/** Ends it, unless another backup has taken over. */
export async function unwatchChanges(db: D1Database, owner: string): Promise<void> {
  const mine = "SELECT 1 AS mine FROM backup_changes WHERE tbl = '' AND key = ?";
  const found = await db.prepare(mine).bind(owner).first();
  if (found) await db.batch((await removal(db)).map((statement) => db.prepare(statement)));
}

const keep = (db: D1Database, owner: string): D1PreparedStatement =>
  db
    .prepare(
      `UPDATE backup_changes SET until = unixepoch() + ${LEASE_S}
        WHERE tbl = '' AND key = ? AND until > unixepoch() RETURNING key`,
    )
    .bind(owner);

const lost = (): Error =>
  new Error(
    "Another backup has begun, or this one stood still for two minutes: changes may be missing. Run it again.",
  );

/** Renews the lease while it lasts: one that has ended begins no more. One round trip. */
export async function keepWatching(db: D1Database, owner: string): Promise<void> {
  await keep(db, owner).run();
}

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
      keep(db, owner),
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
