// Alerts of shifts that are idle or overlong. The idle watch opens them; new activity closes an idle alert, and the end of
// the shift closes all. The list also has the stock discrepancies, which are rows of sales.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { encodeCursor, decodeCursor, pageOf } from "../../platform/cursor.ts";
import { returning } from "../../platform/d1.ts";
import { planOf } from "../../platform/plan.ts";
import { Alert, type AlertQuery } from "./schema.ts";

/** The statement that closes the open alerts of a shift (its id, or SQL that yields it): the idle alert, or all. */
export const closeAlerts = (
  tenantId: string,
  shiftId: string | SQL,
  at: string,
  which: "idle" | "all",
): SQL =>
  sql`UPDATE alerts SET closed_at = max(opened_at, ${at}) WHERE tenant_id = ${tenantId} AND shift_id = ${shiftId}
    AND closed_at IS NULL ${which === "idle" ? sql`AND kind = 'idle'` : sql``}`;

const alertKey = z.tuple([z.string(), z.string()]);

/** The statement of one part, in the order of an index of `x`: its columns, its tables and what they are filtered by. */
const partOf = (columns: SQL, tables: SQL, filters: SQL[], at: string, limit: number): SQL =>
  sql`SELECT * FROM (SELECT ${columns} FROM ${tables} WHERE ${sql.join(filters, sql` AND `)}
    ORDER BY ${sql.raw(at)} DESC, x.id DESC LIMIT ${limit})`;

/** The index that reads the fewest alerts of shifts: few are open, and a person has fewer than a kind. */
function indexOf({
  open,
  user_id,
  kind,
}: Pick<z.infer<typeof AlertQuery>, "open" | "user_id" | "kind">): string {
  if (open === "true") return "alerts_unclosed";
  if (user_id !== undefined) return "alerts_user";
  return kind === undefined ? "alerts_opened" : "alerts_kind_opened";
}

/** Alerts that match the filters, newest first. @throws Problem invalid-cursor */
export function listAlerts(ctx: Ctx, { open, user_id, kind, limit, cursor }: z.infer<typeof AlertQuery>) {
  const last = decodeCursor(alertKey, "alerts", ctx.tenant.id, cursor);
  const common = (at: string, userColumn: string): SQL[] => [
    sql`x.tenant_id = ${ctx.tenant.id}`,
    ...(user_id === undefined ? [] : [sql`${sql.raw(userColumn)} = ${user_id}`]),
    ...(last ? [sql`(${sql.raw(at)}, x.id) < (${last[0]}, ${last[1]})`] : []),
  ];
  const ofShifts = (): SQL => {
    const filters = common("x.opened_at", "x.user_id");
    if (open !== undefined) filters.push(sql.raw(`x.closed_at IS ${open === "true" ? "" : "NOT "}NULL`));
    if (kind !== undefined) filters.push(sql`x.kind = ${kind}`);
    const columns = sql`x.id, x.kind, x.shift_id, x.user_id, NULL AS product_id, x.opened_at, x.closed_at`;
    return partOf(
      columns,
      sql.raw(`alerts x INDEXED BY ${indexOf({ open, user_id, kind })}`),
      filters,
      "x.opened_at",
      limit + 1,
    );
  };
  // What a sale took beyond the stock needs attention until a count resolves it.
  const ofStock = (isOpen: 0 | 1): SQL =>
    partOf(
      sql`x.id, 'stock_discrepancy' AS kind, s.shift_id, s.seller_id AS user_id, x.product_id, x.created_at AS opened_at,
        x.resolved_at AS closed_at`,
      sql`stock_discrepancies x CROSS JOIN sales s ON s.tenant_id = x.tenant_id AND s.id = x.sale_id`,
      [...common("x.created_at", "s.seller_id"), sql.raw(`x.is_open = ${isOpen}`)],
      "x.created_at",
      limit + 1,
    );
  const parts: SQL[] = [];
  if (kind !== "stock_discrepancy") parts.push(ofShifts());
  if (kind === undefined || kind === "stock_discrepancy") {
    if (open !== "false") parts.push(ofStock(1));
    if (open !== "true") parts.push(ofStock(0));
  }
  const alerts = returning(
    Alert,
    sql`${sql.join(parts, sql` UNION ALL `)} ORDER BY opened_at DESC, id DESC LIMIT ${limit + 1}`,
  );
  return planOf(alerts, (rows) =>
    pageOf(rows, limit, (row) => encodeCursor("alerts", ctx.tenant.id, [row.opened_at, row.id])),
  );
}
