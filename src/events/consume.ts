// The consumer of events. A message may come twice, late, or to two consumers at once; each is acked or retried by itself.
// 1. What can be said to be wrong of one message is said before anything is shared: that one is retried, and dies alone.
// 2. The others are CLAIMED (batch_id, only where NULL): from then on a batch has the same events whoever handles it.
// 3. Each batch is stored, then MARKED exported. A crash between leaves it claimed: the next message of any of its events ends it.
// 4. Where storing fails, each shop's batch is tried by itself: what cannot be stored holds back no other shop.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Base, EventRef } from "../platform/context.ts";
import { sqlBoolean, rows } from "../platform/d1.ts";
import { newId } from "../values/ids.ts";
import { logFailure } from "../platform/log.ts";
import { EventMessage } from "./deliver.ts";

type QueueMessage = { body: unknown; ack: () => void; retry: () => void };

const storedRow = z.object({ tenant_id: z.string(), event_id: z.string(), is_sound: sqlBoolean });
const claimRow = z.object({ tenant_id: z.string(), batch_id: z.string(), event_id: z.string() });

type Batch = { tenant_id: string; batch_id: string };

type Store = (ctx: Base, batches: Batch[]) => Promise<void>;

const nameOf = ({ tenant_id, event_id }: EventRef): string => `${tenant_id}:${event_id}`;

/** The open events among the messages, in the order in which they happened; what cannot be processed is retried here. */
async function openEvents(ctx: Base, messages: readonly QueueMessage[]) {
  const asked = new Map<string, { ref: EventRef; messages: QueueMessage[] }>();
  for (const message of messages) {
    const { data } = EventMessage.safeParse(message.body);
    if (!data) {
      logFailure("event", new Error("the message identifies no event"));
      message.retry();
      continue;
    }
    const ref: EventRef = { tenant_id: data.tenant_id, event_id: data.event_id };
    const same = asked.get(nameOf(ref));
    if (same) same.messages.push(message);
    else asked.set(nameOf(ref), { ref, messages: [message] });
  }
  const refs = [...asked.values()].map(({ ref }) => ref);
  const stored =
    refs.length === 0
      ? []
      : await ctx.db.all(
          storedRow,
          sql`SELECT e.tenant_id, e.id AS event_id,
              CASE WHEN json_valid(e.payload) THEN json_type(e.payload) = 'object' ELSE 0 END AS is_sound
            FROM json_each(${JSON.stringify(refs)}) AS asked
            CROSS JOIN events e ON e.tenant_id = asked.value ->> 'tenant_id' AND e.id = asked.value ->> 'event_id'
            WHERE e.exported_at IS NULL ORDER BY e.id`,
        );
  const open = stored.flatMap(({ is_sound, ...ref }) => {
    const own = asked.get(nameOf(ref))?.messages ?? [];
    asked.delete(nameOf(ref));
    if (is_sound) return [{ ref, messages: own }];
    logFailure("event", new Error(`the payload of ${nameOf(ref)} is no object`));
    for (const message of own) message.retry();
    return [];
  });
  // Exported before, or never committed.
  for (const { messages } of asked.values()) for (const message of messages) message.ack();
  return open;
}

/** Claims those that nobody has claimed; answers the batch of each that is not exported. One round trip. */
async function claim(ctx: Base, refs: EventRef[]) {
  const asked = JSON.stringify(refs);
  const results = await ctx.db.batch([
    sql`UPDATE events SET batch_id = ${newId()} WHERE batch_id IS NULL AND (tenant_id, id) IN
      (SELECT value ->> 'tenant_id', value ->> 'event_id' FROM json_each(${asked}))`,
    sql`SELECT e.tenant_id, e.batch_id, e.id AS event_id FROM json_each(${asked}) AS asked
      CROSS JOIN events e ON e.tenant_id = asked.value ->> 'tenant_id' AND e.id = asked.value ->> 'event_id'
      WHERE e.exported_at IS NULL`,
  ]);
  return rows(claimRow, results.at(-1));
}

/** Stores all of them together, or each by itself where that fails; answers those that are stored. */
async function storeWhatCan(ctx: Base, batches: Batch[], store: Store): Promise<Batch[]> {
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

const batchName = ({ tenant_id, batch_id }: Batch): string => `${tenant_id}:${batch_id}`;

/** Marks all events of these batches as exported. One round trip. */
async function markExported(ctx: Base, batches: Batch[]): Promise<void> {
  // INDEXED BY: the planner would walk the shop's events.
  await ctx.db.run(sql`UPDATE events INDEXED BY events_batch SET exported_at = ${ctx.now.toISOString()}
    WHERE exported_at IS NULL AND batch_id IS NOT NULL AND (tenant_id, batch_id) IN
      (SELECT value ->> 'tenant_id', value ->> 'batch_id' FROM json_each(${JSON.stringify(batches)}))`);
}

/**
 * Takes messages of the queue of events to their end: acked when exported, retried where something failed. `tell` hears of
 * the open events first, in their order; it may hear of one twice. `store` puts the batches elsewhere: done again, it must store the same again.
 */
export async function consumeEvents(
  ctx: Base,
  messages: readonly QueueMessage[],
  tell: (ctx: Base, events: EventRef[]) => Promise<void>,
  store: Store,
): Promise<void> {
  const open = await openEvents(ctx, messages);
  if (open.length === 0) return;
  const refs = open.map(({ ref }) => ref);
  await tell(ctx, refs);
  const claimed = await claim(ctx, refs);
  const batches = [...new Map(claimed.map((each) => [batchName(each), each])).values()];
  const stored = await storeWhatCan(ctx, batches, store);
  await markExported(ctx, stored);
  const done = new Set(stored.map(batchName));
  const left = new Set(claimed.filter((each) => !done.has(batchName(each))).map(nameOf));
  for (const { ref, messages } of open)
    for (const message of messages)
      if (left.has(nameOf(ref))) message.retry();
      else message.ack();
}
