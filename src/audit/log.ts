// An audit entry is written in the batch of the change by a statement that compares the states in SQL. A change that is
// rejected, or that changes nothing, writes no entry. No entry needs a read beforehand.
import { sql, type SQL } from "drizzle-orm";
import type { Key, Base } from "../platform/context.ts";
import { newId } from "../values/ids.ts";
import type { Action } from "./schema.ts";

/** The shop, actor and request of a change; `actor` is null if nobody was signed in and no API key was sent. */
export type AuditContext = Pick<Base, "requestId"> & {
  tenant: { id: string };
  actor: { kind?: "user"; id: string } | Key | null;
};

type Details = {
  /** SQL that yields JSON. */
  before?: SQL;
  /** SQL that yields JSON. */
  after?: SQL;
  /** The SQL condition under which the entry is written, evaluated at the statement's position in the batch. */
  when?: SQL;
};

const insertInto = sql.raw(
  "INSERT INTO audit_log (tenant_id, id, actor_id, key_name, action, entity_id, before, after, request_id)",
);

function commonValues({ tenant, actor }: AuditContext, action: Action, entityId: string): SQL {
  const [id, keyName] = actor?.kind === "key" ? [actor.keyId, actor.name] : [actor?.id ?? null, null];
  return sql`${tenant.id}, ${newId()}, ${id}, ${keyName}, ${action}, ${entityId}`;
}

/** The statement that records an action. */
export const audit = (
  ctx: AuditContext,
  action: Action,
  entityId: string,
  { before = sql`NULL`, after = sql`NULL`, when = sql`true` }: Details = {},
): SQL =>
  sql`${insertInto} SELECT ${commonValues(ctx, action, entityId)}, ${before}, ${after}, ${ctx.requestId} WHERE ${when}`;

const insertDifference = (
  ctx: AuditContext,
  action: Action,
  entityId: string,
  beforeAndAfter: SQL,
  states: SQL,
): SQL =>
  sql`${insertInto} SELECT ${commonValues(ctx, action, entityId)}, ${beforeAndAfter}, ${ctx.requestId}
    FROM (${states}) CROSS JOIN json_each(was) AS o CROSS JOIN json_each(becomes) AS n ON n.key = o.key
    WHERE o.value IS NOT n.value HAVING count(*) > 0`;

/**
 * The statement that records the fields in which two states differ; it writes no entry if they are equal. `states` is a
 * SELECT of at most one row with the JSON objects `was` and `becomes`.
 */
export const auditDifference = (ctx: AuditContext, action: Action, entityId: string, states: SQL): SQL =>
  insertDifference(
    ctx,
    action,
    entityId,
    sql`json_group_object(o.key, json(was -> o.fullkey)), json_group_object(o.key, json(becomes -> o.fullkey))`,
    states,
  );

/** The SQL of a column's JSON value, where that is not the stored one. */
type JsonValues = Partial<Record<string, SQL>>;

/** The current values of the columns in `next` as a JSON object, converted to the types of the new values. */
const currentValues = (next: Record<string, unknown>, jsonValues: JsonValues): SQL =>
  sql`json_object(${sql.join(
    Object.entries(next).map(([name, value]) => {
      const column = sql.identifier(name);
      if (jsonValues[name]) return sql`${name}, ${jsonValues[name]}`;
      if (typeof value === "boolean") return sql`${name}, json(iif(${column}, 'true', 'false'))`;
      if (typeof value === "object" && value !== null) return sql`${name}, json(${column})`;
      return sql`${name}, ${column}`;
    }),
    sql`, `,
  )})`;

/**
 * The statement that records an UPDATE that follows it in the batch: those columns of `next`, the new values, that will
 * change. `row` is the FROM and WHERE of the UPDATE. With `namesOnly`, for personal data, it records no values.
 * `jsonValues` has the SQL of columns that are not stored as in `next`.
 */
export function auditUpdate(
  ctx: AuditContext,
  action: Action,
  entityId: string,
  next: Record<string, unknown>,
  row: SQL,
  { namesOnly = false, jsonValues = {} }: { namesOnly?: boolean; jsonValues?: JsonValues } = {},
): SQL {
  const states = sql`SELECT ${currentValues(next, jsonValues)} AS was, ${JSON.stringify(next)} AS becomes ${row}`;
  const names = sql`NULL, json_object('fields', json_group_array(o.key))`;
  return namesOnly
    ? insertDifference(ctx, action, entityId, names, states)
    : auditDifference(ctx, action, entityId, states);
}
