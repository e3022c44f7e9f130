// Values for the paths and filters of the read operations, from the rows of a generated shop.
import type { Runtime } from "../runtime.ts";
import { dayBefore, type KnownValues } from "./operations.ts";
import type { ScaleShop } from "./shops.ts";

/** A query of each value, which selects it as `value` for the shop ?1 and its customer ?2. */
const QUERIES: Record<string, string> = {
  "sales/id":
    "SELECT max(id) AS value FROM sales WHERE tenant_id = ?1 AND channel = 'counter' AND kind = 'sale'",
  "purchases/id":
    "SELECT max(id) AS value FROM sales WHERE tenant_id = ?1 AND customer_key = ?2 AND kind = 'sale' AND status = 'completed'",
  "products/id": "SELECT id AS value FROM products WHERE tenant_id = ?1 AND sku = 'SKU-0'",
  "imports/id": "SELECT min(import_id) AS value FROM import_rejects WHERE tenant_id = ?1",
  "shifts/id": "SELECT id AS value FROM shifts WHERE tenant_id = ?1 ORDER BY day DESC LIMIT 1",
  "webhooks/id": "SELECT max(id) AS value FROM webhook_endpoints WHERE tenant_id = ?1",
  product_id: "SELECT id AS value FROM products WHERE tenant_id = ?1 AND sku = 'SKU-0'",
  seller_id: "SELECT id AS value FROM users WHERE tenant_id = ?1 AND email = 's0@example.com'",
  user_id: "SELECT id AS value FROM users WHERE tenant_id = ?1 AND email = 's0@example.com'",
  actor_id: "SELECT id AS value FROM users WHERE tenant_id = ?1 AND email = 's0@example.com'",
  customer: "SELECT id AS value FROM users WHERE tenant_id = ?1 AND id = ?2",
  entity_id: "SELECT id AS value FROM shifts WHERE tenant_id = ?1 ORDER BY day DESC LIMIT 1",
  updated_since: "SELECT min(updated_at) AS value FROM products WHERE tenant_id = ?1",
};

const FIXED: KnownValues = {
  country: ["Spain"],
  number: ["C-000001"],
  category: ["Category 1"],
  author: ["Author 1"],
  language: ["en"],
  price_min: ["1000"],
  price_max: ["3000"],
  code: ["SKU-1"],
  q: ["book"],
  hours: ["1", "720"],
  days: ["30", "365"],
  as_of: [dayBefore(0), dayBefore(365)],
  role: ["CUSTOMER", "EMPLOYEE", "ADMIN"],
  action: ["shift.closed", "user.signed_in"],
  entity: ["shift", "sale"],
};

export async function knownValues({ miniflare }: Runtime, shop: ScaleShop): Promise<KnownValues> {
  const db = await miniflare.getD1Database("DB");
  const values = await Promise.all(
    Object.entries(QUERIES).map(async ([name, query]) => {
      const parameters = query.includes("?2") ? [shop.tenant, shop.customer] : [shop.tenant];
      const value = await db
        .prepare(query)
        .bind(...parameters)
        .first<string>("value");
      return [name, value === null ? [] : [value]] as const;
    }),
  );
  return { ...FIXED, ...Object.fromEntries(values) };
}
