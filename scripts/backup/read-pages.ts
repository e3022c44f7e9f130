// Reads the rows of a table in key order, as lines of JSON, page by page: memory does not grow with the table.
import { z } from "zod";
import { quoted, type Read, type Table } from "./schema.ts";

// Well below the limit of one result. A row may take megabytes, so the page size follows the size of the rows.
const PAGE_UNITS = 1_000_000;
const FIRST_ROWS = 100;
const MAX_ROWS = 5_000;

const value = z.union([z.string(), z.number()]);

/** Pages of lines, one JSON object per row. One round trip per page of about a megabyte. */
export async function* readPages(read: Read, table: Table): AsyncGenerator<string[]> {
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
    const next = table.key.map((name) => value.parse(last[name]));
    if (JSON.stringify(next) === JSON.stringify(after))
      throw new Error(`The pages of ${table.name} do not end.`);
    after = next;
    const units = lines.reduce((sum, line) => sum + line.length, 0);
    const fitting = Math.floor((limit * PAGE_UNITS) / units);
    limit = Math.max(1, Math.min(fitting, 4 * limit, MAX_ROWS));
  }
}
