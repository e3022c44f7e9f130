// The rows of a table in the order of its key, as lines of JSON, a page at a time: what is held does not grow with the table.
import { z } from "zod";
import { quoted, type Read, type Table } from "./schema.ts";

// Well below what one answer may hold; a row may have megabytes, so pages grow and shrink with what they brought.
const PAGE_UNITS = 1_000_000;
const FIRST_ROWS = 100;
const MOST_ROWS = 5_000;

const value = z.union([z.string(), z.number()]);

/** Pages of lines, one JSON object a row. One round trip a page of about a megabyte. */
export async function* pagesOf(read: Read, table: Table): AsyncGenerator<string[]> {
  const key = table.key.map(quoted).join(", ");
  const select = `SELECT ${table.columns.map(quoted).join(", ")} FROM ${quoted(table.name)}`;
  const marks = table.key.map(() => "?").join(", ");
  let limit = FIRST_ROWS;
  let after: z.infer<typeof value>[] = [];
  for (;;) {
    const where = after.length > 0 ? `WHERE (${key}) > (${marks})` : "";
    const rows: Record<string, unknown>[] = await read(
      `${select} ${where} ORDER BY ${key} LIMIT ${limit}`,
      ...after,
    );
    const lines = rows.map((row) => JSON.stringify(row));
    if (lines.length > 0) yield lines;
    const last = rows.at(-1);
    if (!last || lines.length < limit) return;
    after = table.key.map((name) => value.parse(last[name]));
    const units = lines.reduce((sum, line) => sum + line.length, 0);
    const fitting = Math.floor((limit * PAGE_UNITS) / units);
    limit = Math.max(1, Math.min(fitting, 4 * limit, MOST_ROWS));
  }
}
