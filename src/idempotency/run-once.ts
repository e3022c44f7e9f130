// The response is stored under its key in the batch of the change, so that both commit or neither. A repeated request
// violates the primary key of idempotency_keys and returns the stored response.
import { createHash } from "node:crypto";
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "../platform/context.ts";
import { type BatchResult, returning, type Returning } from "../platform/d1.ts";
import { sweepRows } from "../platform/sweep-rows.ts";
import { Problem } from "../platform/problem.ts";

/** A request with an Idempotency-Key, its shop (an id, or SQL that yields one), its account (`actor`) and the fingerprint of its content. */
export type IdempotentRequest = { tenantId: string | SQL; actor: string; key: string; fingerprint: string };

// No account has an id with this prefix.
export const GUEST_ACTORS = "guest:";

/** The `actor` of a guest's request: `token` identifies the token with which they sent it. */
export const guestActor = (token: string): string => `${GUEST_ACTORS}${token}`;

/** The result of a request; `replayed` if an earlier request with the same key produced it. */
export type Replayable<T> = { replayed: boolean; value: T };

/** Null without a key. `content` must be equal for the same key and must not contain secrets. */
export function idempotentRequest(
  tenantId: string | SQL,
  actor: string,
  key: string | undefined,
  content: unknown,
): IdempotentRequest | null {
  if (key === undefined) return null;
  const fingerprint = createHash("sha256").update(JSON.stringify(content)).digest("base64url");
  return { tenantId, actor, key, fingerprint };
}

/**
 * The statement that stores the response, for the batch of the change; `body` is JSON text or SQL that yields it. `when` is SQL
 * that says whether the change happens, for a batch that changes nothing where its row does not exist.
 */
export function storeResponse(
  now: Date,
  request: IdempotentRequest | null,
  body: string | SQL,
  when: SQL = sql`true`,
): SQL[] {
  if (!request) return [];
  return [
    sql`INSERT INTO idempotency_keys (tenant_id, actor, key, fingerprint, body, created_at)
      SELECT ${request.tenantId}, ${request.actor}, ${request.key}, ${request.fingerprint}, ${body}, ${now.toISOString()}
      WHERE ${when}`,
  ];
}

/**
 * The statement that stores as the response the payload of an event of the same batch, which outlives the key: a sale has kilobytes,
 * which a row of this table would spill into pages of its own.
 */
export const storeEventResponse = (now: Date, request: IdempotentRequest | null, eventId: string): SQL[] =>
  request
    ? [
        sql`INSERT INTO idempotency_keys (tenant_id, actor, key, fingerprint, body, event_id, created_at)
          VALUES (${request.tenantId}, ${request.actor}, ${request.key}, ${request.fingerprint}, '', ${eventId}, ${now.toISOString()})`,
      ]
    : [];

/** The statement that forgets the responses that are the resource with this id, so that the same request makes a new one. */
export const forgetResponses = (tenantId: string, actor: SQL, id: string): SQL =>
  sql`DELETE FROM idempotency_keys WHERE tenant_id = ${tenantId} AND actor = ${actor}
    AND iif(json_valid(body), body ->> '$.id', NULL) = ${id}`;

/**
 * Like `storeResponse`, for a response that SQL computes: the statement returns it in any case, and stores it if there is a key.
 */
export function returnResponse<T>(
  now: Date,
  request: IdempotentRequest | null,
  shape: z.ZodType<T>,
  body: SQL,
): Returning<{ body: T }> {
  const [store] = storeResponse(now, request, body);
  return returning(
    z.object({ body: z.string().transform((text) => shape.parse(JSON.parse(text))) }),
    store ? sql`${store} RETURNING body` : sql`SELECT ${body} AS body`,
  );
}

/**
 * Runs `change`, or returns the response that an earlier request stored under the same key. The key is looked up only after
 * `change` failed, so a first request needs no extra round trip. @throws Problem idempotency-mismatch, and what `change` throws
 */
export async function runOnce<T>(
  ctx: Base,
  request: IdempotentRequest | null,
  shape: z.ZodType<T>,
  change: () => Promise<T>,
): Promise<Replayable<T>> {
  try {
    return { replayed: false, value: await change() };
  } catch (error) {
    const stored = await storedBehind(ctx, request, error);
    if (!request || !stored) throw error;
    // Empty: stored before a migration that changed what a fingerprint is made of.
    if (stored.fingerprint !== "" && stored.fingerprint !== request.fingerprint)
      throw new Problem("idempotency-mismatch", "Use a new Idempotency-Key for a new request.");
    return { replayed: true, value: shape.parse(JSON.parse(stored.body)) };
  }
}

async function storedBehind(
  ctx: Base,
  request: IdempotentRequest | null,
  error: unknown,
): Promise<StoredResponse | null> {
  if (error instanceof AlreadyStored) return error.stored;
  return request ? storedResponse(ctx, request) : null;
}

/**
 * Like `runOnce`, for a change of state that may be repeated without a key: if `change` fails, `find` returns the state that
 * the request asks for where it already exists, else null.
 */
export async function runOnceOrFind<T>(
  ctx: Base,
  request: IdempotentRequest | null,
  shape: z.ZodType<T>,
  change: () => Promise<T>,
  find: (error: unknown) => Promise<T | null>,
): Promise<Replayable<T>> {
  try {
    return await runOnce(ctx, request, shape, change);
  } catch (error) {
    const value = await find(error);
    if (value === null) throw error;
    return { replayed: false, value };
  }
}

const storedRow = z.object({ fingerprint: z.string(), body: z.string() });

type StoredResponse = z.infer<typeof storedRow>;

const selectStoredResponse = (request: IdempotentRequest): SQL =>
  sql`SELECT k.fingerprint, coalesce((SELECT e.payload FROM events e WHERE e.tenant_id = k.tenant_id AND e.id = k.event_id), k.body) AS body
    FROM idempotency_keys k
    WHERE k.tenant_id = ${request.tenantId} AND k.actor = ${request.actor} AND k.key = ${request.key}`;

async function storedResponse(ctx: Base, request: IdempotentRequest): Promise<StoredResponse | null> {
  const [row] = await ctx.db.all(storedRow, selectStoredResponse(request));
  return row ?? null;
}

/** The read of the stored response, for a change that reads before it writes; none without a key. See `stopIfStored`. */
export const selectStored = (request: IdempotentRequest | null): Returning<StoredResponse>[] =>
  request ? [returning(storedRow, selectStoredResponse(request))] : [];

/** A scalar query: the id of the sale that is the stored response, or NULL. */
export const storedSaleId = (request: IdempotentRequest): SQL =>
  sql`(SELECT e.payload ->> 'id' FROM idempotency_keys k CROSS JOIN events e ON e.tenant_id = k.tenant_id AND e.id = k.event_id
    WHERE k.tenant_id = ${request.tenantId} AND k.actor = ${request.actor} AND k.key = ${request.key})`;

class AlreadyStored extends Error {
  readonly stored: StoredResponse;

  constructor(stored: StoredResponse) {
    super("the response is stored");
    this.stored = stored;
  }
}

/** Ends the change of a `runOnce` if `selectStored` has found its response. */
export function stopIfStored(done: BatchResult, statements: Returning<StoredResponse>[]): void {
  for (const stored of statements.flatMap((each) => done.of(each))) throw new AlreadyStored(stored);
}

const KEY_TTL_MS = 24 * 3600 * 1000;

/** Deletes the keys of all shops that are older than a day; a page of a sweep. */
export async function deleteExpiredKeys(ctx: Base, after = ""): Promise<string | null> {
  const before = new Date(ctx.now.getTime() - KEY_TTL_MS).toISOString();
  const primaryKey = ["tenant_id", "actor", "key"];
  return sweepRows(ctx, after, "idempotency_keys", primaryKey, sql`created_at < ${before}`);
}
