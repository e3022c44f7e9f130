// How events come to their queue: after the commit, and once more by a sweep where that was lost. Sending marks nothing:
// an event is done when its consumer has exported it. A message may name an event whose batch failed: there is none, and
// the consumer ignores it.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Base, EventRef } from "../platform/context.ts";
import { logFailure } from "../platform/log.ts";

export const eventRef = z.object({ tenant_id: z.string(), event_id: z.string() });

// What Queues take at once.
const MESSAGES_A_BATCH = 100;

async function send(ctx: Base, events: EventRef[]): Promise<void> {
  for (let at = 0; at < events.length; at += MESSAGES_A_BATCH)
    await ctx.env.EVENTS.sendBatch(events.slice(at, at + MESSAGES_A_BATCH).map((body) => ({ body })));
}

/** Sends the events of the verbs that have run, after the answer. A failure is logged: the sweep makes up for it. */
export function sendOutbox(ctx: Base): void {
  const events = ctx.outbox.splice(0);
  if (events.length === 0) return;
  ctx.waitUntil(send(ctx, events).catch((error: unknown) => logFailure("event queue", error)));
}

const LOST_MS = 60_000;
const A_SWEEP = 1000;

/** Sends again what is older than a minute and not exported, oldest first; what lies among the dead letters waits there. */
export async function resendUnsentEvents(ctx: Base): Promise<void> {
  const before = new Date(ctx.now.getTime() - LOST_MS).toISOString();
  const lost = await ctx.db.all(
    eventRef,
    sql`SELECT tenant_id, id AS event_id FROM events AS e INDEXED BY events_open
      WHERE exported_at IS NULL AND created_at < ${before} AND NOT EXISTS (
        SELECT 1 FROM dead_letters d
        WHERE d.tenant_id = e.tenant_id AND d.event_id = e.id AND d.event_id IS NOT NULL AND d.replayed_at IS NULL)
      ORDER BY created_at LIMIT ${A_SWEEP}`,
  );
  await send(ctx, lost);
}
