// Loads the rows of a backup as they were. Triggers are away meanwhile: what they would write (an event's deliveries, the count
// of a category) is among the rows already.
import { z } from "zod";
import { readLines } from "./lines.ts";
import { quoted, type Table } from "./schema.ts";

// D1 takes a value of 2 MB; UTF-16 units may be three bytes each.
const VALUE_UNITS = 600_000;

async function* values(
  path: string,
  isWanted: (line: string) => boolean,
): AsyncGenerator<{ json: string; rows: number }> {
  let waiting: string[] = [];
  let units = 0;
  const value = () => ({ json: `[${waiting.join(",")}]`, rows: waiting.length });
  for await (const lines of readLines(path))
    for (const line of lines) {
      if (!isWanted(line)) continue;
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

/** Loads a table's file; one round trip for some thousand rows. */
export async function loadTable(
  db: D1Database,
  table: Table,
  path: string,
  seen: (rows: number) => void,
): Promise<void> {
  const fields = table.columns.map((name) => `value ->> '${name}'`).join(", ");
  const insert = db.prepare(
    `INSERT INTO ${quoted(table.name)} (${table.columns.map(quoted).join(", ")}) SELECT ${fields} FROM json_each(?)`,
  );
  // Of a table whose rows name each other, those that name none come first.
  const namesNone = (line: string) => line.includes(`"${table.within}":null`);
  const passes = table.within === null ? [() => true] : [namesNone, (line: string) => !namesNone(line)];
  for (const isWanted of passes)
    for await (const { json, rows } of values(path, isWanted)) {
      await insert.bind(json).run();
      seen(rows);
    }
}

const trigger = z.array(z.object({ name: z.string(), sql: z.string() }));

/** Takes all triggers away; answers how to make them again. Two round trips. */
export async function withoutTriggers(db: D1Database): Promise<() => Promise<void>> {
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
