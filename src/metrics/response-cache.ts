// Finished answers are kept in KV for a minute. The key names the shop and its revision, which every change of its sales
// moves on and which the sign-in check has read anyway: a sale is seen at once, and an answer never leaves its shop.
import type { Context } from "hono";
import type { z } from "zod";
import { shopContext, type App } from "../http/app-context.ts";
import type { Ctx } from "../platform/context.ts";
import { logFailure } from "../platform/log.ts";

const TTL_SECONDS = 60;

/** The kept answer, or the one that `compute` makes. Says hit or miss in Server-Timing, and its age in seconds in Age. */
export async function cachedResponse<T extends { as_of: string }>(
  c: Context<App>,
  shape: z.ZodType<T>,
  query: Record<string, unknown>,
  compute: (ctx: Ctx) => Promise<T>,
): Promise<T> {
  const ctx = shopContext(c);
  const asked = JSON.stringify([new URL(c.req.url).pathname, query]);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(asked));
  const key = `metrics:${ctx.tenant.id}:${ctx.tenant.revision}:${Buffer.from(digest).toString("base64url")}`;
  const stored = await ctx.env.CACHE.get(key, "json").catch((error: unknown) => {
    // A cache that does not answer is a miss, not a failure.
    logFailure("cache", error);
    return null;
  });
  const kept = shape.safeParse(stored);
  c.header("Server-Timing", `kv;desc="${kept.success ? "hit" : "miss"}"`);
  const value = kept.success ? kept.data : shape.parse(await compute(ctx));
  if (!kept.success)
    ctx.waitUntil(ctx.env.CACHE.put(key, JSON.stringify(value), { expirationTtl: TTL_SECONDS }));
  const age = Math.max(0, Math.floor((ctx.now.getTime() - Date.parse(value.as_of)) / 1000));
  c.header("Age", String(age));
  return value;
}
