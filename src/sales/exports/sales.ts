// Sales and refunds as CSV, one a row, oldest first like a ledger.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { ActorCtx } from "../../platform/context.ts";
import { csvStream } from "../../platform/csv-stream.ts";
import { type CsvColumns, type CsvFormat, csvTable } from "../../values/csv.ts";
import type { SaleQuery } from "../schema.ts";
import { headColumns, headRow, paymentsText, salesAfter } from "./columns.ts";
import { sellerLookUp } from "./look-ups.ts";

const saleRow = headRow.extend({
  lines: z.number(),
  // Thousandths
  units: z.number(),
  discount: z.number(),
  net: z.number(),
  tax: z.number(),
  total: z.number(),
  rounding: z.number(),
});

type SaleRow = z.infer<typeof saleRow> & { seller: string | null };

/** The columns of sales; `time` is that of the shop's clock, `placed_at` is in UTC. */
export const saleCsvColumns: CsvColumns<SaleRow> = {
  number: ({ number }, { text }) => text(number),
  kind: ({ kind }, { word }) => word(kind),
  channel: ({ channel }, { word }) => word(channel),
  status: ({ status }, { word }) => word(status),
  day: ({ day }, { word }) => word(day),
  time: ({ placed_at }, { time }) => time(placed_at),
  placed_at: ({ placed_at }, { word }) => word(placed_at),
  seller: ({ seller }, { text }) => text(seller),
  customer: ({ customer }, { text }) => text(customer),
  country: ({ country }, { text }) => text(country),
  lines: ({ lines }, { number }) => number(lines),
  units: ({ units }, { thousandths }) => thousandths(units),
  discount: ({ discount }, { amount }) => amount(discount),
  net: ({ net }, { amount }) => amount(net),
  tax: ({ tax }, { amount }) => amount(tax),
  total: ({ total }, { amount }) => amount(total),
  rounding: ({ rounding }, { amount }) => amount(rounding),
  currency: (_, { currency }) => currency(),
  payments: ({ payments }, { text, amount }) => text(paymentsText(payments, amount)),
  discount_reason: ({ sale_discount_reason }, { text }) => text(sale_discount_reason),
  refund_of: ({ refund_of }, { text }) => text(refund_of),
  refund_reason: ({ reason }, { text }) => text(reason),
  seller_id: ({ seller_id }, { word }) => word(seller_id),
  sale_id: ({ id }, { word }) => word(id),
  customer_id: ({ customer_id }, { word }) => word(customer_id),
};

/** All sales and refunds that match the filters as CSV. One round trip a page, and one for a page with sellers that no page before had. */
export function salesCsv(
  ctx: ActorCtx,
  query: z.infer<typeof SaleQuery>,
  format: CsvFormat,
): Promise<ReadableStream<Uint8Array>> {
  const sellersOf = sellerLookUp(ctx);
  const read = async (last: SaleRow | undefined, limit: number): Promise<SaleRow[]> => {
    const sales = await ctx.db.all(
      saleRow,
      sql`SELECT ${headColumns}, s.lines, s.units, s.discount, s.net, s.tax, s.total, s.rounding
        FROM ${salesAfter(ctx, query, last)} LIMIT CAST(${limit} AS INTEGER)`,
    );
    const sellers = await sellersOf(sales.map(({ seller_id }) => seller_id));
    return sales.map((sale) => ({ ...sale, seller: sellers.get(sale.seller_id ?? "") ?? null }));
  };
  return csvStream(csvTable(saleCsvColumns, format), read, { cost: ctx.db.cost });
}
