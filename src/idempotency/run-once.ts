// The key's row is written in the batch of the effect, so the effect and the memory of it stand or fall together.
// A second request collides with the primary key, whatever it found before, and is answered with what the first made.
import { createHash } from "node:crypto";
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "../platform/context.ts";
import { sweepRows } from "../platform/sweep-rows.ts";
import { Problem } from "../platform/problem.ts";

/** A request that carries an Idempotency-Key: whose it is, and what identifies its content. */
export type IdempotentRequest = { tenantId: string; actor: string; key: string; fingerprint: string };

/** `content` is what must be the same when the key comes again; secrets have no place in it. */
export function idempotentRequest(
  tenantId: string,
  actor: string,
  key: string | undefined,
  content: unknown,
): IdempotentRequest | null {
  if (key === undefined) return null;
  const fingerprint = createHash("sha256").update(JSON.stringify(content)).digest("base64url");
  return { tenantId, actor, key, fingerprint };
}

/** The statement that remembers the answer, for the batch of the effect; `body` is JSON text or SQL that yields it. */
export function storeResponse(now: Date, request: IdempotentRequest | null, body: string | SQL): SQL[] {
  if (!request) return [];
  return [
    sql`INSERT INTO idempotency_keys (tenant_id, actor, key, fingerprint, body, created_at)
      VALUES (${request.tenantId}, ${request.actor}, ${request.key}, ${request.fingerprint}, ${body}, ${now.toISOString()})`,
  ];
}

/**
 * Does `make`, or answers what an earlier request under the same key made. The key is looked up only where `make`
 * failed, so the usual request pays no round trip for it. @throws Problem idempotency-mismatch, and what `make` throws
 */
export async function runOnce<T>(
  ctx: Base,
  request: IdempotentRequest | null,
  shape: z.ZodType<T>,
  make: () => Promise<T>,
): Promise<{ replayed: boolean; value: T }> {
  try {
    return { replayed: false, value: await make() };
  } catch (error) {
    const earlier = request ? await find(ctx, request) : null;
    if (!request || !earlier) throw error;
    if (earlier.fingerprint !== request.fingerprint)
      throw new Problem("idempotency-mismatch", "Use a new Idempotency-Key for a new request.");
    return { replayed: true, value: shape.parse(JSON.parse(earlier.body)) };
  }
}

/** What the key's first request left, or null. */
async function find(
  ctx: Base,
  request: IdempotentRequest,
): Promise<{ fingerprint: string; body: string } | null> {
  const [row] = await ctx.db.all(
    z.object({ fingerprint: z.string(), body: z.string() }),
    sql`SELECT fingerprint, body FROM idempotency_keys
      WHERE tenant_id = ${request.tenantId} AND actor = ${request.actor} AND key = ${request.key}`,
  );
  return row ?? null;
}

const KEPT_MS = 24 * 3600 * 1000;

/** Forgets the keys of all shops that are older than a day; a nightly job. */
export async function deleteExpiredKeys(ctx: Base): Promise<void> {
  const before = new Date(ctx.now.getTime() - KEPT_MS).toISOString();
  await sweepRows(ctx, "idempotency_keys", ["tenant_id", "actor", "key"], sql`created_at < ${before}`);
}
