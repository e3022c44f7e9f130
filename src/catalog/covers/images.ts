// Detects the type of an image from its bytes and whether it is complete, without decoding it. A JPEG must end its segments
// and scans with EOI (phones append a second picture after it), a PNG must have valid CRCs and end with IEND, and the chunks
// of a WebP must fill the size that RIFF declares.
import { crc32 } from "node:zlib";
import { z } from "zod";
import { isAvif } from "./avif.ts";

export const ImageType = z.enum(["jpg", "png", "webp", "avif"]);

/** The type of a complete image; null for a truncated one or anything else. */
export function imageType(bytes: Buffer): z.infer<typeof ImageType> | null {
  if (isJpeg(bytes)) return "jpg";
  if (isPng(bytes)) return "png";
  if (isWebp(bytes)) return "webp";
  return isAvif(bytes) ? "avif" : null;
}

const EOI = 0xd9;
const SOS = 0xda;

/** SOF0 to SOF15, except DHT, JPG and DAC. */
const startsFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

const isRestart = (marker: number): boolean => marker >= 0xd0 && marker <= 0xd7;

function isJpeg(bytes: Buffer): boolean {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return false;
  let hasFrame = false;
  let hasScan = false;
  for (let at = 2; bytes[at] === 0xff;) {
    const marker = bytes[at + 1] ?? 0;
    if (marker === EOI) return hasFrame && hasScan;
    if (marker === 0xff) {
      // Any number of fill bytes may precede a marker.
      at += 1;
      continue;
    }
    if (marker < 0xc0 || marker === 0xd8 || isRestart(marker) || at + 4 > bytes.length) return false;
    const size = bytes.readUInt16BE(at + 2);
    const end = at + 2 + size;
    if (size < 2 || end > bytes.length) return false;
    if (startsFrame(marker)) hasFrame = size > 8 && bytes.readUInt16BE(at + 7) > 0;
    if (marker === SOS) hasScan = true;
    at = marker === SOS ? endOfScan(bytes, end) : end;
  }
  return false;
}

/** The position of the marker after the compressed pixels, in which FF is followed by 00 or a restart number. */
function endOfScan(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const marker = bytes[at + 1] ?? 0;
    if (marker !== 0 && marker !== 0xff && !isRestart(marker)) return at;
  }
  return bytes.length;
}

const nameAt = (bytes: Buffer, at: number): string => bytes.toString("latin1", at, at + 4);

const PNG = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");

function isPng(bytes: Buffer): boolean {
  if (!bytes.subarray(0, PNG.length).equals(PNG)) return false;
  let hasPixels = false;
  for (let at = PNG.length; at + 12 <= bytes.length;) {
    const length = bytes.readUInt32BE(at);
    const end = at + 12 + length;
    if (end > bytes.length || crc32(bytes.subarray(at + 4, end - 4)) !== bytes.readUInt32BE(end - 4))
      return false;
    const name = nameAt(bytes, at + 4);
    const isFirst = at === PNG.length;
    if (isFirst !== (name === "IHDR")) return false;
    if (isFirst && (length !== 13 || bytes.readUInt32BE(at + 8) === 0 || bytes.readUInt32BE(at + 12) === 0))
      return false;
    if (name === "IDAT") hasPixels = true;
    if (name === "IEND") return hasPixels && end === bytes.length;
    at = end;
  }
  return false;
}

function isWebp(bytes: Buffer): boolean {
  if (bytes.length < 12 || nameAt(bytes, 0) !== "RIFF" || nameAt(bytes, 8) !== "WEBP") return false;
  if (bytes.readUInt32LE(4) + 8 !== bytes.length) return false;
  let hasPixels = false;
  let at = 12;
  while (at + 8 <= bytes.length) {
    const name = nameAt(bytes, at);
    const length = bytes.readUInt32LE(at + 4);
    if (at + 8 + length > bytes.length) return false;
    if (at === 12 && !["VP8 ", "VP8L", "VP8X"].includes(name)) return false;
    if (name === "VP8 " && length >= 6 && bytes.readUIntBE(at + 8, 6) % 2 ** 24 === 0x9d012a)
      hasPixels = true;
    if (name === "VP8L" && bytes[at + 8] === 0x2f) hasPixels = true;
    if (name === "ANMF" && length > 24) hasPixels = true;
    // Chunks are padded to an even length.
    at += 8 + length + (length % 2);
  }
  return hasPixels && at === bytes.length;
}
