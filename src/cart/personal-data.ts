import { sql } from "drizzle-orm";
import type { PersonalData } from "../platform/personal-data.ts";

export const personalData: PersonalData = {
  erased: { cart_items: "deleted" },
  retained: { daily_carts: "numbers of carts", daily_cart_lines: "numbers of lines" },
  withAccount: (tenantId, userId) => [
    sql`DELETE FROM cart_items WHERE tenant_id = ${tenantId} AND user_id = ${userId}`,
  ],
};
