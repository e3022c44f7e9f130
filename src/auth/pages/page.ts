// The pages that links in mails open: a form without script, whose token is its only credential.
import { html } from "hono/html";
import type { Language } from "../../mail/words.ts";
import { pageTexts, type Page } from "./words.ts";

export const pagePolicy =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

const frame = (language: Language, title: string, content: unknown) =>
  html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          :root {
            color-scheme: light dark;
          }
          body {
            font:
              1rem/1.5 system-ui,
              sans-serif;
            max-width: 26rem;
            margin: 10vh auto;
            padding: 0 1rem;
          }
          label {
            display: block;
            font-weight: 600;
          }
          input,
          button {
            box-sizing: border-box;
            width: 100%;
            min-height: 44px;
            margin: 0.25rem 0 1rem;
            padding: 0.5rem 0.75rem;
            font: inherit;
          }
          button {
            font-weight: 600;
          }
        </style>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${content}
        </main>
      </body>
    </html>`;

/** The form of a page. `problem` says why the last attempt failed. */
export function formPage(language: Language, page: Page, token: string, problem: string | null) {
  const { title, lead, button } = pageTexts[language][page];
  const { password, rule } = pageTexts[language];
  const field =
    page === "confirm-email"
      ? ""
      : html`<label for="password">${password}</label>
          <input
            id="password"
            name="password"
            type="password"
            required
            minlength="8"
            maxlength="256"
            autocomplete="new-password"
            aria-describedby="rule"
          />
          <p id="rule">${rule}</p>`;
  return frame(
    language,
    title,
    html`${problem === null ? html`<p>${lead}</p>` : html`<p role="alert">${problem}</p>`}
      <form method="post" action="/${page}">
        <input type="hidden" name="token" value="${token}" />
        ${field}
        <button>${button}</button>
      </form>`,
  );
}

/** What a page says after it has worked. */
export function donePage(language: Language, page: Page) {
  const { title, done } = pageTexts[language][page];
  return frame(language, title, html`<p role="status">${done}</p>`);
}

/** What a page says instead of its form when no password makes the link work. */
export const deadEndPage = (language: Language, title: string, text: string) =>
  frame(language, title, html`<p role="alert">${text}</p>`);
