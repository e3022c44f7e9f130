// Puts the rows that changed during a copy into its file, which stays in the order of the key as SQLite sorts it.
import { rename } from "node:fs/promises";
import { z } from "zod";
import { readLines, writeLines, type Sum } from "./lines.ts";
import type { Table } from "./schema.ts";

const row = z.record(z.string(), z.unknown());

const keyOf = (table: Table, line: string): unknown[] => {
  const values = row.parse(JSON.parse(line));
  return table.key.map((name) => values[name]);
};

// SQLite compares text by its UTF-8 bytes.
const byBytes = (a: string, b: string): number =>
  a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));

const byValue = (a: unknown, b: unknown): number =>
  typeof a === "number" && typeof b === "number" ? a - b : byBytes(String(a), String(b));

const byKey = (a: unknown[], b: unknown[]): number => {
  for (const [at, value] of a.entries()) {
    const order = byValue(value, b[at]);
    if (order !== 0) return order;
  }
  return 0;
};

async function* merged(
  path: string,
  table: Table,
  changes: Map<string, string | null>,
): AsyncGenerator<string[]> {
  const waiting = [...changes]
    .map(([key, line]) => ({ key: z.array(z.unknown()).parse(JSON.parse(key)), line }))
    .toSorted((a, b) => byKey(a.key, b.key));
  let next = 0;
  for await (const lines of readLines(path)) {
    const page: string[] = [];
    for (const line of lines) {
      const key = keyOf(table, line);
      let isChanged = false;
      for (let change = waiting[next]; change; change = waiting[next]) {
        const order = byKey(change.key, key);
        if (order > 0) break;
        isChanged ||= order === 0;
        if (change.line !== null) page.push(change.line);
        next += 1;
      }
      if (!isChanged) page.push(line);
    }
    yield page;
  }
  yield waiting.slice(next).flatMap(({ line }) => (line === null ? [] : [line]));
}

/** Writes the file anew with these changes; answers its new sum. */
export async function mergeChanges(
  path: string,
  table: Table,
  changes: Map<string, string | null>,
): Promise<Sum> {
  const sum = await writeLines(`${path}.part`, merged(path, table, changes));
  await rename(`${path}.part`, path);
  return sum;
}
