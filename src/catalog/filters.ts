import { sql, type SQL } from "drizzle-orm";
import type { Ctx } from "../context.ts";
export type Filters = Record<string, unknown>;
export function filtersOf(ctx: Ctx, _filters: Filters): SQL[] {
  return [sql`p.tenant_id = ${ctx.tenant.id} AND p.is_active = 1`];
}
