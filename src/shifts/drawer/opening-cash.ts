import { sql } from "drizzle-orm";
import type { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { OpeningCash } from "./schema.ts";

/** The last count of a drawer of the shop, with which the next shift may start. One round trip. */
export async function getOpeningCash(ctx: Ctx): Promise<z.infer<typeof OpeningCash>> {
  const [counted] = await ctx.db.all(
    OpeningCash,
    sql`SELECT counted_cash AS amount, id AS shift_id, user_id, end_at AS counted_at FROM shifts INDEXED BY shifts_counted
      WHERE tenant_id = ${ctx.tenant.id} AND counted_cash IS NOT NULL ORDER BY end_at DESC, id DESC LIMIT 1`,
  );
  return counted ?? { amount: null, shift_id: null, user_id: null, counted_at: null };
}
