// What a mail says, as its domain composes it, and how it looks: plain text, and HTML that loads nothing.
import { html, raw } from "hono/html";
import type { Language } from "./words.ts";
import { words } from "./words.ts";

/** The shop in whose name a mail is sent. */
export type MailShop = {
  id: string;
  slug: string;
  name: string;
  email: string | null;
  brand_color: string | null;
};

/** The content of a mail. A paragraph may have several lines. `link` is the only thing to do in it. */
export type Content = {
  subject: string;
  paragraphs: string[];
  link?: { label: string; url: string };
  note?: string;
};

export type Message = { subject: string; text: string; html: string };

const DEFAULT_COLOR = "#1f5f5b";

/** The message of a mail in the shop's name and colour. */
export async function messageOf(shop: MailShop, language: Language, content: Content): Promise<Message> {
  return {
    subject: content.subject,
    text: textOf(shop, content),
    html: (await htmlOf(shop, language, content)).toString(),
  };
}

function textOf(shop: MailShop, { paragraphs, link, note }: Content): string {
  const parts = [...paragraphs, ...(link ? [`${link.label}:\n${link.url}`] : []), ...(note ? [note] : [])];
  return `${parts.join("\n\n")}\n\n-- \n${[shop.name, shop.email].filter(Boolean).join("\n")}\n`;
}

function htmlOf(shop: MailShop, language: Language, { subject, paragraphs, link, note }: Content) {
  const color = shop.brand_color ?? DEFAULT_COLOR;
  const p = "margin:0 0 16px;font:16px/1.5 system-ui,sans-serif;color:#222;white-space:pre-line";
  const small = "margin:16px 0 0;font:13px/1.5 system-ui,sans-serif;color:#595959";
  const button = `display:inline-block;padding:12px 20px;border-radius:6px;background:${color};color:${textOn(color)};font:600 16px system-ui,sans-serif;text-decoration:none`;
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${subject}</title>
      </head>
      <body style="margin:0;padding:24px;background:#f4f4f2">
        <div
          style="max-width:560px;margin:0 auto;padding:24px;background:#fff;border-top:6px solid ${raw(color)}"
        >
          <p style="margin:0 0 24px;font:700 18px system-ui,sans-serif;color:#222">${shop.name}</p>
          ${paragraphs.map((text) => html`<p style="${p}">${text}</p>`)}
          ${
            link
              ? html`<p style="margin:24px 0"><a href="${link.url}" style="${button}">${link.label}</a></p>
                  <p style="${small}">${words[language].copyLink}<br />${link.url}</p>`
              : ""
          }
          ${note ? html`<p style="${small}">${note}</p>` : ""}
        </div>
        <p style="max-width:560px;margin:12px auto;font:13px system-ui,sans-serif;color:#595959">
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
