// A file that was uploaded before an erasure may be read after it and add the person again. The erasure waits for such imports (the step
// `rejects`), and then erases the record that one of them added. Who has bought otherwise since is a customer again and stays.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { ErasureStep } from "../platform/personal-data.ts";

const recordRow = z.object({ id: z.string() });

/** The statements that erase records without an account, and those that were merged into them, and leave the rest to the sweep. */
function eraseRecords(tenantId: string, ids: string, at: string, dueAt: string): SQL[] {
  const records = sql`(SELECT r.id, coalesce(r.email, r.id) AS email FROM json_each(${ids}) j
      CROSS JOIN customers r ON r.tenant_id = ${tenantId} AND r.id = j.value
    UNION ALL SELECT a.id, coalesce(a.email, a.id) FROM json_each(${ids}) j
      CROSS JOIN customers a INDEXED BY customers_merged ON a.tenant_id = ${tenantId} AND a.merged_into = j.value
        AND a.merged_into IS NOT NULL)`;
  return [
    sql`INSERT INTO erasures (tenant_id, user_id, email, step, after, due_at)
      SELECT ${tenantId}, id, email, 'own', '', ${dueAt} FROM ${records} WHERE true ON CONFLICT DO NOTHING`,
    sql`UPDATE users SET is_active = 0, erased_at = ${at} WHERE tenant_id = ${tenantId} AND has_login = 0 AND erased_at IS NULL
      AND id IN (SELECT id FROM ${records})`,
  ];
}

/** An account that never confirmed its address may not have erased those who have it. */
export const eraseReimported: ErasureStep = async (ctx, { tenant_id, user_id, email }) => {
  const records = await ctx.db.all(
    recordRow,
    sql`SELECT c.id FROM users u CROSS JOIN customers c ON c.tenant_id = u.tenant_id AND c.email = ${email}
      CROSS JOIN imports i ON i.tenant_id = c.tenant_id AND i.id = c.added_by_import
      WHERE u.tenant_id = ${tenant_id} AND u.id = ${user_id} AND (u.has_login = 0 OR u.email_confirmed_at IS NOT NULL)
        AND i.created_at <= u.erased_at AND c.created_at >= u.erased_at
        AND c.account_email IS NULL AND c.merged_into IS NULL AND c.erased_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM sales s INDEXED BY sales_customer
          WHERE s.tenant_id = c.tenant_id AND s.customer_key = c.id AND s.import_id IS NULL)`,
  );
  const at = ctx.now.toISOString();
  const ids = JSON.stringify(records.map(({ id }) => id));
  return { statements: records.length === 0 ? [] : eraseRecords(tenant_id, ids, at, at), after: null };
};
