// The pages that links in mails open: a form without script, whose token is its only credential.
import { html } from "hono/html";
import { htmlPage } from "../../platform/html-page.ts";
import type { Language } from "../../mail/words.ts";
import { pageTexts, type Page } from "./words.ts";

const frame = (language: Language, title: string, content: ReturnType<typeof html>) =>
  htmlPage({ language, title }, content);

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
