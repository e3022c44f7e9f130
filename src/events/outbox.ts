// An event is written in the batch of the change it describes: both are committed, or neither.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Base, EmittedEvent } from "../platform/context.ts";
import { type Returning, sqlBoolean } from "../platform/d1.ts";
import { encodeTrace } from "../platform/trace.ts";
import type { EventType } from "./schema.ts";

// False where the shop has no enabled webhook, so that the trigger has inserted no delivery.
const stored = z.object({ may_be_delivered: sqlBoolean });

/**
 * The statement that records an event, for the batch of its change. It returns the payload; `payload` is SQL that yields JSON.
 * `when` is SQL that says whether the change happens, for a batch that may find it already made.
 */
export function emit(
  ctx: Base,
  tenantId: string,
  id: string,
  type: EventType,
  payload: SQL,
  when: SQL = sql`true`,
): Returning<unknown> {
  const event: EmittedEvent = { type, tenant_id: tenantId, event_id: id };
  ctx.outbox.push(event);
  return {
    statement: sql`INSERT INTO events (tenant_id, id, type, payload, created_at, trace)
      SELECT ${tenantId}, ${id}, ${type}, ${payload}, ${ctx.now.toISOString()}, ${encodeTrace(ctx.trace)} WHERE ${when}
      RETURNING payload, EXISTS (
        SELECT 1 FROM webhook_endpoints WHERE tenant_id = ${tenantId} AND is_enabled = 1) AS may_be_delivered`,
    shape: z.unknown(),
    learn: ([row]) => {
      event.mayBeDelivered = row !== undefined && stored.parse(row).may_be_delivered;
    },
  };
}

/** Adds the number of a sale or refund, which its batch has assigned, to the events of this context. */
export function numberEvents(ctx: Base, number: string | null): void {
  for (const event of ctx.outbox) event.number = number;
}
