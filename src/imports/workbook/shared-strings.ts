// The texts that the cells of a workbook refer to by number. They are held as UTF-8 in blocks, because as many strings they would
// take several times the memory.
import { tooLargeSheet } from "../file/advice.ts";
import { readXml } from "./xml.ts";

// A longer text than a cell can have (32,767 characters) does not occur in one.
const BLOCK_BYTES = 1024 * 1024;
const MAX_BLOCKS = 32;
const MAX_STRINGS = 2_000_000;

export type SharedStrings = (index: number) => string;

const tooMany = () => tooLargeSheet("The spreadsheet has more than 32 MB of different texts");

/** @throws Problem too-large, unsupported-media-type */
export async function readSharedStrings(chunks: AsyncIterable<Buffer>): Promise<SharedStrings> {
  const blocks: Buffer[] = [];
  // The position of a text counts through the blocks.
  let starts = new Uint32Array(1024);
  let ends = new Uint32Array(1024);
  let [count, at] = [0, 0];
  let text = "";
  let isText = false;
  let phonetic = 0;
  const add = (value: string): void => {
    const size = Buffer.byteLength(value);
    if (count === MAX_STRINGS) throw tooMany();
    if (at + size > blocks.length * BLOCK_BYTES) {
      if (size > BLOCK_BYTES || blocks.length === MAX_BLOCKS) throw tooMany();
      at = blocks.length * BLOCK_BYTES;
      blocks.push(Buffer.alloc(BLOCK_BYTES));
    }
    blocks.at(-1)?.write(value, at % BLOCK_BYTES);
    if (count === starts.length) [starts, ends] = [longer(starts), longer(ends)];
    starts[count] = at;
    at += size;
    ends[count] = at;
    count += 1;
  };
  await readXml(chunks, {
    open: (name) => {
      if (name === "si") text = "";
      else if (name === "rPh") phonetic += 1;
      else if (name === "t") isText = phonetic === 0;
    },
    text: (part) => {
      if (isText) text += part;
    },
    close: (name) => {
      if (name === "si") add(text);
      else if (name === "rPh") phonetic -= 1;
      else if (name === "t") isText = false;
    },
  });
  return (index) => {
    const [start = 0, end = 0] = index < count ? [starts[index], ends[index]] : [];
    const offset = start % BLOCK_BYTES;
    return blocks[Math.floor(start / BLOCK_BYTES)]?.toString("utf8", offset, offset + end - start) ?? "";
  };
}

function longer(numbers: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const copy = new Uint32Array(2 * numbers.length);
  copy.set(numbers);
  return copy;
}
