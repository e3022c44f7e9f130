// Which products of the import the lines of other sales have. No index has lines by product, since it would be as large as the lines.
// So the lines of the shop are searched once, some ten thousand at a time, and what is found is retained.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { firstIdAt } from "../../values/ids.ts";
import { commitStep, type UndoStep } from "./steps.ts";

const LINES_PER_SEARCH = 25_000;
// The clocks of the machines that make ids may differ.
const CLOCK_SKEW_MS = 60_000;

/** The step that begins the search. Sales that are added meanwhile have later ids, and so do those of imports that run. */
export async function beginUses(ctx: Ctx, importId: string): Promise<UndoStep> {
  const [row] = await ctx.db.all(
    z.object({ oldest: z.string().nullable() }),
    sql`SELECT min(created_at) AS oldest FROM imports WHERE tenant_id = ${ctx.tenant.id} AND id <> ${importId}
      AND finished_at IS NULL`,
  );
  const oldest = row?.oldest ? Date.parse(row.oldest) : Infinity;
  const since = firstIdAt(new Date(Math.min(Date.now(), oldest) - CLOCK_SKEW_MS));
  return { phase: "uses", after: "", since };
}

const searchRow = z.object({
  lines: z.number(),
  last: z.string().nullable(),
  used: z.string(),
});

/** Searches the next lines. Resolves to null when another consumer has done it. Two round trips. */
export async function searchUses(ctx: Ctx, importId: string, step: UndoStep): Promise<UndoStep | null> {
  const tenantId = ctx.tenant.id;
  const [sale = "", line = "0"] = step.after.split("/");
  const [found] = await ctx.db.all(
    searchRow,
    sql`WITH lines AS MATERIALIZED (SELECT sale_id, line_no, product_id FROM sale_lines WHERE tenant_id = ${tenantId}
        AND (sale_id, line_no) > (${sale}, CAST(${line} AS INTEGER)) ORDER BY sale_id, line_no LIMIT ${LINES_PER_SEARCH})
      SELECT (SELECT count(*) FROM lines) AS lines,
        (SELECT sale_id || '/' || line_no FROM lines ORDER BY sale_id DESC, line_no DESC LIMIT 1) AS last,
        (SELECT json_group_array(p.id) FROM (SELECT DISTINCT product_id FROM lines) l
          CROSS JOIN products p ON p.tenant_id = ${tenantId} AND p.id = l.product_id
          WHERE p.added_by_import = ${importId}) AS used`,
  );
  const { lines, last, used } = found ?? { lines: 0, last: null, used: "[]" };
  const isEnd = lines < LINES_PER_SEARCH || last === null;
  const next: UndoStep = { ...step, ...(isEnd ? { phase: "products", after: "" } : { after: last }) };
  const retain = sql`INSERT INTO import_retained (tenant_id, import_id, kind, id, reference, reason)
    SELECT p.tenant_id, ${importId}, 'product', p.id, p.sku, 'in other sales'
    FROM json_each(${used}) j CROSS JOIN products p ON p.tenant_id = ${tenantId} AND p.id = j.value WHERE true
    ON CONFLICT DO NOTHING`;
  return (await commitStep(ctx, importId, step, next, {}, used === "[]" ? [] : [retain])) ? next : null;
}
