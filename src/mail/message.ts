// What a mail says, as its domain composes it, and how it looks: plain text, and HTML that loads nothing.
import { html, raw } from "hono/html";
import { printable, widthOf } from "../values/fixed-width.ts";
import type { Language } from "./words.ts";
import { words } from "./words.ts";

/** The shop in whose name a mail is sent; the name is printable. */
export type MailShop = {
  id: string;
  slug: string;
  name: string;
  email: string | null;
  brand_color: string | null;
};

/** A label and its value, which may be empty; `detail` belongs to the row above, `sum` stands out. */
export type Row = { label: string; value: string; style?: "detail" | "sum" };

/** A paragraph, which may have several lines, or the rows of a table. */
export type Block = string | Row[];

/** The content of a mail. `link` is the only thing to do in it. `text` replaces the paragraphs of the plain text. */
export type Content = {
  subject: string;
  paragraphs: Block[];
  text?: string;
  link?: { label: string; url: string };
  note?: string;
};

export type Message = { subject: string; text: string; html: string };

const DEFAULT_COLOR = "#1f5f5b";

/** The message of a mail in the shop's name and colour. */
export async function messageOf(shop: MailShop, language: Language, content: Content): Promise<Message> {
  return {
    subject: printable(content.subject),
    text: textOf(shop, content),
    html: (await htmlOf(shop, language, content)).toString(),
  };
}

/** Visible text only: a name must neither hide anything nor begin a line. */
const linesOf = (paragraph: string): string => paragraph.split("\n").map(printable).join("\n");

const WIDTH = 60;

function rowText({ label, value, style }: Row): string {
  const text = `${style === "detail" ? "  " : ""}${printable(label)}`;
  if (value === "") return text;
  const shown = printable(value);
  return `${text}${" ".repeat(Math.max(2, WIDTH - widthOf(text) - widthOf(shown)))}${shown}`;
}

const blockText = (block: Block): string =>
  typeof block === "string" ? linesOf(block) : block.map(rowText).join("\n");

function textOf(shop: MailShop, { paragraphs, text, link, note }: Content): string {
  const parts = [
    ...(text === undefined ? paragraphs.map(blockText) : [text]),
    ...(link ? [`${link.label}:\n${link.url}`] : []),
    ...(note ? [note] : []),
  ];
  return `${parts.join("\n\n")}\n\n-- \n${[shop.name, shop.email].filter(Boolean).join("\n")}\n`;
}

const FONT = "system-ui,sans-serif";

// Entered text may be in a script of the other direction, which `bdi` keeps from reordering what is beside it.
function rowHtml({ label, value, style }: Row) {
  const font = style === "detail" ? `14px/1.4 ${FONT}` : `${style === "sum" ? "700 " : ""}16px/1.5 ${FONT}`;
  const cell = `font:${font};color:${style === "detail" ? "#595959" : "#222"};vertical-align:top;padding:2px 0`;
  return html`<tr>
    <td style="${cell}${style === "detail" ? ";padding-left:12px" : ""}"><bdi>${printable(label)}</bdi></td>
    <td style="${cell};padding-left:12px;text-align:right;white-space:nowrap">${printable(value)}</td>
  </tr>`;
}

function blockHtml(block: Block) {
  if (typeof block === "string") {
    const lines = linesOf(block).split("\n");
    return html`<p style="margin:0 0 16px;font:16px/1.5 ${FONT};color:#222">
      ${lines.map((line, index) => (index === 0 ? line : html`<br />${line}`))}
    </p>`;
  }
  return html`<table role="presentation" width="100%" style="margin:0 0 16px;border-collapse:collapse">
    ${block.map(rowHtml)}
  </table>`;
}

function htmlOf(shop: MailShop, language: Language, { subject, paragraphs, link, note }: Content) {
  const color = shop.brand_color ?? DEFAULT_COLOR;
  const small = `margin:16px 0 0;font:13px/1.5 ${FONT};color:#595959`;
  const button = `display:inline-block;padding:12px 20px;border-radius:6px;background:${color};color:${textOn(color)};font:600 16px ${FONT};text-decoration:none`;
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${printable(subject)}</title>
      </head>
      <body style="margin:0;padding:24px;background:#f4f4f2">
        <div
          style="max-width:560px;margin:0 auto;padding:24px;background:#fff;border-top:6px solid ${raw(color)}"
        >
          <p style="margin:0 0 24px;font:700 18px ${FONT};color:#222">${shop.name}</p>
          ${paragraphs.map(blockHtml)}
          ${
            link
              ? html`<p style="margin:24px 0"><a href="${link.url}" style="${button}">${link.label}</a></p>
                  <p style="${small};overflow-wrap:anywhere">${words[language].copyLink}<br />${link.url}</p>`
              : ""
          }
          ${note ? html`<p style="${small}">${note}</p>` : ""}
        </div>
        <p style="max-width:560px;margin:12px auto;font:13px ${FONT};color:#595959">
          ${[shop.name, shop.email].filter(Boolean).join(" · ")}
        </p>
      </body>
    </html>`;
}

/** Black or white, whichever contrasts more with a colour `#rrggbb` (WCAG 2.2, relative luminance). */
function textOn(color: string): string {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  // Black and white contrast equally at a luminance of 0.179.
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000000" : "#ffffff";
}
