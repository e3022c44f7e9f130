// Writes CSV (RFC 4180). A cell that a spreadsheet would run as a formula is neutralised with an apostrophe, as OWASP advises.
// Spreadsheets in some locales split on `;`, so the text after one of those counts as the start of a cell too.

const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
// Doubled quotes after a separator would read as an empty quoted string at the start of the next cell.
const FORMULA_AFTER_SEPARATOR = /[;\t\r\n]"*(?=[=+\-@＝＋－＠])/g;

/** One quoted cell, with formulas neutralised. */
export function csvCell(text: string): string {
  const safe = `${FORMULA.test(text) ? "'" : ""}${text.replace(FORMULA_AFTER_SEPARATOR, "$&'")}`;
  return `"${safe.replaceAll('"', '""')}"`;
}

const PAGE_SIZE = 500;

/**
 * Streams a CSV of any length, a page at a time. The first page is read before the response starts, so that its failure
 * becomes a problem instead of a truncated file. `read` returns at most `limit` rows after `last`.
 */
export async function csvStream<Row>(
  columns: string,
  read: (last: Row | undefined, limit: number) => Promise<Row[]>,
  line: (row: Row) => string,
): Promise<ReadableStream<Uint8Array>> {
  const encoder = new TextEncoder();
  let page = await read(undefined, PAGE_SIZE);
  return new ReadableStream({
    start: (controller) => controller.enqueue(encoder.encode(`${columns}\r\n`)),
    pull: async (controller) => {
      if (page.length > 0) controller.enqueue(encoder.encode(page.map((row) => `${line(row)}\r\n`).join("")));
      if (page.length < PAGE_SIZE) controller.close();
      else page = await read(page.at(-1), PAGE_SIZE);
    },
  });
}
