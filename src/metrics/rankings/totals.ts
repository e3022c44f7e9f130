// The totals of all products or customers over any range: the difference of two months, whose rows have the totals up to their end,
// and the days before and after them. Each row has thousands of totals, which are summed here.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { returning } from "../../platform/d1.ts";
import { type SubjectName, subjects } from "../../rollups/packed.ts";
import { addDays, periodOf } from "../../values/days.ts";
import { isUncounted } from "../../rollups/unbuilt.ts";
import { overUnreadSales, type Range, wholeDays } from "../days.ts";
import { splitMonths } from "../../values/whole-months.ts";

/** A number, or an id until it has one, and its totals in the order of the subject's columns. */
export type Totals = [key: number | string, ...totals: number[]];

// Not z.array, which takes a hundred times as long.
const isTotals = (value: unknown): value is Totals =>
  Array.isArray(value) &&
  value.every((item, at) => typeof item === "number" || (at === 0 && typeof item === "string"));

const packedRow = z.object({
  sign: z.union([z.literal(1), z.literal(-1)]),
  totals: z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(z.custom<Totals[]>((value) => Array.isArray(value) && value.every(isTotals))),
});

/** The statement for `sumTotals`; `ofSales` queries the key and the columns over sales that the days lack. */
export function packedTotals(
  ctx: Ctx,
  name: SubjectName,
  range: Range,
  ofSales: (sales: (join: SQL) => SQL) => SQL,
) {
  const tenantId = ctx.tenant.id;
  const isSubject = sql`p.tenant_id = ${tenantId} AND p.subject = ${name}`;
  const [from, to] = wholeDays(range);
  const columns = ["key", ...Object.keys(subjects[name].columns)].join(", ");
  const lastMonth = splitMonths(undefined, to).months?.[1] ?? "";
  const firstDirtyMonth = sql`(SELECT substr(coalesce(min(day), '9999-12-31'), 1, 8) || '01' FROM dirty_days
    WHERE tenant_id = ${tenantId} AND day >= ${from ?? ""} AND needs_rebuild = 1)`;
  const latest = sql`(SELECT max(p.month) FROM ranking_months p WHERE ${isSubject} AND p.month <= ${lastMonth}
    AND p.month < ${firstDirtyMonth})`;
  const earliest =
    from === undefined
      ? sql`''`
      : sql`(SELECT min(p.month) FROM ranking_months p WHERE ${isSubject} AND p.month >= ${periodOf(addDays(from, -1), "month")})`;
  return returning(
    packedRow,
    sql`WITH ends AS MATERIALIZED (SELECT iif(start < end, start, NULL) AS start, iif(start < end, end, NULL) AS end
        FROM (SELECT ${earliest} AS start, ${latest} AS end))
      SELECT 1 AS sign, p.totals FROM ends CROSS JOIN ranking_months p ON ${isSubject} AND p.month = ends.end
      UNION ALL SELECT -1, p.totals FROM ends CROSS JOIN ranking_months p ON ${isSubject} AND p.month = ends.start
      UNION ALL SELECT 1, p.totals FROM (
          SELECT ${from ?? ""} AS first, iif(end IS NULL, ${to ?? "9999-12-31"}, iif(start = '', '', substr(start, 1, 8) || '31')) AS last FROM ends
          UNION ALL SELECT substr(end, 1, 8) || '32', ${to ?? "9999-12-31"} FROM ends WHERE end IS NOT NULL) r
        CROSS JOIN ranking_days p ON ${isSubject} AND p.day >= r.first AND p.day <= r.last WHERE NOT ${isUncounted(tenantId, "p.day")}
      UNION ALL SELECT 1, json_group_array(json_array(${sql.raw(columns)})) FROM (${overUnreadSales(ctx, range, ofSales)})`,
  );
}

/** The sums of packed totals by key. The last columns of customers is a maximum, which only a range without `from` has. */
export function sumTotals(name: SubjectName, rows: z.infer<typeof packedRow>[]): Totals[] {
  const isSum = Object.values(subjects[name].columns).map(({ ofPeriods }) => ofPeriods === "sum");
  const byKey = new Map<number | string, Totals>();
  for (const { sign, totals } of rows)
    for (const row of totals) {
      const [key, ...values] = row;
      const known = byKey.get(key);
      if (!known && sign === 1) byKey.set(key, row);
      else if (!known) byKey.set(key, [key, ...values.map((value) => -value)]);
      else addTo(known, values, sign, isSum);
    }
  return [...byKey.values()];
}

function addTo(known: Totals, values: number[], sign: 1 | -1, isSum: boolean[]): void {
  for (const [at, value] of values.entries()) {
    const before = totalOf(known, at);
    known[at + 1] = isSum[at] ? before + sign * value : Math.max(before, value);
  }
}

/** The total at this position of the subject's columns. */
export const totalOf = (totals: Totals, at: number): number => {
  const value = totals[at + 1];
  return typeof value === "number" ? value : 0;
};
