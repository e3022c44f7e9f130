// The lines of sales and refunds as CSV, each with its sale, oldest first. Imports recognise these columns, and an import of all lines
// gives the same sales again.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { ActorCtx } from "../../platform/context.ts";
import { csvStream } from "../../platform/csv-stream.ts";
import { type CsvColumns, type CsvFormat, csvTable } from "../../values/csv.ts";
import type { SaleLineQuery } from "../schema.ts";
import { conditions, headColumns, headRow, oldestFirst, paymentsText } from "./columns.ts";

const lineRow = headRow.extend({
  line_no: z.number(),
  sku: z.string(),
  description: z.string(),
  barcode: z.string().nullable(),
  // Thousandths
  quantity: z.number(),
  refunded: z.number(),
  unit: z.string(),
  list_price: z.number(),
  unit_price: z.number(),
  exact_price: z.string().nullable(),
  discount: z.number(),
  discount_reason: z.string().nullable(),
  tax_name: z.string().nullable(),
  // Hundred-thousandths
  tax_rate: z.number().nullable(),
  net: z.number(),
  tax: z.number(),
  subtotal: z.number(),
  rounding: z.number(),
});

/** The columns of sale lines; `time` is that of the shop's clock, `placed_at` is in UTC. */
export const saleLineColumns: CsvColumns<z.infer<typeof lineRow>> = {
  number: ({ number }, { text }) => text(number),
  line_no: ({ line_no }, { number }) => number(line_no),
  kind: ({ kind }, { word }) => word(kind),
  channel: ({ channel }, { word }) => word(channel),
  status: ({ status }, { word }) => word(status),
  day: ({ day }, { word }) => word(day),
  time: ({ placed_at }, { time }) => time(placed_at),
  placed_at: ({ placed_at }, { word }) => word(placed_at),
  seller: ({ seller }, { text }) => text(seller),
  customer: ({ customer }, { text }) => text(customer),
  country: ({ country }, { text }) => text(country),
  sku: ({ sku }, { text }) => text(sku),
  barcode: ({ barcode }, { text }) => text(barcode),
  description: ({ description }, { text }) => text(description),
  quantity: ({ quantity }, { thousandths }) => thousandths(quantity),
  unit: ({ unit }, { word }) => word(unit),
  list_price: ({ list_price }, { amount }) => amount(list_price),
  unit_price: ({ unit_price, exact_price }, { amount, decimal }) =>
    exact_price === null ? amount(unit_price) : decimal(exact_price),
  discount: ({ discount }, { amount }) => amount(discount),
  discount_reason: ({ discount_reason }, { text }) => text(discount_reason),
  tax_rate: ({ tax_name }, { text }) => text(tax_name),
  tax_percent: ({ tax_rate }, { thousandths }) => thousandths(tax_rate),
  net: ({ net }, { amount }) => amount(net),
  tax: ({ tax }, { amount }) => amount(tax),
  total: ({ subtotal }, { amount }) => amount(subtotal),
  currency: (_, { currency }) => currency(),
  refunded: ({ refunded }, { thousandths }) => thousandths(refunded),
  refund_of: ({ refund_of }, { text }) => text(refund_of),
  refund_reason: ({ reason }, { text }) => text(reason),
  sale_discount_reason: (row, { text }) => text(row.sale_discount_reason),
  sale_payments: ({ payments }, { text, amount }) => text(paymentsText(payments, amount)),
  sale_rounding: ({ rounding }, { amount }) => amount(rounding),
  sale_id: ({ id }, { word }) => word(id),
  customer_id: ({ customer_id }, { word }) => word(customer_id),
};

/** The lines of all sales and refunds that match the filters as CSV. One round trip a page. */
export const saleLinesCsv = (
  ctx: ActorCtx,
  query: z.infer<typeof SaleLineQuery>,
  format: CsvFormat,
): Promise<ReadableStream<Uint8Array>> =>
  csvStream<z.infer<typeof lineRow>>(csvTable(saleLineColumns, format), (last, limit) => {
    const after = last
      ? [
          sql`(${oldestFirst}) >= (${last.day}, ${last.placed_at}, ${last.id})`,
          sql`NOT (s.id = ${last.id} AND l.line_no <= ${last.line_no})`,
        ]
      : [];
    return ctx.db.all(
      lineRow,
      sql`SELECT ${headColumns(ctx)}, l.line_no, l.sku, l.description, p.barcodes ->> 0 AS barcode, l.quantity, l.refunded, l.unit,
          l.list_price, l.unit_price, l.exact_price, l.discount, l.discount_reason, l.tax_rate, l.net, l.tax, l.subtotal, s.rounding,
          (SELECT t.name FROM tax_rates t WHERE t.tenant_id = l.tenant_id AND t.id = l.tax_rate_id) AS tax_name
        FROM sales s CROSS JOIN sale_lines l ON l.tenant_id = s.tenant_id AND l.sale_id = s.id
        CROSS JOIN products p ON p.tenant_id = l.tenant_id AND p.id = l.product_id
        WHERE ${conditions(ctx, query, after)}
        ORDER BY ${oldestFirst}, l.line_no LIMIT CAST(${limit} AS INTEGER)`,
    );
  });
