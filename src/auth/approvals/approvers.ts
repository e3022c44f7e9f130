// Who may approve at a till: the active ADMIN accounts with a PIN.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import type { ApproverList } from "./schema.ts";

const approverRow = z.object({ id: z.string(), first_name: z.string(), last_name: z.string() });

/** The accounts that an `approval` may name, by their names. One round trip. */
export async function listApprovers(ctx: Ctx): Promise<z.infer<typeof ApproverList>> {
  const data = await ctx.db.all(
    approverRow,
    sql`SELECT u.id, u.first_name, u.last_name
      FROM approval_pins p CROSS JOIN users u ON u.tenant_id = p.tenant_id AND u.id = p.user_id
      WHERE p.tenant_id = ${ctx.tenant.id} AND u.role = 'ADMIN' AND u.is_active = 1
      ORDER BY u.first_name, u.last_name, u.id`,
  );
  return { data };
}
