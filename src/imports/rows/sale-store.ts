// An invoice belongs to the import that stored it first. Later imports reject its rows, so a file can safely be imported again.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { addUnknownProducts, productIdOf } from "../../catalog/products/bulk.ts";
import type { Ctx } from "../../platform/context.ts";
import { returning } from "../../platform/d1.ts";
import { newId } from "../../values/ids.ts";
import { isWholeEnough } from "../../values/quantities.ts";
import { folded } from "../../values/text.ts";
import { markDaysDirty } from "../../sales/record.ts";
import type { FileRow, PreparedRows, Rejection } from "./row-importer.ts";
import type { SaleRow } from "./sale-rows.ts";

// A fraction of a product that is counted in pieces was weighed.
const UNIT_OF_FRACTIONS = "kg";

/** What the shop already has: the ids of sellers by e-mail, and the invoices. */
type Existing = {
  sellers: Map<string, string>;
  invoices: Map<string, { isFromThisImport: boolean; day: string }>;
};

/** Rejects rows of unknown sellers and of invoices that this import did not store. One round trip. */
export async function prepareSales(
  ctx: Ctx,
  importId: string,
  lines: FileRow<SaleRow>[],
): Promise<PreparedRows> {
  const existing = await findExisting(
    ctx,
    importId,
    lines.map(({ value }) => value),
  );
  const rejected: Rejection[] = [];
  const accepted: SaleRow[] = [];
  for (const { row, value } of lines) {
    const reason = rejectionReason(value, existing);
    if (reason === null) accepted.push(value);
    else rejected.push({ row, reason });
  }
  return { rejected, statements: storeSales(ctx, importId, accepted, existing) };
}

const userRow = z.object({ email: z.string(), id: z.string() });
const saleRow = z.object({ external_ref: z.string(), import_id: z.string().nullable(), day: z.string() });

async function findExisting(ctx: Ctx, importId: string, lines: SaleRow[]): Promise<Existing> {
  const emails = JSON.stringify([...new Set(lines.flatMap((line) => line.seller ?? []))]);
  const invoices = JSON.stringify([...new Set(lines.map((line) => line.invoice))]);
  // CROSS JOIN from the file's values, because with IN the planner reads all users and all sales of the shop.
  const users = returning(
    userRow,
    sql`SELECT u.email, u.id FROM json_each(${emails}) j CROSS JOIN users u
      ON u.tenant_id = ${ctx.tenant.id} AND u.email = j.value AND u.role IN ('EMPLOYEE', 'ADMIN')`,
  );
  const sales = returning(
    saleRow,
    sql`SELECT s.external_ref, s.import_id, s.day FROM json_each(${invoices}) j CROSS JOIN sales s
      ON s.tenant_id = ${ctx.tenant.id} AND s.external_ref = j.value`,
  );
  const done = await ctx.db.batch([users, sales]);
  return {
    sellers: new Map(done.of(users).map((user) => [user.email, user.id])),
    invoices: new Map(
      done
        .of(sales)
        .map((sale) => [sale.external_ref, { isFromThisImport: sale.import_id === importId, day: sale.day }]),
    ),
  };
}

function rejectionReason(row: SaleRow, existing: Existing): string | null {
  if (existing.invoices.get(row.invoice)?.isFromThisImport === false)
    return `invoice ${row.invoice} already exists`;
  if (row.seller !== null && !existing.sellers.has(row.seller))
    return `no employee has the e-mail ${row.seller}`;
  return null;
}

/** The statements that store the lines of a chunk, and the products and invoices that do not exist yet. */
function storeSales(ctx: Ctx, importId: string, lines: SaleRow[], existing: Existing): SQL[] {
  if (lines.length === 0) return [];
  const tenantId = ctx.tenant.id;
  const invoices = Map.groupBy(lines, (line) => line.invoice);
  const keys = new Map([...new Set(lines.map(({ sku }) => sku))].map((sku) => [sku, folded(sku)]));
  const products = Map.groupBy(lines, ({ sku }) => keys.get(sku));
  const at = ctx.now.toISOString();
  const saleJson = JSON.stringify([...invoices].map(([invoice, rows]) => toSale(invoice, rows, existing)));
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
        total, units, lines, placed_at, day, created_at)
      SELECT ${tenantId}, value ->> 'id', value ->> 'kind', 'import', 'completed', value ->> 'seller', value ->> 'customer',
        value ->> 'country', value ->> 'invoice', ${importId}, value ->> 'total', value ->> 'units', value ->> 'lines',
        value ->> 'at', value ->> 'day', ${at}
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
    ...markDaysDirty(tenantId, sql`${JSON.stringify([...days])}`),
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
function toSale(invoice: string, lines: SaleRow[], existing: Existing) {
  const [first] = lines;
  return {
    id: newId(),
    invoice,
    kind: first?.isRefund ? "refund" : "sale",
    seller: first?.seller ? existing.sellers.get(first.seller) : null,
    customer: first?.customer ?? null,
    country: first?.country ?? null,
    at: first?.at,
    day: first?.day,
    lines: lines.length,
    units: lines.reduce((sum, line) => sum + line.quantity, 0),
    total: lines.reduce((sum, line) => sum + line.subtotal, 0),
  };
}
