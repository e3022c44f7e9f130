// The audit log is written in the batch of the change, by statements that decide in SQL what there is to tell: a change that
// is refused, or that leaves all as it was, leaves no row. Nothing is read for it before.
import { sql, type SQL } from "drizzle-orm";
import type { Base } from "../platform/context.ts";
import { newId } from "../values/ids.ts";
import type { Action } from "./schema.ts";

/** In which shop, by whom (null: nobody who is signed in), in which request. */
export type AuditContext = Pick<Base, "requestId"> & { tenant: { id: string }; actor: { id: string } | null };

type What = {
  /** SQL that yields JSON. */
  before?: SQL;
  after?: SQL;
  /** SQL that says whether the change happens: asked where the statement stands in its batch. */
  when?: SQL;
};

const into = sql.raw(
  "INSERT INTO audit_log (tenant_id, id, actor_id, action, entity_id, before, after, request_id)",
);

const head = (who: AuditContext, action: Action, entityId: string): SQL =>
  sql`${who.tenant.id}, ${newId()}, ${who.actor?.id ?? null}, ${action}, ${entityId}`;

/** The statement that tells of something made, ended or done. */
export const audit = (
  who: AuditContext,
  action: Action,
  entityId: string,
  { before = sql`NULL`, after = sql`NULL`, when = sql`true` }: What = {},
): SQL =>
  sql`${into} SELECT ${head(who, action, entityId)}, ${before}, ${after}, ${who.requestId} WHERE ${when}`;

const differing = (who: AuditContext, action: Action, entityId: string, told: SQL, states: SQL): SQL =>
  sql`${into} SELECT ${head(who, action, entityId)}, ${told}, ${who.requestId}
    FROM (${states}) CROSS JOIN json_each(was) AS o CROSS JOIN json_each(becomes) AS n ON n.key = o.key
    WHERE o.value IS NOT n.value HAVING count(*) > 0`;

/**
 * The statement that tells how two states differ, field by field; none where they do not. `states` is a SELECT of at most
 * one row: JSON objects `was` and `becomes`.
 */
export const auditDifference = (who: AuditContext, action: Action, entityId: string, states: SQL): SQL =>
  differing(
    who,
    action,
    entityId,
    sql`json_group_object(o.key, json(was -> o.fullkey)), json_group_object(o.key, json(becomes -> o.fullkey))`,
    states,
  );

/** JSON of the columns that `next` names, as the row has them: a flag, JSON or plain, as the new value is. */
const asIs = (next: Record<string, unknown>): SQL =>
  sql`json_object(${sql.join(
    Object.entries(next).map(([name, value]) => {
      const column = sql.identifier(name);
      if (typeof value === "boolean") return sql`${name}, json(iif(${column}, 'true', 'false'))`;
      if (typeof value === "object" && value !== null) return sql`${name}, json(${column})`;
      return sql`${name}, ${column}`;
    }),
    sql`, `,
  )})`;

/**
 * The statement that tells of an UPDATE that stands after it in the batch: of the columns in `next` (with their new values)
 * those that will be others. `row` is the FROM and WHERE of the UPDATE. With `namesOnly` no value is told: of people.
 */
export function auditUpdate(
  who: AuditContext,
  action: Action,
  entityId: string,
  next: Record<string, unknown>,
  row: SQL,
  { namesOnly = false } = {},
): SQL {
  const states = sql`SELECT ${asIs(next)} AS was, ${JSON.stringify(next)} AS becomes ${row}`;
  const names = sql`NULL, json_object('fields', json_group_array(o.key))`;
  return namesOnly
    ? differing(who, action, entityId, names, states)
    : auditDifference(who, action, entityId, states);
}
