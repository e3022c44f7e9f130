// An id begins with its creation time, so a time range is a range of ids in whichever index is read. The first filter that is given
// chooses the index; the others are applied to its rows. Without INDEXED BY the planner, which has no statistics, may scan the whole
// log of the shop.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../platform/context.ts";
import { csvStream } from "../platform/csv-stream.ts";
import { type CsvColumns, type CsvFormat, csvTable } from "../values/csv.ts";
import { isDay, startOfDay } from "../values/days.ts";
import { firstIdAt, instantOfId } from "../values/ids.ts";
import { invalid } from "../platform/problem.ts";
import { scanPage } from "../platform/bounded-scan.ts";
import { encodeCursor, decodeCursor, singleKey } from "../platform/cursor.ts";
import { runPlan } from "../platform/plan.ts";
import { AuditEntry, type AuditQuery } from "./schema.ts";

type Entry = z.infer<typeof AuditEntry>;
type Query = z.infer<typeof AuditQuery>;

const json = z
  .string()
  .transform((text): unknown => JSON.parse(text))
  .nullable();

const row = z
  .object({ id: z.string(), before: json, after: json })
  .loose()
  .transform((stored) => ({ ...stored, created_at: instantOfId(stored.id).toISOString() }))
  .pipe(AuditEntry);

/** The conditions on the id for the time range of a query and for the entries before `after`. @throws Problem invalid */
function timeRange(ctx: Ctx, { from, to }: Query, after: string | undefined): SQL[] {
  const { timezone } = ctx.tenant;
  const first = from === undefined ? null : isDay(from) ? startOfDay(from, timezone) : new Date(from);
  const end =
    to === undefined ? null : isDay(to) ? startOfDay(to, timezone, 1) : new Date(Date.parse(to) + 1);
  if (first && end && first >= end)
    throw invalid([{ pointer: "#/query/from", detail: "must not be after to" }]);
  const before = [after, end ? firstIdAt(end) : undefined].filter((id) => id !== undefined);
  // One upper bound, because an index takes no other: with two, each page would read all pages before it again.
  return [
    ...(first ? [sql`id >= ${firstIdAt(first)}`] : []),
    ...(before.length > 0 ? [sql`id < ${before.reduce((a, b) => (a < b ? a : b))}`] : []),
  ];
}

const INDEXES = [
  ["entity_id", "audit_log_entity_id"],
  ["actor_id", "audit_log_actor"],
  ["action", "audit_log_action"],
  ["entity", "audit_log_entity"],
] as const;

const columns = sql.raw("id, actor_id, key_name, action, entity, entity_id, before, after, request_id");

/** The index of a query, null for the primary key, and the conditions that it serves and does not serve. */
function conditionsOf(ctx: Ctx, query: Query, after: string | undefined) {
  const [served, ...others] = INDEXES.flatMap(([name, index]) =>
    query[name] === undefined ? [] : [{ index, condition: sql`${sql.identifier(name)} = ${query[name]}` }],
  );
  const indexed = [sql`tenant_id = ${ctx.tenant.id}`, ...timeRange(ctx, query, after)];
  if (served) indexed.push(served.condition);
  return { index: served?.index ?? null, indexed, filters: others.map(({ condition }) => condition) };
}

const selectEntries = (
  ctx: Ctx,
  query: Query,
  after: string | undefined,
  limit: number,
): Promise<Entry[]> => {
  const { index, indexed, filters } = conditionsOf(ctx, query, after);
  return ctx.db.all(
    row,
    sql`SELECT ${columns} FROM audit_log ${index === null ? sql`` : sql.raw(`INDEXED BY ${index}`)}
      WHERE ${sql.join([...indexed, ...filters], sql` AND `)} ORDER BY id DESC LIMIT CAST(${limit} AS INTEGER)`,
  );
};

/** A page of the log, newest first. One round trip. @throws Problem invalid-cursor */
export async function listAudit(ctx: Ctx, query: Query) {
  const [after] = decodeCursor(singleKey, "audit", ctx.tenant.id, query.cursor) ?? [];
  const { limit } = query;
  const page = scanPage(
    {
      ...conditionsOf(ctx, query, after),
      table: "audit_log",
      columns,
      row,
      order: ["id"],
      key: z.object({ id: z.string() }),
      limit,
    },
    ({ id }) => encodeCursor("audit", ctx.tenant.id, [id]),
  );
  return runPlan(ctx, page);
}

const jsonText = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));

/** The columns of the log as CSV. */
export const auditColumns: CsvColumns<Entry> = {
  id: ({ id }, { word }) => word(id),
  created_at: ({ created_at }, { word }) => word(created_at),
  actor_id: ({ actor_id }, { word }) => word(actor_id),
  action: ({ action }, { word }) => word(action),
  entity: ({ entity }, { word }) => word(entity),
  entity_id: ({ entity_id }, { text }) => text(entity_id),
  before: ({ before }, { text }) => text(jsonText(before)),
  after: ({ after }, { text }) => text(jsonText(after)),
  request_id: ({ request_id }, { text }) => text(request_id),
  key_name: ({ key_name }, { text }) => text(key_name),
};

// Entries may have long texts before and after a change.
const MAX_ENTRIES = 500;

/** All entries that match the filters as CSV, newest first. One round trip a page. */
export const auditCsv = (ctx: Ctx, query: Query, format: CsvFormat): Promise<ReadableStream<Uint8Array>> =>
  csvStream(csvTable(auditColumns, format), (last, limit) => selectEntries(ctx, query, last?.id, limit), {
    maxRows: MAX_ENTRIES,
  });
