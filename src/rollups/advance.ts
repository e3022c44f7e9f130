// One step of the ETL adds sales of dirty days to the daily tables in one batch, which is bounded whatever a day holds. A day that
// needs a rebuild is emptied and built from its first sale; until it is complete, it is a day with many sales to read. If another
// step has changed one of the days since the read, the batch is rejected.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "../platform/context.ts";
import { sqlBoolean, violates } from "../platform/d1.ts";
import { addSales, type DailyTable, deleteDays } from "./daily-table.ts";
import { dailyTables } from "./daily-tables.ts";
import { deleteDayTotals, storeDayTotals } from "./day-totals.ts";
import { markMonths } from "./months.ts";
import { numberCustomers, numberProducts } from "./numbers.ts";
import { deletePacked, storeDaySets, storeRankingDays, subjectNames } from "./packed.ts";
import { subtractFromSold } from "./products.ts";
import { END, firstUnbuilt, joinBuilt, type Position, positionAfter, START } from "./unbuilt.ts";

// D1 has one writer, which a batch occupies.
const LIMITS = { days: 300, sales: 2_000, lines: 20_000 };

type Limits = typeof LIMITS;

const markRow = z.object({
  day: z.string(),
  needs_rebuild: sqlBoolean,
  built_until: z.string(),
  built_lines: z.number(),
});
const saleRow = z.object({ day: z.string(), placed_at: z.string(), id: z.string(), lines: z.number() });

type Mark = z.infer<typeof markRow>;
type Sale = z.infer<typeof saleRow>;
type Range = { day: string; first: Position; last: Position };

/** What a step does: `finished` are the days of which nothing is left. */
type Step = { marks: Mark[]; late: Sale[]; ranges: Range[]; finished: string[]; hasMore: boolean };

/** `isRebuild`: also the days that need a rebuild. `before`: only sales before this instant, so that few arrive late. */
export type Scope = { isRebuild: boolean; before: Date | null };

/**
 * The next step for a shop. Three queries at once. The loops of the joins sort by day and position; for an ORDER BY, SQLite would
 * read and sort all sales of a day.
 */
export async function nextStep(
  ctx: Base,
  tenantId: string,
  scope: Scope,
  limits: Limits = LIMITS,
): Promise<Step> {
  const isInScope = sql`m.tenant_id = ${tenantId} ${scope.isRebuild ? sql`` : sql`AND m.needs_rebuild = 0`}`;
  const [endAt, endId] = endOf(scope);
  const [marks, late, missing] = await Promise.all([
    ctx.db.all(
      markRow,
      sql`SELECT m.day, m.needs_rebuild, coalesce(b.built_until, '') AS built_until, coalesce(b.lines, 0) AS built_lines
        FROM dirty_days m ${joinBuilt} WHERE ${isInScope} ORDER BY m.day LIMIT ${limits.days}`,
    ),
    ctx.db.all(
      saleRow,
      sql`SELECT x.day, x.placed_at, x.sale_id AS id, coalesce(s.lines, 0) AS lines
        FROM dirty_days m CROSS JOIN late_sales x ON x.tenant_id = m.tenant_id AND x.day = m.day
        LEFT JOIN sales s ON s.tenant_id = x.tenant_id AND s.id = x.sale_id
        WHERE ${isInScope} AND m.needs_rebuild = 0 LIMIT ${limits.sales}`,
    ),
    ctx.db.all(
      saleRow,
      sql`SELECT m.day, s.placed_at, s.id, s.lines FROM dirty_days m ${joinBuilt}
        CROSS JOIN sales s INDEXED BY sales_day ON s.tenant_id = m.tenant_id AND s.day = m.day
          AND (s.placed_at, s.id) >= (${firstUnbuilt}) AND (s.placed_at, s.id) <= (${endAt}, ${endId})
        WHERE ${isInScope} AND s.status = 'completed' LIMIT ${limits.sales}`,
    ),
  ]);
  return planStep({ marks, late, missing }, scope, limits);
}

const endOf = ({ before }: Scope): Position => (before ? [before.toISOString(), ""] : END);

type Unbuilt = { marks: Mark[]; late: Sale[]; missing: Sale[] };

/** Takes late and missing sales, day by day, until a batch is full. */
function planStep({ marks, late, missing }: Unbuilt, scope: Scope, limits: Limits): Step {
  const step: Step = {
    marks: [],
    late: [],
    ranges: [],
    finished: [],
    hasMore: marks.length === limits.days || late.length === limits.sales,
  };
  const lateOf = Map.groupBy(late, ({ day }) => day);
  const missingOf = Map.groupBy(missing, ({ day }) => day);
  // The sales of this day and of later ones may not all have been read.
  const cutDay = missing.length === limits.sales ? missing.at(-1)?.day : undefined;
  let [sales, lines, deleted] = [0, 0, 0];
  const take = (from: Sale[]): Sale[] => {
    const chosen: Sale[] = [];
    for (const sale of from) {
      if (sales === limits.sales || (sales > 0 && lines + sale.lines > limits.lines)) break;
      chosen.push(sale);
      sales += 1;
      lines += sale.lines;
    }
    return chosen;
  };
  for (const mark of marks) {
    const { day } = mark;
    const isRestart = mark.needs_rebuild;
    if (isRestart) deleted += mark.built_lines;
    const isFull = sales === limits.sales || lines >= limits.lines || deleted > limits.lines;
    if ((step.marks.length > 0 && isFull) || (cutDay !== undefined && day > cutDay)) {
      step.hasMore = true;
      break;
    }
    const [ownLate, ownMissing] = [lateOf.get(day) ?? [], missingOf.get(day) ?? []];
    const chosenLate = take(ownLate);
    const chosen = take(ownMissing);
    const last = chosen.at(-1);
    const isLast =
      chosen.length === ownMissing.length && chosenLate.length === ownLate.length && day !== cutDay;
    step.marks.push(mark);
    step.late.push(...chosenLate);
    step.ranges.push(
      ...chosenLate.map(({ placed_at, id }): Range => ({
        day,
        first: [placed_at, id],
        last: [placed_at, id],
      })),
    );
    const first = isRestart ? START : positionAfter(mark.built_until);
    if (isLast) {
      // Up to the end of the scope, so that a sale that commits between the read and the batch is included.
      step.ranges.push({ day, first, last: endOf(scope) });
      step.finished.push(day);
    } else {
      if (last) step.ranges.push({ day, first, last: [last.placed_at, last.id] });
      step.hasMore = true;
    }
  }
  return step;
}

/** Runs a step with `additional` statements; resolves to false if another step was faster. One round trip. */
export async function runStep(
  ctx: Base,
  tenantId: string,
  step: Step,
  additional: SQL[] = [],
): Promise<boolean> {
  const statements = [...(step.marks.length === 0 ? [] : statementsOf(tenantId, step)), ...additional];
  try {
    if (statements.length > 0) await ctx.db.batch(statements);
    return true;
  } catch (error) {
    if (violates(error, "dirty_product_days.tenant_id")) return false;
    throw error;
  }
}

function statementsOf(tenantId: string, { marks, late, ranges, finished }: Step): SQL[] {
  const tables: DailyTable[] = Object.values(dailyTables);
  const restarted = marks.filter((mark) => mark.needs_rebuild).map(({ day }) => day);
  const sales = (
    join: SQL,
  ): SQL => sql`FROM json_each(${JSON.stringify(ranges)}) r CROSS JOIN sales s INDEXED BY sales_day
    ON s.tenant_id = ${tenantId} AND s.day = r.value ->> '$.day'
      AND (s.placed_at, s.id) >= (r.value ->> '$.first[0]', r.value ->> '$.first[1]')
      AND (s.placed_at, s.id) <= (r.value ->> '$.last[0]', r.value ->> '$.last[1]')
    ${join} WHERE s.status = 'completed'`;
  return [
    sql`INSERT INTO dirty_product_days (tenant_id, day)
      SELECT iif(${isUnchanged(tenantId, marks, late)}, ${tenantId}, NULL), value ->> 'day'
      FROM json_each(${JSON.stringify(marks)}) WHERE true
      ON CONFLICT DO UPDATE SET is_built = 0 WHERE is_built <> 0`,
    ...(restarted.length === 0 ? [] : emptyDays(tenantId, tables, JSON.stringify(restarted))),
    numberCustomers(tenantId, sales),
    ...tables.map((table) => addSales(table, tenantId, sales)),
    ...packDays(tenantId, JSON.stringify(marks.map(({ day }) => day))),
    ...(late.length === 0
      ? []
      : [
          sql`DELETE FROM late_sales WHERE tenant_id = ${tenantId} AND (day, placed_at, sale_id) IN
            (SELECT value ->> 'day', value ->> 'placed_at', value ->> 'id' FROM json_each(${JSON.stringify(late)}))`,
        ]),
    ...finishDays(tenantId, JSON.stringify(finished)),
  ];
}

/** The statements that store again what is read in one row a day (a JSON array), and mark the months. */
const packDays = (tenantId: string, days: string): SQL[] => [
  numberProducts(tenantId, days),
  storeDaySets(tenantId, days),
  ...storeDayTotals(tenantId, days),
  ...subjectNames.map((name) => storeRankingDays(tenantId, name, days)),
  ...markMonths(tenantId, days),
];

/** The condition that these days are as they were read. A day that needs a rebuild starts from nothing, so only its mark counts. */
const isUnchanged = (tenantId: string, marks: Mark[], late: Sale[]): SQL => sql`(
  SELECT count(*) FROM json_each(${JSON.stringify(marks)}) j
    CROSS JOIN dirty_days m ON m.tenant_id = ${tenantId} AND m.day = j.value ->> 'day' ${joinBuilt}
    WHERE m.needs_rebuild = j.value ->> 'needs_rebuild'
      AND (m.needs_rebuild OR coalesce(b.built_until, '') = j.value ->> 'built_until')) = ${marks.length}
  AND (SELECT count(*) FROM json_each(${JSON.stringify(late)}) j CROSS JOIN late_sales x ON x.tenant_id = ${tenantId}
    AND x.day = j.value ->> 'day' AND x.placed_at = j.value ->> 'placed_at' AND x.sale_id = j.value ->> 'id') = ${late.length}`;

function emptyDays(tenantId: string, tables: DailyTable[], days: string): SQL[] {
  const isInDays = sql`tenant_id = ${tenantId} AND day IN (SELECT value FROM json_each(${days}))`;
  return [
    subtractFromSold(tenantId, isInDays),
    ...tables.map((table) => deleteDays(table, tenantId, days)),
    ...deletePacked(tenantId, days),
    deleteDayTotals(tenantId, days),
    sql`DELETE FROM late_sales WHERE ${isInDays}`,
    sql`UPDATE dirty_days SET needs_rebuild = 0 WHERE ${isInDays}`,
  ];
}

/** Unmarks days whose sales are all built. Others, with sales since, wait anew. */
function finishDays(tenantId: string, days: string): SQL[] {
  return [
    sql`DELETE FROM dirty_days WHERE tenant_id = ${tenantId} AND day IN (
      SELECT m.day FROM json_each(${days}) j CROSS JOIN dirty_days m ON m.tenant_id = ${tenantId} AND m.day = j.value ${joinBuilt}
      WHERE NOT EXISTS (SELECT 1 FROM late_sales x WHERE x.tenant_id = m.tenant_id AND x.day = m.day)
        AND NOT EXISTS (SELECT 1 FROM sales s INDEXED BY sales_day WHERE s.tenant_id = m.tenant_id AND s.day = m.day
          AND (s.placed_at, s.id) >= (${firstUnbuilt}) AND s.status = 'completed'))`,
    sql`UPDATE dirty_days SET asked_at = NULL
      WHERE tenant_id = ${tenantId} AND day IN (SELECT value FROM json_each(${days})) AND asked_at IS NOT NULL`,
  ];
}
