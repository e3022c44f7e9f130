// What is the account's alone.
import { sql, type SQL } from "drizzle-orm";
import { instantOfId } from "../values/ids.ts";
import type { ErasureStep } from "./batch.ts";

/** The statements that empty what is of the account alone; its requests under a key are owned by its id, or its e-mail. */
export const emptied = (tenantId: string, userId: string, email: SQL): SQL[] => [
  sql`DELETE FROM idempotency_keys WHERE tenant_id = ${tenantId} AND actor IN (${userId}, ${email})`,
  sql`DELETE FROM saved_items WHERE tenant_id = ${tenantId} AND user_id = ${userId}`,
  sql`DELETE FROM cart_items WHERE tenant_id = ${tenantId} AND user_id = ${userId}`,
];

// Longer than a key is remembered.
const KEYS_KEPT_MS = 3 * 86_400_000;

/** Once more what the account's batch emptied; and where the account is new, the answers to those who made it. */
export const own: ErasureStep = async (ctx, { tenant_id, user_id, email }) => {
  const isNew = ctx.now.getTime() - instantOfId(user_id).getTime() < KEYS_KEPT_MS;
  const answers = sql`DELETE FROM idempotency_keys WHERE tenant_id = ${tenant_id}
    AND ${user_id} IN (body ->> '$.id', body ->> '$.user.id')`;
  const statements = [...emptied(tenant_id, user_id, sql`${email}`), ...(isNew ? [answers] : [])];
  return { statements, after: null };
};
