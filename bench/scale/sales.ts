// Sales of three years over all channels, with refunds, tax, payments and stock moves. Two temporary tables have their numbers: `gs`
// one row a sale, `gl` one row a line.
import { offsetAt } from "../../src/values/days.ts";
import { TIMEZONE } from "../client.ts";
import { instant, random, skewed, uuid } from "./random.ts";
import {
  accountId,
  importId,
  integers,
  recordId,
  referenceOf,
  sellerId,
  shiftId,
  someCustomer,
  YEARS_DAYS,
  type ShopSize,
} from "./size.ts";

const DAY_MS = 86_400_000;
const OPEN_MS = 39_600_000;
const OPENS_AT_MS = 28_800_000;
// The sale n is a refund if n % 50 is 7: 2 %. It returns the first line of the sale 37 before.
const REFUND_EVERY = 50;
const REFUND_REST = 7;
const REFUND_DISTANCE = 37;
const REFUNDED_REST = 20;
const COUNTRIES =
  "GB ES FR DE PT IT NL BE IE US CH AT SE DK NO FI PL CZ GR HU RO BG HR SI SK LT LV EE LU MT CY IS CA MX BR AR CL CO AU JP".split(
    " ",
  );

/** The offset of the shop's clock on each day; clocks change at night, before the shop opens. */
const offsetsOf = ({ firstDay }: ShopSize): number[] =>
  Array.from({ length: YEARS_DAYS }, (_, day) =>
    offsetAt(new Date(firstDay + day * DAY_MS + OPENS_AT_MS), TIMEZONE),
  );

/** The statements that add the sales. */
export function salesStatements(size: ShopSize): string[] {
  const { tenant, firstDay, sales } = size;
  const isRefund = `(n % ${REFUND_EVERY} = ${REFUND_REST} AND n > ${REFUND_EVERY})`;
  const original = `iif(${isRefund}, n - ${REFUND_DISTANCE}, n)`;
  const position = `n * ${YEARS_DAYS * OPEN_MS} / ${sales}`;
  const ms = `${firstDay} + ${position} / ${OPEN_MS} * 86400000 + ${OPENS_AT_MS} + ${position} % ${OPEN_MS}`;
  const names = new Intl.DisplayNames("en", { type: "region" });
  const countries = JSON.stringify(COUNTRIES.map((code) => names.of(code)));
  const isOwn = `tenant_id = '${tenant}'`;
  return [
    "DROP TABLE IF EXISTS temp.gs",
    "DROP TABLE IF EXISTS temp.gl",
    "DROP TABLE IF EXISTS temp.gp",
    "DROP TABLE IF EXISTS temp.go",
    "CREATE TEMP TABLE go (key INTEGER PRIMARY KEY, value INTEGER)",
    `INSERT INTO go SELECT key, value FROM json_each('${JSON.stringify(offsetsOf(size))}')`,
    `CREATE TEMP TABLE gs (n INTEGER PRIMARY KEY, original INTEGER, ms INTEGER, day_number INTEGER, id TEXT, channel TEXT,
      status TEXT, customer INTEGER, seller INTEGER, country TEXT, method TEXT)`,
    `${integers(sales)}, r AS (
        SELECT n, ${original} AS o, ${ms} AS ms, ${position} / ${OPEN_MS} AS day_number FROM n),
      c AS (SELECT *, CASE WHEN ${random("o", 1, 100)} < 60 THEN 'counter' WHEN ${random("o", 1, 100)} < 85 THEN 'online'
        ELSE 'import' END AS channel FROM r)
      INSERT INTO gs SELECT n, o, ms, day_number, ${uuid("ms", "8001", "n")}, channel,
        iif(channel = 'online' AND n = o AND n % ${REFUND_EVERY} <> ${REFUNDED_REST},
          CASE WHEN ${random("n", 6, 100)} = 0 THEN 'cancelled' WHEN n > ${sales - 300} AND n % 4 = 0 THEN 'pending' ELSE 'completed' END,
          'completed'),
        iif(channel = 'online' OR ${random("o", 2, 100)} < iif(channel = 'import', 90, 30), ${someCustomer(size, "o")}, NULL),
        ${random("o", 5, size.sellers)},
        iif(channel = 'counter' AND ${random("o", 7, 10)} > 0, NULL, json_extract('${countries.replaceAll("'", "''")}',
          '$[' || (${COUNTRIES.length} * (${random("o", 8, 1000)}) * (${random("o", 8, 1000)}) / 1000000) || ']')),
        iif(${random("o", 9, 3)} = 0 AND channel = 'counter', 'cash', 'card')
      FROM c`,
    "CREATE TEMP TABLE gp (n INTEGER PRIMARY KEY, id TEXT, sku TEXT, title TEXT, price INTEGER)",
    `INSERT INTO gp SELECT row_number() OVER (ORDER BY id) - 1, id, sku, title, price FROM products WHERE ${isOwn}`,
    `CREATE TEMP TABLE gl (n INTEGER, line_no INTEGER, product INTEGER, quantity INTEGER, price INTEGER, discount INTEGER,
      subtotal INTEGER, tax INTEGER, PRIMARY KEY (n, line_no)) WITHOUT ROWID`,
    `INSERT INTO gl SELECT n, line_no, product, sign * pieces * 1000, price, sign * discount, sign * (pieces * price - discount),
        sign * ((pieces * price - discount) / 6)
      FROM (SELECT g.n, k.value AS line_no, p.n AS product, p.price, iif(g.n = g.original, 1, -1) AS sign,
          1 + ${random("g.original * 8 + k.value", 11, 3)} AS pieces,
          iif(${random("g.original * 8 + k.value", 12, 10)} = 0, p.price / 10, 0) AS discount
        FROM gs g CROSS JOIN json_each('[1,2,3,4,5]') k
        CROSS JOIN gp p ON p.n = ${skewed("g.original * 8 + k.value", 10, size.products)}
        WHERE k.value <= iif(g.n = g.original, 1 + ${random("g.n", 13, 5)}, 1))`,
    `INSERT INTO sale_lines (tenant_id, sale_id, line_no, product_id, sku, description, quantity, unit_price, subtotal, refunded,
        list_price, discount, tax_rate, tax)
      SELECT '${tenant}', g.id, l.line_no, p.id, p.sku, p.title, l.quantity, l.price, l.subtotal,
        iif(l.line_no = 1 AND EXISTS (SELECT 1 FROM gs r WHERE r.n = g.n + ${REFUND_DISTANCE} AND r.original = g.n AND g.original = g.n),
          l.quantity, 0), l.price, l.discount, 20000, iif(g.channel = 'import', 0, l.tax)
      FROM gs g CROSS JOIN gl l ON l.n = g.n CROSS JOIN gp p ON p.n = l.product ORDER BY g.n`,
    `INSERT INTO sales (tenant_id, id, kind, channel, status, refund_of, reason, seller_id, customer_id, customer_ref, shift_id,
        country, payment_method, external_ref, import_id, total, tax, discount, units, lines, placed_at, day, utc_offset, created_at, number)
      SELECT '${tenant}', g.id, iif(g.n = g.original, 'sale', 'refund'), g.channel, g.status,
        iif(g.n = g.original, NULL, (SELECT id FROM gs o WHERE o.n = g.original)), iif(g.n = g.original, NULL, 'damaged'),
        iif(g.channel = 'counter', ${sellerId(size, "g.seller")}, NULL),
        CASE WHEN g.customer IS NULL THEN NULL WHEN g.channel = 'import' THEN ${recordId(size, "g.customer")}
          ELSE ${accountId(size, "g.customer")} END,
        iif(g.channel = 'import', ${referenceOf(size, "g.customer")}, NULL),
        iif(g.channel = 'counter', ${shiftId(size, "g.day_number", "g.seller")}, NULL),
        g.country, g.method, iif(g.channel = 'import', 'INV-' || g.n, NULL),
        iif(g.channel = 'import', ${importId(size, `g.day_number / ${YEARS_DAYS / size.imports}`)}, NULL),
        t.total, iif(g.channel = 'import', 0, t.tax), t.discount, t.units, t.lines, ${instant("g.ms")},
        date(g.ms / 1000, 'unixepoch'), o.value, ${instant("g.ms")}, iif(g.channel = 'import', NULL, g.n + 1)
      FROM gs g CROSS JOIN (SELECT n, sum(subtotal) AS total, sum(tax) AS tax, sum(discount) AS discount, sum(quantity) AS units,
        count(*) AS lines FROM gl GROUP BY n) t ON t.n = g.n
      CROSS JOIN temp.go o ON o.key = g.day_number ORDER BY g.n`,
    `INSERT INTO sale_payments (tenant_id, sale_id, payment_no, method, amount, tendered)
      SELECT tenant_id, id, 1, payment_method, total, iif(payment_method = 'cash' AND total > 0, total, NULL)
      FROM sales WHERE ${isOwn} AND channel = 'counter'`,
    `INSERT INTO payments (tenant_id, id, sale_id, provider, amount, currency, status, created_at)
      SELECT tenant_id, id, id, 'manual', total, 'GBP', 'received', created_at
      FROM sales WHERE ${isOwn} AND channel = 'online' AND kind = 'sale' AND status = 'completed'`,
    `INSERT INTO stock_moves (tenant_id, product_id, id, delta, reason, reference, created_at)
      SELECT '${tenant}', p.id, ${uuid("g.ms", "8002", "g.n * 8 + l.line_no")}, -l.quantity,
        iif(g.n = g.original, 'sale', 'refund'), g.id, ${instant("g.ms")}
      FROM gl l CROSS JOIN gs g ON g.n = l.n CROSS JOIN gp p ON p.n = l.product
      WHERE g.channel <> 'import' AND g.status <> 'cancelled' ORDER BY p.id, l.n`,
  ];
}
