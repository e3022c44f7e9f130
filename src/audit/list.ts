// An id begins with its creation time, so a time range is a range of ids in whichever index is read. The filters choose the
// index in a fixed order: entity id, actor, action, entity, else the primary key. Without INDEXED BY the planner, which has
// no statistics, may scan the whole log of the shop.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../platform/context.ts";
import { csvCell, csvStream } from "../values/csv.ts";
import { isDay, startOfDay } from "../values/days.ts";
import { firstIdAt, instantOfId } from "../values/ids.ts";
import { invalid } from "../platform/problem.ts";
import { encodeCursor, decodeCursor, pageOf, singleKey } from "../platform/cursor.ts";
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

/** The conditions on the id for the time range of a query. @throws Problem invalid */
function timeRange(ctx: Ctx, { from, to }: Query): SQL[] {
  const { timezone } = ctx.tenant;
  const first = from === undefined ? null : isDay(from) ? startOfDay(from, timezone) : new Date(from);
  const end =
    to === undefined ? null : isDay(to) ? startOfDay(to, timezone, 1) : new Date(Date.parse(to) + 1);
  if (first && end && first >= end)
    throw invalid([{ pointer: "#/query/from", detail: "must not be after to" }]);
  return [...(first ? [sql`id >= ${firstIdAt(first)}`] : []), ...(end ? [sql`id < ${firstIdAt(end)}`] : [])];
}

const indexOf = ({ entity_id, actor_id, action, entity }: Query): SQL => {
  if (entity_id !== undefined) return sql.raw("INDEXED BY audit_log_entity_id");
  if (actor_id !== undefined) return sql.raw("INDEXED BY audit_log_actor");
  if (action !== undefined) return sql.raw("INDEXED BY audit_log_action");
  return entity === undefined ? sql`` : sql.raw("INDEXED BY audit_log_entity");
};

const selectEntries = (ctx: Ctx, query: Query, after: unknown, limit: number): Promise<Entry[]> => {
  const filters: SQL[] = [sql`tenant_id = ${ctx.tenant.id}`, ...timeRange(ctx, query)];
  for (const name of ["entity_id", "actor_id", "action", "entity"] as const)
    if (query[name] !== undefined) filters.push(sql`${sql.identifier(name)} = ${query[name]}`);
  if (after !== undefined) filters.push(sql`id < ${after}`);
  return ctx.db.all(
    row,
    sql`SELECT id, actor_id, action, entity, entity_id, before, after, request_id FROM audit_log ${indexOf(query)}
      WHERE ${sql.join(filters, sql` AND `)} ORDER BY id DESC LIMIT CAST(${limit} AS INTEGER)`,
  );
};

/** A page of the log, newest first. One round trip. @throws Problem invalid-cursor */
export async function listAudit(ctx: Ctx, query: Query) {
  const [after] = decodeCursor(singleKey, "audit", ctx.tenant.id, query.cursor) ?? [];
  const entries = await selectEntries(ctx, query, after, query.limit + 1);
  return pageOf(entries, query.limit, (last) => encodeCursor("audit", ctx.tenant.id, [last.id]));
}

export const AUDIT_COLUMNS = "id,created_at,actor_id,action,entity,entity_id,before,after,request_id";

const cellOf = (value: unknown): string => (value === null ? "" : csvCell(JSON.stringify(value)));

const lineOf = (entry: Entry): string =>
  [
    entry.id,
    entry.created_at,
    entry.actor_id ?? "",
    entry.action,
    entry.entity,
    csvCell(entry.entity_id),
    cellOf(entry.before),
    cellOf(entry.after),
    csvCell(entry.request_id ?? ""),
  ].join(",");

/** All entries that match the filters as CSV, newest first. One round trip per 500 entries. */
export const auditCsv = (ctx: Ctx, query: Query): Promise<ReadableStream<Uint8Array>> =>
  csvStream<Entry>(AUDIT_COLUMNS, (last, limit) => selectEntries(ctx, query, last?.id, limit), lineOf);
