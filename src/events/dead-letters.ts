// Messages of the dead-letter queue are stored, so that an ADMIN can list and replay them.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { audit } from "../audit/log.ts";
import { actorId, type ActorCtx, type Base, type Ctx } from "../platform/context.ts";
import {
  idempotentRequest,
  type IdempotentRequest,
  type Replayable,
  runOnce,
  selectStored,
  stopIfStored,
  storeResponse,
} from "../idempotency/run-once.ts";
import { returning } from "../platform/d1.ts";
import { newId } from "../values/ids.ts";
import { encodeCursor, decodeCursor, pageOf, singleKey } from "../platform/cursor.ts";
import { notFound } from "../platform/problem.ts";
import { eventDeleted, mayBeDeleted } from "./retention.ts";
import { DeadLetter } from "./schema.ts";

/** The condition that event `e` waits for the replay of a dead letter. */
export const hasOpenLetter = sql.raw(`EXISTS (SELECT 1 FROM dead_letters d WHERE d.tenant_id = e.tenant_id
  AND d.event_id = e.id AND d.event_id IS NOT NULL AND d.replayed_at IS NULL)`);

// Accepts a body of any shape.
const lenientRef = z
  .object({ tenant_id: z.string().catch(""), event_id: z.string().nullable().catch(null) })
  .catch({ tenant_id: "", event_id: null });

/** Stores messages of the dead-letter queue; a message that is delivered twice is stored once. One round trip. */
export async function storeDeadLetters(
  ctx: Base,
  messages: readonly { id: string; body: unknown }[],
): Promise<void> {
  const letters = messages.map(({ id, body }) => ({
    ...lenientRef.parse(body),
    id: newId(),
    message_id: id,
    body: JSON.stringify(body ?? null),
  }));
  await ctx.db.run(
    sql`INSERT INTO dead_letters (tenant_id, id, message_id, event_id, queue, body, created_at)
      SELECT value ->> 'tenant_id', value ->> 'id', value ->> 'message_id', value ->> 'event_id', 'events',
        value ->> 'body', ${ctx.now.toISOString()} FROM json_each(${JSON.stringify(letters)}) WHERE true
      ON CONFLICT DO NOTHING`,
  );
}

const letterRow = DeadLetter.extend({
  body: z.string().transform((text): unknown => JSON.parse(text)),
});

const columns = sql.raw("id, queue, body, created_at, replayed_at");

/** The shop's dead letters, newest first. One round trip. @throws Problem invalid-cursor */
export async function listDeadLetters(ctx: Ctx, query: { limit: number; cursor?: string | undefined }) {
  const [after] = decodeCursor(singleKey, "dead-letters", ctx.tenant.id, query.cursor) ?? [];
  const found = await ctx.db.all(
    letterRow,
    sql`SELECT ${columns} FROM dead_letters WHERE tenant_id = ${ctx.tenant.id}
      ${after === undefined ? sql`` : sql`AND id < ${after}`} ORDER BY id DESC LIMIT ${query.limit + 1}`,
  );
  return pageOf(found, query.limit, (last) => encodeCursor("dead-letters", ctx.tenant.id, [last.id]));
}

/**
 * Sends a dead letter to its queue again, before it is marked as replayed: a message that is sent twice does no harm, one that is not
 * sent is lost. Two round trips.
 * @throws Problem not-found, event-deleted, unavailable, idempotency-mismatch
 */
export async function replayDeadLetter(
  ctx: ActorCtx,
  id: string,
  key: string | undefined,
): Promise<Replayable<z.infer<typeof DeadLetter>>> {
  const request = idempotentRequest(ctx.tenant.id, actorId(ctx), key, { replay: id });
  return runOnce(ctx, request, DeadLetter, () => replay(ctx, id, request));
}

async function replay(
  ctx: ActorCtx,
  id: string,
  request: IdempotentRequest | null,
): Promise<z.infer<typeof DeadLetter>> {
  // The message is sent before the batch, which would be too late to find the key.
  const stored = selectStored(request);
  const isLetter = sql`tenant_id = ${ctx.tenant.id} AND id = ${id}`;
  const letters = returning(
    letterRow.extend({ missing_event: z.string().nullable() }),
    sql`SELECT ${columns}, iif(EXISTS (SELECT 1 FROM events e WHERE e.tenant_id = d.tenant_id AND e.id = d.event_id),
        NULL, event_id) AS missing_event FROM dead_letters d WHERE ${isLetter}`,
  );
  const done = await ctx.db.batch([...stored, letters]);
  stopIfStored(done, stored);
  const [found] = done.of(letters);
  if (!found) throw notFound("dead letter");
  const { missing_event, ...letter } = found;
  if (missing_event !== null && mayBeDeleted(ctx, missing_event)) throw eventDeleted(ctx);
  await ctx.env.EVENTS.send(letter.body);
  const replayed_at = ctx.now.toISOString();
  const replayed = { ...letter, replayed_at };
  await ctx.db.batch([
    audit(ctx, "dead_letter.replayed", id),
    sql`UPDATE dead_letters SET replayed_at = ${replayed_at} WHERE ${isLetter}`,
    ...storeResponse(ctx.now, request, JSON.stringify(replayed)),
  ]);
  return replayed;
}
