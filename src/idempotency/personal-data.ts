import { sql } from "drizzle-orm";
import type { PersonalData } from "../platform/personal-data.ts";
import { instantOfId } from "../values/ids.ts";

// Longer than a key lives.
const KEY_LIFETIME_MS = 3 * 86_400_000;

export const personalData: PersonalData = {
  erased: {
    idempotency_keys:
      "deleted: the account's own keys, and keys whose stored response is the account; the rest expire within a day",
  },
  notExported: { idempotency_keys: "responses of the last day; what they are about is exported" },
  // A request before sign-in stores its key under the e-mail.
  withAccount: (tenantId, userId, email) => [
    sql`DELETE FROM idempotency_keys WHERE tenant_id = ${tenantId} AND actor IN (${userId}, ${email})`,
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
