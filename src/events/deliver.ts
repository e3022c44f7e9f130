// The messages of the event queue. A message is a hint that marks nothing: an event is done when its consumer has exported it.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Base, EventRef } from "../platform/context.ts";
import { sendAll } from "../platform/send-all.ts";
import { claimNewEvents } from "./claim.ts";
import { hasOpenLetter } from "./dead-letters.ts";

/** Exports the open events of a shop. */
export const ExportMessage = z.object({ kind: z.literal("export"), tenant_id: z.string() });
type ExportMessage = z.infer<typeof ExportMessage>;

/** Exports one event: one that failed among others, or whose dead letter is replayed. Old dead letters have no kind. */
export const EventMessage = z.object({
  kind: z.literal("event").default("event"),
  tenant_id: z.string(),
  event_id: z.string(),
});

/** Sends a message for each of the events. */
export async function sendEvents(ctx: Base, events: EventRef[]): Promise<void> {
  const messages = events.map(({ tenant_id, event_id }): z.infer<typeof EventMessage> => ({
    kind: "event",
    tenant_id,
    event_id,
  }));
  await sendAll(ctx.env.EVENTS, messages);
}

const SHOPS_PER_PAGE = 500;

const shopRow = z.object({ tenant_id: z.string(), is_due: z.number() });

/** SQL: whether an event is claimed and not exported, as the index events_batch states it. */
export const isOpen = sql.raw("batch_id IS NOT NULL AND exported_at IS NULL");

/** SQL: selects the first shop with such events after the id that follows. */
export const nextOpenShop = sql`SELECT tenant_id FROM events INDEXED BY events_batch WHERE ${isOpen} AND tenant_id >`;

/**
 * Claims the new events of all shops, and sends a message for each shop that has events to export, so that all its events of a minute
 * are exported together; a job of each minute. Events with an open dead letter wait for its replay. Reads some four rows a shop.
 */
export async function queueExports(ctx: Base): Promise<void> {
  await claimNewEvents(ctx);
  for (let after: string | undefined = ""; after !== undefined;) {
    const shops: z.infer<typeof shopRow>[] = await ctx.db.all(
      shopRow,
      sql`WITH RECURSIVE shops (id) AS (
          SELECT (${nextOpenShop} ${after} ORDER BY tenant_id LIMIT 1)
          UNION ALL SELECT (${nextOpenShop} shops.id ORDER BY tenant_id LIMIT 1) FROM shops WHERE shops.id IS NOT NULL
          LIMIT ${SHOPS_PER_PAGE})
        SELECT id AS tenant_id, EXISTS (SELECT 1 FROM events e INDEXED BY events_batch
          WHERE e.tenant_id = shops.id AND ${isOpen} AND NOT ${hasOpenLetter}) AS is_due
        FROM shops WHERE id IS NOT NULL`,
    );
    await queueExport(
      ctx,
      shops.flatMap(({ tenant_id, is_due }) => (is_due ? [tenant_id] : [])),
    );
    after = shops.length < SHOPS_PER_PAGE - 1 ? undefined : shops.at(-1)?.tenant_id;
  }
}

/** Sends a message for each of these shops. */
export const queueExport = (ctx: Base, shops: string[]): Promise<void> =>
  sendAll(
    ctx.env.EVENTS,
    shops.map((tenant_id): ExportMessage => ({ kind: "export", tenant_id })),
  );
