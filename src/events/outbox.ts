// An event is written in the batch of the change it describes: both are committed, or neither.
import { sql, type SQL } from "drizzle-orm";
import type { Base } from "../platform/context.ts";
import { encodeTrace } from "../platform/trace.ts";
import type { EventType } from "./schema.ts";

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
): SQL {
  ctx.outbox.push({ type, tenant_id: tenantId, event_id: id });
  return sql`INSERT INTO events (tenant_id, id, type, payload, created_at, trace)
    SELECT ${tenantId}, ${id}, ${type}, ${payload}, ${ctx.now.toISOString()}, ${encodeTrace(ctx.trace)} WHERE ${when} RETURNING payload`;
}

/** Adds the number of a sale or refund, which its batch has assigned, to the events of this context. */
export function numberEvents(ctx: Base, number: string | null): void {
  for (const event of ctx.outbox) event.number = number;
}
