// Makes a backup of a database in use consistent: while it copies, triggers log the key of each changed row. Then transactions read the
// rows of those keys and clear the log until it is empty. The triggers log only while the backup renews its lease, so a killed backup
// costs shops nothing, and the next backup drops its triggers.
import { z } from "zod";
import { quoted, type Table } from "./schema.ts";

const LEASE_S = 120;

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

/** The statements that remove the log and the triggers of any backup. */
async function removal(db: D1Database): Promise<string[]> {
  const { results } = await db
    .prepare("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name GLOB 'backup_changes_*'")
    .all();
  const drops = named.parse(results).map(({ name }) => `DROP TRIGGER ${quoted(name)}`);
  return [...drops, "DROP TABLE IF EXISTS backup_changes"];
}

/** Starts to log changes for `owner`. A backup that is running fails when it collects its changes. */
export async function startChangeLog(db: D1Database, tables: Table[], owner: string): Promise<void> {
  const statements = [
    ...(await removal(db)),
    "CREATE TABLE backup_changes (tbl TEXT NOT NULL, key TEXT NOT NULL, until INTEGER, PRIMARY KEY (tbl, key)) STRICT, WITHOUT ROWID",
    `INSERT INTO backup_changes (tbl, key, until) VALUES ('', '${owner}', unixepoch() + ${LEASE_S})`,
    ...tables.flatMap(triggersOf),
  ];
  await db.batch(statements.map((statement) => db.prepare(statement)));
}

/** Stops logging, unless another backup has taken over. */
export async function stopChangeLog(db: D1Database, owner: string): Promise<void> {
  const lease = "SELECT 1 AS mine FROM backup_changes WHERE tbl = '' AND key = ?";
  const found = await db.prepare(lease).bind(owner).first();
  if (found) await db.batch((await removal(db)).map((statement) => db.prepare(statement)));
}

/** The statement that renews the lease. It returns no row if the lease has expired or another backup has started. */
export const renewLease = (db: D1Database, owner: string): D1PreparedStatement =>
  db
    .prepare(
      `UPDATE backup_changes SET until = unixepoch() + ${LEASE_S}
        WHERE tbl = '' AND key = ? AND until > unixepoch() RETURNING key`,
    )
    .bind(owner);

/** Renews the lease unless it has expired. One round trip. */
export async function extendLease(db: D1Database, owner: string): Promise<void> {
  await renewLease(db, owner).run();
}
