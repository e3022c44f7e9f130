// What the datasets hold. A sale's line is read in one way, whether its event brings it or its day is built whole.
import { sql } from "drizzle-orm";
import { minorDigits } from "../../values/money.ts";
import type { Column } from "./parquet.ts";
import type { Dataset } from "../partitions.ts";

/** The events that bring the lines of a sale. A sale that is pending has none; it is completed or cancelled once. */
export const BRINGING = sql.raw("('sale.completed', 'sale.cancelled', 'sale.refunded')");

/** The row of a sale line, of sales s, sale_lines l and products p. */
export const lineColumns =
  sql.raw(`s.id AS sale_id, l.line_no, s.external_ref AS number, s.kind, s.channel, s.status,
  s.refund_of, s.seller_id, s.customer_key AS customer, s.country, l.product_id, l.sku, l.description AS title, p.category,
  p.author, l.quantity, l.unit_price, l.subtotal, s.day, s.placed_at`);

/** The lines of sales s, and their products: by key, whatever the planner thinks. */
export const linesOfSales = sql.raw(`CROSS JOIN sale_lines l ON l.tenant_id = s.tenant_id AND l.sale_id = s.id
  CROSS JOIN products p ON p.tenant_id = l.tenant_id AND p.id = l.product_id`);

const text = (name: string, isRequired = false): Column => ({ name, kind: "text", isRequired });
const id = (name: string): Column => text(name, true);
const int = (name: string, kind: "int" | "long" = "long"): Column => ({ name, kind, isRequired: true });
const instant = (name: string): Column => ({ name, kind: "instant", isRequired: true });

/** An amount twice: as a decimal, whose bytes are the integer of minor units, and as that integer; its range is told once. */
const money = (name: string, currency: string): Column[] => [
  { name, kind: { decimals: minorDigits(currency) }, isRequired: true },
  { name: `${name}_minor`, kind: "long", from: name, isRequired: true, statistics: false },
];

/** A column that is smaller without a dictionary: zstd finds no repeats in indexes that are packed into bits. */
const plain = (column: Column): Column => ({ ...column, encoding: "PLAIN" });

/** A column of one value for many rows: some bytes, which compression would make more. */
const runs = (column: Column): Column => ({ ...column, codec: "UNCOMPRESSED" });

/** The columns of a dataset in a shop of this currency. A column `day` would collide with the folder of that name. */
export function columnsOf(dataset: Dataset, currency: string): Column[] {
  const saleDay: Column = { name: "sale_day", kind: "day", from: "day", isRequired: true };
  const columns: Record<Dataset, Column[]> = {
    purchases: [
      plain(id("sale_id")),
      // It counts up: what is stored is the difference. Of it and of a title nobody asks for a range.
      { ...int("line_no", "int"), encoding: "DELTA_BINARY_PACKED", statistics: false },
      plain(text("number")),
      id("kind"),
      runs(id("channel")),
      runs(id("status")),
      text("refund_of"),
      text("seller_id"),
      plain(text("customer")),
      text("country"),
      id("product_id"),
      id("sku"),
      { ...id("title"), statistics: false },
      text("category"),
      text("author"),
      plain(int("quantity", "int")),
      ...money("unit_price", currency),
      ...money("subtotal", currency).map(plain),
      runs(id("currency")),
      runs(saleDay),
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
      int("units"),
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
      { name: "stock", kind: "long" },
      { name: "rating", kind: "real" },
      { name: "is_active", kind: "flag", isRequired: true },
      instant("created_at"),
      instant("updated_at"),
    ],
    events: [id("event_id"), id("type"), text("sale_id"), instant("created_at"), id("payload")],
  };
  return columns[dataset];
}
