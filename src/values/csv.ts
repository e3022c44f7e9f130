// Writes CSV (RFC 4180). A cell that a spreadsheet would run as a formula is neutralised with an apostrophe, as OWASP advises.
// Spreadsheets in some locales split on `;`, so the text after one of those counts as the start of a cell too.

const BEGINS = /^[=+\-@\t\r\n＝＋－＠]/;
// The quotes between, doubled, would be an empty quoted part of the cell that such a separator begins.
const BEGINS_WITHIN = /[;\t\r\n]"*(?=[=+\-@＝＋－＠])/g;

/** One cell, quoted. */
export function csvCell(text: string): string {
  const tame = `${BEGINS.test(text) ? "'" : ""}${text.replace(BEGINS_WITHIN, "$&'")}`;
  return `"${tame.replaceAll('"', '""')}"`;
}

const ROWS_A_READ = 500;

/**
 * A CSV of any length, read and sent some rows at a time. The first are read before it is answered, so that what fails
 * there is still a problem and no file that breaks off. `read` gets the last row before, and how many it may answer.
 */
export async function csvStream<Row>(
  columns: string,
  read: (last: Row | undefined, limit: number) => Promise<Row[]>,
  line: (row: Row) => string,
): Promise<ReadableStream<Uint8Array>> {
  const encoder = new TextEncoder();
  let found = await read(undefined, ROWS_A_READ);
  return new ReadableStream({
    start: (controller) => controller.enqueue(encoder.encode(`${columns}\r\n`)),
    pull: async (controller) => {
      if (found.length > 0)
        controller.enqueue(encoder.encode(found.map((row) => `${line(row)}\r\n`).join("")));
      if (found.length < ROWS_A_READ) controller.close();
      else found = await read(found.at(-1), ROWS_A_READ);
    },
  });
}
