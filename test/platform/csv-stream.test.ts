import { describe, expect, it, vi } from "vitest";
import { csvStream } from "../../src/platform/csv-stream.ts";
import { type CsvFormat, csvTable } from "../../src/values/csv.ts";

type Row = { id: number; text: string };

const format: CsvFormat = { delimiter: ",", decimal: ".", bom: false, currency: "EUR", timezone: "UTC" };
const table = csvTable<Row>(
  { id: ({ id }, { number }) => number(id), text: (row, { text }) => text(row.text) },
  format,
);

/** A table of `size` rows that counts the pages and the largest of them; the `failing`th read fails. */
function source(size: number, textOf: (id: number) => string, failing = 0) {
  const reads: number[] = [];
  const read = async (last: Row | undefined, limit: number): Promise<Row[]> => {
    reads.push(limit);
    if (reads.length === failing) throw new Error("D1 is gone");
    const first = (last?.id ?? 0) + 1;
    const length = Math.min(limit, size - first + 1);
    return Array.from({ length }, (_, at) => ({ id: first + at, text: textOf(first + at) }));
  };
  return { read, reads };
}

/** The chunks of a stream. */
async function chunksOf(stream: ReadableStream<Uint8Array>): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

const textOf = (chunks: Uint8Array[]): string => Buffer.concat(chunks).toString();

describe("a stream of CSV", () => {
  it("begins with a byte order mark if its format has one", async () => {
    for (const bom of [true, false]) {
      const stream = await csvStream({ ...table, bom }, source(1, String).read);
      expect(textOf(await chunksOf(stream))).toBe(`${bom ? "\uFEFF" : ""}id,text\r\n1,"1"\r\n`);
    }
  });

  it.each([0, 1, 499, 500, 501, 3000])("of %d rows has each once", async (size) => {
    const { read } = source(size, String);
    const lines = textOf(await chunksOf(await csvStream(table, read))).split("\r\n");
    expect(lines).toEqual([
      "id,text",
      ...Array.from({ length: size }, (_, at) => `${at + 1},"${at + 1}"`),
      "",
    ]);
  });

  it("reads 541,909 rows like those of Online Retail in less than 200 pages of less than 2 MB", async () => {
    const { read, reads } = source(541_909, (id) => `${"x".repeat(250)} ${id}`);
    let [bytes, largest] = [0, 0];
    for await (const chunk of await csvStream(table, read)) {
      bytes += chunk.length;
      largest = Math.max(largest, chunk.length);
    }
    expect(bytes).toBeGreaterThan(140_000_000);
    expect(largest).toBeLessThan(2_000_000);
    expect(reads.length).toBeLessThan(200);
  });

  it("reads few rows at once if they are long", async () => {
    const { read, reads } = source(3000, () => "x".repeat(20_000));
    const chunks = await chunksOf(await csvStream(table, read));
    expect(Math.max(...reads.slice(1))).toBeLessThan(60);
    expect(Math.max(...chunks.slice(2).map(({ length }) => length))).toBeLessThan(2_000_000);
  });

  it("reads no more rows at once than its reader allows", async () => {
    const { read, reads } = source(3000, String);
    await chunksOf(await csvStream(table, read, { maxRows: 700 }));
    expect(Math.max(...reads)).toBe(700);
  });

  it("reads fewer rows at once the more D1 reads for each", async () => {
    const cost = { read: 0 };
    const { read, reads } = source(40_000, String);
    const costly = async (last: Row | undefined, limit: number): Promise<Row[]> => {
      const rows = await read(last, limit);
      for (const { id } of rows) cost.read += id <= 20_000 ? 3 : 1;
      return rows;
    };
    const chunks = await chunksOf(await csvStream(table, costly, { cost }));
    expect(textOf(chunks).split("\r\n")).toHaveLength(40_002);
    expect([...new Set(reads)]).toEqual([500, 1500, 4500]);
  });

  it("reads no page before the one before it was taken", async () => {
    const { read, reads } = source(10_000, String);
    const stream = await csvStream(table, read);
    await scheduler.wait(20);
    expect(reads.length).toBeLessThan(3);
    await stream.cancel();
  });

  it("fails before it starts if its first page fails, and is aborted by a later failure", async () => {
    await expect(csvStream(table, source(10, String, 1).read)).rejects.toThrow("D1 is gone");
    const chunks: Uint8Array[] = [];
    const reading = async (): Promise<void> => {
      for await (const chunk of await csvStream(table, source(10_000, String, 3).read)) chunks.push(chunk);
    };
    const logged = vi.spyOn(console, "error").mockReturnValue();
    await expect(reading()).rejects.toThrow("D1 is gone");
    expect(logged.mock.calls.map(([line]) => JSON.parse(String(line)))).toMatchObject([
      { what: "csv", error: { message: "D1 is gone" } },
    ]);
    logged.mockRestore();
    expect(textOf(chunks)).toContain('500,"500"');
  });
});
