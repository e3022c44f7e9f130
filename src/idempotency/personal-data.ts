import { sql } from "drizzle-orm";
import type { PersonalData } from "../platform/personal-data.ts";
import { GUEST_ACTORS } from "./run-once.ts";
import { instantOfId } from "../values/ids.ts";

// Longer than a key lives.
const KEY_LIFETIME_MS = 3 * 86_400_000;

export const personalData: PersonalData = {
  erased: {
    idempotency_keys:
      "deleted: the account's own keys, keys whose stored response is the account, and those of guests whose stored response is an order of the customer; the rest expire within a day",
  },
  notExported: { idempotency_keys: "responses of the last day; what they are about is exported" },
  // A request before sign-in stores its key under the e-mail.
  withAccount: (tenantId, userId, email) => [
    sql`DELETE FROM idempotency_keys WHERE tenant_id = ${tenantId} AND actor IN (${userId}, ${email})`,
    sql`DELETE FROM idempotency_keys WHERE tenant_id = ${tenantId} AND actor >= ${GUEST_ACTORS} AND actor < ${`${GUEST_ACTORS}~`}
      AND body ->> '$.customer_id' = ${userId}`,
  ],
  steps: {
    responses: async (ctx, { tenant_id, user_id }) => {
      const isNew = ctx.now.getTime() - instantOfId(user_id).getTime() < KEY_LIFETIME_MS;
      const responses = sql`DELETE FROM idempotency_keys WHERE tenant_id = ${tenant_id}
        AND ${user_id} IN (body ->> '$.id', body ->> '$.user.id')`;
      return { statements: isNew ? [responses] : [], after: null };
    },
  },
};
