// What the shop has of the invoices of a chunk before it is stored.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { returning, sqlBoolean } from "../../platform/d1.ts";
import { Problem } from "../../platform/problem.ts";
import { folded } from "../../values/text.ts";
import type { FileRow, RefusedRecord } from "./row-importer.ts";
import type { SaleRow } from "./sale-rows.ts";

/** A file has invoices of an import that is being undone. They are imported when the undo has removed them. */
export class UndoInProgress extends Problem {
  constructor() {
    super("conflict", "Another import with these invoices is being undone. Try again when that has ended.");
  }
}

const userRow = z.object({ email: z.string(), id: z.string() });

const saleRow = z.object({
  external_ref: z.string(),
  id: z.string(),
  is_own: sqlBoolean,
  is_undoing: sqlBoolean,
  is_refunded: sqlBoolean,
  day: z.string(),
  customer_ref: z.string().nullable(),
  country: z.string().nullable(),
});

const heldRow = z.object({ invoice: z.string(), reason: z.string() });

const lineRow = z.object({
  external_ref: z.string(),
  sku: z.string(),
  quantity: z.number(),
  subtotal: z.number(),
});

export type StoredInvoice = z.infer<typeof saleRow>;

/** The ids of sellers by e-mail, the stored invoices by number, why invoices are held, and the lines of invoices of other imports. */
export type Existing = {
  sellers: Map<string, string>;
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
  const emails = JSON.stringify([...new Set(rows.flatMap(({ value }) => value.seller ?? []))]);
  const numbers = new Set([
    ...rows.map(({ value }) => value.invoice),
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
    sql`SELECT s.external_ref, s.id, s.import_id IS ${importId} AS is_own, s.day, s.customer_ref, s.country,
        EXISTS (SELECT 1 FROM imports i WHERE i.tenant_id = s.tenant_id AND i.id = s.import_id AND i.undo_status = 'undoing')
          AS is_undoing,
        EXISTS (SELECT 1 FROM sales r INDEXED BY sales_refund_of WHERE r.tenant_id = s.tenant_id AND r.refund_of = s.id)
          AS is_refunded
      FROM json_each(${invoices}) j CROSS JOIN sales s ON s.tenant_id = ${tenantId} AND s.external_ref = j.value`,
  );
  const held = returning(
    heldRow,
    sql`SELECT h.invoice, h.reason FROM json_each(${invoices}) j CROSS JOIN import_held h
      ON h.tenant_id = ${tenantId} AND h.import_id = ${importId} AND h.invoice = j.value`,
  );
  const done = await ctx.db.batch([users, sales, held]);
  const stored = done.of(sales);
  const others = stored.filter(({ is_own }) => !is_own);
  if (others.some(({ is_undoing, is_refunded }) => is_undoing && !is_refunded)) throw new UndoInProgress();
  return {
    sellers: new Map(done.of(users).map((user) => [user.email, user.id])),
    invoices: new Map(stored.map((sale) => [sale.external_ref, sale])),
    held: new Map(done.of(held).map(({ invoice, reason }) => [invoice, reason])),
    lines: others.length === 0 ? new Map() : await linesOf(ctx, others),
  };
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
