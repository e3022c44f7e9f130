// The columns of each dataset. Sale lines are selected the same way for a batch of events and for a full build.
import { sql } from "drizzle-orm";
import { minorDigits } from "../../values/money.ts";
import type { Column } from "./parquet.ts";
import type { Dataset } from "../partitions.ts";

/** The events that add the lines of a sale to the lake. Pending sales have none, and are completed or cancelled once. */
export const SALE_LINE_EVENTS = sql.raw("('sale.completed', 'sale.cancelled', 'sale.refunded')");

/** The columns of a sale line, from sales s, sale_lines l and products p. */
export const saleLineColumns =
  sql.raw(`s.id AS sale_id, l.line_no, s.external_ref AS number, s.kind, s.channel, s.status,
  s.refund_of, s.seller_id, s.customer_key AS customer, s.country, l.product_id, l.sku, l.description AS title, p.category,
  p.author, l.quantity, l.unit, l.unit_price, l.subtotal, s.day, s.placed_at`);

/** Joins the lines of sales s and their products. CROSS JOIN makes the planner look them up by key. */
export const joinSaleLines =
  sql.raw(`CROSS JOIN sale_lines l ON l.tenant_id = s.tenant_id AND l.sale_id = s.id
  CROSS JOIN products p ON p.tenant_id = l.tenant_id AND p.id = l.product_id`);

/**
 * The payload of event `e` without the address and the names of devices: once a day is sealed, an erasure could not remove them from
 * the lake.
 */
export const lakePayload = sql.raw(`CASE WHEN NOT json_valid(e.payload) THEN e.payload
    WHEN e.payload ->> 'shipping_address' IS NOT NULL THEN json_set(e.payload, '$.shipping_address', NULL)
    WHEN json_type(e.payload, '$.sessions') = 'array' THEN json_set(e.payload, '$.sessions',
      (SELECT json_group_array(CASE type WHEN 'object' THEN json_set(value, '$.device_label', NULL) ELSE value END)
        FROM json_each(e.payload, '$.sessions')))
    ELSE e.payload END AS payload`);

const text = (name: string, isRequired = false): Column => ({ name, kind: "text", isRequired });
const id = (name: string): Column => text(name, true);
const int = (name: string, kind: "int" | "long" = "long"): Column => ({ name, kind, isRequired: true });
const instant = (name: string): Column => ({ name, kind: "instant", isRequired: true });

/** An amount as a decimal and as an integer of minor units, with statistics only on the decimal. */
const money = (name: string, currency: string): Column[] => [
  { name, kind: { decimals: minorDigits(currency) }, isRequired: true },
  { name: `${name}_minor`, kind: "long", from: name, isRequired: true, statistics: false },
];

/** Thousandths as a decimal of units. */
const quantity = (name: string, isRequired = true): Column => ({ name, kind: { decimals: 3 }, isRequired });

/** A column that is smaller without a dictionary, because zstd finds no repetitions in bit-packed indexes. */
const plain = (column: Column): Column => ({ ...column, encoding: "PLAIN" });

/** A column with long runs of one value, which compression would enlarge. */
const uncompressed = (column: Column): Column => ({ ...column, codec: "UNCOMPRESSED" });

/** The columns of a dataset. The day is named `sale_day`, because `day` would collide with the partition folder. */
export function columnsOf(dataset: Dataset, currency: string): Column[] {
  const saleDay: Column = { name: "sale_day", kind: "day", from: "day", isRequired: true };
  const columns: Record<Dataset, Column[]> = {
    purchases: [
      plain(id("sale_id")),
      // Consecutive numbers, stored as differences. Nobody filters by a range of line numbers or titles.
      { ...int("line_no", "int"), encoding: "DELTA_BINARY_PACKED", statistics: false },
      plain(text("number")),
      id("kind"),
      uncompressed(id("channel")),
      uncompressed(id("status")),
      text("refund_of"),
      text("seller_id"),
      plain(text("customer")),
      text("country"),
      id("product_id"),
      id("sku"),
      { ...id("title"), statistics: false },
      text("category"),
      text("author"),
      plain(quantity("quantity")),
      text("unit"),
      ...money("unit_price", currency),
      ...money("subtotal", currency).map(plain),
      uncompressed(id("currency")),
      uncompressed(saleDay),
      plain(instant("placed_at")),
    ],
    daily_summary: [
      saleDay,
      text("country"),
      text("seller_id"),
      id("channel"),
      int("sales"),
      int("refunds"),
      int("lines"),
      quantity("units"),
      ...money("revenue", currency),
      id("currency"),
    ],
    products: [
      id("product_id"),
      id("sku"),
      id("title"),
      text("category"),
      text("author"),
      text("isbn"),
      text("publisher"),
      text("language"),
      { name: "publication_year", kind: "int" },
      ...money("price", currency),
      id("currency"),
      quantity("stock", false),
      id("unit"),
      { name: "rating", kind: "real" },
      { name: "is_active", kind: "flag", isRequired: true },
      instant("created_at"),
      instant("updated_at"),
    ],
    events: [id("event_id"), id("type"), text("sale_id"), instant("created_at"), id("payload")],
  };
  return columns[dataset];
}
