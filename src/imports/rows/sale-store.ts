// The sales of a file. An invoice belongs to the import that brought it first: in a second file it is refused, so a file can be
// sent again without harm.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { addUnknownProducts } from "../../catalog/products/bulk.ts";
import type { Ctx } from "../../platform/context.ts";
import { rows } from "../../platform/d1.ts";
import { newId } from "../../values/ids.ts";
import { markDaysDirty } from "../../sales/record.ts";
import type { Numbered, Settled } from "./kind.ts";
import type { SaleRow } from "./sale-rows.ts";

/** What the shop knows of the rows: who sells, by e-mail, and which invoices are taken. */
type Known = { sellers: Map<string, string>; invoices: Map<string, { isOurs: boolean; day: string }> };

/** Refuses rows of unknown sellers and of invoices that another import brought; stores the others. */
export async function settleSales(ctx: Ctx, importId: string, lines: Numbered<SaleRow>[]): Promise<Settled> {
  const known = await lookUp(
    ctx,
    importId,
    lines.map(({ value }) => value),
  );
  const refused: Settled["refused"] = [];
  const accepted: SaleRow[] = [];
  for (const { row, value } of lines) {
    const reason = whyRefused(value, known);
    if (reason === null) accepted.push(value);
    else refused.push({ row, reason });
  }
  return { refused, statements: storeSales(ctx, importId, accepted, known) };
}

/** One round trip. */
async function lookUp(ctx: Ctx, importId: string, lines: SaleRow[]): Promise<Known> {
  const emails = JSON.stringify([...new Set(lines.flatMap((line) => line.seller ?? []))]);
  const invoices = JSON.stringify([...new Set(lines.map((line) => line.invoice))]);
  const [users, sales] = await ctx.db.batch([
    // CROSS JOIN from the file's values: an IN would walk all people and all sales of the shop.
    sql`SELECT u.email, u.id FROM json_each(${emails}) j CROSS JOIN users u
      ON u.tenant_id = ${ctx.tenant.id} AND u.email = j.value AND u.role IN ('EMPLOYEE', 'ADMIN')`,
    sql`SELECT s.external_ref, s.import_id, s.day FROM json_each(${invoices}) j CROSS JOIN sales s
      ON s.tenant_id = ${ctx.tenant.id} AND s.external_ref = j.value`,
  ]);
  const userRow = z.object({ email: z.string(), id: z.string() });
  const saleRow = z.object({ external_ref: z.string(), import_id: z.string().nullable(), day: z.string() });
  return {
    sellers: new Map(rows(userRow, users).map((user) => [user.email, user.id])),
    invoices: new Map(
      rows(saleRow, sales).map((sale) => [
        sale.external_ref,
        { isOurs: sale.import_id === importId, day: sale.day },
      ]),
    ),
  };
}

function whyRefused(row: SaleRow, known: Known): string | null {
  if (known.invoices.get(row.invoice)?.isOurs === false)
    return `invoice ${row.invoice} is in the shop already`;
  if (row.seller !== null && !known.sellers.has(row.seller))
    return `no employee has the e-mail ${row.seller}`;
  return null;
}

/** The statements that store the lines of a piece, with the products and invoices that are new. */
function storeSales(ctx: Ctx, importId: string, lines: SaleRow[], known: Known): SQL[] {
  if (lines.length === 0) return [];
  const tenantId = ctx.tenant.id;
  const invoices = Map.groupBy(lines, (line) => line.invoice);
  const products = Map.groupBy(lines, (line) => line.sku);
  const at = ctx.now.toISOString();
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
    addUnknownProducts(
      ctx,
      [...products].map(([sku, of]) => productOf(sku, of)),
    ),
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
    ...markDaysDirty(tenantId, sql`${JSON.stringify([...days])}`),
  ];
}

/** A product that the shop may not know: its first line with a name and a price says what it is. */
function productOf(sku: string, lines: SaleRow[]) {
  const line = lines.find((each) => each.description !== "" && each.unitPrice > 0) ?? lines[0];
  return { sku, title: line?.description || sku, price: Math.max(0, line?.unitPrice ?? 0) };
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
