// An AVIF file is a sequence of boxes (ISO/IEC 14496-12, 23008-12). It is complete if the boxes fill it and it contains all
// data that the items of `iloc` point to: the last box may have an open length, and then only the items show what is missing.

type Box = { name: string; content: Buffer };

/** The boxes in these bytes, or null if one is truncated. */
function boxesOf(bytes: Buffer): Box[] | null {
  const boxes: Box[] = [];
  for (let at = 0; at < bytes.length;) {
    if (at + 8 > bytes.length) return null;
    const size = bytes.readUInt32BE(at);
    // 1: a 64-bit size follows. 0: the box extends to the end of the file.
    const hasLargeSize = size === 1;
    if (hasLargeSize && at + 16 > bytes.length) return null;
    const start = at + (hasLargeSize ? 16 : 8);
    const end =
      size === 0 ? bytes.length : at + (hasLargeSize ? Number(bytes.readBigUInt64BE(at + 8)) : size);
    if (end < start || end > bytes.length) return null;
    boxes.push({ name: bytes.toString("latin1", at + 4, at + 8), content: bytes.subarray(start, end) });
    at = end;
  }
  return boxes;
}

/** Whether the bytes are a complete AVIF file. */
export function isAvif(bytes: Buffer): boolean {
  if (bytes.toString("latin1", 4, 8) !== "ftyp") return false;
  const boxes = boxesOf(bytes);
  const brands = boxes?.[0]?.content.toString("latin1").match(/.{4}/gs) ?? [];
  if (!brands.some((brand, at) => at !== 1 && (brand === "avif" || brand === "avis"))) return false;
  const meta = boxes?.find(({ name }) => name === "meta");
  // Four bytes of version and flags precede the inner boxes.
  const items = meta && boxesOf(meta.content.subarray(4))?.find(({ name }) => name === "iloc");
  return items !== undefined && endOfItems(items.content) <= bytes.length;
}

/** The end of the last byte that an item needs; Infinity if `iloc` is truncated or lists no item. */
function endOfItems(iloc: Buffer): number {
  let at = 0;
  const read = (size: number): number => {
    const from = at;
    at += size;
    if (size === 8) return Number(iloc.readBigUInt64BE(from));
    return size === 0 ? 0 : iloc.readUIntBE(from, size);
  };
  try {
    const version = read(4) >>> 24;
    const [sizes, moreSizes] = [read(1), read(1)];
    const [offsetSize, lengthSize, baseSize] = [sizes >> 4, sizes & 15, moreSizes >> 4];
    const indexSize = version === 0 ? 0 : moreSizes & 15;
    // Without sizes an extent has no bytes, so a small file could declare billions of them.
    if (version > 2 || offsetSize + lengthSize === 0) return Infinity;
    let last = -1;
    for (let items = read(version === 2 ? 4 : 2); items > 0; items -= 1) {
      read(version === 2 ? 4 : 2);
      const method = version === 0 ? 0 : read(2) & 15;
      read(2);
      const base = read(baseSize);
      for (let extents = read(2); extents > 0; extents -= 1) {
        read(indexSize);
        const end = base + read(offsetSize) + read(lengthSize);
        // Other methods point into the meta box, which is complete.
        last = Math.max(last, method === 0 ? end : 0);
      }
    }
    return last < 0 ? Infinity : last;
  } catch (error) {
    // A Buffer throws RangeError for a read beyond its end.
    if (error instanceof RangeError) return Infinity;
    throw error;
  }
}
