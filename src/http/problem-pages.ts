// The pages at /problems, to which the `type` of a problem leads: HTML for browsers, JSON for programs. Their texts are a file that
// scripts/assets.mjs writes: few requests need them, so they are not in the Worker.
import type { Context } from "hono";
import { accepts } from "hono/accepts";
import { html } from "hono/html";
import { z } from "zod";
import { htmlPage } from "../platform/html-page.ts";
import { catalogue, type Slug } from "../platform/problem-types.ts";
import { Problem } from "../platform/problem.ts";
import type { App } from "./app-context.ts";
import { jsonAsset } from "./json-asset.ts";
import { pageResponse } from "./pages.ts";

const style = `
:root { color-scheme: light dark }
body { max-width: 42rem; margin: 8vh auto; padding: 0 1rem; font: 1rem/1.6 system-ui, sans-serif }
h1 { font-size: 1.5rem; line-height: 1.3 }
h2 { font-size: 1.1rem; margin: 2rem 0 .25rem }
code { font: .9em ui-monospace, monospace }
dt { margin-top: .75rem }
dd { margin: 0 }
`;

/** A text whose names of fields are between backticks. */
const prose = (text: string) =>
  text.split("`").map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part));

const CACHE = "public, max-age=3600";

const isSlug = (text: string): text is Slug => Object.hasOwn(catalogue, text);
const slugs = Object.keys(catalogue).filter(isSlug);

const Texts = z.record(z.enum(slugs), z.object({ meaning: z.string(), remedy: z.string() }));

const textsOf = (c: Context<App>) => jsonAsset(c, "problem-texts.json", Texts);

/** What a problem type means, as JSON. */
function described(slug: Slug, texts: z.infer<typeof Texts>) {
  const [status, title, ...other_statuses] = catalogue[slug];
  return { type: `/problems/${slug}`, slug, title, status, other_statuses, ...texts[slug] };
}

const prefersHtml = (c: Context<App>): boolean =>
  accepts(c, {
    header: "Accept",
    supports: ["application/json", "text/html"],
    default: "application/json",
  }) === "text/html";

function answer(
  c: Context<App>,
  body: object,
  page: () => ReturnType<typeof html>,
): Response | Promise<Response> {
  c.header("Cache-Control", CACHE);
  c.header("Vary", "Accept");
  return prefersHtml(c) ? pageResponse(page(), 200, { "cache-control": CACHE }) : c.json(body);
}

/** `/problems`: all problem types. */
export async function problemIndex(c: Context<App>) {
  const texts = await textsOf(c);
  return answer(c, { data: slugs.map((slug) => described(slug, texts)) }, () =>
    htmlPage(
      { language: "en", title: "Problems", style },
      html`<p>
          Every error is a problem (RFC 9457) whose <code>type</code> is one of these. Programs switch on
          <code>type</code>; <code>detail</code> is for people.
        </p>
        <dl>
          ${slugs.map(
            (slug) =>
              html`<dt>
                  <a href="/problems/${slug}"><code>${slug}</code></a> ${catalogue[slug][0]}
                </dt>
                <dd>${catalogue[slug][1]}</dd>`,
          )}
        </dl>`,
    ),
  );
}

/** `/problems/{slug}`: what a problem type means and what to do about it. @throws Problem not-found */
export async function problemPage(c: Context<App>, slug: string) {
  if (!isSlug(slug)) throw new Problem("not-found", "There is no such problem type. See /problems for all.");
  const problem = described(slug, await textsOf(c));
  return answer(c, problem, () =>
    htmlPage(
      { language: "en", title: problem.title, style },
      html`<p>
          <code>${problem.type}</code>, status ${[problem.status, ...problem.other_statuses].join(" or ")}
        </p>
        <h2>What it means</h2>
        <p>${prose(problem.meaning)}</p>
        <h2>What to do</h2>
        <p>${prose(problem.remedy)}</p>
        <p><a href="/problems">All problems</a> · <a href="/docs">API reference</a></p>`,
    ),
  );
}
