// An event is a fact. It is written in the batch of the change that it tells of: both are there, or neither.
import { sql, type SQL } from "drizzle-orm";
import type { Base } from "../platform/context.ts";
import type { EventType } from "./schema.ts";

/**
 * The statement that records an event, for the batch of its change; `payload` is SQL that yields JSON. It returns the
 * payload. `when` is SQL that says whether the change has happened, for a batch that may find it done already. The event
 * is noted in `ctx.outbox`, to be sent after the verb.
 */
export function emit(
  ctx: Base,
  tenantId: string,
  id: string,
  type: EventType,
  payload: SQL,
  when: SQL = sql`true`,
): SQL {
  ctx.outbox.push({ tenant_id: tenantId, event_id: id });
  return sql`INSERT INTO events (tenant_id, id, type, payload, created_at)
    SELECT ${tenantId}, ${id}, ${type}, ${payload}, ${ctx.now.toISOString()} WHERE ${when} RETURNING payload`;
}
