import { sql } from "drizzle-orm";
import type { PersonalData } from "../platform/personal-data.ts";

export const personalData: PersonalData = {
  erased: {
    carts:
      "deleted; those of guests have no person, and the keyed hash of their network and day cannot be connected to another day",
    cart_items: "deleted with the cart",
  },
  retained: { daily_carts: "numbers of carts", daily_cart_lines: "numbers of lines" },
  withAccount: (tenantId, userId) => [
    sql`DELETE FROM carts WHERE tenant_id = ${tenantId} AND id = ${userId}`,
  ],
};
