// Recency, frequency and monetary value of each customer with a sale, scored among all of them. docs/decisions/metrics.md has the
// formula.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { decodeCursor, encodeCursor, pageOf } from "../../platform/cursor.ts";
import { lastSaleDay } from "../../rollups/customers.ts";
import { isUncounted } from "../../rollups/unbuilt.ts";
import { type CsvColumns, type CsvFormat, csvText } from "../../values/csv.ts";
import { dayOf } from "../../values/days.ts";
import { CUSTOMER_SORT_KEY, customerIds, customersUntil } from "./customers.ts";
import { afterRank, rankKey } from "./ranking.ts";
import type { Rfm, RfmQuery } from "./schema.ts";
import { type Segment, SEGMENTS, segmentOf } from "./segments.ts";

type Query = z.infer<typeof RfmQuery>;

const MEASURES = ["recency", "frequency", "monetary"] as const;
const THRESHOLDS = [1, 2, 3, 4];

// The k-th threshold is the value at position ceil(k * n / 5) of the ascending values.
const thresholdColumns = MEASURES.flatMap((measure) =>
  THRESHOLDS.map((k) => `max(iif(${measure}_at = (${k} * n + 4) / 5, ${measure}, NULL)) AS ${measure}_${k}`),
).join(", ");

const positionColumns = MEASURES.map(
  (measure) => `${measure}, row_number() OVER (ORDER BY ${measure}) AS ${measure}_at`,
).join(", ");

const above = (measure: (typeof MEASURES)[number]): string =>
  THRESHOLDS.map((k) => `(${measure} > ${measure}_${k})`).join(" + ");

/** WITH `scored`: the customers with their measures and scores. */
function withScores(ctx: Ctx, day: string): SQL {
  const isCounted = sql`s.day <= ${day}`;
  const isOutdated = sql`(c.last_day > ${day} OR ${isUncounted(ctx.tenant.id, "c.last_day")})`;
  const lastDay = sql`iif(${isOutdated}, ${lastSaleDay(ctx.tenant.id, isCounted)}, c.last_day)`;
  return sql`WITH measured AS MATERIALIZED (
      SELECT customer_key, is_account, ${sql.raw(CUSTOMER_SORT_KEY)} AS sort_key,
        CAST(julianday(${day}) - julianday(max(last_day)) AS INTEGER) AS recency, sum(sales) AS frequency,
        CAST(total(revenue) AS INTEGER) AS monetary
      FROM (${customersUntil(ctx, day, lastDay)}) GROUP BY customer_key, is_account HAVING sum(sales) > 0),
    thresholds AS MATERIALIZED (
      SELECT ${sql.raw(thresholdColumns)}
      FROM (SELECT ${sql.raw(positionColumns)}, count(*) OVER () AS n FROM measured)),
    scored AS MATERIALIZED (
      SELECT m.*, 5 - (${sql.raw(above("recency"))}) AS r, 1 + ${sql.raw(above("frequency"))} AS f,
        1 + ${sql.raw(above("monetary"))} AS m
      FROM thresholds CROSS JOIN measured m)`;
}

const scores = [1, 2, 3, 4, 5];

/** The condition that the scores belong to this segment. */
const isInSegment = (segment: Segment | undefined): SQL => {
  if (segment === undefined) return sql`true`;
  const pairs = scores.flatMap((r) =>
    scores.filter((f) => segmentOf(r, f) === segment).map((f) => r * 10 + f),
  );
  return sql`r * 10 + f IN (SELECT value FROM json_each(${JSON.stringify(pairs)}))`;
};

const customerRow = z.object({
  customer_key: z.string(),
  is_account: z.union([z.literal(0), z.literal(1)]),
  sort_key: z.string(),
  recency: z.number(),
  frequency: z.number(),
  monetary: z.number(),
  r: z.number(),
  f: z.number(),
  m: z.number(),
});

type CustomerRow = z.infer<typeof customerRow>;

const COLUMNS = "customer_key, is_account, sort_key, recency, frequency, monetary, r, f, m";

const jsonColumns = COLUMNS.split(", ")
  .map((column) => `'${column}', ${column}`)
  .join(", ");

const countRow = z.object({ r: z.number(), f: z.number(), customers: z.number(), revenue: z.number() });

const parsed = <T extends z.ZodType>(shape: T) =>
  z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(z.array(shape));

const answerRow = z.object({ counts: parsed(countRow), page: parsed(customerRow) });

const customerOf = ({ customer_key, is_account, recency, frequency, monetary, r, f, m }: CustomerRow) => ({
  ...customerIds({ customer_key, is_account: is_account === 1 }),
  recency,
  frequency,
  monetary,
  r,
  f,
  m,
  segment: segmentOf(r, f),
});

const dayOfQuery = (ctx: Ctx, { as_of }: Query): string => as_of ?? dayOf(ctx.now, ctx.tenant.timezone);

/** The segments, and a page of customers by monetary value. One round trip. @throws Problem invalid-cursor */
export async function rfm(ctx: Ctx, query: Query): Promise<z.infer<typeof Rfm>> {
  const day = dayOfQuery(ctx, query);
  const list = `rfm-${day}-${query.segment ?? ""}`;
  const previous = decodeCursor(rankKey, list, ctx.tenant.id, query.cursor);
  const [answer] = await ctx.db.all(
    answerRow,
    sql`${withScores(ctx, day)} SELECT
      (SELECT json_group_array(json_object('r', r, 'f', f, 'customers', customers, 'revenue', revenue)) FROM (
        SELECT r, f, count(*) AS customers, CAST(total(monetary) AS INTEGER) AS revenue FROM scored GROUP BY r, f)) AS counts,
      (SELECT json_group_array(json_object(${sql.raw(jsonColumns)}) ORDER BY monetary DESC, sort_key) FROM (
        SELECT * FROM scored WHERE ${isInSegment(query.segment)} AND ${afterRank(previous, "monetary", "sort_key")}
        ORDER BY monetary DESC, sort_key LIMIT ${query.limit + 1})) AS page`,
  );
  const page = pageOf(answer?.page ?? [], query.limit, (row) =>
    encodeCursor(list, ctx.tenant.id, [row.monetary, row.sort_key]),
  );
  return {
    currency: ctx.tenant.currency,
    as_of: day,
    segments: segmentsOf(answer?.counts ?? []),
    data: page.data.map(customerOf),
    next_cursor: page.next_cursor,
    calculated_at: ctx.now.toISOString(),
  };
}

const segmentsOf = (counts: z.infer<typeof countRow>[]) => {
  const bySegment = Map.groupBy(counts, ({ r, f }) => segmentOf(r, f));
  return SEGMENTS.map((segment) => {
    const cells = bySegment.get(segment) ?? [];
    return {
      segment,
      customers: cells.reduce((sum, cell) => sum + cell.customers, 0),
      revenue: cells.reduce((sum, cell) => sum + cell.revenue, 0),
    };
  });
};

/** The columns of customers as CSV. */
export const rfmColumns: CsvColumns<ReturnType<typeof customerOf>> = {
  customer_id: ({ customer_id }, { word }) => word(customer_id),
  customer_ref: ({ customer_ref }, { text }) => text(customer_ref),
  recency: ({ recency }, { number }) => number(recency),
  frequency: ({ frequency }, { number }) => number(frequency),
  monetary: ({ monetary }, { amount }) => amount(monetary),
  r: ({ r }, { number }) => number(r),
  f: ({ f }, { number }) => number(f),
  m: ({ m }, { number }) => number(m),
  segment: ({ segment }, { word }) => word(segment),
  currency: (_, { currency }) => currency(),
};

/** All customers, or those of a segment, as CSV. One round trip. */
export async function rfmCsv(ctx: Ctx, query: Query, format: CsvFormat): Promise<string> {
  const rows = await ctx.db.all(
    customerRow,
    sql`${withScores(ctx, dayOfQuery(ctx, query))} SELECT ${sql.raw(COLUMNS)} FROM scored
      WHERE ${isInSegment(query.segment)} ORDER BY monetary DESC, sort_key`,
  );
  return csvText(rfmColumns, rows.map(customerOf), format);
}
