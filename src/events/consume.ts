// The consumer of events. A message may be delivered twice, late, or to two consumers at once. Events that are claimed for a batch
// (batch_id) are stored; the D1 batch that makes the stored files count also marks them as exported. After a crash in between,
// the next message stores the same batch again. What fails among others continues alone, with a message for each event.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Base, EventRef } from "../platform/context.ts";
import { returning, sqlBoolean } from "../platform/d1.ts";
import { newId } from "../values/ids.ts";
import { logFailure } from "../platform/log.ts";
import { isExportable } from "./claim.ts";
import { hasOpenLetter } from "./dead-letters.ts";
import { EventMessage, ExportMessage, isOpen, queueExport, sendEvents } from "./deliver.ts";

type QueueMessage = { body: unknown; ack: () => void; retry: () => void };

const openRow = z.object({ tenant_id: z.string(), event_id: z.string(), is_valid: sqlBoolean });
const ageRow = openRow.extend({ created_at: z.string() });
const claimRow = z.object({ tenant_id: z.string(), batch_id: z.string(), event_id: z.string() });

type Batch = { tenant_id: string; batch_id: string };

/** Stores the batches, and runs `exported` in the D1 batch that makes the stored files count. It must be idempotent. */
type Store = (ctx: Base, batches: Batch[], exported: SQL) => Promise<void>;

const eventKey = ({ tenant_id, event_id }: EventRef): string => `${tenant_id}:${event_id}`;

/** The events of the messages that are not exported, ordered by id. Invalid messages are retried, obsolete ones acked. */
async function openEvents(ctx: Base, messages: readonly QueueMessage[]) {
  const pending = new Map<string, { ref: EventRef; messages: QueueMessage[] }>();
  for (const message of messages) {
    const { data } = EventMessage.safeParse(message.body);
    if (!data) {
      logFailure("event", new Error("the message does not identify an event"));
      message.retry();
      continue;
    }
    const ref: EventRef = { tenant_id: data.tenant_id, event_id: data.event_id };
    const sameEvent = pending.get(eventKey(ref));
    if (sameEvent) sameEvent.messages.push(message);
    else pending.set(eventKey(ref), { ref, messages: [message] });
  }
  const refs = [...pending.values()].map(({ ref }) => ref);
  const stored =
    refs.length === 0
      ? []
      : await ctx.db.all(
          openRow,
          sql`SELECT e.tenant_id, e.id AS event_id, ${isExportable} AS is_valid
            FROM json_each(${JSON.stringify(refs)}) AS ref
            CROSS JOIN events e ON e.tenant_id = ref.value ->> 'tenant_id' AND e.id = ref.value ->> 'event_id'
            WHERE e.exported_at IS NULL ORDER BY e.id`,
        );
  const open = stored.flatMap(({ is_valid, ...ref }) => {
    const eventMessages = pending.get(eventKey(ref))?.messages ?? [];
    pending.delete(eventKey(ref));
    if (is_valid) return [{ ref, messages: eventMessages }];
    logFailure("event", new Error(`the payload of ${eventKey(ref)} is not an object`));
    for (const message of eventMessages) message.retry();
    return [];
  });
  // The remaining events were exported before, or never committed.
  for (const { messages } of pending.values()) for (const message of messages) message.ack();
  return open;
}

/** Claims the unclaimed events for a new batch, and returns the batch of each that is not exported. One round trip. */
async function claim(ctx: Base, refs: EventRef[]) {
  const list = JSON.stringify(refs);
  const claimed = returning(
    claimRow,
    sql`SELECT e.tenant_id, e.batch_id, e.id AS event_id FROM json_each(${list}) AS ref
      CROSS JOIN events e ON e.tenant_id = ref.value ->> 'tenant_id' AND e.id = ref.value ->> 'event_id'
      WHERE e.exported_at IS NULL`,
  );
  const done = await ctx.db.batch([
    sql`UPDATE events SET batch_id = ${newId()} WHERE batch_id IS NULL AND (tenant_id, id) IN
      (SELECT value ->> 'tenant_id', value ->> 'event_id' FROM json_each(${list}))`,
    claimed,
  ]);
  return done.of(claimed);
}

/** The statement that marks all events of these batches as exported. */
const markExported = (ctx: Base, batches: Batch[]): SQL =>
  // Without INDEXED BY the planner would scan the events of the shop.
  sql`UPDATE events INDEXED BY events_batch SET exported_at = ${ctx.now.toISOString()}
    WHERE exported_at IS NULL AND batch_id IS NOT NULL AND (tenant_id, batch_id) IN
      (SELECT value ->> 'tenant_id', value ->> 'batch_id' FROM json_each(${JSON.stringify(batches)}))`;

/** Stores all batches together or, if that fails, each alone, so that one shop cannot block another; returns the stored ones. */
async function storeIsolated(ctx: Base, batches: Batch[], store: Store): Promise<Batch[]> {
  const storeAll = (each: Batch[]): Promise<void> => store(ctx, each, markExported(ctx, each));
  try {
    await storeAll(batches);
    return batches;
  } catch (error) {
    if (batches.length <= 1) throw error;
    logFailure("event store", error);
  }
  const stored: Batch[] = [];
  for (const batch of batches)
    try {
      await storeAll([batch]);
      stored.push(batch);
    } catch (error) {
      logFailure("event store", error);
    }
  return stored;
}

const batchKey = ({ tenant_id, batch_id }: Batch): string => `${tenant_id}:${batch_id}`;

/** Exports these events with all others of their batches. Returns those that could not be stored. */
async function exportEvents(ctx: Base, refs: EventRef[], store: Store): Promise<EventRef[]> {
  const claimed = refs.length === 0 ? [] : await claim(ctx, refs);
  const batches = [...new Map(claimed.map((each) => [batchKey(each), each])).values()];
  if (batches.length === 0) return [];
  const stored = new Set((await storeIsolated(ctx, batches, store)).map(batchKey));
  return claimed.filter((each) => !stored.has(batchKey(each)));
}

// Batches have as many.
const EVENTS_PER_PAGE = 1_000;

/** Claimed events of the shops that are not exported, up to a page, without those that wait for the replay of a dead letter. */
const openOf = (ctx: Base, shops: string[]) =>
  ctx.db.all(
    ageRow,
    sql`SELECT e.tenant_id, e.id AS event_id, e.created_at, ${isExportable} AS is_valid FROM json_each(${JSON.stringify(shops)}) AS shop
      CROSS JOIN events e INDEXED BY events_batch ON e.tenant_id = shop.value AND ${isOpen}
      WHERE NOT ${hasOpenLetter} LIMIT ${EVENTS_PER_PAGE}`,
  );

// Half of what D1 accepts per invocation; other messages continue.
const MAX_STATEMENTS = 500;
// Until then a failure may be a passing one of R2 or D1, which must not make dead letters.
const RETRIED_MS = 5 * 60_000;

/**
 * Exports all claimed events of these shops. Events that cannot be exported, or have failed for five minutes, get a message each and
 * become dead letters if that fails too; the next minute tries the others again.
 */
async function exportShops(ctx: Base, all: string[], store: Store): Promise<void> {
  const before = new Date(ctx.now.getTime() - RETRIED_MS).toISOString();
  let shops = all;
  for (let isLast = false; !isLast && shops.length > 0;) {
    const open = await openOf(ctx, shops);
    isLast = open.length < EVENTS_PER_PAGE;
    const refs = open.filter(({ is_valid }) => is_valid);
    const unstored = await exportEvents(ctx, refs, store).catch((error: unknown) => {
      logFailure("event store", error);
      return refs;
    });
    const failed = new Set(unstored.map(eventKey));
    const rest = open.filter((event) => !event.is_valid || failed.has(eventKey(event)));
    await sendEvents(
      ctx,
      rest.filter(({ is_valid, created_at }) => !is_valid || created_at < before),
    );
    // The next page would begin with the same events.
    const failing = new Set(rest.map(({ tenant_id }) => tenant_id));
    shops = shops.filter((shop) => !failing.has(shop));
    if (!isLast && ctx.db.cost.statements > MAX_STATEMENTS) {
      await queueExport(ctx, shops);
      return;
    }
  }
}

/**
 * Consumes messages of the event queue: acks those whose events are exported, retries the other messages of single events. A shop
 * whose export fails gets another message the next minute.
 */
export async function consumeEvents(
  ctx: Base,
  messages: readonly QueueMessage[],
  store: Store,
): Promise<void> {
  const shops = new Set<string>();
  const single: QueueMessage[] = [];
  for (const message of messages) {
    const { data } = ExportMessage.safeParse(message.body);
    if (!data) single.push(message);
    else {
      shops.add(data.tenant_id);
      message.ack();
    }
  }
  await exportShops(ctx, [...shops], store).catch((error: unknown) => logFailure("event export", error));
  const open = await openEvents(ctx, single);
  if (open.length === 0) return;
  const failed = new Set(
    (
      await exportEvents(
        ctx,
        open.map(({ ref }) => ref),
        store,
      )
    ).map(eventKey),
  );
  for (const { ref, messages: ofEvent } of open)
    for (const message of ofEvent)
      if (failed.has(eventKey(ref))) message.retry();
      else message.ack();
}
