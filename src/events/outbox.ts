// An event is a fact. It is written in the batch of the change that it tells of: both are there, or neither.
import { sql, type SQL } from "drizzle-orm";
import type { Base } from "../context.ts";

/** The statement that records an event, for the batch of its change; `payload` is SQL that yields JSON. It returns the payload. */
export const emit = (ctx: Base, tenantId: string, id: string, type: string, payload: SQL): SQL =>
  sql`INSERT INTO events (tenant_id, id, type, payload, created_at)
    VALUES (${tenantId}, ${id}, ${type}, ${payload}, ${ctx.now.toISOString()}) RETURNING payload`;
