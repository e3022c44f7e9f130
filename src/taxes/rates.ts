import { sql, type SQL } from "drizzle-orm";
import type { z } from "zod";
import { columnsOf } from "../platform/columns.ts";
import type { Ctx } from "../platform/context.ts";
import { decodeCursor, encodeCursor, pageOf, singleKey } from "../platform/cursor.ts";
import { sqlBoolean } from "../platform/d1.ts";
import { notFound, Problem } from "../platform/problem.ts";
import { TaxRate, type TaxRateQuery } from "./schema.ts";

export type TaxRateBody = z.infer<typeof TaxRate>;

export const rateRow = TaxRate.extend({ is_default: sqlBoolean, is_active: sqlBoolean, is_used: sqlBoolean });

export const rateColumns = columnsOf(rateRow);

/** The tax rates of the shop, oldest first. One round trip. @throws Problem invalid-cursor */
export async function listTaxRates(ctx: Ctx, { limit, cursor, is_active }: z.infer<typeof TaxRateQuery>) {
  const [after] = decodeCursor(singleKey, "tax-rates", ctx.tenant.id, cursor) ?? [];
  const rows = await ctx.db.all(
    rateRow,
    sql`SELECT ${rateColumns} FROM tax_rates WHERE tenant_id = ${ctx.tenant.id}
      ${is_active === undefined ? sql`` : sql`AND is_active = ${Number(is_active === "true")}`}
      ${after === undefined ? sql`` : sql`AND id > ${after}`} ORDER BY id LIMIT ${limit + 1}`,
  );
  return pageOf(rows, limit, ({ id }) => encodeCursor("tax-rates", ctx.tenant.id, [id]));
}

/** A tax rate of the shop. One round trip. @throws Problem not-found */
export async function getTaxRate(ctx: Ctx, id: string): Promise<TaxRateBody> {
  const [row] = await ctx.db.all(
    rateRow,
    sql`SELECT ${rateColumns} FROM tax_rates WHERE tenant_id = ${ctx.tenant.id} AND id = ${id}`,
  );
  if (!row) throw notFound("tax rate");
  return row;
}

/** The statement that takes the default of the shop from any rate but this one, if this one exists. */
export const clearDefault = (ctx: Ctx, id: string): SQL =>
  sql`UPDATE tax_rates SET is_default = 0 WHERE tenant_id = ${ctx.tenant.id} AND is_default = 1 AND id <> ${id}
    AND EXISTS (SELECT 1 FROM tax_rates WHERE tenant_id = ${ctx.tenant.id} AND id = ${id})`;

export const nameExists = (): Problem =>
  new Problem(
    "tax-rate-exists",
    "The names of active tax rates are unique. Choose another name, or send `replaces` to replace the other rate.",
  );
