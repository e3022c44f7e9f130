// What else grows with a shop: the events and deliveries of the last 30 days, imports, the lake's manifest, discrepancies, lists of a
// customer and dead letters.
import { instant, uuid } from "./random.ts";
import { accountId, accountsOf, importId, integers, YEARS_DAYS, type ShopSize } from "./size.ts";

const EVENT_DAYS = 30;
const DAY_MS = 86_400_000;

/** SQL: the id of the webhook endpoint. */
const endpointId = ({ firstDay }: ShopSize): string => uuid(String(firstDay), "8050", "1");

/** The statements that add this history, after the sales. */
export function historyStatements(size: ShopSize): string[] {
  const { tenant, firstDay } = size;
  const start = instant(String(firstDay));
  const since = firstDay + (YEARS_DAYS - EVENT_DAYS) * DAY_MS;
  const day = `date((${firstDay} + d.n * ${DAY_MS}) / 1000, 'unixepoch')`;
  return [
    // The ETL has to build all days.
    `${integers(YEARS_DAYS)} INSERT OR IGNORE INTO dirty_days (tenant_id, day) SELECT '${tenant}', ${day} FROM n d`,
    `INSERT INTO webhook_endpoints (tenant_id, id, url, event_types, is_enabled, secret, created_at, updated_at)
      VALUES ('${tenant}', ${endpointId(size)}, 'https://hooks.example.com/', '["*"]', 0, 'whsec_bench', ${start}, ${start})`,
    `INSERT INTO events (tenant_id, id, type, payload, created_at, batch_id, exported_at)
      SELECT s.tenant_id, ${uuid("g.ms", "8003", "g.n")}, iif(s.kind = 'sale', 'sale.completed', 'sale.refunded'),
        json_object('id', s.id, 'kind', s.kind, 'channel', s.channel, 'status', s.status, 'seller_id', s.seller_id,
          'customer_id', s.customer_id, 'shift_id', s.shift_id, 'total', s.total, 'tax', s.tax, 'day', s.day,
          'placed_at', s.placed_at, 'items', (SELECT json_group_array(json_object('line_no', l.line_no, 'product_id', l.product_id,
            'sku', l.sku, 'description', l.description, 'quantity', l.quantity / 1000, 'unit_price', l.unit_price,
            'list_price', l.list_price, 'discount', l.discount, 'tax_rate', l.tax_rate, 'tax', l.tax, 'subtotal', l.subtotal))
            FROM sale_lines l WHERE l.tenant_id = s.tenant_id AND l.sale_id = s.id)),
        s.created_at, 'batch', s.created_at
      FROM gs g CROSS JOIN sales s ON s.tenant_id = '${tenant}' AND s.id = g.id WHERE g.ms >= ${since} ORDER BY g.n`,
    `INSERT INTO webhook_deliveries (tenant_id, endpoint_id, event_id, subject, status, attempts, due_at, last_status, created_at,
        delivered_at)
      SELECT tenant_id, ${endpointId(size)}, id, coalesce(payload ->> 'id', id), 'delivered', 1, '9999', 200, created_at, created_at
      FROM events WHERE tenant_id = '${tenant}'`,
    `${integers(size.imports)} INSERT INTO imports (tenant_id, id, kind, status, columns, ignored_columns, bytes_total, bytes_read,
        rows_read, rows_accepted, rows_rejected, actor_id, created_at, started_at, progress_at, finished_at)
      SELECT '${tenant}', ${importId(size, "n")}, 'sales', 'done', '[]', '[]', 1000000, 1000000, 10000, 10000, 2000,
        (SELECT min(id) FROM users WHERE tenant_id = '${tenant}' AND role = 'ADMIN'), ${start}, ${start}, ${start}, ${start} FROM n`,
    `${integers(2000)} INSERT INTO import_rejects (tenant_id, import_id, row, reason, text)
      SELECT '${tenant}', ${importId(size, "0")}, n + 1, 'Quantity is 0', 'INV-' || n || ',A,0' FROM n`,
    `${integers(YEARS_DAYS)} INSERT OR IGNORE INTO lake_days (tenant_id, dataset, day, version, built, generation)
      SELECT '${tenant}', s.value, ${day}, 1, 1, 1 FROM n d CROSS JOIN json_each('["purchases","events"]') s`,
    `INSERT INTO lake_files (tenant_id, key, dataset, day, rows, bytes, etag, created_at, added)
      SELECT tenant_id, printf('%s/%s/year=%s/month=%s/day=%s/%s.parquet', tenant_id, dataset, substr(day, 1, 4),
        substr(day, 6, 2), substr(day, 9, 2), 'file'), dataset, day, 1, 1000, 'etag', ${start}, 1
      FROM lake_days WHERE tenant_id = '${tenant}' AND dataset IN ('purchases', 'events')`,
    `INSERT INTO lake_shops (tenant_id, revision) VALUES ('${tenant}', 1) ON CONFLICT DO UPDATE SET revision = 1`,
    `INSERT INTO stock_discrepancies (tenant_id, id, product_id, sale_id, missing, created_at, resolved_at)
      SELECT m.tenant_id, m.id, m.product_id, m.reference, 1000, m.created_at, iif(g.n % 10 = 0, NULL, m.created_at)
      FROM gs g CROSS JOIN sale_lines l ON l.tenant_id = '${tenant}' AND l.sale_id = g.id AND l.line_no = 1
      CROSS JOIN stock_moves m ON m.tenant_id = l.tenant_id AND m.product_id = l.product_id
        AND m.id = ${uuid("g.ms", "8002", "g.n * 8 + 1")}
      WHERE g.channel = 'counter' AND g.n = g.original AND g.n % ${Math.max(1, Math.round(size.sales / 4000))} = 0`,
    `INSERT INTO saved_items (tenant_id, user_id, list, product_id, priority, price, was_out, created_at)
      SELECT '${tenant}', ${accountId(size, "0")}, s.value, p.id, iif(s.value = 'favorites', 0, 1 + p.n % 5), p.price, 0, ${start}
      FROM gp p CROSS JOIN json_each('["favorites","wishlist"]') s WHERE p.n < 1000`,
    `INSERT INTO carts (tenant_id, id, created_at) VALUES ('${tenant}', ${accountId(size, "0")}, ${start})`,
    `INSERT INTO cart_items (tenant_id, cart_id, product_id, quantity, price, added_at)
      SELECT '${tenant}', ${accountId(size, "0")}, p.id, 1000, p.price, ${start} FROM gp p WHERE p.n < 100`,
    `${integers(accountsOf(size))} INSERT INTO carts (tenant_id, id, created_at)
      SELECT '${tenant}', ${accountId(size, "n.n")}, ${start} FROM n WHERE n.n > 0 AND n.n % 2 = 0`,
    `${integers(accountsOf(size))} INSERT INTO cart_items (tenant_id, cart_id, product_id, quantity, price, added_at)
      SELECT '${tenant}', ${accountId(size, "n.n")}, p.id, 1000, p.price, ${start} FROM n CROSS JOIN gp p ON p.n < 3
      WHERE n.n > 0 AND n.n % 2 = 0`,
    `${integers(500)} INSERT INTO dead_letters (tenant_id, id, message_id, queue, body, created_at)
      SELECT '${tenant}', ${uuid(`${since} + n`, "8060", "n")}, 'm' || n, 'events', '{}', ${start} FROM n`,
  ];
}
