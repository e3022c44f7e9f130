// The receipt as a page for paper of 80 mm. It loads nothing, and its policy allows no script.
import { html, raw } from "hono/html";
import type { z } from "zod";
import { printable } from "../../values/fixed-width.ts";
import { type Block, type Columns, layoutOf, type TaxBlock } from "./layout.ts";
import type { Receipt } from "./schema.ts";

export const receiptPolicy = "default-src 'none'; style-src 'unsafe-inline'";

// 80 mm by 297 mm is what drivers of receipt printers name their roll. CSS has no page size of automatic length.
const style = `
@page { size: 80mm 297mm; margin: 4mm }
* { box-sizing: border-box; margin: 0 }
body { max-width: 72mm; margin: 0 auto; color: #000; background: #fff;
  font: 12px/1.4 system-ui, sans-serif; font-variant-numeric: tabular-nums; overflow-wrap: anywhere }
section { padding: 2mm 0 }
section + section { border-top: 1px dashed #000 }
h1 { font-size: 15px; text-align: center }
.centred { text-align: center }
.description { font-weight: 600 }
* + .description { margin-top: 1mm }
.row, .detail, .sum { display: flex; gap: 1mm }
.value { margin-left: auto; white-space: nowrap }
.mark { min-width: 2ch }
.detail { padding-left: 3mm }
.sum { font-size: 15px; font-weight: 700 }
table { width: 100%; border-collapse: collapse }
th { font-weight: 600; text-align: left }
thead th, td { text-align: right; padding-left: 2mm; white-space: nowrap }
@media screen { body { padding: 4mm } }
`;

/** The receipt as a whole page. */
export function receiptHtml(receipt: z.infer<typeof Receipt>) {
  const { language, title, sections } = layoutOf(receipt);
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${printable(title)}</title>
        <style>
          ${raw(style)}
        </style>
      </head>
      <body>
        ${sections.map((blocks) => html`<section>${blocks.map((block) => element(block))}</section>`)}
      </body>
    </html> `;
}

// Entered text may be in a script of the other direction, which `bdi` keeps from reordering what is beside it.
const isolated = (text: string) => html`<bdi>${printable(text)}</bdi>`;

function element(block: Block) {
  if (block.type === "taxes") return taxTable(block);
  if (block.type === "title") return html`<h1>${isolated(block.text)}</h1>`;
  if (block.type === "centred" || block.type === "text" || block.type === "description")
    return html`<p class="${block.type}">${isolated(block.text)}</p>`;
  const mark = block.type === "detail" ? html`<span class="mark">${block.mark}</span>` : "";
  return html`<p class="${block.type}">
    ${isolated(block.label)}<span class="value">${printable(block.value)}</span>${mark}
  </p>`;
}

const taxTable = ({ columns, rates }: TaxBlock) =>
  html`<table>
    <thead>
      <tr>
        ${columns.map((column) => html`<th scope="col">${column}</th>`)}
      </tr>
    </thead>
    ${rates.map(({ label, values }) => taxRows(label, values))}
  </table>`;

const taxRows = (label: string, values: Columns) =>
  html`<tbody>
    <tr>
      <th scope="rowgroup" colspan="3">${isolated(label)}</th>
    </tr>
    <tr>
      ${values.map((value) => html`<td>${printable(value)}</td>`)}
    </tr>
  </tbody>`;
