import { sql } from "drizzle-orm";
import type { PersonalData } from "../platform/personal-data.ts";

export const personalData: PersonalData = {
  erased: { order_tokens: "deleted for the orders of the customer; the rest expire after 90 days" },
  retained: {
    payments:
      "ids and amounts; the provider holds the ids of shop and sale, and what the buyer entered there is the provider's",
  },
  withAccount: (tenantId, userId) => [
    sql`DELETE FROM order_tokens WHERE tenant_id = ${tenantId} AND sale_id IN (SELECT id FROM sales INDEXED BY sales_customer
      WHERE tenant_id = ${tenantId} AND customer_key = ${userId} AND day >= date('now', '-92 days'))`,
  ],
};
