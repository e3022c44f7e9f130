// Responses are cached in KV for a minute. The key contains the shop and its revision, which every change to its sales increments, so a
// sale shows immediately. The cache is read under the revision that this isolate saw last, before the guard of the request has told the
// present one: a cached response is used only if they are the same.
import type { Context } from "hono";
import type { z } from "zod";
import { shopContext, type App } from "../http/app-context.ts";
import type { Ctx } from "../platform/context.ts";
import { logFailure } from "../platform/log.ts";
import { setBounded } from "../values/bounded-map.ts";

const TTL_SECONDS = 60;
const MAX_SHOPS = 5000;

const lastRevisions = new Map<string, number>();

/** What of a response is not cached: `remove` takes it out, and `add` reads it for a cached response. */
type Uncached<T> = { remove: (value: T) => T; add: (ctx: Ctx, value: T) => Promise<T> };

/**
 * The cached response, or the result of `compute`, whose first batch tells the revision. Sets Server-Timing to hit or miss, and Age in
 * seconds. One round trip for a cached response, and for one of an earlier revision another one before `compute`.
 */
export async function cachedResponse<T extends { as_of: string; calculated_at?: string }>(
  c: Context<App>,
  shape: z.ZodType<T>,
  query: Record<string, unknown>,
  compute: (ctx: Ctx) => Promise<T>,
  uncached: Uncached<T> = { remove: (value) => value, add: async (_, value) => value },
): Promise<T> {
  const ctx = shopContext(c);
  const { id, revision: known } = ctx.tenant;
  const request = JSON.stringify([new URL(c.req.url).pathname, query]);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(request));
  const keyAt = (revision: number): string =>
    `metrics:${id}:${revision}:${Buffer.from(digest).toString("base64url")}`;

  const presentRevision = async (): Promise<number> => {
    const revision = known ?? (await c.var.recalled?.revision());
    if (revision === undefined) throw new Error("the revision of the shop was not read");
    setBounded(lastRevisions, MAX_SHOPS, id, revision);
    return revision;
  };

  const read = async (revision: number): Promise<T | null> => {
    // Not the bindings of the context, which wait for the guard.
    const stored = await c.env.CACHE.get(keyAt(revision), "json").catch((error: unknown) => {
      // A failing cache counts as a miss.
      logFailure("cache", error);
      return null;
    });
    const { data } = shape.safeParse(stored);
    // Before the revision is asked for, because the batch of these reads tells it too.
    return data ? uncached.add(ctx, data) : null;
  };

  const expected = known ?? lastRevisions.get(id);
  let cached = expected === undefined ? null : await read(expected);
  if (cached) {
    const revision = await presentRevision();
    if (revision !== expected) cached = await read(revision);
  }
  c.header("Server-Timing", `kv;desc="${cached ? "hit" : "miss"}"`);
  const value = cached ?? shape.parse(await compute(ctx));
  if (!cached) {
    const key = keyAt(await presentRevision());
    const stored = JSON.stringify(uncached.remove(value));
    ctx.waitUntil(ctx.env.CACHE.put(key, stored, { expirationTtl: TTL_SECONDS }));
  }
  const age = Math.max(
    0,
    Math.floor((ctx.now.getTime() - Date.parse(value.calculated_at ?? value.as_of)) / 1000),
  );
  c.header("Age", String(age));
  return value;
}
