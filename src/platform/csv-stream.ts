// Streams a CSV of any length, a page at a time. An invocation may run 1,000 statements at D1 and has 128 MB of memory, so pages
// are as large as some 1 MB of text and 4,500 rows read allow: the 541,909 lines of 25,900 sales are some 150 pages.
import { BYTE_ORDER_MARK, type CsvTable } from "../values/csv.ts";
import type { Cost } from "./d1.ts";
import { logFailure } from "./log.ts";

const FIRST_PAGE = 500;
const MAX_PAGE = 8000;
const PAGE_BYTES = 1_000_000;
// A tenth below what a page may read, because the next page differs from the one before.
const PAGE_ROWS_READ = 4500;

/**
 * What bounds a page: `maxRows`, where rows may be much longer than those before, or are read from many; `cost`, where each row is read
 * from several, so that a page reads some 4,500.
 */
type Bounds = { maxRows?: number; cost?: Pick<Cost, "read"> };

/**
 * The first page is read before the response starts, so that its failure becomes a problem. A later failure is logged and aborts
 * the response, so that no client takes the file for complete. `read` returns at most `limit` rows after `last`.
 */
export async function csvStream<Row>(
  { header, line, bom }: CsvTable<Row>,
  read: (last: Row | undefined, limit: number) => Promise<Row[]>,
  { maxRows = MAX_PAGE, cost = { read: 0 } }: Bounds = {},
): Promise<ReadableStream<Uint8Array>> {
  const encoder = new TextEncoder();
  let limit = Math.min(FIRST_PAGE, maxRows);
  let readBefore = cost.read;
  let page = await read(undefined, limit);
  return new ReadableStream({
    start: (controller) => controller.enqueue(encoder.encode(`${bom ? BYTE_ORDER_MARK : ""}${header}\r\n`)),
    pull: async (controller) => {
      try {
        const bytes = encoder.encode(page.map((row) => `${line(row)}\r\n`).join(""));
        if (bytes.length > 0) controller.enqueue(bytes);
        if (page.length < limit) return controller.close();
        const last = page.at(-1);
        const byBytes = (PAGE_BYTES * page.length) / bytes.length;
        const byReads = (PAGE_ROWS_READ * page.length) / Math.max(1, cost.read - readBefore);
        limit = Math.max(1, Math.floor(Math.min(maxRows, byBytes, byReads)));
        readBefore = cost.read;
        page = await read(last, limit);
      } catch (error) {
        logFailure("csv", error);
        throw error;
      }
    },
  });
}
