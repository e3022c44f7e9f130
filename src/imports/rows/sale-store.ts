// Stores the invoices of a chunk. Every chunk after the first adds its lines to those of the chunks before.
import { sql, type SQL } from "drizzle-orm";
import { addUnknownProducts, productIdOf } from "../../catalog/products/bulk.ts";
import type { Ctx } from "../../platform/context.ts";
import { offsetAt } from "../../values/days.ts";
import { newId } from "../../values/ids.ts";
import { isWholeEnough } from "../../values/quantities.ts";
import { folded } from "../../values/text.ts";
import { markDaysForRebuild } from "../../sales/record.ts";
import type { FileRow, PreparedRows, RefusedRecord } from "./row-importer.ts";
import { judgeInvoices } from "./sale-invoices.ts";
import { findExisting, type Existing } from "./sale-existing.ts";
import type { SaleRow } from "./sale-rows.ts";

// A fraction of a product that is counted in pieces was weighed.
const UNIT_OF_FRACTIONS = "kg";

/**
 * Rejects the rows of invoices that have a row which cannot be imported, and finds those that the shop has already. One round trip,
 * or two if it has some. @throws UndoInProgress
 */
export async function prepareSales(
  ctx: Ctx,
  importId: string,
  lines: FileRow<SaleRow>[],
  _columns: never[],
  refused: RefusedRecord[],
): Promise<PreparedRows> {
  const existing = await findExisting(ctx, importId, lines, refused);
  const { accepted, rejected, known, held } = judgeInvoices(lines, refused, existing);
  const firstRow = Math.min(...lines.map(({ row }) => row), ...refused.map(({ row }) => row));
  return {
    rejected,
    known,
    statements: [
      ...holdInvoices(ctx.tenant.id, importId, held, existing, firstRow),
      ...storeSales(
        ctx,
        importId,
        accepted.map(({ value }) => value),
        existing,
      ),
    ],
  };
}

/** The statements that record held invoices and remove what earlier chunks stored of them. */
function holdInvoices(
  tenantId: string,
  importId: string,
  held: Map<string, string>,
  existing: Existing,
  firstRow: number,
): SQL[] {
  if (held.size === 0) return [];
  const stored = [...held.keys()].flatMap((invoice) => existing.invoices.get(invoice) ?? []);
  const ids = sql`(SELECT value FROM json_each(${JSON.stringify(stored.map(({ id }) => id))}))`;
  const rows = [...held].map(([invoice, reason]) => [
    invoice,
    reason,
    existing.invoices.has(invoice) ? firstRow : 0,
  ]);
  return [
    sql`INSERT INTO import_held (tenant_id, import_id, invoice, reason, reread_before)
      SELECT ${tenantId}, ${importId}, value ->> 0, value ->> 1, value ->> 2 FROM json_each(${JSON.stringify(rows)})`,
    ...(stored.length === 0
      ? []
      : [
          sql`DELETE FROM sale_lines WHERE tenant_id = ${tenantId} AND sale_id IN ${ids}`,
          sql`DELETE FROM sales WHERE tenant_id = ${tenantId} AND id IN ${ids}`,
          ...markDaysForRebuild(tenantId, sql`${JSON.stringify([...new Set(stored.map(({ day }) => day))])}`),
        ]),
  ];
}

/** The statements that store the lines of a chunk, and the products and invoices that do not exist yet. */
function storeSales(ctx: Ctx, importId: string, lines: SaleRow[], existing: Existing): SQL[] {
  if (lines.length === 0) return [];
  const tenantId = ctx.tenant.id;
  const invoices = Map.groupBy(lines, (line) => line.invoice);
  const keys = new Map([...new Set(lines.map(({ sku }) => sku))].map((sku) => [sku, folded(sku)]));
  const products = Map.groupBy(lines, ({ sku }) => keys.get(sku));
  const at = ctx.now.toISOString();
  const saleJson = JSON.stringify(
    [...invoices].map(([invoice, rows]) => toSale(ctx, invoice, rows, existing)),
  );
  const lineJson = JSON.stringify(
    [...invoices.values()].flatMap((rows) =>
      rows.map((line, index) => [
        line.invoice,
        // Relative to the invoice's number of lines, which the statement before has increased by this chunk's.
        index + 1 - rows.length,
        line.sku,
        line.description || line.sku,
        line.quantity,
        line.unitPrice,
        line.exactPrice,
        line.subtotal,
        keys.get(line.sku),
      ]),
    ),
  );
  const days = new Set(
    [...invoices].map(([invoice, [first]]) => existing.invoices.get(invoice)?.day ?? first?.day),
  );
  return [
    addUnknownProducts(ctx, [...products.values()].map(toProduct), importId),
    sql`INSERT INTO sales (tenant_id, id, kind, channel, status, seller_id, customer_ref, country, external_ref, import_id,
        total, units, lines, placed_at, day, utc_offset, created_at)
      SELECT ${tenantId}, value ->> 'id', value ->> 'kind', 'import', 'completed', value ->> 'seller', value ->> 'customer',
        value ->> 'country', value ->> 'invoice', ${importId}, value ->> 'total', value ->> 'units', value ->> 'lines',
        value ->> 'at', value ->> 'day', value ->> 'offset', ${at}
      FROM json_each(${saleJson}) WHERE true
      ON CONFLICT (tenant_id, external_ref) WHERE external_ref IS NOT NULL DO UPDATE SET
        lines = lines + excluded.lines, units = units + excluded.units, total = total + excluded.total
      WHERE import_id = excluded.import_id`,
    // LEFT JOIN, so that a missing invoice or product becomes NULL and NOT NULL fails the batch.
    sql`INSERT INTO sale_lines (tenant_id, sale_id, line_no, product_id, sku, description, quantity, unit,
        list_price, unit_price, exact_price, subtotal)
      SELECT ${tenantId}, s.id, s.lines + (j.value ->> 1), p.id, j.value ->> 2, j.value ->> 3, j.value ->> 4,
        iif(p.unit = 'piece' AND j.value ->> 4 % 1000 <> 0, ${UNIT_OF_FRACTIONS}, p.unit),
        j.value ->> 5, j.value ->> 5, j.value ->> 6, j.value ->> 7
      FROM json_each(${lineJson}) AS j
      LEFT JOIN sales s ON s.tenant_id = ${tenantId} AND s.external_ref = j.value ->> 0 AND s.import_id = ${importId}
      LEFT JOIN products p ON p.tenant_id = ${tenantId} AND p.id = ${productIdOf(ctx, sql`j.value ->> 2`, sql`j.value ->> 8`)}`,
    ...markDaysForRebuild(tenantId, sql`${JSON.stringify([...days])}`),
  ];
}

/** A product described by the first line that has a description and a price; it is weighed if a line has a fraction. */
function toProduct(lines: SaleRow[]) {
  const line = lines.find((each) => each.description !== "" && each.unitPrice > 0) ?? lines[0];
  const sku = lines[0]?.sku ?? "";
  const isWeighed = lines.some(({ quantity }) => !isWholeEnough("piece", quantity));
  return {
    sku,
    title: line?.description || sku,
    price: Math.max(0, line?.unitPrice ?? 0),
    unit: isWeighed ? UNIT_OF_FRACTIONS : "piece",
  } as const;
}

/** The lines of an invoice in this chunk as a sale, whose amounts are added to those of earlier chunks. */
function toSale(ctx: Ctx, invoice: string, lines: SaleRow[], existing: Existing) {
  const [first] = lines;
  return {
    id: newId(),
    invoice,
    kind: first?.isRefund ? "refund" : "sale",
    seller: first?.seller ? existing.sellers.get(first.seller) : null,
    customer: lines.find(({ customer }) => customer !== null)?.customer ?? null,
    country: lines.find(({ country }) => country !== null)?.country ?? null,
    at: first?.at,
    day: first?.day,
    offset: first ? offsetAt(new Date(first.at), ctx.tenant.timezone) : null,
    lines: lines.length,
    units: lines.reduce((sum, line) => sum + line.quantity, 0),
    total: lines.reduce((sum, line) => sum + line.subtotal, 0),
  };
}
