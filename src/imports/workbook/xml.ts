// The parts of a spreadsheet are XML. Entities that a document declares are not resolved: the parser reports them as errors.
import { SaxesParser } from "saxes";
import { damaged } from "../file/advice.ts";

export type Handlers = {
  /** A start tag by its name without prefix. */
  open?: (name: string, attributes: Record<string, string>) => void;
  text?: (text: string) => void;
  close?: (name: string) => void;
};

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
  if (open) parser.on("opentag", (tag) => open(localName(tag.name), tag.attributes));
  if (text) parser.on("text", text);
  if (close) parser.on("closetag", (tag) => close(localName(tag.name)));
  for await (const chunk of chunks) {
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
