// The mails of the local environment as a page, since no real mail leaves it.
import { html } from "hono/html";
import type { listFiles } from "./provider.ts";

export const devMailPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; frame-ancestors 'self'";

// Links in the frame cannot leave it, so those of the text do. Every other piece of a split with a group is what the group matched.
const linked = (text: string) =>
  text
    .split(/(https?:\/\/\S+)/)
    .map((piece, index) => (index % 2 === 1 ? html`<a href="${piece}">${piece}</a>` : piece));

export function devMailPage(mails: Awaited<ReturnType<typeof listFiles>>) {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Local mail</title>
        <style>
          body {
            font:
              16px/1.5 system-ui,
              sans-serif;
            max-width: 720px;
            margin: 24px auto;
            padding: 0 16px;
          }
          pre {
            white-space: pre-wrap;
            overflow-wrap: anywhere;
          }
          iframe {
            width: 100%;
            height: 480px;
            border: 1px solid #ccc;
          }
        </style>
      </head>
      <body>
        <h1>Local mail</h1>
        ${mails.length === 0 ? html`<p>No mail has been sent yet.</p>` : ""}
        ${mails.map(
          (mail) =>
            html`<details>
              <summary>${mail.subject}: ${mail.from} to ${mail.to}</summary>
              <pre>${linked(mail.text)}</pre>
              <iframe title="${mail.subject}" sandbox="" srcdoc="${mail.html}"></iframe>
            </details>`,
        )}
      </body>
    </html>`;
}
