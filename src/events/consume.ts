// The consumer of events. A message may be delivered twice, late, or to two consumers at once. Invalid messages are retried
// alone; the events of the others are claimed for a batch (batch_id), stored, and then marked as exported. After a crash
// between claim and mark, the next message of any event of the batch stores the same batch again.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Base, EventRef } from "../platform/context.ts";
import { returning, sqlBoolean } from "../platform/d1.ts";
import { newId } from "../values/ids.ts";
import { logFailure } from "../platform/log.ts";
import { EventMessage } from "./deliver.ts";

type QueueMessage = { body: unknown; ack: () => void; retry: () => void };

const openRow = z.object({ tenant_id: z.string(), event_id: z.string(), is_valid: sqlBoolean });
const claimRow = z.object({ tenant_id: z.string(), batch_id: z.string(), event_id: z.string() });

type Batch = { tenant_id: string; batch_id: string };

type Store = (ctx: Base, batches: Batch[]) => Promise<void>;

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
          sql`SELECT e.tenant_id, e.id AS event_id,
              CASE WHEN json_valid(e.payload) THEN json_type(e.payload) = 'object' ELSE 0 END AS is_valid
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

/** Stores all batches together or, if that fails, each alone, so that one shop cannot block another; returns the stored ones. */
async function storeIsolated(ctx: Base, batches: Batch[], store: Store): Promise<Batch[]> {
  try {
    await store(ctx, batches);
    return batches;
  } catch (error) {
    if (batches.length <= 1) throw error;
    logFailure("event store", error);
  }
  const stored: Batch[] = [];
  for (const batch of batches)
    try {
      await store(ctx, [batch]);
      stored.push(batch);
    } catch (error) {
      logFailure("event store", error);
    }
  return stored;
}

const batchKey = ({ tenant_id, batch_id }: Batch): string => `${tenant_id}:${batch_id}`;

/** Marks all events of these batches as exported. One round trip. */
async function markExported(ctx: Base, batches: Batch[]): Promise<void> {
  // Without INDEXED BY the planner would scan the events of the shop.
  await ctx.db.run(sql`UPDATE events INDEXED BY events_batch SET exported_at = ${ctx.now.toISOString()}
    WHERE exported_at IS NULL AND batch_id IS NOT NULL AND (tenant_id, batch_id) IN
      (SELECT value ->> 'tenant_id', value ->> 'batch_id' FROM json_each(${JSON.stringify(batches)}))`);
}

/**
 * Consumes messages of the event queue: acks those whose events are exported, retries the others. `notify` gets the open
 * events first, ordered by id, possibly more than once. `store` must be idempotent.
 */
export async function consumeEvents(
  ctx: Base,
  messages: readonly QueueMessage[],
  notify: (ctx: Base, events: EventRef[]) => Promise<void>,
  store: Store,
): Promise<void> {
  const open = await openEvents(ctx, messages);
  if (open.length === 0) return;
  const refs = open.map(({ ref }) => ref);
  await notify(ctx, refs);
  const claimed = await claim(ctx, refs);
  const batches = [...new Map(claimed.map((each) => [batchKey(each), each])).values()];
  const stored = await storeIsolated(ctx, batches, store);
  await markExported(ctx, stored);
  const storedKeys = new Set(stored.map(batchKey));
  const failed = new Set(claimed.filter((each) => !storedKeys.has(batchKey(each))).map(eventKey));
  for (const { ref, messages } of open)
    for (const message of messages)
      if (failed.has(eventKey(ref))) message.retry();
      else message.ack();
}
