// Serves the OpenAPI document, which is a file that scripts/assets.mjs writes: the Worker has no generator. It is read once per isolate.
import { createHash } from "node:crypto";
import type { Context } from "hono";
import { z } from "zod";
import type { App } from "./app-context.ts";
import { jsonAsset } from "./json-asset.ts";
import { matchesEtag } from "../values/etag.ts";

let served: { url: string; text: string; etag: string } | undefined;

async function documentFor(c: Context<App>, url: string): Promise<{ text: string; etag: string }> {
  if (served?.url === url) return served;
  const document = await jsonAsset(c, "openapi.json", z.record(z.string(), z.unknown()));
  const text = JSON.stringify({ ...document, servers: [{ url }] });
  const digest = createHash("sha256").update(text).digest("hex");
  served = { url, text, etag: `"${digest.slice(0, 32)}"` };
  return served;
}

/** The document with the address at which clients reach this Worker: PUBLIC_URL, or else the origin of the request. */
export async function openApiResponse(c: Context<App>): Promise<Response> {
  const url = c.env.PUBLIC_URL.replace(/\/$/, "") || new URL(c.req.url).origin;
  const { text, etag } = await documentFor(c, url);
  c.header("ETag", etag);
  c.header("Cache-Control", "public, max-age=300");
  if (matchesEtag(c.req.header("if-none-match"), etag)) return c.body(null, 304);
  return c.body(text, 200, { "content-type": "application/json" });
}
