// The figures of one customer, exact at once. The sales of most are few enough to be read. Of a customer with more, such as the one of all
// anonymous sales, the totals up to a month are read from its ranking, and the rest from the days and sales since.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { type CustomerBody } from "../../customers/columns.ts";
import { currentCustomer, selectCustomer } from "../../customers/customers.ts";
import type { Ctx } from "../../platform/context.ts";
import { returning } from "../../platform/d1.ts";
import { notFound } from "../../platform/problem.ts";
import { NUMBERS_PER_PART } from "../../rollups/customer-sets.ts";
import { firstUnbuilt, isUncounted, joinBuilt } from "../../rollups/unbuilt.ts";
import { mean } from "../../values/money.ts";
import { fromThousandths } from "../../values/quantities.ts";
import type { CustomerWithFigures } from "./record-schema.ts";

const MAX_SALES = 500;

const totals = { sales: z.number(), refunds: z.number(), units: z.number(), revenue: z.number() };

const readRow = z.object({
  ...totals,
  all_sales: z.number(),
  first_day: z.string().nullable(),
  last_day: z.string().nullable(),
});

const totalsRow = z.object(totals);

/** The ids whose sales are the customer's: their own, and those of merged records whose sales have still to be moved. */
const keysOf = (ctx: Ctx, id: string): SQL => sql`keys (key) AS MATERIALIZED (
  SELECT ${currentCustomer(ctx.tenant.id, id)}
  UNION ALL SELECT a.id FROM customers a INDEXED BY customers_merged
    CROSS JOIN customer_merges m ON m.tenant_id = a.tenant_id AND m.from_id = a.id
    WHERE a.tenant_id = ${ctx.tenant.id} AND a.merged_into IS NOT NULL AND a.merged_into = ${currentCustomer(ctx.tenant.id, id)})`;

const ofKey = (ctx: Ctx): SQL =>
  sql`s.tenant_id = ${ctx.tenant.id} AND s.customer_key = k.key AND s.customer_id = k.key`;

const sumsOfCompleted = sql.raw(`coalesce(sum(status = 'completed' AND kind = 'sale'), 0) AS sales,
  coalesce(sum(status = 'completed' AND kind = 'refund'), 0) AS refunds,
  CAST(total(iif(status = 'completed', units, 0)) AS INTEGER) AS units,
  CAST(total(iif(status = 'completed', total, 0)) AS INTEGER) AS revenue`);

/** The sums over at most some hundred sales, how many these are, and the first and last day. */
function readSales(ctx: Ctx, id: string, maxSales: number) {
  const dayAt = (order: SQL): SQL => sql`(SELECT s.day FROM sales s INDEXED BY sales_customer
    WHERE ${ofKey(ctx)} AND s.kind = 'sale' AND s.status = 'completed' ORDER BY s.day ${order} LIMIT 1)`;
  return returning(
    readRow,
    sql`WITH ${keysOf(ctx, id)}
      SELECT count(*) AS all_sales, ${sumsOfCompleted},
        (SELECT min(${dayAt(sql`ASC`)}) FROM keys k) AS first_day, (SELECT max(${dayAt(sql`DESC`)}) FROM keys k) AS last_day
      FROM (SELECT s.kind, s.units, s.total, s.status FROM keys k CROSS JOIN sales s INDEXED BY sales_customer ON ${ofKey(ctx)}
        LIMIT CAST(${maxSales + 1} AS INTEGER))`,
  );
}

/** The sums from the ranking of the last month that is built, the days since and the sales that these lack. */
function sumPacked(ctx: Ctx, id: string) {
  const tenantId = ctx.tenant.id;
  const isSubject = sql`p.tenant_id = ${tenantId} AND p.subject = 'customers'`;
  const part = sql.raw(`w.number / ${NUMBERS_PER_PART}`);
  const entry = sql.raw(
    "e.value ->> 1 AS sales, e.value ->> 2 AS refunds, e.value ->> 3 AS units, e.value ->> 4 AS revenue",
  );
  const ofSale = sql.raw(
    "s.kind = 'sale' AS sales, s.kind = 'refund' AS refunds, s.units, s.total AS revenue",
  );
  return returning(
    totalsRow,
    sql`WITH ${keysOf(ctx, id)},
      who AS MATERIALIZED (SELECT c.number FROM keys k CROSS JOIN customer_numbers c
        ON c.tenant_id = ${tenantId} AND c.customer_key = k.key AND c.is_account = 1),
      latest AS MATERIALIZED (SELECT coalesce(max(p.month), '') AS month FROM ranking_months p WHERE ${isSubject}
        AND p.month < (SELECT substr(coalesce(min(day), '9999-12-31'), 1, 8) || '01' FROM dirty_days
          WHERE tenant_id = ${tenantId} AND needs_rebuild = 1))
      SELECT coalesce(sum(sales), 0) AS sales, coalesce(sum(refunds), 0) AS refunds, coalesce(sum(units), 0) AS units,
        coalesce(sum(revenue), 0) AS revenue FROM (
        SELECT ${entry} FROM latest CROSS JOIN who w CROSS JOIN ranking_months p ON ${isSubject} AND p.month = latest.month
          AND p.part = ${part} CROSS JOIN json_each(p.totals) e WHERE e.value ->> 0 = w.number
        UNION ALL SELECT ${entry} FROM latest CROSS JOIN ranking_days p ON ${isSubject}
          AND p.day > iif(latest.month = '', '', substr(latest.month, 1, 8) || '31')
          CROSS JOIN who w ON p.part = ${part} CROSS JOIN json_each(p.totals) e
          WHERE e.value ->> 0 = w.number AND NOT ${isUncounted(tenantId, "p.day")}
        UNION ALL SELECT ${ofSale} FROM keys k CROSS JOIN dirty_days m ${joinBuilt}
          CROSS JOIN sales s INDEXED BY sales_customer ON ${ofKey(ctx)} AND s.day = m.day AND (s.placed_at, s.id) >= (${firstUnbuilt})
          WHERE m.tenant_id = ${tenantId} AND s.status = 'completed'
        UNION ALL SELECT ${ofSale} FROM late_sales x CROSS JOIN sales s ON s.tenant_id = x.tenant_id AND s.id = x.sale_id
          WHERE x.tenant_id = ${tenantId} AND s.customer_id IN (SELECT key FROM keys) AND s.status = 'completed'
            AND NOT ${isUncounted(tenantId, "x.day")})`,
  );
}

/**
 * A customer with figures; of a merged record the one that replaced it. One round trip, or two for more than `maxSales` sales.
 * @throws Problem not-found
 */
export async function getCustomerWithFigures(
  ctx: Ctx,
  id: string,
  maxSales = MAX_SALES,
): Promise<z.infer<typeof CustomerWithFigures>> {
  const record = selectCustomer(ctx, id);
  const read = readSales(ctx, id, maxSales);
  const done = await ctx.db.batch([record, read]);
  const customer: CustomerBody | undefined = done.of(record)[0];
  const [few] = done.of(read);
  if (!customer || !few) throw notFound("customer");
  const packed = sumPacked(ctx, id);
  const [found = few] = few.all_sales <= maxSales ? [few] : await ctx.db.all(packed.shape, packed.statement);
  return {
    ...customer,
    figures: {
      currency: ctx.tenant.currency,
      orders: found.sales,
      refunds: found.refunds,
      units: fromThousandths(found.units),
      spend: found.revenue,
      average: mean(found.revenue, found.sales),
      first_day: few.first_day,
      last_day: few.last_day,
    },
  };
}
