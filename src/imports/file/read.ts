// Reads a stored file by range.
import type { Plan } from "../mapping/plan.ts";
import { countWholeOrders } from "../rows/sale-orders.ts";
import { parseRecords, type CsvRecord } from "./records.ts";

// The rows of a chunk as JSON stay below D1's limit of 2 MB per value, whatever characters they contain.
const CHUNK_BYTES = 512 * 1024;
/** The most rows of a chunk. */
export const MAX_CHUNK_ROWS = 5_000;
// A row that is longer than a chunk is read whole, to be rejected as one row.
const MAX_ROW_BYTES = 8 * 1024 * 1024;

/**
 * The records after byte `from`, at least one unless none follow. Those of an order that may continue are left for the next chunk.
 * `isCut`: the last record may be incomplete, and is left out.
 */
export async function readRecords(
  bucket: R2Bucket,
  key: string,
  { from, to, isCut = false }: { from: number; to: number; isCut?: boolean },
  plan: Plan,
): Promise<{ chunk: Buffer; records: CsvRecord[] }> {
  for (let size = CHUNK_BYTES; ; size *= 4) {
    const length = Math.min(size, to - from);
    const object = await bucket.get(key, { range: { offset: from, length } });
    if (!object) throw new Error(`the file ${key} does not exist`);
    const chunk = Buffer.from(await object.arrayBuffer());
    const isEnd = from + length === to;
    const isLast = isEnd && !isCut;
    const found = parseRecords(chunk, isLast, plan.delimiter).slice(0, MAX_CHUNK_ROWS);
    const records = withoutOpenOrder(found, chunk, isLast, plan);
    if (records.length > 0 || isEnd) return { chunk, records };
    if (size >= MAX_ROW_BYTES)
      return { chunk, records: [{ fields: null, start: 0, end: chunk.length, fault: "too-long" }] };
  }
}

function withoutOpenOrder(
  records: CsvRecord[],
  chunk: Buffer,
  isLast: boolean,
  { rules, ...plan }: Plan,
): CsvRecord[] {
  const isEnd = isLast && records.length < MAX_CHUNK_ROWS && records.at(-1)?.end === chunk.length;
  if (!rules.by_order || isEnd) return records;
  const whole = countWholeOrders(
    records.map(({ fields }) => fields),
    { rules, ...plan },
  );
  // An order of more rows than a chunk is divided.
  return whole === 0 ? records : records.slice(0, whole);
}
