// The frame of the pages that the Worker itself shows. They load nothing and have no script.
import { html, raw } from "hono/html";

const plainStyle = `
:root { color-scheme: light dark }
body { max-width: 26rem; margin: 10vh auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif }
label { display: block; font-weight: 600 }
input, button { box-sizing: border-box; width: 100%; min-height: 44px; margin: .25rem 0 1rem; padding: .5rem .75rem; font: inherit }
button { font-weight: 600 }
`;

export type HtmlText = ReturnType<typeof html>;

/** `style` is CSS; `header` stands above the title. */
type PageFrame = { language: string; title: string; style?: string; header?: HtmlText };

export const htmlPage = (
  { language, title, style = plainStyle, header }: PageFrame,
  content: HtmlText,
): HtmlText =>
  html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          ${raw(style)}
        </style>
      </head>
      <body>
        ${header ?? ""}
        <main>
          <h1>${title}</h1>
          ${content}
        </main>
      </body>
    </html>`;
