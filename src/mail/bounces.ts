// Addresses that Email Service does not deliver to. It reports them only when a mail to them is handed over.
import { sql, type SQL } from "drizzle-orm";
import type { Base } from "../platform/context.ts";

/** A scalar query: when a mail to this address (SQL) bounced, or NULL; `since` is SQL for a time before which it does not count. */
export const bouncedAt = (tenantId: SQL, recipient: SQL, since: SQL = sql`''`): SQL =>
  sql`(SELECT b.at FROM mail_bounces b WHERE b.tenant_id = ${tenantId} AND b.recipient = ${recipient} AND b.at >= ${since})`;

/** The statement that marks an address. */
export const markBounce = (ctx: Base, tenantId: string, recipient: string, reason: string): SQL =>
  sql`INSERT INTO mail_bounces (tenant_id, recipient, reason, at)
    VALUES (${tenantId}, ${recipient}, ${reason}, ${ctx.now.toISOString()})
    ON CONFLICT DO UPDATE SET reason = excluded.reason, at = excluded.at`;

/** The statement that removes the mark of an address, because it has accepted a mail or somebody vouches for it. */
export const clearBounce = (tenantId: string, recipient: string | SQL, when: SQL = sql`true`): SQL =>
  sql`DELETE FROM mail_bounces WHERE tenant_id = ${tenantId} AND recipient = ${recipient} AND ${when}`;
