// Writes one row group at a time, so that memory holds at most one group.
import { constants, zstdCompressSync } from "node:zlib";
import { ByteWriter, ParquetWriter, type SchemaElement } from "hyparquet-writer";

type Cell = string | number | null;
export type Row = Record<string, Cell>;

/**
 * A column, read from the row's field `from` (by default, the column's name). `{ decimals }` is a decimal, read as the integer without
 * its point, a `day` is `YYYY-MM-DD`, an `instant` is ISO text, and a `flag` is 1 or 0.
 */
export type Column = {
  name: string;
  kind: "text" | "int" | "long" | "real" | "flag" | "day" | "instant" | { decimals: number };
  from?: string;
  /** By default the writer uses a dictionary if that is smaller before compression. */
  encoding?: "DELTA_BINARY_PACKED" | "PLAIN";
  codec?: "UNCOMPRESSED";
  statistics?: false;
  isRequired?: boolean;
};

// Files are written once and read often; levels above 16 take longer without saving space.
const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 16 } };

// The largest block of a frame.
const BLOCK_BYTES = 128 * 1024;

/** A zstd frame that stores the page without compressing it, as RFC 8878 has it in 3.1.1. */
function storedFrame(page: Uint8Array): Uint8Array {
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0]);
  header.writeUInt32LE(page.length, 5);
  const parts: Uint8Array[] = [header];
  for (let at = 0; at < page.length; at += BLOCK_BYTES) {
    const block = page.subarray(at, at + BLOCK_BYTES);
    const isLast = at + BLOCK_BYTES >= page.length;
    const blockHeader = Buffer.alloc(3);
    blockHeader.writeUIntLE(block.length * 8 + Number(isLast), 0, 3);
    parts.push(blockHeader, block);
  }
  return Buffer.concat(parts);
}

/** Compresses a page, or stores it: the runtime cannot return more than 40 KB (https://github.com/cloudflare/workerd/issues/6769). */
function compress(page: Uint8Array): Uint8Array {
  try {
    return zstdCompressSync(page, ZSTD);
  } catch {
    return storedFrame(page);
  }
}

// Pages of sales and events take a third of their size or less when compressed, so few are stored without.
const PAGE_BYTES = 128 * 1024;

// Readers skip row groups by their statistics.
const GROUP_ROWS = 10_000;

const types = {
  text: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  int: { type: "INT32" },
  long: { type: "INT64" },
  real: { type: "DOUBLE" },
  flag: { type: "BOOLEAN" },
  day: { type: "INT32", converted_type: "DATE" },
  instant: { type: "INT64", converted_type: "TIMESTAMP_MILLIS" },
} as const satisfies Record<string, Partial<SchemaElement>>;

const elementOf = ({ name, kind, isRequired }: Column): SchemaElement => ({
  name,
  repetition_type: isRequired ? "REQUIRED" : "OPTIONAL",
  ...(typeof kind === "string"
    ? types[kind]
    : { type: "INT64", converted_type: "DECIMAL", scale: kind.decimals, precision: 18 }),
});

const DAY_MS = 86_400_000;

type Value = string | number | bigint | boolean | null;

function encode(kind: Column["kind"], cell: Cell | undefined): Value {
  if (cell === null || cell === undefined) return null;
  if (kind === "flag") return cell === 1;
  if (kind === "day") return Date.parse(`${cell}T00:00:00Z`) / DAY_MS;
  if (kind === "instant") return BigInt(Date.parse(String(cell)));
  if (kind === "text") return String(cell);
  return kind === "long" || typeof kind === "object" ? BigInt(cell) : cell;
}

/** Writes the rows as one zstd-compressed file with statistics per row group, and returns the number of rows. */
export async function writeParquet(
  columns: Column[],
  pages: AsyncIterable<Row[]> | Iterable<Row[]>,
  write: (bytes: Uint8Array) => Promise<void>,
): Promise<number> {
  const bytes = new ByteWriter();
  const drain = async (): Promise<void> => {
    const written = bytes.getBytes().slice();
    bytes.index = 0;
    await write(written);
  };
  const file = new ParquetWriter({
    writer: bytes,
    schema: [{ name: "root", num_children: columns.length }, ...columns.map(elementOf)],
    codec: "ZSTD",
    compressors: { ZSTD: compress },
    createdBy: "Mostrador",
  });
  let total = 0;
  // Columns of values take less memory than rows.
  const group = columns.map(({ name, kind, encoding, codec, statistics, from = name }) => {
    const data: Value[] = [];
    const add = (row: Row): number => data.push(encode(kind, row[from]));
    const options = {
      ...(encoding && { encoding }),
      ...(codec && { codec }),
      statistics: statistics ?? true,
    };
    return { add, column: { name, data, ...options } };
  });
  let rows = 0;
  const writeGroup = async (): Promise<void> => {
    await file.write({
      columnData: group.map(({ column }) => column),
      rowGroupSize: GROUP_ROWS,
      pageSize: PAGE_BYTES,
    });
    for (const { column } of group) column.data.length = 0;
    total += rows;
    rows = 0;
    await drain();
  };
  for await (const page of pages)
    for (const row of page) {
      for (const { add } of group) add(row);
      rows += 1;
      if (rows === GROUP_ROWS) await writeGroup();
    }
  if (rows > 0) await writeGroup();
  await file.finish();
  await drain();
  return total;
}
