// Serves the OpenAPI document. It is generated and serialised once per isolate.
import { createHash } from "node:crypto";
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { App } from "./app-context.ts";
import { matchesEtag } from "../values/etag.ts";
import { openApiDocument } from "./openapi.ts";

let served: { url: string; text: string; etag: string } | undefined;

function textFor(app: OpenAPIHono<App>, url: string): { text: string; etag: string } {
  if (served?.url === url) return served;
  const text = JSON.stringify({ ...openApiDocument(app), servers: [{ url }] });
  const digest = createHash("sha256").update(text).digest("hex");
  served = { url, text, etag: `"${digest.slice(0, 32)}"` };
  return served;
}

/** The document with the address at which clients reach this Worker: PUBLIC_URL, or else the origin of the request. */
export function openApiResponse(app: OpenAPIHono<App>, c: Context<App>): Response {
  const url = c.env.PUBLIC_URL.replace(/\/$/, "") || new URL(c.req.url).origin;
  const { text, etag } = textFor(app, url);
  c.header("ETag", etag);
  c.header("Cache-Control", "public, max-age=300");
  if (matchesEtag(c.req.header("if-none-match"), etag)) return c.body(null, 304);
  return c.body(text, 200, { "content-type": "application/json" });
}
