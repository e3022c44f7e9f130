// The statements of the baseline Worker, as the app sends them. When a verb's SQL changes, change it here.

/** auth/access.ts identityOf: tenant, user, login. */
export const IDENTITY = `SELECT u.role, t.slug, t.name, t.currency, t.timezone, t.revision
  FROM users u JOIN tenants t ON t.id = u.tenant_id AND t.is_active = 1
  WHERE u.tenant_id = ? AND u.id = ? AND u.is_active = 1
    AND EXISTS (SELECT 1 FROM auth_sessions s INDEXED BY auth_sessions_live WHERE s.tenant_id = u.tenant_id
      AND s.user_id = u.id AND s.family = ? AND s.used_at IS NULL AND s.revoked_at IS NULL)`;

const OPEN_SHIFT = "(SELECT id FROM shifts WHERE tenant_id = ? AND user_id = ? AND status = 'OPEN')";
const COUNTER = `(SELECT iif(require_shift_to_sell AND ${OPEN_SHIFT} IS NULL, NULL, 'counter')
  FROM tenants WHERE id = ?)`;

/** shifts/required.ts selectCounter: tenant, user, tenant. */
export const SELECT_COUNTER = `SELECT ${COUNTER} AS counter`;

/** catalog/stock.ts selectAvailable: tenant, items. */
export const AVAILABLE = `SELECT id, price, stock FROM products WHERE tenant_id = ? AND is_active = 1
  AND id IN (SELECT value ->> 'product_id' FROM json_each(?))`;

/** catalog/stock.ts takeStock: now, items, tenant, items. */
export const TAKE_STOCK = `UPDATE products SET version = version + 1, updated_at = ?, stock = stock -
    ((SELECT json_group_object(id, units) FROM (SELECT value ->> 'product_id' AS id, sum(value ->> 'quantity') AS units
      FROM json_each(?) GROUP BY 1)) ->> products.id)
  WHERE tenant_id = ? AND id IN (SELECT value ->> 'product_id' FROM json_each(?))
    AND stock IS NOT NULL`;

const WANTED = `FROM json_each(?) AS wanted
  LEFT JOIN products p ON p.tenant_id = ? AND p.id = wanted.value ->> 'product_id' AND p.is_active = 1`;

const PLACED = `tenant_id, id, kind, channel, status, seller_id, shift_id, customer_id, country, payment_method,
    number, shipping_address, payment_provider, hold_expires_at, total, units, lines, placed_at, day, created_at`;

/**
 * sales/place.ts place by sales/sell.ts: tenant, sale, tenant, user, tenant, seller, tenant, user, customer, country, method,
 * number, address, provider, until, now, day, now, items, tenant.
 */
export const INSERT_SALE = `INSERT INTO sales (${PLACED})
  SELECT ?, ?, 'sale', ${COUNTER}, 'completed', ?, ${OPEN_SHIFT},
    ?, ?, ?, ?, ?,
    ?, ?, CAST(total((wanted.value ->> 'quantity') * p.price) AS INTEGER),
    sum(wanted.value ->> 'quantity'), count(*), ?, ?, ? ${WANTED}`;

/** cart/checkout.ts cartItems: sale, tenant, user. Each statement takes its items so. */
const CART = `(SELECT json_group_array(json_object('product_id', product_id, 'quantity', quantity, 'line_no', line_no, 'move_id', ?)
      ORDER BY line_no)
    FROM (SELECT product_id, quantity, row_number() OVER (ORDER BY added_at, product_id) AS line_no FROM cart_items
      WHERE tenant_id = ? AND user_id = ?))`;

const ofCart = (statement: string): string => statement.replaceAll("json_each(?)", `json_each(${CART})`);

/**
 * sales/place.ts place by cart/checkout.ts: tenant, sale, seller, customer, country, method, tenant, address, provider, now,
 * tenant, now, day, now, items, tenant.
 */
export const INSERT_PURCHASE = ofCart(`INSERT INTO sales (${PLACED})
  SELECT ?, ?, 'sale', 'online', CASE WHEN true THEN 'pending' END, ?, NULL,
    ?, ?, ?, (SELECT coalesce(max(number), 10000) + 1 FROM sales
    WHERE tenant_id = ? AND number IS NOT NULL),
    ?, iif(CAST(total((wanted.value ->> 'quantity') * p.price) AS INTEGER) > 0 AND CAST(total((wanted.value ->> 'quantity') * p.price) AS INTEGER) % CAST(? AS INTEGER) = 0, ?, 'manual'), (SELECT strftime('%Y-%m-%dT%H:%M:%fZ', ?, '+' || hold_minutes || ' minutes')
    FROM tenants WHERE id = ?), CAST(total((wanted.value ->> 'quantity') * p.price) AS INTEGER),
    sum(wanted.value ->> 'quantity'), count(*), ?, ?, ? ${WANTED}`);

/** cart/cart.ts emptied: tenant, user. */
export const EMPTY_CART = "DELETE FROM cart_items WHERE tenant_id = ? AND user_id = ?";

/** sales/place.ts place: tenant, sale, items, tenant. */
export const INSERT_LINES = `INSERT INTO sale_lines (tenant_id, sale_id, line_no, product_id, sku, description, quantity, unit_price, subtotal)
  SELECT ?, ?, wanted.value ->> 'line_no', p.id, p.sku, p.title, wanted.value ->> 'quantity',
    p.price, (wanted.value ->> 'quantity') * p.price ${WANTED}`;

/** catalog/stock.ts recordTaken: tenant, reason, sale, actor, now, items, tenant. */
export const INSERT_MOVES = `INSERT INTO stock_moves (tenant_id, product_id, id, delta, reason, reference, actor_id, created_at)
  SELECT ?, p.id, wanted.value ->> 'move_id', -(wanted.value ->> 'quantity'), ?, ?,
    ?, ?
  FROM json_each(?) AS wanted
  CROSS JOIN products p ON p.tenant_id = ? AND p.id = wanted.value ->> 'product_id' AND p.stock IS NOT NULL`;

/** shifts/alerts.ts closeAlerts: now, tenant, tenant, user. */
export const CLOSE_ALERT = `UPDATE alerts SET closed_at = max(opened_at, ?) WHERE tenant_id = ? AND shift_id = ${OPEN_SHIFT}
    AND closed_at IS NULL AND kind = 'idle'`;

/** The same with the cart as items. */
export const TAKE_CART = ofCart(TAKE_STOCK);
export const INSERT_CART_LINES = ofCart(INSERT_LINES);
export const INSERT_CART_MOVES = ofCart(INSERT_MOVES);

/** sales/record.ts touchDays: tenant, days. */
export const MARK_DAYS = `INSERT INTO dirty_days (tenant_id, day) SELECT ?, value FROM json_each(?) WHERE true
  ON CONFLICT DO NOTHING`;

/** sales/record.ts touchDays: tenant. */
export const REVISE = `UPDATE tenants SET revision = revision + 1 WHERE id = ?`;

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

/** idempotency/once.ts remember: tenant, actor, key, fingerprint, tenant, event, now. */
export const REMEMBER = `INSERT INTO idempotency_keys (tenant_id, actor, key, fingerprint, body, created_at)
  VALUES (?, ?, ?, ?, (SELECT payload FROM events WHERE tenant_id = ? AND id = ?), ?)`;

/** sales/history.ts listSales without filters: currency, tenant, limit + 1. */
export const LIST_SALES = `SELECT id, kind, channel, status, refund_of, reason, seller_id, shift_id, customer_id, customer_ref, country,
    payment_method, external_ref, total, units, lines, placed_at, day, created_at,
    'A-' || number AS number, payment_provider, hold_expires_at, ? AS currency
  FROM sales WHERE tenant_id = ?
  ORDER BY day DESC, placed_at DESC, id DESC LIMIT ?`;

/** metrics/figures.ts daysOf with `from`: tenant, from, tenant, tenant, from. */
export const DAYS = `SELECT t.day, t.sales, t.refunds, t.lines, t.units, t.revenue, t.customers
    FROM daily_sales t WHERE t.tenant_id = ? AND t.day >= ?
    AND NOT EXISTS (SELECT 1 FROM dirty_days d WHERE d.tenant_id = ? AND d.day = t.day)
  UNION ALL SELECT s.day, sum(s.kind = 'sale') AS sales, sum(s.kind = 'refund') AS refunds, sum(s.lines) AS lines,
  CAST(total(s.units) AS INTEGER) AS units, CAST(total(s.total) AS INTEGER) AS revenue, json_group_array(DISTINCT s.customer_key) FILTER (WHERE s.customer_key IS NOT NULL) AS customers FROM dirty_days d CROSS JOIN sales s INDEXED BY sales_day ON s.tenant_id = d.tenant_id AND s.day = d.day AND s.status = 'completed'
    WHERE d.tenant_id = ? AND d.day >= ? GROUP BY s.day
  ORDER BY day`;
