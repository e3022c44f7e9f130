// Removes the customers whom an import added, if nothing but the import refers to them. Customers who remain are not listed: whom the
// shop knows otherwise is its customer. Their rows in `users` stay: SQLite would search all sales of the shop for each that is deleted.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { commitStep, type UndoStep } from "./steps.ts";

const CUSTOMERS_PER_BATCH = 500;

/** Removes the next customers. Resolves to null when another consumer has done it. Two round trips. */
export async function undoCustomers(ctx: Ctx, importId: string, step: UndoStep): Promise<UndoStep | null> {
  const tenantId = ctx.tenant.id;
  const page = await ctx.db.all(
    z.object({ id: z.string() }),
    sql`SELECT id FROM customers INDEXED BY customers_import WHERE tenant_id = ${tenantId}
      AND added_by_import = ${importId} AND id > ${step.after} ORDER BY id LIMIT ${CUSTOMERS_PER_BATCH}`,
  );
  const last = page.at(-1)?.id;
  const next: UndoStep =
    last === undefined ? { phase: "end", after: "" } : { phase: "customers", after: last };
  // A record that staff have changed or merged has another version; a sale, also a pending one, has a customer_id.
  const removed = sql`FROM json_each(${JSON.stringify(page.map(({ id }) => id))}) j
    CROSS JOIN customers c ON c.tenant_id = ${tenantId} AND c.id = j.value
    CROSS JOIN users u ON u.tenant_id = c.tenant_id AND u.id = c.id
    WHERE c.added_by_import = ${importId} AND c.version = 1 AND u.has_login = 0
      AND NOT EXISTS (SELECT 1 FROM sales s INDEXED BY sales_customer WHERE s.tenant_id = c.tenant_id AND s.customer_key = c.id)
      AND NOT EXISTS (SELECT 1 FROM customers a INDEXED BY customers_merged WHERE a.tenant_id = c.tenant_id AND a.merged_into = c.id
        AND a.added_by_import IS NOT c.added_by_import)
      AND NOT EXISTS (SELECT 1 FROM customer_merges m WHERE m.tenant_id = c.tenant_id AND c.id IN (m.from_id, m.into_id))`;
  const statements = [
    // References of the same import that lead to a removed record.
    sql`UPDATE customers SET merged_into = NULL WHERE tenant_id = ${tenantId} AND added_by_import = ${importId}
      AND merged_into IN (SELECT c.id ${removed})`,
    sql`DELETE FROM customers WHERE tenant_id = ${tenantId} AND id IN (SELECT c.id ${removed})`,
  ];
  const customers = sql`(SELECT count(iif(c.merged_into IS NULL, 1, NULL)) ${removed})`;
  const isCommitted = await commitStep(
    ctx,
    importId,
    step,
    next,
    last === undefined ? {} : { customers },
    last === undefined ? [] : statements,
  );
  return isCommitted ? next : null;
}
