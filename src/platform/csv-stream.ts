// Streams a CSV of any length, a page at a time. An invocation may run 1,000 statements at D1 and has 128 MB of memory, so pages
// are as large as some 1 MB of text allows: 541,909 lines of sales are some 120 pages.
import { BYTE_ORDER_MARK, type CsvTable } from "../values/csv.ts";
import { logFailure } from "./log.ts";

const FIRST_PAGE = 500;
const MAX_PAGE = 8000;
const PAGE_BYTES = 1_000_000;

/**
 * The first page is read before the response starts, so that its failure becomes a problem. A later failure is logged and aborts
 * the response, so that no client takes the file for complete. `read` returns at most `limit` rows after `last`; `maxRows` bounds a page
 * of rows that may be much longer than those before, or that each are read from many.
 */
export async function csvStream<Row>(
  { header, line, bom }: CsvTable<Row>,
  read: (last: Row | undefined, limit: number) => Promise<Row[]>,
  maxRows = MAX_PAGE,
): Promise<ReadableStream<Uint8Array>> {
  const encoder = new TextEncoder();
  let limit = Math.min(FIRST_PAGE, maxRows);
  let page = await read(undefined, limit);
  return new ReadableStream({
    start: (controller) => controller.enqueue(encoder.encode(`${bom ? BYTE_ORDER_MARK : ""}${header}\r\n`)),
    pull: async (controller) => {
      try {
        const bytes = encoder.encode(page.map((row) => `${line(row)}\r\n`).join(""));
        if (bytes.length > 0) controller.enqueue(bytes);
        if (page.length < limit) return controller.close();
        const last = page.at(-1);
        limit = Math.max(1, Math.min(maxRows, Math.floor((PAGE_BYTES * page.length) / bytes.length)));
        page = await read(last, limit);
      } catch (error) {
        logFailure("csv", error);
        throw error;
      }
    },
  });
}
