// How each trigger that refuses something is violated on the rows of the old shop: by the last of its statements. Those before
// are accepted.
import { TENANT } from "./old-shop.ts";

const id = (end: string): string => `'01900000-0000-7000-8000-${end.padStart(12, "0")}'`;
const OF_SHOP = `tenant_id = '${TENANT}'`;

/** The statement that stores as many rows as `values`, which selects from the numbers `n`. */
const many = (count: number, insert: string): string =>
  `WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count}) ${insert}`;

const newProducts = (count: number): string =>
  many(
    count,
    `INSERT INTO products (tenant_id, id, sku, title, price, created_at, updated_at)
      SELECT '${TENANT}', 'p' || n, 'p' || n, 'A book', 100, '', '' FROM numbers`,
  );

const inCart = (
  products: string,
): string => `INSERT INTO cart_items (tenant_id, cart_id, product_id, quantity, price, added_at)
  SELECT '${TENANT}', ${id("a2")}, id, 1000, 100, '' FROM products WHERE ${products}`;

const saved = (products: string): string => `INSERT INTO saved_items
    (tenant_id, user_id, list, product_id, priority, price, was_out, created_at)
  SELECT '${TENANT}', ${id("a2")}, 'favorites', id, 0, 100, 0, '' FROM products WHERE ${products}`;

const merge = (from: string, into: string): string =>
  `UPDATE customers SET merged_into = ${id(into)} WHERE ${OF_SHOP} AND id = ${id(from)}`;

const endpoints = (count: number, name: string): string =>
  many(
    count,
    `INSERT INTO webhook_endpoints (tenant_id, id, url, event_types, secret, created_at, updated_at)
      SELECT '${TENANT}', '${name}' || n, 'https://hooks.example.com', '["*"]', 'whsec_AAAA', '', '' FROM numbers`,
  );

const mappings = (count: number, name: string): string =>
  many(
    count,
    `INSERT INTO import_mappings (tenant_id, name, kind, mapping, created_at, updated_at)
      SELECT '${TENANT}', '${name}' || n, 'sales', '{}', '', '' FROM numbers`,
  );

const shiftOf = (name: string, status: string, start: string, end: string | null): string =>
  `INSERT INTO shifts (tenant_id, id, user_id, status, start_at, day, end_at, opening_cash, created_at)
    VALUES ('${TENANT}', '${name}', ${id("a2")}, '${status}', '${start}', '2025-05-01', ${end === null ? "NULL" : `'${end}'`}, 0, '')`;

const saleOf = (fields: Record<string, string>): string => {
  const all = {
    tenant_id: `'${TENANT}'`,
    id: "'new'",
    kind: "'sale'",
    channel: "'counter'",
    status: "'completed'",
    total: "1",
    units: "1",
    lines: "1",
    placed_at: "'2025-06-03T10:00:00.000Z'",
    day: "'2025-06-03'",
    created_at: "'2025-06-03T10:00:00.000Z'",
    ...fields,
  };
  return `INSERT INTO sales (${Object.keys(all).join(", ")}) VALUES (${Object.values(all).join(", ")})`;
};

const onlineRefund = (name: string, total: number): string =>
  saleOf({
    id: `'${name}'`,
    kind: "'refund'",
    channel: "'online'",
    refund_of: id("102"),
    payment_method: "'card'",
    total: String(total),
  });

const newTenant = (name: string, plan: string): string =>
  `INSERT INTO tenants (id, slug, name, currency, timezone, created_at, plan)
    VALUES ('${name}', '${name}', 'A shop', 'EUR', 'Europe/Madrid', '', '${plan}')`;

const product = (change: string): string =>
  `UPDATE products SET ${change} WHERE ${OF_SHOP} AND id = ${id("c1")}`;
const newProduct = (column: string, value: string): string =>
  `INSERT INTO products (tenant_id, id, sku, title, price, created_at, updated_at, ${column})
    VALUES ('${TENANT}', 'new', 'new', 'A book', 100, '', '', ${value})`;
const user = (end: string, change: string): string =>
  `UPDATE users SET ${change} WHERE ${OF_SHOP} AND id = ${id(end)}`;

type Violation = { rule: string; statements: string[] };

const violation = (rule: string, ...statements: string[]): Violation => ({ rule, statements });

const AUDIT_COLUMNS = "tenant_id, id, actor_id, action, entity_id, before, after, request_id";

export const triggerViolations: Record<string, Violation> = {
  tenants_currency_unused: violation(
    "tenants_currency",
    `UPDATE tenants SET currency = 'JPY' WHERE id = '${TENANT}'`,
  ),
  audit_log_no_delete: violation("append_only", "DELETE FROM audit_log"),
  audit_log_no_update: violation("append_only", "UPDATE audit_log SET before = NULL"),
  audit_log_no_replace: violation(
    "append_only",
    `INSERT OR REPLACE INTO audit_log (${AUDIT_COLUMNS}) SELECT ${AUDIT_COLUMNS} FROM audit_log`,
  ),
  shift_audit_no_delete: violation("append_only", "DELETE FROM shift_audit"),
  shift_audit_no_update: violation("append_only", "UPDATE shift_audit SET reason = ''"),
  shift_audit_no_replace: violation(
    "append_only",
    "INSERT OR REPLACE INTO shift_audit SELECT * FROM shift_audit",
  ),
  cart_items_limit: violation(
    "cart_full",
    "DELETE FROM cart_items",
    newProducts(101),
    inCart("id GLOB 'p*' AND id <> 'p101'"),
    inCart("id = 'p101'"),
  ),
  saved_items_full: violation(
    "list_full",
    "DELETE FROM saved_items",
    newProducts(1001),
    saved("id GLOB 'p*' AND id <> 'p1001'"),
    saved("id = 'p1001'"),
  ),
  webhook_endpoints_full: violation("webhook_endpoints_full", endpoints(19, "many"), endpoints(1, "more")),
  products_insert_bounds: violation("product_bounds", newProduct("rating", "5.1")),
  products_update_bounds: violation("product_bounds", product("rating = 5"), product("rating = -0.1")),
  products_insert_unit: violation("product_unit", newProduct("stock", "1500")),
  products_update_unit: violation(
    "product_unit",
    product("unit = 'kg'"),
    product("stock = 1500"),
    product("unit = 'piece'"),
  ),
  products_insert_tax_rate: violation(
    "product_tax_rate",
    `UPDATE tax_rates SET is_active = 0 WHERE id = ${id("302")}`,
    newProduct("tax_rate_id", id("302")),
  ),
  products_update_tax_rate: violation(
    "product_tax_rate",
    product(`tax_rate_id = ${id("302")}`),
    `UPDATE tax_rates SET is_active = 0 WHERE id = ${id("302")}`,
    product(`tax_rate_id = ${id("302")}`),
    product("tax_rate_id = NULL"),
    product(`tax_rate_id = ${id("302")}`),
  ),
  tax_rates_used: violation(
    "tax_rate_used",
    `UPDATE tax_rates SET rate = 5000 WHERE id = ${id("302")}`,
    `UPDATE tax_rates SET rate = 10000 WHERE id = ${id("301")}`,
  ),
  cart_items_insert_line: violation(
    "cart_line",
    "DELETE FROM cart_items",
    `INSERT INTO cart_items (tenant_id, cart_id, product_id, quantity, price, added_at) SELECT '${TENANT}', ${id("a2")}, id, 1500, 100, '' FROM products WHERE id = ${id("c3")}`,
    `INSERT INTO cart_items (tenant_id, cart_id, product_id, quantity, price, added_at) SELECT '${TENANT}', ${id("a2")}, id, 1500, 100, '' FROM products WHERE id = ${id("c1")}`,
  ),
  cart_items_update_line: violation(
    "cart_line",
    "UPDATE cart_items SET quantity = 1000, price = 1000000000000",
    "UPDATE cart_items SET quantity = 1001",
  ),
  tenants_commerce_bounds: violation(
    "tenants_commerce_bounds",
    "UPDATE tenants SET max_discount_percent = 100000, cash_rounding = 1000000, oversell = 'allow'",
    "UPDATE tenants SET max_discount_percent = 100001",
  ),
  tenants_order_bounds: violation(
    "tenants_order_bounds",
    "UPDATE tenants SET guest_hold_minutes = 1440, pending_orders_per_customer = 1, pending_units_per_address = 1000000",
    "UPDATE tenants SET guest_hold_minutes = 1441",
  ),
  sales_give_back: violation("more_than_paid", onlineRefund("one", -900), onlineRefund("two", -901)),
  sales_total_small: violation(
    "sales_total_safe",
    saleOf({ id: "'most'", total: "1000000000000" }),
    saleOf({ total: "1000000000001" }),
  ),
  shifts_overlap: violation(
    "shift_overlap",
    shiftOf("one", "CLOSED", "2025-05-01T08:00:00.000Z", "2025-05-01T10:00:00.000Z"),
    shiftOf("two", "CLOSED", "2025-05-01T10:00:00.000Z", "2025-05-01T12:00:00.000Z"),
    "UPDATE shifts SET start_at = '2025-05-01T10:00:00.000Z' WHERE id = 'two'",
    "UPDATE shifts SET start_at = '2025-05-01T09:59:59.999Z' WHERE id = 'two'",
  ),
  tenants_plan_known: violation(
    "tenants_plan",
    "UPDATE tenants SET plan = 'large'",
    "UPDATE tenants SET plan = 'huge'",
  ),
  tenants_plan_known_first: violation("tenants_plan", newTenant("one", "trial"), newTenant("two", "huge")),
  customers_merged_account: violation("merged_account", merge("a2", "c1")),
  customers_merge_target: violation("merge_target", merge("c2", "a2"), merge("c1", "c2")),
  users_erased: violation("erased", user("203", "first_name = 'Eva'")),
  users_erased_on_shift: violation(
    "erased_on_shift",
    shiftOf("open", "OPEN", "2025-05-01T08:00:00.000Z", null),
    user("a2", "erased_at = 'now'"),
  ),
  users_erased_while_buying: violation(
    "erased_while_buying",
    saleOf({ channel: "'online'", status: "'pending'", customer_id: id("a2") }),
    user("a2", "erased_at = 'now'"),
  ),
  import_mappings_full: violation("import_mappings_full", mappings(49, "many"), mappings(1, "more")),
  imports_undo_status: violation(
    "imports_undo_status",
    "UPDATE imports SET undo_status = 'undoing'",
    "UPDATE imports SET undo_status = 'undo'",
  ),
  users_last_admin: violation(
    "last_admin",
    user("a2", "role = 'ADMIN'"),
    user("a2", "role = 'CUSTOMER'"),
    user("a1", "is_active = 0"),
  ),
};
