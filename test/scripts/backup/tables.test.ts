import { env } from "cloudflare:workers";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadTable } from "../../../scripts/backup/load-table.ts";
import { mergeChanges } from "../../../scripts/backup/merge-changes.ts";
import { readPages } from "../../../scripts/backup/read-pages.ts";
import { checksumOf, readRowFile, writeRowFile } from "../../../scripts/backup/row-file.ts";
import { readerOf, type Table } from "../../../scripts/backup/schema.ts";
import { change } from "../../support/change.ts";
import { rowsOf } from "../../support/d1.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tables-"));
  await change(
    "CREATE TABLE boxes (name TEXT, no INTEGER, text TEXT, PRIMARY KEY (name, no)) STRICT, WITHOUT ROWID",
  );
  await change(
    "CREATE TABLE crates (name TEXT PRIMARY KEY, within TEXT REFERENCES crates (name), text TEXT) STRICT",
  );
});

afterAll(async () => {
  await change("DROP TABLE boxes");
  await change("DROP TABLE crates");
  await rm(folder, { recursive: true });
});

const boxes: Table = {
  name: "boxes",
  columns: ["name", "no", "text"],
  key: ["name", "no"],
  parents: [],
  selfReference: null,
};

async function* onePage(lines: string[]): AsyncGenerator<string[]> {
  yield lines;
}

async function allOf(pages: AsyncIterable<string[]>): Promise<string[][]> {
  const all: string[][] = [];
  for await (const page of pages) all.push(page);
  return all;
}

describe("the rows of a table", () => {
  it("are read in the order of their keys, each once, in as many pages as they need", async () => {
    await change(`INSERT INTO boxes (name, no, text) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500)
      SELECT printf('%04d', 1501 - i), i % 7, iif(i % 500 = 0, hex(zeroblob(450000)), '') FROM n`);
    const pages = await allOf(readPages(readerOf(env.DB), boxes));
    const lines = pages.flat();
    const expected = await rowsOf("SELECT name, no, text FROM boxes ORDER BY name, no");
    expect(lines.length).toBe(1500);
    expect(lines.every((line, at) => line === JSON.stringify(expected[at]))).toBe(true);
    expect(pages.length).toBeGreaterThan(3);
    await change("DELETE FROM boxes");
  });

  it("have in their file what was changed, added and deleted since, in the order of SQLite", async () => {
    const row = (name: string, no: number, text = "old"): string => JSON.stringify({ name, no, text });
    const keyOf = (name: string, no: number): string => JSON.stringify([name, no]);
    const path = join(folder, "boxes.gz");
    await writeRowFile(
      path,
      onePage([row("B", 9), row("B", 10), row("a", 1), row("é", 1), row("\u{ffff}", 1), row("\u{10000}", 1)]),
    );
    const changes = new Map([
      [keyOf("\u{10000}", 2), row("\u{10000}", 2, "last")],
      [keyOf("", 1), row("", 1, "first")],
      [keyOf("a", 1), row("a", 1, "changed")],
      [keyOf("é", 1), null],
      [keyOf("added and deleted", 1), null],
      [keyOf("\u{ffff}", 2), row("\u{ffff}", 2, "before the next by its bytes")],
    ]);
    const checksum = await mergeChanges(path, boxes, changes);
    expect((await allOf(readRowFile(path))).flat()).toEqual([
      row("", 1, "first"),
      row("B", 9),
      row("B", 10),
      row("a", 1, "changed"),
      row("\u{ffff}", 1),
      row("\u{ffff}", 2, "before the next by its bytes"),
      row("\u{10000}", 1),
      row("\u{10000}", 2, "last"),
    ]);
    expect(await checksumOf(readRowFile(path))).toEqual(checksum);
  });

  it("are loaded in statements of which each is within the limits of D1", async () => {
    // Three of them would have more than 2 MB.
    const rows = ["a", "b", "c"].map((name) => ({ name, within: null, text: "€".repeat(250_000) }));
    const path = join(folder, "crates.gz");
    await writeRowFile(path, onePage(rows.map((row) => JSON.stringify(row))));
    const loaded: number[] = [];
    const crates = { ...boxes, name: "crates", columns: ["name", "within", "text"], key: ["name"] };
    await loadTable(env.DB, crates, path, (count) => loaded.push(count));
    expect(loaded).toEqual([2, 1]);
    expect(await rowsOf("SELECT * FROM crates ORDER BY name")).toEqual(rows);
    await change("DELETE FROM crates");
  });

  it("that refer to others of their table are loaded after these", async () => {
    const text = "x".repeat(500_000);
    const rows = [
      { name: "a", within: "c", text },
      { name: "b", within: null, text },
      { name: "c", within: null, text },
    ];
    const path = join(folder, "nested.gz");
    await writeRowFile(path, onePage(rows.map((row) => JSON.stringify(row))));
    const crates = {
      ...boxes,
      name: "crates",
      columns: ["name", "within", "text"],
      key: ["name"],
      selfReference: "within",
    };
    await loadTable(env.DB, crates, path, () => undefined);
    expect(await rowsOf("SELECT * FROM crates ORDER BY name")).toEqual(rows);
  });
});
