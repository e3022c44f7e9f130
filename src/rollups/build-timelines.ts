// Builds the timelines of days that are over and have at least fifty sales: fewer are cheap to read. A day is read, packed here and stored
// if it has not changed meanwhile. Triggers of daily_sales delete the timeline of a day that changes, and have it built again.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "../platform/context.ts";
import { returning, type Returning } from "../platform/d1.ts";
import { newId } from "../values/ids.ts";
import { columnsOf, type DailyTable, rowsOfSales } from "./daily-table.ts";
import { dailyTables, soldProducts, withBuyers, withCustomers } from "./daily-tables.ts";
import { packTimeline, type TimedRows } from "./timeline.ts";

const SALES_PER_PART = 500;
const MAX_PARTS = 40;

// A day takes at most 170 of the 1,000 D1 statements of an invocation.
const MAX_STATEMENTS = 800;

const HALF_A_DAY_MS = 12 * 3_600_000;

/** The day that is not over yet somewhere. */
const openDay = (now: Date): string => new Date(now.getTime() - HALF_A_DAY_MS).toISOString().slice(0, 10);

const isBuildable = (now: Date): SQL => sql`u.day < ${openDay(now)} AND NOT EXISTS (
  SELECT 1 FROM dirty_days d WHERE d.tenant_id = u.tenant_id AND d.day = u.day)`;

/** A query of the shops with timelines that can be built. */
export const shopsWithUnbuiltTimelines = (now: Date): SQL =>
  sql`SELECT u.tenant_id FROM unbuilt_timelines u WHERE ${isBuildable(now)}`;

type TimedTable = { table: DailyTable; ofSales: Record<string, string> };

const ofSales: Partial<Record<string, { ofSales: Record<string, string>; join: string }>> = {
  [dailyTables.sales.name]: withBuyers,
  [dailyTables.countries.name]: withCustomers,
};

const timedTables: TimedTable[] = [
  ...Object.values<DailyTable>(dailyTables).filter(({ isPacked }) => !isPacked),
  soldProducts,
].map((table) => {
  const more = ofSales[table.name];
  return more
    ? {
        table: { ...table, sums: { ...table.sums, ...more.ofSales }, join: more.join },
        ofSales: more.ofSales,
      }
    : { table, ofSales: {} };
});

// D1 accepts so many in a compound SELECT.
const TABLES_PER_STATEMENT = 5;

/** Builds timelines, the latest days first; returns whether there are more. Five round trips a day at least. */
export async function buildTimelines(ctx: Base, tenantId: string): Promise<boolean> {
  for (;;) {
    if (ctx.db.cost.statements > MAX_STATEMENTS) return true;
    const claim = newId();
    const [next] = await ctx.db.all(
      z.object({ day: z.string() }),
      sql`UPDATE unbuilt_timelines SET claim = ${claim} WHERE tenant_id = ${tenantId} AND day = (
        SELECT u.day FROM unbuilt_timelines u WHERE u.tenant_id = ${tenantId} AND ${isBuildable(ctx.now)}
        ORDER BY u.day DESC LIMIT 1) RETURNING day`,
    );
    if (!next) return false;
    await buildTimeline(ctx, tenantId, next.day, claim);
  }
}

async function buildTimeline(ctx: Base, tenantId: string, day: string, claim: string): Promise<void> {
  const parts: string[] = [];
  const starts = await startsOfParts(ctx, tenantId, day);
  for (const [nth, start] of starts.entries()) {
    const end = starts[nth + 1] ?? "~";
    parts.push(packTimeline(await readRows(ctx, tenantId, { day, start, end })));
  }
  const isDay = sql`tenant_id = ${tenantId} AND day = ${day}`;
  const isUnchanged = sql`EXISTS (SELECT 1 FROM unbuilt_timelines WHERE ${isDay} AND claim = ${claim})
    AND NOT EXISTS (SELECT 1 FROM dirty_days WHERE ${isDay})`;
  await ctx.db.batch([
    ...parts.map(
      (totals, nth) => sql`INSERT INTO day_timelines (tenant_id, day, part, totals)
        SELECT ${tenantId}, ${day}, CAST(${nth} AS INTEGER), ${totals} WHERE ${isUnchanged}`,
    ),
    sql`DELETE FROM unbuilt_timelines WHERE ${isDay} AND ${isUnchanged}`,
  ]);
}

/** The instants at which the parts of a day begin. */
async function startsOfParts(ctx: Base, tenantId: string, day: string): Promise<string[]> {
  const sales = sql`FROM sales INDEXED BY sales_day WHERE tenant_id = ${tenantId} AND day = ${day} AND status = 'completed'`;
  const [{ n } = { n: 0 }] = await ctx.db.all(
    z.object({ n: z.number() }),
    sql`SELECT count(*) AS n ${sales}`,
  );
  const size = Math.max(SALES_PER_PART, Math.ceil(n / MAX_PARTS));
  const starts = await ctx.db.all(
    z.object({ placed_at: z.string() }),
    sql`SELECT DISTINCT placed_at FROM (SELECT placed_at, row_number() OVER (ORDER BY placed_at, id) - 1 AS nth ${sales})
      WHERE nth % CAST(${size} AS INTEGER) = 0 ORDER BY 1`,
  );
  return starts.map(({ placed_at }) => placed_at);
}

type Part = { day: string; start: string; end: string };

const rowsShape = z.object({
  name: z.string(),
  rows: z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(z.array(z.tuple([z.string()]).rest(z.unknown()))),
});

const columnsOfTimed = ({ table }: TimedTable): string[] => [...Object.keys(table.keys), ...columnsOf(table)];

/** The rows of all tables in a part of a day. One round trip. */
async function readRows(ctx: Base, tenantId: string, { day, start, end }: Part): Promise<TimedRows[]> {
  const sales = (join: SQL): SQL => sql`FROM sales s INDEXED BY sales_day ${join}
    WHERE s.tenant_id = ${tenantId} AND s.day = ${day} AND s.placed_at >= ${start} AND s.placed_at < ${end} AND s.status = 'completed'`;
  const select = (timed: TimedTable): SQL => {
    const values = columnsOfTimed(timed).map((column) =>
      column in timed.ofSales ? `json(${column})` : column,
    );
    return sql`SELECT ${timed.table.name} AS name, json_group_array(json_array(${sql.raw(["day", ...values].join(", "))})) AS rows
      FROM (${rowsOfSales(timed.table, columnsOf(timed.table), sales, "s.placed_at")})`;
  };
  const statements: Returning<z.infer<typeof rowsShape>>[] = [];
  for (let at = 0; at < timedTables.length; at += TABLES_PER_STATEMENT)
    statements.push(
      returning(
        rowsShape,
        sql.join(timedTables.slice(at, at + TABLES_PER_STATEMENT).map(select), sql` UNION ALL `),
      ),
    );
  const done = await ctx.db.batch(statements);
  const found = new Map(
    statements.flatMap((each) => done.of(each)).map(({ name, rows }) => [name, rows] as const),
  );
  return timedTables.map((timed) => ({
    name: timed.table.name,
    columns: columnsOfTimed(timed),
    rows: found.get(timed.table.name) ?? [],
  }));
}
