// Merges the rows that changed during a copy into its file, which stays sorted by key as SQLite sorts.
import { rename } from "node:fs/promises";
import { z } from "zod";
import { readRowFile, writeRowFile, type Checksum } from "./row-file.ts";
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
  for await (const lines of readRowFile(path)) {
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

/** Rewrites the file with these changes and returns its new checksum. */
export async function mergeChanges(
  path: string,
  table: Table,
  changes: Map<string, string | null>,
): Promise<Checksum> {
  const checksum = await writeRowFile(`${path}.part`, merged(path, table, changes));
  await rename(`${path}.part`, path);
  return checksum;
}
