// What staff do in a shift, as their devices tell it, in batches that may come twice. An event is one row by the client's
// id, or, where the client gives none, by its content. A wrong event is refused alone; the others are kept.
import { createHash } from "node:crypto";
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { ActorCtx } from "../../platform/context.ts";
import { rows } from "../../platform/d1.ts";
import { encodeCursor, decodeCursor, pageOf } from "../../platform/cursor.ts";
import { notFound, Problem } from "../../platform/problem.ts";
import {
  Activity,
  type ActivityBatch,
  type ActivityQuery,
  type ActivityTaken,
  type Rejection,
} from "./schema.ts";
import { closeAlerts } from "./alerts.ts";
import { noOpenShift, type DeskStep } from "../desk/steps.ts";
import { parsePlatforms, platformNames } from "./platforms.ts";

type Taken = z.infer<typeof ActivityTaken>;
type Reason = z.infer<typeof Rejection>;
type Event = Pick<z.infer<typeof Activity>, "id" | "at" | "platform" | "kind" | "detail">;

const SKEW_MS = 60_000;
const OLDEST_MS = 24 * 3600 * 1000;

const stateRow = z.object({ status: z.string(), names: z.string().nullable() });

/** The event as it is stored: its time in UTC, and an id whoever gave it. */
function eventOf(input: z.infer<typeof ActivityBatch>["events"][number]): Event {
  const at = new Date(input.at).toISOString();
  const content = [at, input.platform, input.kind, input.detail ?? null];
  const id = input.id ?? createHash("sha256").update(JSON.stringify(content)).digest("base64url");
  return { id, at, platform: input.platform, kind: input.kind, detail: input.detail ?? null };
}

/** Why the time of an event is refused in a shift that began at `start` (milliseconds), or null. */
function untimely(at: number, start: number, now: number): Reason | null {
  if (at > now + SKEW_MS) return "in_the_future";
  // A clock in whole seconds reads as earlier than a start within its second.
  if (at < Math.floor(start / 1000) * 1000) return "before_the_shift";
  return at < now - OLDEST_MS ? "too_old" : null;
}

/** Keeps a batch of activity, and ends the idle alert where it has news. One round trip. @throws Problem no-open-shift */
export const takeActivity: DeskStep<z.infer<typeof ActivityBatch>, Taken> = async (ctx, open, input) => {
  if (!open) throw noOpenShift();
  const tenantId = ctx.tenant.id;
  const at = ctx.now.toISOString();
  const start = Date.parse(open.start_at);
  const events = input.events.map((each) => {
    const event = eventOf(each);
    return { event, reason: untimely(Date.parse(event.at), start, ctx.now.getTime()) };
  });
  const timely = events.flatMap(({ event, reason }) => (reason === null ? [event] : []));
  const shift = sql`tenant_id = ${tenantId} AND id = ${open.id} AND status = 'OPEN'`;
  const names = platformNames(tenantId);
  const payload = JSON.stringify(timely);
  // Without news the shift and its alert stay as they are.
  const news = sql`EXISTS (SELECT 1 FROM activity WHERE tenant_id = ${tenantId} AND shift_id = ${open.id}
    AND id IN (SELECT value ->> 'id' FROM json_each(${payload})) AND created_at = ${at})`;
  const results = await ctx.db.batch([
    sql`SELECT status, ${names} AS names FROM shifts WHERE tenant_id = ${tenantId} AND id = ${open.id}`,
    sql`INSERT INTO activity (tenant_id, shift_id, id, at, platform, kind, detail, created_at, seq)
      SELECT ${tenantId}, ${open.id}, e.value ->> 'id', e.value ->> 'at', e.value ->> 'platform', e.value ->> 'kind',
        e.value ->> 'detail', ${at}, e.key
      FROM json_each(${payload}) AS e
      WHERE EXISTS (SELECT 1 FROM shifts WHERE ${shift})
        AND (${names} IS NULL OR e.value ->> 'platform' IN (SELECT value FROM json_each(${names})))
      ON CONFLICT DO NOTHING RETURNING id`,
    sql`UPDATE shifts SET last_activity_at = ${at} WHERE ${shift} AND ${news}`,
    sql`${closeAlerts(tenantId, open.id, at, "idle")} AND ${news}`,
  ]);
  const [state] = rows(stateRow, results[0]);
  if (state?.status !== "OPEN") throw noOpenShift();
  const allowed = parsePlatforms(state.names);
  const rejected = events.flatMap(({ event, reason }, index) => {
    const why = reason ?? (allowed?.includes(event.platform) === false ? "platform_not_allowed" : null);
    return why === null ? [] : [{ index, reason: why }];
  });
  const accepted = results[1]?.length ?? 0;
  return { value: { accepted, duplicates: events.length - rejected.length - accepted, rejected }, open };
};

const ownerRow = z.object({ user_id: z.string() });

const listedRow = Activity.extend({ seq: z.int() });

const place = z.tuple([z.string(), z.string(), z.int(), z.string()]);

/** The activity of a shift, oldest first, of one instant as it came in: an EMPLOYEE's own, an ADMIN's any. One round trip. @throws Problem not-found, forbidden */
export async function listActivity(ctx: ActorCtx, shiftId: string, query: z.infer<typeof ActivityQuery>) {
  const list = `activity in order ${shiftId}`;
  const last = decodeCursor(place, list, ctx.tenant.id, query.cursor);
  const filters: SQL[] = [sql`tenant_id = ${ctx.tenant.id}`, sql`shift_id = ${shiftId}`];
  if (last) filters.push(sql`(at, created_at, seq, id) > (${last[0]}, ${last[1]}, ${last[2]}, ${last[3]})`);
  const [owners, found] = await ctx.db.batch([
    sql`SELECT user_id FROM shifts WHERE tenant_id = ${ctx.tenant.id} AND id = ${shiftId}`,
    sql`SELECT id, at, platform, kind, detail, created_at, seq FROM activity
      WHERE ${sql.join(filters, sql` AND `)} ORDER BY at, created_at, seq, id LIMIT ${query.limit + 1}`,
  ]);
  const [owner] = rows(ownerRow, owners);
  if (!owner) throw notFound("shift");
  if (ctx.actor.role !== "ADMIN" && owner.user_id !== ctx.actor.id)
    throw new Problem("forbidden", "This is the shift of somebody else.");
  return pageOf(rows(listedRow, found), query.limit, (row) =>
    encodeCursor(list, ctx.tenant.id, [row.at, row.created_at, row.seq, row.id]),
  );
}
