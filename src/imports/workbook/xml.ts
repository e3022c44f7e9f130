// The parts of a spreadsheet are XML. Entities that a document declares are not resolved: the parser reports them as errors.
import { SaxesParser } from "saxes";
import { damaged, tooLargeSheet } from "../file/advice.ts";

export type Handlers = {
  /** A start tag by its name without prefix. */
  open?: (name: string, attributes: Record<string, string>) => void;
  text?: (text: string) => void;
  close?: (name: string) => void;
};

// The parser holds a tag, text or comment until its end. A cell has at most 32,767 characters.
const MAX_HELD_LENGTH = 1024 * 1024;

const localName = (name: string): string => name.slice(name.indexOf(":") + 1);

/** Parses a document chunk by chunk, and yields after each chunk. @throws Problem unsupported-media-type */
export async function* parseXml(
  chunks: AsyncIterable<Buffer>,
  { open, text, close }: Handlers,
): AsyncGenerator<undefined, undefined> {
  const decoder = new TextDecoder();
  const parser = new SaxesParser<{ position: false; xmlns: false }>({ position: false, xmlns: false });
  parser.on("error", () => {
    throw damaged();
  });
  let held = 0;
  parser.on("opentag", (tag) => {
    held = 0;
    open?.(localName(tag.name), tag.attributes);
  });
  if (text) parser.on("text", text);
  parser.on("closetag", (tag) => {
    held = 0;
    close?.(localName(tag.name));
  });
  for await (const chunk of chunks) {
    held += chunk.length;
    if (held > MAX_HELD_LENGTH) throw tooLargeSheet("A cell of the spreadsheet is too large");
    parser.write(decoder.decode(chunk, { stream: true }));
    yield;
  }
  parser.write(decoder.decode());
  parser.close();
  yield;
}

/** Parses a whole document. @throws Problem unsupported-media-type */
export async function readXml(chunks: AsyncIterable<Buffer>, handlers: Handlers): Promise<void> {
  for await (const _ of parseXml(chunks, handlers));
}
