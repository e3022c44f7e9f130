// The receipt as text for a printer with characters of equal width.
import type { z } from "zod";
import { alignedRight, centred, printable, widthOf, wrapped } from "../../values/fixed-width.ts";
import { type Block, type Columns, layoutOf, type TaxBlock } from "./layout.ts";
import type { Receipt } from "./schema.ts";

const INDENT = "  ";

/** The receipt in lines of at most `width` columns. */
export function receiptText(receipt: z.infer<typeof Receipt>, width: number): string {
  const rule = "-".repeat(width);
  const sections = layoutOf(receipt).sections.map((blocks) =>
    blocks.flatMap((block) => linesOf(block, width)),
  );
  return sections.map((lines) => `${lines.join("\n")}\n`).join(`${rule}\n`);
}

const linesIn = (text: string, width: number): string[] => wrapped(printable(text), width);

function linesOf(block: Block, width: number): string[] {
  if (block.type === "taxes") return taxLines(block, width);
  if (block.type === "title" || block.type === "centred")
    return linesIn(block.text, width).map((line) => centred(line, width));
  if (block.type === "text" || block.type === "description") return linesIn(block.text, width);
  if (block.type !== "detail") return pair(block.label, block.value, width);
  const mark = ` ${block.mark.padEnd(1)}`;
  const lines = indentedPair(block.label, block.value, width - mark.length);
  return lines.map((line, index) => (index === lines.length - 1 ? line + mark : line).trimEnd());
}

const indentedPair = (label: string, value: string, width: number): string[] =>
  pair(label, value, width - INDENT.length).map((line) => INDENT + line);

/** A label with a value at the right end of its last line, or below it if both do not fit. */
function pair(label: string, value: string, width: number): string[] {
  const labels = linesIn(label, width);
  const values = linesIn(value, width);
  const [last = ""] = labels.splice(-1);
  const [first = "", ...rest] = values;
  if (first === "") return [...labels, last];
  const gap = width - widthOf(last) - widthOf(first);
  const joined =
    last === "" || gap >= 1
      ? [last + " ".repeat(Math.max(gap, 0)) + first]
      : [last, alignedRight(first, width)];
  return [...labels, ...joined, ...rest.map((line) => alignedRight(line, width))];
}

/** A table with a line of three amounts for each rate, or an amount a line if one is too wide for its column. */
function taxLines({ columns, rates }: TaxBlock, width: number): string[] {
  const cell = Math.floor(width / 3);
  const cells = (values: Columns): string =>
    alignedRight(values.map((value) => alignedRight(printable(value), cell)).join(""), width);
  const fits = [columns, ...rates.map(({ values }) => values)].every((values) =>
    values.every((value, index) => widthOf(printable(value)) <= cell - Math.min(index, 1)),
  );
  if (fits)
    return [
      cells(columns),
      ...rates.flatMap(({ label, values }) => [...linesIn(label, width), cells(values)]),
    ];
  return rates.flatMap(({ label, values }) => [
    ...linesIn(label, width),
    ...columns.flatMap((column, index) => indentedPair(column, values[index] ?? "", width)),
  ]);
}
