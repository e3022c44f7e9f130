// The lines of sales and refunds as CSV, each with its sale, oldest first. Imports recognise these columns, and an import of all lines
// gives the same sales again.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { ActorCtx } from "../../platform/context.ts";
import { returning } from "../../platform/d1.ts";
import { csvStream } from "../../platform/csv-stream.ts";
import { type CsvColumns, type CsvFormat, csvTable } from "../../values/csv.ts";
import type { Filters } from "../history.ts";
import type { SaleLineQuery } from "../schema.ts";
import { headColumns, headRow, paymentsText, salesAfter } from "./columns.ts";
import { barcodeLookUp, sellerLookUp } from "./look-ups.ts";

const storedLine = headRow.extend({
  line_no: z.number(),
  product_id: z.string(),
  sku: z.string(),
  description: z.string(),
  // Thousandths
  quantity: z.number(),
  refunded: z.number(),
  unit: z.string(),
  list_price: z.number(),
  unit_price: z.number(),
  exact_price: z.string().nullable(),
  discount: z.number(),
  discount_reason: z.string().nullable(),
  tax_rate_id: z.string().nullable(),
  // Hundred-thousandths
  tax_rate: z.number().nullable(),
  net: z.number(),
  tax: z.number(),
  subtotal: z.number(),
  rounding: z.number(),
});

type LineRow = z.infer<typeof storedLine> & {
  seller: string | null;
  barcode: string | null;
  tax_name: string | null;
};

/** The columns of sale lines; `time` is that of the shop's clock, `placed_at` is in UTC. */
export const saleLineColumns: CsvColumns<LineRow> = {
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

/** The lines of sales after `last`. What a sale has besides its lines is read once a sale: its LIMIT makes the subquery a coroutine. */
function linesAfter(ctx: ActorCtx, query: Filters, last: LineRow | undefined, limit: number): SQL {
  const rest = last ? sql`WHERE NOT (s.id = ${last.id} AND l.line_no <= ${last.line_no})` : sql``;
  return sql`SELECT s.*, l.line_no, l.product_id, l.sku, l.description, l.quantity, l.refunded, l.unit, l.list_price, l.unit_price,
      l.exact_price, l.discount, l.discount_reason, l.tax_rate_id, l.tax_rate, l.net, l.tax, l.subtotal
    FROM (SELECT ${headColumns}, s.rounding FROM ${salesAfter(ctx, query, last, ">=")} LIMIT -1) s
    CROSS JOIN sale_lines l ON l.tenant_id = ${ctx.tenant.id} AND l.sale_id = s.id ${rest} LIMIT CAST(${limit} AS INTEGER)`;
}

/**
 * The lines of all sales and refunds that match the filters as CSV. One round trip a page, and one for a page with products or sellers
 * that no page before had.
 */
export async function saleLinesCsv(
  ctx: ActorCtx,
  query: z.infer<typeof SaleLineQuery>,
  format: CsvFormat,
): Promise<ReadableStream<Uint8Array>> {
  const nameOfRate = new Map<string, string>();
  const [barcodesOf, sellersOf] = [barcodeLookUp(ctx), sellerLookUp(ctx)];
  const read = async (last: LineRow | undefined, limit: number): Promise<LineRow[]> => {
    const page = returning(storedLine, linesAfter(ctx, query, last, limit));
    const rates = returning(
      z.object({ id: z.string(), name: z.string() }),
      sql`SELECT id, name FROM tax_rates WHERE tenant_id = ${ctx.tenant.id}`,
    );
    const done = await ctx.db.batch(last ? [page] : [page, rates]);
    if (!last) for (const { id, name } of done.of(rates)) nameOfRate.set(id, name);
    const lines = done.of(page);
    const [barcodes, sellers] = await Promise.all([
      barcodesOf(lines.map(({ product_id }) => product_id)),
      sellersOf(lines.map(({ seller_id }) => seller_id)),
    ]);
    return lines.map((line) => ({
      ...line,
      seller: sellers.get(line.seller_id ?? "") ?? null,
      barcode: barcodes.get(line.product_id) ?? null,
      tax_name: nameOfRate.get(line.tax_rate_id ?? "") ?? null,
    }));
  };
  return csvStream(csvTable(saleLineColumns, format), read, { cost: ctx.db.cost });
}
