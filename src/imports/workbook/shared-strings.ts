// The texts that the cells of a workbook refer to by number. They are held as UTF-8 in one buffer, because as many strings they would
// take several times the memory.
import { tooLargeSheet } from "../file/advice.ts";
import { readXml } from "./xml.ts";

const MAX_BYTES = 40 * 1024 * 1024;
const MAX_STRINGS = 2_000_000;

export type SharedStrings = (index: number) => string;

const tooMany = () => tooLargeSheet("The spreadsheet has more than 40 MB of different texts");

/** @throws Problem too-large, unsupported-media-type */
export async function readSharedStrings(chunks: AsyncIterable<Buffer>): Promise<SharedStrings> {
  let bytes = Buffer.alloc(64 * 1024);
  let ends = new Uint32Array(1024);
  let [count, length] = [0, 0];
  let text = "";
  let isText = false;
  let phonetic = 0;
  const add = (value: string): void => {
    const size = Buffer.byteLength(value);
    if (length + size > MAX_BYTES || count === MAX_STRINGS) throw tooMany();
    if (length + size > bytes.length)
      bytes = Buffer.concat([bytes.subarray(0, length)], Math.max(length + size, 2 * bytes.length));
    bytes.write(value, length);
    length += size;
    if (count === ends.length) {
      const longer = new Uint32Array(2 * ends.length);
      longer.set(ends);
      ends = longer;
    }
    ends[count] = length;
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
  return (index) =>
    index < count ? bytes.toString("utf8", index === 0 ? 0 : ends[index - 1], ends[index]) : "";
}
