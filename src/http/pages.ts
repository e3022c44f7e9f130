// Responds with pages and reads their forms. A token in their URL or form must reach nobody else: no referrer, no cache, nothing loaded.
import type { Context } from "hono";
import type { HtmlText } from "../platform/html-page.ts";
import type { App } from "./app-context.ts";

const headers = {
  "content-type": "text/html; charset=UTF-8",
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
};

/** `more` replaces headers. */
export const pageResponse = async (
  page: HtmlText,
  status = 200,
  more: Partial<Record<keyof typeof headers, string>> = {},
): Promise<Response> => new Response((await page).toString(), { status, headers: { ...headers, ...more } });

/**
 * A page whose forms are checked by their Origin, which browsers replace by `null` where they send no referrer. Only this service gets
 * the referrer.
 */
export const pageWithOrigin = (page: HtmlText, status = 200): Promise<Response> =>
  pageResponse(page, status, { "referrer-policy": "same-origin" });

/** The first language that the browser prefers, "en" or "es"; undefined for others. */
export const preferredLanguage = (c: Context<App>): string | undefined =>
  /^\s*(en|es)\b/i.exec(c.req.header("accept-language") ?? "")?.[1];

const MAX_FORM_BYTES = 4096;

/** The fields of a form; none if the body is not one or is too large. */
export async function readForm(c: Context<App>): Promise<Record<string, string>> {
  const isForm = (c.req.header("content-type") ?? "").startsWith("application/x-www-form-urlencoded");
  const isSmall = Number(c.req.header("content-length") ?? "0") <= MAX_FORM_BYTES;
  const text = isForm && isSmall ? await c.req.text() : "";
  return Object.fromEntries(new URLSearchParams(text.slice(0, MAX_FORM_BYTES)));
}
