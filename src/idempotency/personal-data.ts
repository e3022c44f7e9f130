import { sql, type SQL } from "drizzle-orm";
import type { PersonalData } from "../platform/personal-data.ts";
import { GUEST_ACTORS } from "./run-once.ts";
import { instantOfId } from "../values/ids.ts";

// Longer than a key lives.
const KEY_LIFETIME_MS = 3 * 86_400_000;

// A response that is the payload of an event has no body.
const inBody = (path: string): SQL => sql`iif(json_valid(body), body ->> ${path}, NULL)`;

export const personalData: PersonalData = {
  erased: {
    idempotency_keys:
      "deleted: the account's own keys, keys whose stored response is the account, and those of guests whose stored response is an order of the customer; the rest expire within a day",
  },
  notExported: { idempotency_keys: "responses of the last day; what they are about is exported" },
  // A request before sign-in stores its key under the e-mail.
  withAccount: (tenantId, userId, email) => [
    sql`DELETE FROM idempotency_keys WHERE tenant_id = ${tenantId} AND actor IN (${userId}, ${email})`,
    // No index finds a response by its customer, so those of guests are read only for a customer with a recent sale.
    sql`DELETE FROM idempotency_keys WHERE tenant_id = ${tenantId} AND actor >= ${GUEST_ACTORS} AND actor < ${`${GUEST_ACTORS}~`}
      AND EXISTS (SELECT 1 FROM sales INDEXED BY sales_customer
        WHERE tenant_id = ${tenantId} AND customer_key = ${userId} AND day >= date('now', '-4 days'))
      AND coalesce((SELECT e.payload ->> '$.customer_id' FROM events e
          WHERE e.tenant_id = idempotency_keys.tenant_id AND e.id = idempotency_keys.event_id),
        ${inBody("$.customer_id")}) = ${userId}`,
  ],
  steps: {
    responses: async (ctx, { tenant_id, user_id }) => {
      const isNew = ctx.now.getTime() - instantOfId(user_id).getTime() < KEY_LIFETIME_MS;
      const responses = sql`DELETE FROM idempotency_keys WHERE tenant_id = ${tenant_id}
        AND ${user_id} IN (${inBody("$.id")}, ${inBody("$.user.id")})`;
      return { statements: isNew ? [responses] : [], after: null };
    },
  },
};
