import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { actorId, type ActorCtx, seesColleagues } from "../../platform/context.ts";
import { returning, type Returning, sqlBoolean } from "../../platform/d1.ts";
import type { Plan } from "../../platform/plan.ts";
import { dailyTables } from "../../rollups/daily-tables.ts";
import { hoursOf } from "../../shifts/hours/hours.ts";
import { onShift } from "../../shifts/hours/on-shift.ts";
import { shiftWorkers, userName, workedSeconds } from "../../shifts/hours/worked.ts";
import { mean } from "../../values/money.ts";
import { fromThousandths } from "../../values/quantities.ts";
import { changes, comparedWith, comparisonOf } from "../comparison/comparison.ts";
import type { Range } from "../days.ts";
import { sumBy, tableRows } from "../totals.ts";
import type { DashboardQuery, SellerDashboard } from "./schema.ts";

const personRow = z.object({
  user_id: z.string(),
  name: z.string(),
  role: z.enum(["ADMIN", "EMPLOYEE", "CUSTOMER"]),
  is_active: sqlBoolean,
  on_break: sqlBoolean.nullable(),
});

const soldRow = z.object({
  seller_id: z.string(),
  sales: z.number(),
  shift_sales: z.number(),
  // Thousandths
  units: z.number(),
  revenue: z.number(),
});

const totalsRow = z.object({ sales: z.number(), revenue: z.number() });

type Figures = { orders: number; shift_orders: number; units: number; revenue: number; seconds: number };

type Seller = z.infer<typeof personRow> & Figures;

function statusOf({
  is_active,
  on_break,
}: Pick<Seller, "is_active" | "on_break">): "working" | "on_break" | "off" | "disabled" {
  if (!is_active) return "disabled";
  if (on_break === null) return "off";
  return on_break ? "on_break" : "working";
}

// Less than a minute of work says nothing about an hour.
const salesPerHour = (orders: number, seconds: number): number | null =>
  seconds < 60 ? null : Math.round((orders * 360_000) / seconds) / 100;

/** A query: everyone who has sold, by one index seek a person, and at last NULL. */
const everSold = (tenantId: string): SQL => sql`WITH RECURSIVE p(user_id) AS (
    SELECT min(seller_id) FROM sales INDEXED BY sales_seller WHERE tenant_id = ${tenantId} AND seller_id IS NOT NULL
    UNION ALL
    SELECT (SELECT min(n.seller_id) FROM sales n INDEXED BY sales_seller WHERE n.tenant_id = ${tenantId} AND n.seller_id > p.user_id)
    FROM p WHERE p.user_id IS NOT NULL
  ) SELECT user_id FROM p`;

/** All staff and everybody else who has ever sold or worked; the actor only, if they do not see colleagues. */
function people(ctx: ActorCtx): Returning<z.infer<typeof personRow>> {
  const tenantId = ctx.tenant.id;
  const listed = seesColleagues(ctx)
    ? sql`SELECT id AS user_id FROM users INDEXED BY users_role WHERE tenant_id = ${tenantId} AND role IN ('ADMIN', 'EMPLOYEE') AND has_login = 1
        UNION SELECT user_id FROM (${everSold(tenantId)}) UNION SELECT user_id FROM (${shiftWorkers(tenantId)})`
    : sql`SELECT ${actorId(ctx)} AS user_id`;
  return returning(
    personRow,
    sql`WITH o AS MATERIALIZED (${onShift(ctx)}), listed AS (${listed})
      SELECT u.id AS user_id, ${userName} AS name, u.role, u.is_active, o.on_break
      FROM listed CROSS JOIN users u ON u.tenant_id = ${tenantId} AND u.id = listed.user_id LEFT JOIN o ON o.user_id = u.id`,
  );
}

const NOTHING: Figures = { orders: 0, shift_orders: 0, units: 0, revenue: 0, seconds: 0 };

/** What each person sold and worked in a range. */
function figuresIn(ctx: ActorCtx, range: Range): Plan<(userId: string) => Figures> {
  const sold = tableRows(ctx, dailyTables.sellers, range, soldRow, {
    columns: ["sales", "shift_sales", "units", "revenue"],
  });
  const worked = workedSeconds(ctx, range);
  return {
    statements: [...sold.statements, ...worked.statements],
    read: (done) => {
      const bySeller = new Map(
        sumBy(soldRow, sold.read(done), ["seller_id"]).map((row) => [row.seller_id, row]),
      );
      const secondsOf = worked.read(done);
      return (userId) => {
        const seconds = secondsOf.get(userId) ?? 0;
        const found = bySeller.get(userId);
        if (!found) return { ...NOTHING, seconds };
        const { sales: orders, shift_sales: shift_orders, units, revenue } = found;
        return { orders, shift_orders, units, revenue, seconds };
      };
    },
  };
}

const isStaffRole = ({ role }: { role: string }): boolean => role !== "CUSTOMER";

const hasFigures = ({ orders, shift_orders, units, revenue, seconds }: Figures): boolean =>
  [orders, shift_orders, units, revenue, seconds].some((value) => value !== 0);

/** Everybody who is staff, on shift, or has figures, by revenue in descending order. */
const listedBy = (found: z.infer<typeof personRow>[], figuresOf: (userId: string) => Figures): Seller[] =>
  found
    .map((person) => ({ ...person, ...figuresOf(person.user_id) }))
    .filter((seller) => isStaffRole(seller) || seller.on_break !== null || hasFigures(seller))
    .toSorted((a, b) => b.revenue - a.revenue || (a.name < b.name ? -1 : 1));

const sellerFigures = (row: Figures) => ({
  orders: row.orders,
  units: fromThousandths(row.units),
  revenue: row.revenue,
  average_sale: mean(row.revenue, row.orders),
  hours: hoursOf(row.seconds),
  sales_per_hour: salesPerHour(row.shift_orders, row.seconds),
});

const sumOf = (rows: Figures[], field: "seconds" | "orders" | "revenue"): number =>
  rows.reduce((total, row) => total + row[field], 0);

/** The totals of the shop, or of the rows where those are not read. */
function totalFigures(rows: Figures[], ofShop: z.infer<typeof totalsRow>[] | undefined) {
  const hours = hoursOf(sumOf(rows, "seconds"));
  if (!ofShop) return { hours, orders: sumOf(rows, "orders"), revenue: sumOf(rows, "revenue") };
  const [{ sales, revenue } = { sales: 0, revenue: 0 }] = sumBy(totalsRow, ofShop, []);
  return { hours, orders: sales, revenue };
}

/**
 * The dashboard: all staff, and everybody else who has sold or worked in the range, by revenue in descending order; the actor
 * only, if they do not see colleagues.
 */
export function sellerDashboard(
  ctx: ActorCtx,
  query: z.infer<typeof DashboardQuery>,
): Plan<z.infer<typeof SellerDashboard>> {
  const comparison = comparisonOf(ctx, query);
  const staff = people(ctx);
  const readOf = (range: Range) => ({
    figures: figuresIn(ctx, range),
    // Counted separately, because imported and online sales may have no seller.
    totals: seesColleagues(ctx)
      ? tableRows(ctx, dailyTables.sales, range, totalsRow, { columns: ["sales", "revenue"] })
      : null,
  });
  const present = readOf(query);
  const before = comparison && readOf(comparison.range);
  return {
    statements: [
      staff,
      ...[present, before].flatMap((each) =>
        each ? [...each.figures.statements, ...(each.totals?.statements ?? [])] : [],
      ),
    ],
    read: (done) => {
      const found = done.of(staff);
      const rows = listedBy(found, present.figures.read(done));
      const figuresBefore = before?.figures.read(done);
      const totals = totalFigures(rows, present.totals?.read(done));
      const sellers = rows.map((row) => {
        const figures = sellerFigures(row);
        return {
          user_id: row.user_id,
          name: row.name,
          role: row.role,
          ...figures,
          ...(figuresBefore && changes(figures, sellerFigures(figuresBefore(row.user_id)))),
          on_shift: row.on_break !== null,
          status: statusOf(row),
        };
      });
      return {
        title: ctx.tenant.name,
        currency: ctx.tenant.currency,
        totals: {
          employees: sellers.filter((seller) => seller.role !== "CUSTOMER" && seller.status !== "disabled")
            .length,
          on_shift: sellers.filter((seller) => seller.on_shift).length,
          ...totals,
          ...(before &&
            figuresBefore &&
            changes(
              totals,
              totalFigures(
                found.map(({ user_id }) => figuresBefore(user_id)),
                before.totals?.read(done),
              ),
            )),
        },
        sellers,
        ...(comparison && { compared_with: comparedWith(comparison) }),
      };
    },
  };
}
