// Rows of a sales file, read without a shop.
import { Rules, type Plan } from "../../src/imports/mapping/plan.ts";
import { parseEach, type ParsedRows, type ShopFormat } from "../../src/imports/rows/row-importer.ts";
import type { Existing, StoredInvoice } from "../../src/imports/rows/sale-existing.ts";
import { parseOrders } from "../../src/imports/rows/sale-orders.ts";
import { parseSaleRow, type SaleRow } from "../../src/imports/rows/sale-rows.ts";
import type { z } from "zod";

export const EUROS: ShopFormat = { timezone: "UTC", today: "2026-11-22", digits: 2, currency: "EUR" };

/** What a shop has that has nothing. */
export const NOTHING_STORED: Existing = {
  sellers: new Map(),
  taxRates: [],
  customMethods: [],
  barcodes: new Map(),
  invoices: new Map(),
  held: new Map(),
  lines: new Map(),
};

/** The invoice 1 as the shop has it of this import, without a customer, a country and payments. */
export const storedInvoice = (fields: Partial<StoredInvoice>): StoredInvoice => ({
  external_ref: "1",
  id: "a sale",
  is_own: true,
  is_undoing: false,
  is_refunded: false,
  is_refunded_since: false,
  day: "2026-04-03",
  customer_ref: null,
  country: null,
  payment_method: null,
  has_payments: false,
  ...fields,
});

type Options = {
  rules?: z.input<typeof Rules>;
  constants?: Record<string, string>;
  /** What fields are called whose columns do not have the names of the fields. */
  names?: Record<string, string>;
};

/** The plan of a file with these columns, which have the names of fields. */
export const planOf = (fields: string[], { rules = {}, constants = {}, names = {} }: Options = {}): Plan => ({
  preset: null,
  encoding: "utf-8",
  delimiter: ",",
  header: fields.map((field) => names[field] ?? field),
  header_row: 1,
  columns: Object.fromEntries(fields.map((field, at) => [field, at])),
  constants,
  dates: "ymd",
  decimal: "point",
  decimals: {},
  rules: Rules.parse(rules),
});

/** The lines of rows that have these cells by field. The first row is row 2. */
export function readRows(rows: Record<string, string>[], options: Options = {}): ParsedRows<SaleRow> {
  const all = rows.map((row) => ({
    InvoiceNo: "1",
    StockCode: "A",
    Quantity: "1",
    InvoiceDate: "2026-04-03",
    ...row,
  }));
  const fields = [...new Set(all.flatMap((row) => Object.keys(row)))];
  const plan = planOf(fields, options);
  const records = all.map((row, at) => {
    const cells = new Map(Object.entries(row));
    return { row: at + 2, value: fields.map((field) => cells.get(field) ?? "") };
  });
  return plan.rules.by_order
    ? parseOrders(records, plan, EUROS)
    : parseEach(records, (cells) => parseSaleRow(cells, plan, EUROS));
}
