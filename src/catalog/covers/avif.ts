// AVIF is boxes in a file (ISO/IEC 14496-12, 23008-12). It is whole where the boxes fill it, and where all that the items of `iloc`
// point to lies within it: the last box may leave its length open, and only the items then tell what is missing.

type Box = { name: string; content: Buffer };

/** The boxes that these bytes are; null where one ends beyond them. */
function boxesOf(bytes: Buffer): Box[] | null {
  const boxes: Box[] = [];
  for (let at = 0; at < bytes.length;) {
    if (at + 8 > bytes.length) return null;
    const short = bytes.readUInt32BE(at);
    const isLong = short === 1;
    if (isLong && at + 16 > bytes.length) return null;
    const begin = at + (isLong ? 16 : 8);
    // 0 is as far as the file goes.
    const end = short === 0 ? bytes.length : at + (isLong ? Number(bytes.readBigUInt64BE(at + 8)) : short);
    if (end < begin || end > bytes.length) return null;
    boxes.push({ name: bytes.toString("latin1", at + 4, at + 8), content: bytes.subarray(begin, end) });
    at = end;
  }
  return boxes;
}

/** Whether the bytes are a whole AVIF. */
export function isAvif(bytes: Buffer): boolean {
  if (bytes.toString("latin1", 4, 8) !== "ftyp") return false;
  const boxes = boxesOf(bytes);
  const brands = boxes?.[0]?.content.toString("latin1").match(/.{4}/gs) ?? [];
  if (!brands.some((brand, at) => at !== 1 && (brand === "avif" || brand === "avis"))) return false;
  const meta = boxes?.find(({ name }) => name === "meta");
  // Four bytes of version and flags come before the boxes within.
  const items = meta && boxesOf(meta.content.subarray(4))?.find(({ name }) => name === "iloc");
  return items !== undefined && endOfItems(items.content) <= bytes.length;
}

/** Where the last byte lies that an item needs; Infinity where `iloc` itself is cut short, or names no item. */
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
    // With no size at all, extents would be counted that take no place: any number of them.
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
        // Other methods point into the meta box, which is there whole.
        last = Math.max(last, method === 0 ? end : 0);
      }
    }
    return last < 0 ? Infinity : last;
  } catch (error) {
    // RangeError is how a Buffer says that it ends before.
    if (error instanceof RangeError) return Infinity;
    throw error;
  }
}
