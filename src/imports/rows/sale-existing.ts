// What the shop has of the invoices of a chunk before it is stored.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { returning, sqlBoolean } from "../../platform/d1.ts";
import { Problem } from "../../platform/problem.ts";
import type { CustomMethod } from "../../auth/shops/payment-methods-schema.ts";
import { customMethodsColumn } from "../../auth/shops/payment-methods.ts";
import { folded } from "../../values/text.ts";
import { selectTaxRates, type TaxRate } from "./tax-rates.ts";
import type { FileRow, RefusedRecord } from "./row-importer.ts";
import type { SaleRow } from "./sale-rows.ts";

/** A file has invoices of an import that is being undone. They are imported when the undo has removed them. */
export class UndoInProgress extends Problem<"conflict"> {
  constructor() {
    super("conflict", "Another import with these invoices is being undone. Try again when that has ended.");
  }
}

const userRow = z.object({ email: z.string(), id: z.string() });
const staffRow = z.object({ name: z.string(), id: z.string() });
const shopRow = z.object({ payment_methods: customMethodsColumn });
const barcodeRow = z.object({ code: z.string(), sku: z.string() });

const saleRow = z.object({
  external_ref: z.string(),
  id: z.string(),
  is_own: sqlBoolean,
  is_undoing: sqlBoolean,
  is_refunded: sqlBoolean,
  is_refunded_since: sqlBoolean,
  day: z.string(),
  customer_ref: z.string().nullable(),
  country: z.string().nullable(),
  payment_method: z.string().nullable(),
  has_payments: sqlBoolean,
});

const heldRow = z.object({ invoice: z.string(), reason: z.string() });

const lineRow = z.object({
  external_ref: z.string(),
  sku: z.string(),
  quantity: z.number(),
  subtotal: z.number(),
});

export type StoredInvoice = z.infer<typeof saleRow>;

/** What the shop has of that which the rows name. */
export type Existing = {
  /** The ids of sellers by e-mail and by name; null for a name that several have. */
  sellers: Map<string, string | null>;
  taxRates: TaxRate[];
  customMethods: readonly CustomMethod[];
  /** The SKUs of products by barcode. */
  barcodes: Map<string, string>;
  invoices: Map<string, StoredInvoice>;
  held: Map<string, string>;
  /** The number of each `lineKey` by invoice. */
  lines: Map<string, Map<string, number>>;
};

/** What identifies a line in another export of the same invoice. */
export const lineKey = ({
  sku,
  quantity,
  subtotal,
}: {
  sku: string;
  quantity: number;
  subtotal: number;
}): string => JSON.stringify([folded(sku), quantity, subtotal]);

/** One round trip, or two if the shop has invoices of other imports. @throws UndoInProgress */
export async function findExisting(
  ctx: Ctx,
  importId: string,
  rows: FileRow<SaleRow>[],
  refused: RefusedRecord[],
): Promise<Existing> {
  const tenantId = ctx.tenant.id;
  const named = [...new Set(rows.flatMap(({ value }) => value.seller ?? []))];
  const emails = JSON.stringify(named);
  const codes = JSON.stringify([...new Set(rows.flatMap(({ value }) => value.barcode ?? []))]);
  const numbers = new Set([
    ...rows.map(({ value }) => value.invoice),
    ...rows.flatMap(({ value }) => value.exported?.refundOf ?? []),
    ...refused.flatMap(({ group }) => group ?? []),
  ]);
  const invoices = JSON.stringify([...numbers]);
  // CROSS JOIN from the file's values, because with IN the planner reads all users and all sales of the shop.
  const users = returning(
    userRow,
    sql`SELECT u.email, u.id FROM json_each(${emails}) j CROSS JOIN users u
      ON u.tenant_id = ${tenantId} AND u.email = j.value AND u.role IN ('EMPLOYEE', 'ADMIN')`,
  );
  const sales = returning(
    saleRow,
    sql`SELECT s.external_ref, s.id, s.import_id IS ${importId} AS is_own, s.day, s.customer_ref, s.country, s.payment_method,
        EXISTS (SELECT 1 FROM sale_payments y WHERE y.tenant_id = s.tenant_id AND y.sale_id = s.id) AS has_payments,
        EXISTS (SELECT 1 FROM imports i WHERE i.tenant_id = s.tenant_id AND i.id = s.import_id AND i.undo_status = 'undoing')
          AS is_undoing,
        EXISTS (SELECT 1 FROM sales r INDEXED BY sales_refund_of WHERE r.tenant_id = s.tenant_id AND r.refund_of = s.id)
          AS is_refunded,
        EXISTS (SELECT 1 FROM sales r INDEXED BY sales_refund_of WHERE r.tenant_id = s.tenant_id AND r.refund_of = s.id
          AND r.import_id IS NOT s.import_id) AS is_refunded_since
      FROM json_each(${invoices}) j CROSS JOIN sales s ON s.tenant_id = ${tenantId} AND s.external_ref = j.value`,
  );
  const held = returning(
    heldRow,
    sql`SELECT h.invoice, h.reason FROM json_each(${invoices}) j CROSS JOIN import_held h
      ON h.tenant_id = ${tenantId} AND h.import_id = ${importId} AND h.invoice = j.value`,
  );
  // Only where rows need them.
  const staff = named.some((text) => !text.includes("@")) ? selectStaff(ctx) : null;
  const rates = rows.some(({ value }) => value.taxRate !== null || value.exported?.taxName)
    ? selectTaxRates(ctx)
    : null;
  const shop = rows.some(({ value }) => value.payment !== null)
    ? returning(shopRow, sql`SELECT payment_methods FROM tenants WHERE id = ${tenantId}`)
    : null;
  const barcodes =
    codes === "[]"
      ? null
      : returning(
          barcodeRow,
          sql`SELECT b.code, p.sku FROM json_each(${codes}) j
            CROSS JOIN product_barcodes b ON b.tenant_id = ${tenantId} AND b.code = j.value
            CROSS JOIN products p ON p.tenant_id = b.tenant_id AND p.id = b.product_id`,
        );
  const further = [staff, rates, shop, barcodes].filter((each) => each !== null);
  const done = await ctx.db.batch([users, sales, held, ...further]);
  const stored = done.of(sales);
  const others = stored.filter(({ is_own }) => !is_own);
  if (others.some(({ is_undoing, is_refunded_since }) => is_undoing && !is_refunded_since))
    throw new UndoInProgress();
  return {
    sellers: new Map([
      ...(staff ? idsByName(done.of(staff)) : []),
      ...done.of(users).map((user) => [user.email, user.id] as const),
    ]),
    taxRates: rates ? done.of(rates) : [],
    customMethods: shop ? (done.of(shop)[0]?.payment_methods ?? []) : [],
    barcodes: new Map(barcodes ? done.of(barcodes).map(({ code, sku }) => [code, sku]) : []),
    invoices: new Map(stored.map((sale) => [sale.external_ref, sale])),
    held: new Map(done.of(held).map(({ invoice, reason }) => [invoice, reason])),
    lines: others.length === 0 ? new Map() : await linesOf(ctx, others),
  };
}

const selectStaff = (ctx: Ctx) =>
  returning(
    staffRow,
    sql`SELECT trim(first_name || ' ' || last_name) AS name, id FROM users
      WHERE tenant_id = ${ctx.tenant.id} AND role IN ('ADMIN', 'EMPLOYEE')`,
  );

function idsByName(staff: z.infer<typeof staffRow>[]): Map<string, string | null> {
  const ids = new Map<string, string | null>();
  for (const { name, id } of staff) ids.set(folded(name), ids.has(folded(name)) ? null : id);
  return ids;
}

async function linesOf(ctx: Ctx, sales: StoredInvoice[]): Promise<Existing["lines"]> {
  const refs = JSON.stringify(sales.map(({ id, external_ref }) => [id, external_ref]));
  const stored = await ctx.db.all(
    lineRow,
    sql`SELECT j.value ->> 1 AS external_ref, l.sku, l.quantity, l.subtotal FROM json_each(${refs}) j
      CROSS JOIN sale_lines l ON l.tenant_id = ${ctx.tenant.id} AND l.sale_id = j.value ->> 0`,
  );
  const lines: Existing["lines"] = new Map();
  for (const { external_ref, ...line } of stored) {
    const counts = lines.get(external_ref) ?? new Map<string, number>();
    lines.set(external_ref, counts);
    const key = lineKey(line);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return lines;
}
