// The interactive API reference. The page and its scripts come from this Worker, and its policy allows no other host.
import { html } from "hono/html";
import type { Context } from "hono";
import type { HtmlText } from "../../platform/html-page.ts";
import { digestOf, matchesEtag } from "../../values/etag.ts";
import type { App } from "../app-context.ts";

/** Credentials as POST /auth/login takes them, as JSON; with them the page has a button that signs in. */
const referencePage = (demoLogin: string | undefined): HtmlText =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Mostrador API</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/docs/reference.css" />
        <script type="module" src="/docs/openapi-explorer.js"></script>
        <script type="module" src="/docs/reference.js"></script>
      </head>
      <body data-demo="${demoLogin ?? "null"}">
        <header>
          <strong>Mostrador API</strong>
          <a href="/openapi.json">OpenAPI document</a>
          <p id="state" role="status">Loading …</p>
          <button id="sign-in" hidden>Sign in as ADMIN of the demo shop</button>
          <button id="sign-out" hidden>Sign out</button>
        </header>
        <noscript><p>This page needs JavaScript. The OpenAPI document does not.</p></noscript>
        <openapi-explorer
          fetch-credentials="same-origin"
          hide-server-selection="true"
          hide-components="false"
          nav-item-spacing="compact"
          default-schema-tab="body"
        ></openapi-explorer>
      </body>
    </html>`;

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join("; ");

/** Responds with the page, or with 304 if the client has it. `demoLogin` as in `referencePage`. */
export async function referenceResponse(c: Context<App>, demoLogin: string | undefined): Promise<Response> {
  const page = (await referencePage(demoLogin)).toString();
  const etag = `"${digestOf(page)}"`;
  c.header("ETag", etag);
  c.header("Cache-Control", "no-cache");
  c.header("Content-Security-Policy", policy);
  return matchesEtag(c.req.header("if-none-match"), etag) ? c.body(null, 304) : c.html(page);
}
