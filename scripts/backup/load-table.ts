// Loads the rows of a backup unchanged. Triggers are dropped meanwhile: the rows that they would write (an event's deliveries, the
// count of a category) are in the backup.
import { z } from "zod";
import { readRowFile } from "./row-file.ts";
import { quoted, type Table } from "./schema.ts";

// D1 limits a value to 2 MB; a UTF-16 unit takes up to three bytes.
const VALUE_UNITS = 600_000;

async function* values(
  path: string,
  isSelected: (line: string) => boolean,
): AsyncGenerator<{ json: string; rows: number }> {
  let waiting: string[] = [];
  let units = 0;
  const value = () => ({ json: `[${waiting.join(",")}]`, rows: waiting.length });
  for await (const lines of readRowFile(path))
    for (const line of lines) {
      if (!isSelected(line)) continue;
      if (units + line.length > VALUE_UNITS && waiting.length > 0) {
        yield value();
        waiting = [];
        units = 0;
      }
      waiting.push(line);
      units += line.length;
    }
  if (waiting.length > 0) yield value();
}

/** Loads a table's file. One round trip per some thousand rows. */
export async function loadTable(
  db: D1Database,
  table: Table,
  path: string,
  onRows: (rows: number) => void,
): Promise<void> {
  const fields = table.columns.map((name) => `value ->> '${name}'`).join(", ");
  const insert = db.prepare(
    `INSERT INTO ${quoted(table.name)} (${table.columns.map(quoted).join(", ")}) SELECT ${fields} FROM json_each(?)`,
  );
  // Rows that refer to other rows of their table come after those that do not.
  const refersToNone = (line: string) => line.includes(`"${table.selfReference}":null`);
  const passes =
    table.selfReference === null ? [() => true] : [refersToNone, (line: string) => !refersToNone(line)];
  for (const isSelected of passes)
    for await (const { json, rows } of values(path, isSelected)) {
      await insert.bind(json).run();
      onRows(rows);
    }
}

const trigger = z.array(z.object({ name: z.string(), sql: z.string() }));

/** Drops all triggers and returns the function that creates them again. Two round trips. */
export async function dropTriggers(db: D1Database): Promise<() => Promise<void>> {
  const { results } = await db
    .prepare("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name")
    .all();
  const triggers = trigger.parse(results);
  if (triggers.length === 0) return async () => {};
  await db.batch(triggers.map(({ name }) => db.prepare(`DROP TRIGGER ${quoted(name)}`)));
  return async () => {
    await db.batch(triggers.map(({ sql }) => db.prepare(sql)));
  };
}
