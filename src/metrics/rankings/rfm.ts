import type { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { decodeCursor, encodeCursor, pageOf } from "../../platform/cursor.ts";
import { type Plan, planOf, runPlan } from "../../platform/plan.ts";
import { csvStream } from "../../platform/csv-stream.ts";
import { type CsvColumns, type CsvFormat, csvTable } from "../../values/csv.ts";
import { countDays, dayOf } from "../../values/days.ts";
import { customerTotals, expectedCustomers, type Identified, identified, toCustomer } from "./customers.ts";
import { rememberKeys } from "./expected.ts";
import { inOrder, pageCandidates, rankKey } from "./ranking.ts";
import type { Rfm, RfmQuery } from "./schema.ts";
import { type Measures, score, type Scores } from "./scores.ts";
import { SEGMENTS } from "./segments.ts";
import { sumTotals } from "./totals.ts";

type Query = z.infer<typeof RfmQuery>;

// Of CSV. D1 reads three or four rows for the name of a customer.
const CUSTOMERS_PER_PAGE = 1_000;

type Scored = Measures & Scores & { key: number | string };

const dayOfQuery = (ctx: Ctx, { as_of }: Query): string => as_of ?? dayOf(ctx.now, ctx.tenant.timezone);

/** All customers with a sale that is not a refund up to this day. */
function scoredCustomers(ctx: Ctx, day: string): Plan<Scored[]> {
  const today = countDays("1970-01-02", day);
  return planOf(customerTotals(ctx, { to: day }), (rows) =>
    score(
      sumTotals("customers", rows)
        .map(toCustomer)
        .filter(({ sales }) => sales > 0)
        .map(({ key, sales, revenue, last_sale }) => ({
          key,
          recency: today - last_sale,
          frequency: sales,
          monetary: revenue,
        })),
    ),
  );
}

const monetaryOf = ({ monetary }: Measures): number => monetary;

const ofSegment = (customers: Scored[], { segment }: Query): Scored[] =>
  segment === undefined ? customers : customers.filter((customer) => customer.segment === segment);

/**
 * The segments, and a page of customers by monetary value. One round trip, and another one if the page has others than expected.
 * @throws Problem invalid-cursor
 */
export async function rfm(ctx: Ctx, query: Query): Promise<z.infer<typeof Rfm>> {
  const day = dayOfQuery(ctx, query);
  const list = `rfm-${day}-${query.segment ?? ""}`;
  const previous = decodeCursor(rankKey, list, ctx.tenant.id, query.cursor);
  const pageName = JSON.stringify(["rfm", query.segment ?? "", query.limit, query.cursor ?? ""]);
  const [scored, expected] = [scoredCustomers(ctx, day), expectedCustomers(ctx, pageName)];
  const { customers, known } = await runPlan(ctx, {
    statements: [...scored.statements, ...expected.statements],
    read: (done) => ({ customers: scored.read(done), known: expected.read(done) }),
  });
  const candidates = pageCandidates(ofSegment(customers, query), monetaryOf, previous, query.limit);
  rememberKeys(
    ctx,
    pageName,
    candidates.map(({ key }) => key),
  );
  const rows = await identified(ctx, candidates, known);
  const page = pageOf(inOrder(rows, monetaryOf, previous), query.limit, (row) =>
    encodeCursor(list, ctx.tenant.id, [row.monetary, row.sort_key]),
  );
  return {
    currency: ctx.tenant.currency,
    as_of: day,
    segments: segmentsOf(customers),
    data: page.data.map(({ customer_id, customer_ref, recency, frequency, monetary, r, f, m, segment }) => ({
      customer_id,
      customer_ref,
      recency,
      frequency,
      monetary,
      r,
      f,
      m,
      segment,
    })),
    next_cursor: page.next_cursor,
    calculated_at: ctx.now.toISOString(),
  };
}

function segmentsOf(customers: Scored[]) {
  const bySegment = Map.groupBy(customers, ({ segment }) => segment);
  return SEGMENTS.map((segment) => {
    const own = bySegment.get(segment) ?? [];
    return {
      segment,
      customers: own.length,
      revenue: own.reduce((sum, { monetary }) => sum + monetary, 0),
    };
  });
}

/** The columns of customers as CSV. */
export const rfmColumns: CsvColumns<IdentifiedRow> = {
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

/** All customers, or those of a segment, as CSV. A round trip, and one for each page. */
export async function rfmCsv(ctx: Ctx, query: Query, format: CsvFormat): Promise<ReadableStream<Uint8Array>> {
  const customers = ofSegment(
    await runPlan(ctx, scoredCustomers(ctx, dayOfQuery(ctx, query))),
    query,
  ).toSorted((a, b) => b.monetary - a.monetary);
  const next = inPages(ctx, customers);
  return csvStream<IdentifiedRow>(csvTable(rfmColumns, format), (_, limit) => next(limit), {
    maxRows: CUSTOMERS_PER_PAGE,
  });
}

type IdentifiedRow = Scored & Identified;

/** A function that returns the next customers, ties sorted by id. */
function inPages(ctx: Ctx, customers: Scored[]) {
  let next = 0;
  let rows: IdentifiedRow[] = [];
  return async (limit: number) => {
    while (rows.length < limit && next < customers.length) {
      const last = customers[next + limit - 1];
      const end = last
        ? customers.findLastIndex(({ monetary }) => monetary === last.monetary) + 1
        : customers.length;
      rows = [...rows, ...inOrder(await identified(ctx, customers.slice(next, end)), monetaryOf, null)];
      next = end;
    }
    return rows.splice(0, limit);
  };
}
