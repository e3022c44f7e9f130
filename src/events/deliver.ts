// Events reach their queue after the commit; a sweep resends those that did not arrive. Sending marks nothing: an event is
// done when its consumer has exported it.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Base, EventRef } from "../platform/context.ts";
import { sendAll } from "../platform/send-all.ts";

// Dead letters stored before messages had a kind are replayed as they are.
export const EventMessage = z.object({
  kind: z.literal("event").default("event"),
  tenant_id: z.string(),
  event_id: z.string(),
});

const eventRow = EventMessage.omit({ kind: true });

/** Sends the events to the queue. */
export const sendEvents = (ctx: Base, events: EventRef[]): Promise<void> =>
  sendAll<z.infer<typeof EventMessage>>(
    ctx.env.EVENTS,
    events.map(({ tenant_id, event_id }) => ({ kind: "event", tenant_id, event_id })),
  );

const UNSENT_AFTER_MS = 60_000;
const MAX_PER_RUN = 1000;

/** Resends events that are older than a minute and not exported, oldest first, except those with an open dead letter. */
export async function resendUnsentEvents(ctx: Base): Promise<void> {
  const before = new Date(ctx.now.getTime() - UNSENT_AFTER_MS).toISOString();
  const unsent = await ctx.db.all(
    eventRow,
    sql`SELECT tenant_id, id AS event_id FROM events AS e INDEXED BY events_open
      WHERE exported_at IS NULL AND created_at < ${before} AND NOT EXISTS (
        SELECT 1 FROM dead_letters d
        WHERE d.tenant_id = e.tenant_id AND d.event_id = e.id AND d.event_id IS NOT NULL AND d.replayed_at IS NULL)
      ORDER BY created_at LIMIT ${MAX_PER_RUN}`,
  );
  await sendEvents(ctx, unsent);
}
