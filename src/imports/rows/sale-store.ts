// Stores the invoices of a chunk. Every chunk after the first adds its lines to those of the chunks before.
import { sql, type SQL } from "drizzle-orm";
import { addUnknownCustomers, customerIdOf, identityOf, type NamedCustomer } from "../../customers/named.ts";
import { addUnknownProducts, productIdOf } from "../../catalog/products/bulk.ts";
import type { Ctx } from "../../platform/context.ts";
import { offsetAt } from "../../values/days.ts";
import { newId } from "../../values/ids.ts";
import { isWholeEnough, Unit } from "../../values/quantities.ts";
import { folded } from "../../values/text.ts";
import { markDaysForRebuild } from "../../sales/record.ts";
import type { FileRow, PreparedRows, RefusedRecord } from "./row-importer.ts";
import { judgeInvoices } from "./sale-invoices.ts";
import { findExisting, type Existing } from "./sale-existing.ts";
import { paymentsOf, singleMethod, storePayments } from "./sale-payments.ts";
import { findExportedTaxRate, findPastTaxRate, includedTax } from "./tax-rates.ts";
import { isRefundOf, type SaleRow } from "./sale-rows.ts";

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
): Promise<PreparedRows<SaleRow>> {
  const existing = await findExisting(ctx, importId, lines, refused);
  const resolved = existing.barcodes.size === 0 ? lines : lines.map((line) => withSku(line, existing));
  const { accepted, rejected, known, held } = judgeInvoices(resolved, refused, existing);
  const firstRow = Math.min(...lines.map(({ row }) => row), ...refused.map(({ row }) => row));
  return {
    rejected,
    known,
    resolved,
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

/** A line that only has a barcode, with the SKU of the product that has the barcode. */
function withSku({ row, value }: FileRow<SaleRow>, { barcodes }: Existing): FileRow<SaleRow> {
  const sku = value.isBarcodeSku && value.barcode !== null ? barcodes.get(value.barcode) : undefined;
  return { row, value: sku === undefined ? value : { ...value, sku } };
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
          sql`DELETE FROM sale_payments WHERE tenant_id = ${tenantId} AND sale_id IN ${ids}`,
          sql`DELETE FROM sale_lines WHERE tenant_id = ${tenantId} AND sale_id IN ${ids}`,
          sql`DELETE FROM sales WHERE tenant_id = ${tenantId} AND id IN ${ids}`,
          ...markDaysForRebuild(tenantId, sql`${JSON.stringify([...new Set(stored.map(({ day }) => day))])}`),
        ]),
  ];
}

/** The statements that store the lines of a chunk, and the products and invoices that do not exist yet. */
function storeSales(ctx: Ctx, importId: string, rows: SaleRow[], existing: Existing): SQL[] {
  if (rows.length === 0) return [];
  const tenantId = ctx.tenant.id;
  const lines = rows.map((row) => taxed(row, existing));
  const invoices = Map.groupBy(lines, (line) => line.invoice);
  const keys = new Map([...new Set(lines.map(({ sku }) => sku))].map((sku) => [sku, folded(sku)]));
  const products = Map.groupBy(lines, ({ sku }) => keys.get(sku));
  const at = ctx.now.toISOString();
  const sales = new Map(
    [...invoices].map(([invoice, all]) => [invoice, toSale(ctx, invoice, all, existing)]),
  );
  const idOf = (invoice: string | null): string | null =>
    invoice === null ? null : (existing.invoices.get(invoice)?.id ?? sales.get(invoice)?.id ?? null);
  const saleJson = JSON.stringify(
    [...sales.values()].map((sale) => ({ ...sale, refund_of: idOf(sale.refund_of) })),
  );
  const lineJson = JSON.stringify(
    [...invoices.values()].flatMap((all) =>
      all.map((line, index) => [
        line.invoice,
        // Relative to the invoice's number of lines, which the statement before has increased by this chunk's.
        index + 1 - all.length,
        line.sku,
        line.description || line.sku,
        line.quantity,
        line.unitPrice,
        line.exactPrice,
        line.subtotal,
        keys.get(line.sku),
        line.unit,
        line.discount,
        line.tax,
        line.rate,
        line.rateId,
        line.exported?.listPrice ?? line.unitPrice,
        line.exported?.discountReason ?? null,
        line.exported?.refunded ?? 0,
      ]),
    ),
  );
  const days = new Set(lines.map(({ day }) => day));
  const customers = [...invoices.values()].flatMap((all) => {
    const customer = customerOf(all);
    return customer ? [{ ...customer, import_id: importId }] : [];
  });
  const rateIds = [...new Set(lines.flatMap(({ rateId }) => rateId ?? []))];
  const freeBarcodes = barcodesOf(lines, existing);
  return [
    addUnknownProducts(
      ctx,
      [...products.values()].map((all) => toProduct(all, freeBarcodes)),
      importId,
    ),
    ...addUnknownCustomers(ctx.now, tenantId, customers),
    sql`INSERT INTO sales (tenant_id, id, kind, channel, status, seller_id, customer_ref, customer_id, country, payment_method, external_ref,
        import_id, total, tax, discount, units, lines, placed_at, day, utc_offset, created_at, refund_of, reason, discount_reason, rounding)
      SELECT ${tenantId}, value ->> 'id', value ->> 'kind', 'import', 'completed', value ->> 'seller', value ->> 'customer',
        ${customerIdOf(tenantId, sql`value ->> 'ref'`, sql`value ->> 'email'`)}, value ->> 'country', value ->> 'method', value ->> 'invoice', ${importId}, value ->> 'total', value ->> 'tax',
        value ->> 'discount', value ->> 'units', value ->> 'lines', value ->> 'at', value ->> 'day', value ->> 'offset', ${at},
        value ->> 'refund_of', value ->> 'reason', value ->> 'discount_reason', value ->> 'rounding'
      FROM json_each(${saleJson}) WHERE true
      ON CONFLICT (tenant_id, external_ref) WHERE external_ref IS NOT NULL DO UPDATE SET
        lines = lines + excluded.lines, units = units + excluded.units, total = total + excluded.total,
        tax = tax + excluded.tax, discount = discount + excluded.discount,
        payment_method = iif(payment_method = excluded.payment_method, payment_method, NULL)
      WHERE import_id = excluded.import_id`,
    // LEFT JOIN, so that a missing invoice or product becomes NULL and NOT NULL fails the batch.
    sql`INSERT INTO sale_lines (tenant_id, sale_id, line_no, product_id, sku, description, quantity, unit,
        list_price, unit_price, exact_price, subtotal, discount, tax, tax_rate, tax_rate_id, discount_reason, refunded)
      SELECT ${tenantId}, s.id, s.lines + (j.value ->> 1), p.id, j.value ->> 2, j.value ->> 3, j.value ->> 4,
        iif(coalesce(j.value ->> 9, p.unit) = 'piece' AND j.value ->> 4 % 1000 <> 0, ${UNIT_OF_FRACTIONS},
          coalesce(j.value ->> 9, p.unit)),
        j.value ->> 14, j.value ->> 5, j.value ->> 6, j.value ->> 7, j.value ->> 10, j.value ->> 11, j.value ->> 12, j.value ->> 13,
        j.value ->> 15, j.value ->> 16
      FROM json_each(${lineJson}) AS j
      LEFT JOIN sales s ON s.tenant_id = ${tenantId} AND s.external_ref = j.value ->> 0 AND s.import_id = ${importId}
      LEFT JOIN products p ON p.tenant_id = ${tenantId} AND p.id = ${productIdOf(ctx, sql`j.value ->> 2`, sql`j.value ->> 8`)}`,
    ...storePayments(
      tenantId,
      importId,
      [...invoices].flatMap(([invoice, all]) => paymentsOf(invoice, all, existing)),
    ),
    ...(rateIds.length === 0
      ? []
      : [
          sql`UPDATE tax_rates SET is_used = 1 WHERE tenant_id = ${tenantId} AND is_used = 0
            AND id IN (SELECT value FROM json_each(${JSON.stringify(rateIds)}))`,
        ]),
    ...markDaysForRebuild(tenantId, sql`${JSON.stringify([...days])}`),
  ];
}

/** The customer whom the lines of an invoice name. */
function customerOf(lines: SaleRow[]): NamedCustomer | null {
  const line = lines.find(({ customer }) => customer !== null);
  if (!line || line.customer === null) return null;
  const { ref, email, name } = identityOf(line.customer);
  const statedEmail = lines.find(({ customerEmail }) => customerEmail !== null)?.customerEmail;
  const statedName = lines.find(({ customerName }) => customerName !== null)?.customerName;
  return { ref, email: email ?? statedEmail ?? null, name: statedName ?? name };
}

/** The line with its tax rate; its tax is as stated in the file, else the part of its subtotal by the rate. */
function taxed(
  line: SaleRow,
  { taxRates }: Existing,
): SaleRow & { tax: number; rate: number | null; rateId: string | null } {
  if (line.exported) {
    const { taxName, taxRate: rate } = line.exported;
    const rateId = findExportedTaxRate(taxRates, taxName, rate)?.id ?? null;
    return { ...line, tax: line.tax ?? 0, rate, rateId };
  }
  const found = line.taxRate === null ? null : findPastTaxRate(taxRates, line.taxRate);
  const tax = line.tax ?? (found ? includedTax(line.subtotal, found.rate) : 0);
  return { ...line, tax, rate: found?.rate ?? null, rateId: found?.id ?? null };
}

/** The barcodes by SKU that no product has. */
function barcodesOf(lines: SaleRow[], { barcodes }: Existing): Map<string, string> {
  const free = new Map<string, string>();
  const used = new Set<string>();
  for (const { sku, barcode } of lines) {
    const key = folded(sku);
    if (barcode === null || free.has(key) || used.has(barcode) || barcodes.has(barcode)) continue;
    free.set(key, barcode);
    used.add(barcode);
  }
  return free;
}

/** A product described by the first line that has a description and a price; it is weighed if a line has a fraction. */
function toProduct(lines: SaleRow[], freeBarcodes: Map<string, string>) {
  const line = lines.find((each) => each.description !== "" && each.unitPrice > 0) ?? lines[0];
  const sku = lines[0]?.sku ?? "";
  const isWeighed = lines.some(({ quantity }) => !isWholeEnough("piece", quantity));
  const stated = lines.find(({ unit }) => unit !== null && unit !== "piece")?.unit;
  const barcode = freeBarcodes.get(folded(sku));
  return {
    sku,
    title: line?.description || sku,
    price: Math.max(0, line?.unitPrice ?? 0),
    unit: Unit.parse(stated ?? (isWeighed ? UNIT_OF_FRACTIONS : "piece")),
    barcodes: barcode === undefined ? [] : [barcode],
  };
}

/** The lines of an invoice in this chunk as a sale, whose amounts are added to those of earlier chunks. */
function toSale(ctx: Ctx, invoice: string, lines: (SaleRow & { tax: number })[], existing: Existing) {
  const [first] = lines;
  const customer = customerOf(lines);
  const sumOf = (field: "quantity" | "subtotal" | "tax" | "discount"): number =>
    lines.reduce((sum, line) => sum + line[field], 0);
  return {
    id: newId(),
    invoice,
    kind: isRefundOf(lines) ? "refund" : "sale",
    seller: first?.seller ? (existing.sellers.get(first.seller) ?? null) : null,
    customer: lines.find(({ customer }) => customer !== null)?.customer ?? null,
    ref: customer?.ref ?? null,
    email: customer?.email ?? null,
    country: lines.find(({ country }) => country !== null)?.country ?? null,
    method: singleMethod(paymentsOf(invoice, lines, existing)),
    at: first?.at,
    day: first?.day,
    offset: first ? offsetAt(new Date(first.at), ctx.tenant.timezone) : null,
    refund_of: first?.exported?.refundOf ?? null,
    reason: first?.exported?.reason ?? null,
    discount_reason: first?.exported?.saleDiscountReason ?? null,
    rounding: first?.exported?.rounding ?? 0,
    lines: lines.length,
    units: sumOf("quantity"),
    total: sumOf("subtotal"),
    tax: sumOf("tax"),
    discount: sumOf("discount"),
  };
}
