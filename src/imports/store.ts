// The statements that store a piece of an import: the checkpoint, the sales with the products that are new, the rejects.
import { sql, type SQL } from "drizzle-orm";
import type { Base } from "../context.ts";
import { newId } from "../ids.ts";
import { touchDays } from "../sales/record.ts";
import type { SaleRow } from "./sale-rows.ts";

/** What the shop knows of the rows: who sells, by e-mail, and which invoices are taken. */
export type Known = { sellers: Map<string, string>; invoices: Map<string, { isOurs: boolean; day: string }> };

/** How far an import has come. */
type Checkpoint = { bytes_read: number; rows_read: number };

/** Compare and set: where another consumer was faster the NOT NULL of bytes_read fails, and the batch with it. */
export const moveCheckpoint = (
  tenantId: string,
  importId: string,
  from: Checkpoint,
  to: Checkpoint,
  accepted: number,
  rejected: number,
): SQL => {
  const now = new Date().toISOString();
  return sql`UPDATE imports SET status = 'running', started_at = coalesce(started_at, ${now}), progress_at = ${now}, resumes = 0,
      bytes_read = CASE WHEN bytes_read = ${from.bytes_read} AND finished_at IS NULL THEN ${to.bytes_read} END,
      rows_read = ${to.rows_read}, rows_accepted = rows_accepted + ${accepted},
      rows_rejected = rows_rejected + ${rejected}
    WHERE tenant_id = ${tenantId} AND id = ${importId}`;
};

/** A refused row: its number in the file, why, and its text. */
export type Reject = { row: number; reason: string; text: string };

// Well below what D1 takes as one value (2 MB), in UTF-16 units that may be two bytes each.
const JSON_UNITS = 500_000;

/** The statements that keep the refused rows, several where they are too much for one value. */
export function storeRejects(tenantId: string, importId: string, rejects: Reject[]): SQL[] {
  const values: string[][] = [];
  let units = JSON_UNITS;
  for (const reject of rejects) {
    const json = JSON.stringify(reject);
    if (units + json.length > JSON_UNITS) {
      values.push([]);
      units = 0;
    }
    values.at(-1)?.push(json);
    units += json.length;
  }
  return values.map(
    (json) => sql`INSERT INTO import_rejects (tenant_id, import_id, row, reason, text)
      SELECT ${tenantId}, ${importId}, value ->> 'row', value ->> 'reason', value ->> 'text'
      FROM json_each(${`[${json.join(",")}]`})`,
  );
}

/** The statements that store the lines of a piece, with the products and invoices that are new. */
export function storeSales(
  ctx: Base,
  tenantId: string,
  importId: string,
  lines: SaleRow[],
  known: Known,
): SQL[] {
  if (lines.length === 0) return [];
  const invoices = Map.groupBy(lines, (line) => line.invoice);
  const products = Map.groupBy(lines, (line) => line.sku);
  const at = ctx.now.toISOString();
  const productJson = JSON.stringify([...products].map(([sku, of]) => productOf(sku, of)));
  const saleJson = JSON.stringify([...invoices].map(([invoice, of]) => saleOf(invoice, of, known)));
  const lineJson = JSON.stringify(
    [...invoices.values()].flatMap((of) =>
      of.map((line, index) => [
        line.invoice,
        // Counted back from the invoice's lines, which include this piece's by now.
        index + 1 - of.length,
        line.sku,
        line.description || line.sku,
        line.quantity,
        line.unitPrice,
        line.exactPrice,
        line.subtotal,
      ]),
    ),
  );
  const days = new Set(
    [...invoices].map(([invoice, [first]]) => known.invoices.get(invoice)?.day ?? first?.day),
  );
  return [
    sql`INSERT INTO products (tenant_id, id, sku, title, price, created_at, updated_at)
      SELECT ${tenantId}, value ->> 0, value ->> 1, value ->> 2, value ->> 3, ${at}, ${at}
      FROM json_each(${productJson}) WHERE true ON CONFLICT (tenant_id, sku) DO NOTHING`,
    sql`INSERT INTO sales (tenant_id, id, kind, channel, status, seller_id, customer_ref, country, external_ref, import_id,
        total, units, lines, placed_at, day, created_at)
      SELECT ${tenantId}, value ->> 'id', value ->> 'kind', 'import', 'completed', value ->> 'seller', value ->> 'customer',
        value ->> 'country', value ->> 'invoice', ${importId}, value ->> 'total', value ->> 'units', value ->> 'lines',
        value ->> 'at', value ->> 'day', ${at}
      FROM json_each(${saleJson}) WHERE true
      ON CONFLICT (tenant_id, external_ref) WHERE external_ref IS NOT NULL DO UPDATE SET
        lines = lines + excluded.lines, units = units + excluded.units, total = total + excluded.total
      WHERE import_id = excluded.import_id`,
    // A line whose invoice or product is not there gets NULL for it: NOT NULL fails, and the batch with it.
    sql`INSERT INTO sale_lines (tenant_id, sale_id, line_no, product_id, sku, description, quantity, unit_price,
        exact_price, subtotal)
      SELECT ${tenantId}, s.id, s.lines + (j.value ->> 1), p.id, j.value ->> 2, j.value ->> 3, j.value ->> 4,
        j.value ->> 5, j.value ->> 6, j.value ->> 7
      FROM json_each(${lineJson}) AS j
      LEFT JOIN sales s ON s.tenant_id = ${tenantId} AND s.external_ref = j.value ->> 0 AND s.import_id = ${importId}
      LEFT JOIN products p ON p.tenant_id = ${tenantId} AND p.sku = j.value ->> 2`,
    ...touchDays(tenantId, sql`${JSON.stringify([...days])}`),
  ];
}

/** A product that the shop may not know: its first line with a name and a price says what it is. */
function productOf(sku: string, lines: SaleRow[]): [string, string, string, number] {
  const line = lines.find((each) => each.description !== "" && each.unitPrice > 0) ?? lines[0];
  return [newId(), sku, line?.description || sku, Math.max(0, line?.unitPrice ?? 0)];
}

/** An invoice as far as this piece has it; where an earlier piece began it, the amounts are added to it. */
function saleOf(invoice: string, lines: SaleRow[], known: Known) {
  const [first] = lines;
  return {
    id: newId(),
    invoice,
    kind: first?.isRefund ? "refund" : "sale",
    seller: first?.seller ? known.sellers.get(first.seller) : null,
    customer: first?.customer ?? null,
    country: first?.country ?? null,
    at: first?.at,
    day: first?.day,
    lines: lines.length,
    units: lines.reduce((sum, line) => sum + line.quantity, 0),
    total: lines.reduce((sum, line) => sum + line.subtotal, 0),
  };
}
