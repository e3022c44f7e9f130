// Responses are cached in KV for a minute. The key contains the shop and its revision, which every change to its sales
// increments, so a sale shows immediately. Authentication has already read the revision.
import type { Context } from "hono";
import type { z } from "zod";
import { shopContext, type App } from "../http/app-context.ts";
import type { Ctx } from "../platform/context.ts";
import { logFailure } from "../platform/log.ts";

const TTL_SECONDS = 60;

/** The cached response, or the result of `compute`. Sets Server-Timing to hit or miss, and Age in seconds. */
export async function cachedResponse<T extends { as_of: string; calculated_at?: string }>(
  c: Context<App>,
  shape: z.ZodType<T>,
  query: Record<string, unknown>,
  compute: (ctx: Ctx) => Promise<T>,
): Promise<T> {
  const ctx = shopContext(c);
  const request = JSON.stringify([new URL(c.req.url).pathname, query]);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(request));
  const key = `metrics:${ctx.tenant.id}:${ctx.tenant.revision}:${Buffer.from(digest).toString("base64url")}`;
  const stored = await ctx.env.CACHE.get(key, "json").catch((error: unknown) => {
    // A failing cache counts as a miss.
    logFailure("cache", error);
    return null;
  });
  const cached = shape.safeParse(stored);
  c.header("Server-Timing", `kv;desc="${cached.success ? "hit" : "miss"}"`);
  const value = cached.success ? cached.data : shape.parse(await compute(ctx));
  if (!cached.success)
    ctx.waitUntil(ctx.env.CACHE.put(key, JSON.stringify(value), { expirationTtl: TTL_SECONDS }));
  const age = Math.max(
    0,
    Math.floor((ctx.now.getTime() - Date.parse(value.calculated_at ?? value.as_of)) / 1000),
  );
  c.header("Age", String(age));
  return value;
}
