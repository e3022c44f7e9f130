// The blocks of a receipt as those of a mail.
import type { Block as MailBlock, Row } from "../../mail/message.ts";
import type { Block } from "./layout.ts";

const isText = (block: Block): block is Extract<Block, { type: "title" | "centred" | "text" }> =>
  block.type === "title" || block.type === "centred" || block.type === "text";

function rowsOf(block: Exclude<Block, { type: "title" | "centred" | "text" }>): Row[] {
  switch (block.type) {
    case "description":
      return [{ label: block.text, value: "" }];
    case "detail":
      return [{ label: block.label, value: `${block.value} ${block.mark}`.trim(), style: "detail" }];
    case "row":
      return [{ label: block.label, value: block.value }];
    case "sum":
      return [{ label: block.label, value: block.value, style: "sum" }];
    case "taxes":
      return block.rates.map(({ label, values }) => ({
        label,
        value: values.map((value, index) => `${block.columns[index] ?? ""} ${value}`).join(" · "),
        style: "detail",
      }));
    default:
      return block satisfies never;
  }
}

/** The blocks of a section: lines of text together are a paragraph, rows together a table. */
export function mailBlocks(blocks: Block[]): MailBlock[] {
  const blocksOfMail: MailBlock[] = [];
  for (const block of blocks) {
    const last = blocksOfMail.at(-1);
    if (isText(block)) {
      if (typeof last === "string") blocksOfMail.splice(-1, 1, `${last}\n${block.text}`);
      else blocksOfMail.push(block.text);
    } else if (Array.isArray(last)) last.push(...rowsOf(block));
    else blocksOfMail.push(rowsOf(block));
  }
  return blocksOfMail;
}
