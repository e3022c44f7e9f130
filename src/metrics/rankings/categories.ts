// The present category of each product that has been sold: packed for those with a number, and one by one for those whose first sales the
// daily tables lack.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { returning } from "../../platform/d1.ts";
import type { Plan } from "../../platform/plan.ts";
import { dailyTables } from "../../rollups/daily-tables.ts";
import { overUnreadSales, type Range } from "../days.ts";

const categoriesRow = z.object({
  // By number or id
  categories: z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(z.record(z.string(), z.string().nullable())),
});

/** The categories of products by number; one statement for any ranges. */
export const numberedCategories = (ctx: Ctx) =>
  returning(categoriesRow, sql`SELECT categories FROM product_categories WHERE tenant_id = ${ctx.tenant.id}`);

const joinUnnumbered = sql.raw(`${dailyTables.products.join}
  JOIN products p ON p.tenant_id = l.tenant_id AND p.id = l.product_id AND p.category IS NOT NULL`);

const unnumberedCategories = (ctx: Ctx, range: Range) =>
  returning(
    categoriesRow,
    sql`SELECT json_object(id, category) AS categories FROM (${overUnreadSales(
      ctx,
      range,
      (sales) => sql`SELECT p.id, p.category ${sales(joinUnnumbered)}
        AND NOT EXISTS (SELECT 1 FROM product_numbers n WHERE n.tenant_id = p.tenant_id AND n.product_id = p.id) GROUP BY 1`,
    )})`,
  );

/** The category of a product of the range by its number, or its id until it has one; null without one. */
export function categoriesOf(
  ctx: Ctx,
  range: Range,
  numbered = numberedCategories(ctx),
): Plan<(key: number | string) => string | null> {
  const unnumbered = unnumberedCategories(ctx, range);
  return {
    statements: [numbered, unnumbered],
    read: (done) => {
      const byKey = new Map<string, string | null>();
      for (const { categories } of [...done.of(numbered), ...done.of(unnumbered)])
        for (const [key, category] of Object.entries(categories)) byKey.set(key, category);
      return (key) => byKey.get(String(key)) ?? null;
    },
  };
}
