import { sql } from "drizzle-orm";
import type { PersonalData } from "../platform/personal-data.ts";

export const personalData: PersonalData = {
  erased: {
    carts:
      "deleted; those of guests have no person, and the keyed hash of their network and day cannot be connected to another day",
    cart_items: "deleted with the cart",
  },
  retained: { daily_carts: "numbers of carts", daily_cart_lines: "numbers of lines" },
  exported: {
    cart: {
      tables: ["carts", "cart_items"],
      limit: 100,
      rows: (
        { tenant_id, user_id },
        after,
      ) => sql`SELECT c.product_id AS key, json_object('product_id', c.product_id, 'sku', p.sku,
          'title', p.title, 'quantity', c.quantity / 1000.0, 'added_at', c.added_at, 'origin', nullif(c.origin, '')) AS data
        FROM cart_items c CROSS JOIN products p ON p.tenant_id = c.tenant_id AND p.id = c.product_id
        WHERE c.tenant_id = ${tenant_id} AND c.cart_id = ${user_id} AND c.product_id > ${after} ORDER BY c.product_id LIMIT 100`,
    },
  },
  withAccount: (tenantId, userId) => [
    sql`DELETE FROM carts WHERE tenant_id = ${tenantId} AND id = ${userId}`,
  ],
};
