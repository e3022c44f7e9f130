// The entries of a ZIP archive by its central directory (APPNOTE.TXT 6.3, sections 4.3.7 to 4.3.16), read by range. An entry is
// decompressed as it is read and may not expand without limit.
import { pipeline, Readable } from "node:stream";
import { createInflateRaw } from "node:zlib";
import { Problem } from "../../platform/problem.ts";
import { damaged, tooLargeSheet, unreadable } from "../file/advice.ts";

/** A file that is read by range. */
export type ByteSource = {
  size: number;
  read: (from: number, length: number) => Promise<Buffer>;
  stream: (from: number, length: number) => AsyncIterable<Buffer>;
};

export type ZipEntry = { name: string; method: number; compressed: number; offset: number };

const END_SIGNATURE = 0x06054b50;
const DIRECTORY_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;
const END_BYTES = 22;
const MAX_COMMENT_BYTES = 65_535;
const MAX_DIRECTORY_BYTES = 2 * 1024 * 1024;
const STORED = 0;
const DEFLATED = 8;
const IN_ZIP64 = 0xffff_ffff;
const MAX_RATIO = 200;
const MIN_BYTES_FOR_RATIO = 16 * 1024 * 1024;
// Small slices keep the counts of compressed and decompressed bytes in step.
const SLICE_BYTES = 32 * 1024;

/** The entries by name. @throws Problem unsupported-media-type */
export async function readDirectory(source: ByteSource): Promise<Map<string, ZipEntry>> {
  const from = Math.max(0, source.size - END_BYTES - MAX_COMMENT_BYTES);
  const tail = await source.read(from, source.size - from);
  let at = tail.length - END_BYTES;
  while (at >= 0 && tail.readUInt32LE(at) !== END_SIGNATURE) at -= 1;
  if (at < 0) throw damaged();
  const length = tail.readUInt32LE(at + 12);
  const start = tail.readUInt32LE(at + 16);
  if (start === IN_ZIP64 || length > MAX_DIRECTORY_BYTES || start + length > source.size) throw damaged();
  const directory = await source.read(start, length);
  const entries = new Map<string, ZipEntry>();
  for (let pos = 0; pos + 46 <= directory.length;) {
    if (directory.readUInt32LE(pos) !== DIRECTORY_SIGNATURE) throw damaged();
    const isEncrypted = (directory.readUInt16LE(pos + 8) & 1) === 1;
    const nameLength = directory.readUInt16LE(pos + 28);
    const name = directory.toString("utf8", pos + 46, pos + 46 + nameLength);
    const entry = {
      name,
      method: directory.readUInt16LE(pos + 10),
      compressed: directory.readUInt32LE(pos + 20),
      offset: directory.readUInt32LE(pos + 42),
    };
    if (isEncrypted) throw unreadable("The file is protected by a password");
    entries.set(name, entry);
    pos += 46 + nameLength + directory.readUInt16LE(pos + 30) + directory.readUInt16LE(pos + 32);
  }
  return entries;
}

/** The decompressed bytes of an entry, at most `maxBytes`. @throws Problem unsupported-media-type, too-large */
export async function* readEntry(
  source: ByteSource,
  { method, compressed, offset }: ZipEntry,
  maxBytes: number,
): AsyncGenerator<Buffer, undefined> {
  const header = await source.read(offset, 30);
  if (header.length < 30 || header.readUInt32LE(0) !== LOCAL_SIGNATURE || compressed === IN_ZIP64)
    throw damaged();
  const start = offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  if (start + compressed > source.size || (method !== STORED && method !== DEFLATED)) throw damaged();
  let bytesIn = 0;
  let bytesOut = 0;
  async function* slices(): AsyncGenerator<Buffer, undefined> {
    for await (const chunk of source.stream(start, compressed))
      for (let at = 0; at < chunk.length; at += SLICE_BYTES) {
        bytesIn += Math.min(SLICE_BYTES, chunk.length - at);
        yield chunk.subarray(at, at + SLICE_BYTES);
      }
  }
  // The callback is required but has nothing to do: an error anywhere in the pipeline also fails the iteration below.
  const chunks: AsyncIterable<Buffer> =
    method === STORED
      ? slices()
      : pipeline(Readable.from(slices()), createInflateRaw({ chunkSize: 64 * 1024 }), () => undefined);
  try {
    for await (const chunk of chunks) {
      bytesOut += chunk.length;
      if (bytesOut > maxBytes || (bytesOut > MIN_BYTES_FOR_RATIO && bytesOut > bytesIn * MAX_RATIO))
        throw tooLargeSheet("The spreadsheet is too large");
      yield chunk;
    }
  } catch (error) {
    throw error instanceof Problem ? error : damaged();
  }
}
