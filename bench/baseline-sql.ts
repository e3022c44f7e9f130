// The statements of the baseline Worker. Each is a copy of the app's statement: change both together. The comments name the function that
// builds the app's statement, and the parameters in order.

/** auth/access.ts identityOf: tenant, user, session family. */
export const IDENTITY = `SELECT u.role, t.slug, t.name, t.currency, t.timezone, t.revision
  FROM users u JOIN tenants t ON t.id = u.tenant_id AND t.is_active = 1
  WHERE u.tenant_id = ? AND u.id = ? AND u.is_active = 1
    AND EXISTS (SELECT 1 FROM auth_sessions s INDEXED BY auth_sessions_live WHERE s.tenant_id = u.tenant_id
      AND s.user_id = u.id AND s.family = ? AND s.used_at IS NULL AND s.revoked_at IS NULL)`;

const OPEN_SHIFT = "(SELECT id FROM shifts WHERE tenant_id = ? AND user_id = ? AND status = 'OPEN')";
const COUNTER_CHANNEL = `(SELECT iif(require_shift_to_sell AND ${OPEN_SHIFT} IS NULL, NULL, 'counter')
  FROM tenants WHERE id = ?)`;

/** shifts/desk/shift-policy.ts selectShiftPolicy: tenant, user, tenant. */
export const SELECT_SHIFT_POLICY = `SELECT ${COUNTER_CHANNEL} AS channel`;

/** catalog/stock/stock.ts selectAvailability: tenant, items. */
export const SELECT_AVAILABILITY = `SELECT id, price, stock FROM products WHERE tenant_id = ? AND is_active = 1
  AND id IN (SELECT value ->> 'product_id' FROM json_each(?))`;

/** catalog/stock/stock.ts decrementStock: now, items, tenant, items. */
export const DECREMENT_STOCK = `UPDATE products SET version = version + 1, updated_at = ?, stock = stock -
    ((SELECT json_group_object(id, units) FROM (SELECT value ->> 'product_id' AS id, sum(value ->> 'quantity') AS units
      FROM json_each(?) GROUP BY 1)) ->> products.id)
  WHERE tenant_id = ? AND id IN (SELECT value ->> 'product_id' FROM json_each(?))
    AND stock IS NOT NULL`;

const FROM_ITEMS = `FROM json_each(?) AS item
  LEFT JOIN products p ON p.tenant_id = ? AND p.id = item.value ->> 'product_id' AND p.is_active = 1`;

const SALE_COLUMNS = `tenant_id, id, kind, channel, status, seller_id, shift_id, customer_id, country, payment_method,
    number, shipping_address, payment_provider, hold_expires_at, total, units, lines, placed_at, day, created_at`;

/**
 * sales/sale-statements.ts saleStatements, for sales/sell.ts: tenant, sale, tenant, user, tenant, seller, tenant, user, customer, country, method,
 * number, address, provider, hold expiry, now, day, now, items, tenant.
 */
export const INSERT_SALE = `INSERT INTO sales (${SALE_COLUMNS})
  SELECT ?, ?, 'sale', ${COUNTER_CHANNEL}, 'completed', ?, ${OPEN_SHIFT},
    ?, ?, ?, ?, ?,
    ?, ?, CAST(total((item.value ->> 'quantity') * p.price) AS INTEGER),
    sum(item.value ->> 'quantity'), count(*), ?, ?, ? ${FROM_ITEMS}`;

/** cart/checkout.ts cartItems: sale, tenant, user. Replaces the items of each statement of a checkout. */
const CART = `(SELECT json_group_array(json_object('product_id', product_id, 'quantity', quantity, 'line_no', line_no, 'move_id', ?)
      ORDER BY line_no)
    FROM (SELECT product_id, quantity, row_number() OVER (ORDER BY added_at, product_id) AS line_no FROM cart_items
      WHERE tenant_id = ? AND user_id = ?))`;

const withCartItems = (statement: string): string =>
  statement.replaceAll("json_each(?)", `json_each(${CART})`);

/**
 * sales/sale-statements.ts saleStatements, for cart/checkout.ts: tenant, sale, seller, customer, country, method, tenant, address, provider, now,
 * tenant, now, day, now, items, tenant.
 */
export const INSERT_PURCHASE = withCartItems(`INSERT INTO sales (${SALE_COLUMNS})
  SELECT ?, ?, 'sale', 'online', CASE WHEN true THEN 'pending' END, ?, NULL,
    ?, ?, ?, (SELECT coalesce(max(number), 10000) + 1 FROM sales
    WHERE tenant_id = ? AND number IS NOT NULL),
    ?, iif(CAST(total((item.value ->> 'quantity') * p.price) AS INTEGER) > 0 AND CAST(total((item.value ->> 'quantity') * p.price) AS INTEGER) % CAST(? AS INTEGER) = 0, ?, 'manual'), (SELECT strftime('%Y-%m-%dT%H:%M:%fZ', ?, '+' || hold_minutes || ' minutes')
    FROM tenants WHERE id = ?), CAST(total((item.value ->> 'quantity') * p.price) AS INTEGER),
    sum(item.value ->> 'quantity'), count(*), ?, ?, ? ${FROM_ITEMS}`);

/** cart/cart.ts deleteCartItems: tenant, user. */
export const DELETE_CART_ITEMS = "DELETE FROM cart_items WHERE tenant_id = ? AND user_id = ?";

/** sales/sale-statements.ts saleStatements: tenant, sale, items, tenant. */
export const INSERT_LINES = `INSERT INTO sale_lines (tenant_id, sale_id, line_no, product_id, sku, description, quantity, unit_price, subtotal)
  SELECT ?, ?, item.value ->> 'line_no', p.id, p.sku, p.title, item.value ->> 'quantity',
    p.price, (item.value ->> 'quantity') * p.price ${FROM_ITEMS}`;

/** catalog/stock/stock.ts recordSaleMoves: tenant, reason, sale, actor, now, items, tenant. */
export const INSERT_MOVES = `INSERT INTO stock_moves (tenant_id, product_id, id, delta, reason, reference, actor_id, created_at)
  SELECT ?, p.id, item.value ->> 'move_id', -(item.value ->> 'quantity'), ?, ?,
    ?, ?
  FROM json_each(?) AS item
  CROSS JOIN products p ON p.tenant_id = ? AND p.id = item.value ->> 'product_id' AND p.stock IS NOT NULL`;

/** shifts/activity/alerts.ts closeAlerts: now, tenant, tenant, user. */
export const CLOSE_ALERT = `UPDATE alerts SET closed_at = max(opened_at, ?) WHERE tenant_id = ? AND shift_id = ${OPEN_SHIFT}
    AND closed_at IS NULL AND kind = 'idle'`;

/** These statements with the items of the cart. */
export const DECREMENT_CART_STOCK = withCartItems(DECREMENT_STOCK);
export const INSERT_CART_LINES = withCartItems(INSERT_LINES);
export const INSERT_CART_MOVES = withCartItems(INSERT_MOVES);

/** sales/record.ts markDaysDirty, first statement: tenant, days. */
export const MARK_DAYS_DIRTY = `INSERT INTO dirty_days (tenant_id, day) SELECT ?, value FROM json_each(?) WHERE true
  ON CONFLICT DO NOTHING`;

/** sales/record.ts markDaysDirty, second statement: tenant. */
export const INCREMENT_REVISION = `UPDATE tenants SET revision = revision + 1 WHERE id = ?`;

/** events/outbox.ts emit with sales/record.ts saleJson: tenant, event, type, currency, tenant, sale, now. */
export const EMIT = `INSERT INTO events (tenant_id, id, type, payload, created_at)
  VALUES (?, ?, ?,
  (SELECT json_object('id', s.id, 'kind', s.kind, 'channel', s.channel, 'status', s.status, 'refund_of', s.refund_of,
  'reason', s.reason, 'seller_id', s.seller_id, 'shift_id', s.shift_id, 'customer_id', s.customer_id, 'customer_ref', s.customer_ref,
  'country', s.country, 'payment_method', s.payment_method, 'external_ref', s.external_ref, 'total', s.total,
  'units', s.units, 'lines', s.lines, 'placed_at', s.placed_at, 'day', s.day, 'created_at', s.created_at,
  'number', 'A-' || s.number, 'payment_provider', s.payment_provider, 'hold_expires_at', s.hold_expires_at,
  'shipping_address', json(s.shipping_address), 'currency', ?, 'items', json((SELECT json_group_array(json_object('line_no', l.line_no, 'product_id', l.product_id, 'sku', l.sku,
  'description', l.description, 'quantity', l.quantity, 'unit_price', l.unit_price, 'exact_price', l.exact_price,
  'subtotal', l.subtotal, 'refunded', l.refunded) ORDER BY l.line_no)
  FROM sale_lines l WHERE l.tenant_id = s.tenant_id AND l.sale_id = s.id)))
  FROM sales s WHERE s.tenant_id = ? AND s.id = ?), ?) RETURNING payload`;

/** idempotency/run-once.ts storeResponse: tenant, actor, key, fingerprint, tenant, event, now. */
export const STORE_RESPONSE = `INSERT INTO idempotency_keys (tenant_id, actor, key, fingerprint, body, created_at)
  VALUES (?, ?, ?, ?, (SELECT payload FROM events WHERE tenant_id = ? AND id = ?), ?)`;

/** sales/history.ts listSales without filters: currency, tenant, limit + 1. */
export const LIST_SALES = `SELECT id, kind, channel, status, refund_of, reason, seller_id, shift_id, customer_id, customer_ref, country,
    payment_method, external_ref, total, units, lines, placed_at, day, created_at,
    'A-' || number AS number, payment_provider, hold_expires_at, ? AS currency
  FROM sales WHERE tenant_id = ?
  ORDER BY day DESC, placed_at DESC, id DESC LIMIT ?`;

/** metrics/figures.ts dayTotals with `from`: tenant, from, tenant, tenant, from. */
export const DAYS = `SELECT t.day, t.sales, t.refunds, t.lines, t.units, t.revenue, t.customers
    FROM daily_sales t WHERE t.tenant_id = ? AND t.day >= ?
    AND NOT EXISTS (SELECT 1 FROM dirty_days d WHERE d.tenant_id = ? AND d.day = t.day)
  UNION ALL SELECT s.day, sum(s.kind = 'sale') AS sales, sum(s.kind = 'refund') AS refunds, sum(s.lines) AS lines,
  CAST(total(s.units) AS INTEGER) AS units, CAST(total(s.total) AS INTEGER) AS revenue, json_group_array(DISTINCT s.customer_key) FILTER (WHERE s.customer_key IS NOT NULL) AS customers FROM dirty_days d CROSS JOIN sales s INDEXED BY sales_day ON s.tenant_id = d.tenant_id AND s.day = d.day AND s.status = 'completed'
    WHERE d.tenant_id = ? AND d.day >= ? GROUP BY s.day
  ORDER BY day`;
