// What staff do in a shift, sent by their devices in batches that may arrive twice. An event is one row by the client's id or,
// without one, by a hash of its content. An invalid event is rejected alone; the others of its batch are stored.
import { createHash } from "node:crypto";
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { actorId, isUnrestricted, type ActorCtx } from "../../platform/context.ts";
import { returning } from "../../platform/d1.ts";
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
import { noOpenShift, type DeskStep } from "../desk/step.ts";
import { parsePlatforms, platformNames } from "./platforms.ts";

type RejectionReason = z.infer<typeof Rejection>;
type Event = Pick<z.infer<typeof Activity>, "id" | "at" | "platform" | "kind" | "detail">;

const MAX_CLOCK_SKEW_MS = 60_000;
const MAX_AGE_MS = 24 * 3600 * 1000;

/** The event as it is stored, with its time in UTC and an id. */
function eventOf(input: z.infer<typeof ActivityBatch>["events"][number]): Event {
  const at = new Date(input.at).toISOString();
  const content = [at, input.platform, input.kind, input.detail ?? null];
  const id = input.id ?? createHash("sha256").update(JSON.stringify(content)).digest("base64url");
  return { id, at, platform: input.platform, kind: input.kind, detail: input.detail ?? null };
}

/** Why the time of an event is rejected in a shift that started at `start`, or null; all in milliseconds. */
function timeRejection(at: number, start: number, now: number): RejectionReason | null {
  if (at > now + MAX_CLOCK_SKEW_MS) return "in_the_future";
  // A device clock in whole seconds is earlier than a start within the same second.
  if (at < Math.floor(start / 1000) * 1000) return "before_the_shift";
  return at < now - MAX_AGE_MS ? "too_old" : null;
}

const shiftRow = z.object({ status: z.string(), platforms: z.string().nullable() });
const idRow = z.object({ id: z.string() });

/** Stores a batch of activity and, if any of it is new, closes the idle alert. One round trip. @throws Problem no-open-shift */
export const recordActivity: DeskStep<z.infer<typeof ActivityBatch>, z.infer<typeof ActivityTaken>> = async (
  ctx,
  open,
  input,
) => {
  if (!open) throw noOpenShift();
  const tenantId = ctx.tenant.id;
  const at = ctx.now.toISOString();
  const start = Date.parse(open.start_at);
  const events = input.events.map((each) => {
    const event = eventOf(each);
    return { event, reason: timeRejection(Date.parse(event.at), start, ctx.now.getTime()) };
  });
  const timely = events.flatMap(({ event, reason }) => (reason === null ? [event] : []));
  const isOpenShift = sql`tenant_id = ${tenantId} AND id = ${open.id} AND status = 'OPEN'`;
  const platforms = platformNames(tenantId);
  const payload = JSON.stringify(timely);
  // A batch of duplicates leaves the shift and its alert unchanged.
  const hasNew = sql`EXISTS (SELECT 1 FROM activity WHERE tenant_id = ${tenantId} AND shift_id = ${open.id}
    AND id IN (SELECT value ->> 'id' FROM json_each(${payload})) AND created_at = ${at})`;
  const shift = returning(
    shiftRow,
    sql`SELECT status, ${platforms} AS platforms FROM shifts WHERE tenant_id = ${tenantId} AND id = ${open.id}`,
  );
  const inserted = returning(
    idRow,
    sql`INSERT INTO activity (tenant_id, shift_id, id, at, platform, kind, detail, created_at, seq)
      SELECT ${tenantId}, ${open.id}, e.value ->> 'id', e.value ->> 'at', e.value ->> 'platform', e.value ->> 'kind',
        e.value ->> 'detail', ${at}, e.key
      FROM json_each(${payload}) AS e
      WHERE EXISTS (SELECT 1 FROM shifts WHERE ${isOpenShift})
        AND (${platforms} IS NULL OR e.value ->> 'platform' IN (SELECT value FROM json_each(${platforms})))
      ON CONFLICT DO NOTHING RETURNING id`,
  );
  const done = await ctx.db.batch([
    shift,
    inserted,
    sql`UPDATE shifts SET last_activity_at = ${at} WHERE ${isOpenShift} AND ${hasNew}`,
    sql`${closeAlerts(tenantId, open.id, at, "idle")} AND ${hasNew}`,
  ]);
  const [state] = done.of(shift);
  if (state?.status !== "OPEN") throw noOpenShift();
  const allowed = parsePlatforms(state.platforms);
  const rejected = events.flatMap(({ event, reason }, index) => {
    const rejection = reason ?? (allowed?.includes(event.platform) === false ? "platform_not_allowed" : null);
    return rejection === null ? [] : [{ index, reason: rejection }];
  });
  const accepted = done.of(inserted).length;
  return { value: { accepted, duplicates: events.length - rejected.length - accepted, rejected }, open };
};

const ownerRow = z.object({ user_id: z.string() });

const listRow = Activity.extend({ seq: z.int() });

const activityKey = z.tuple([z.string(), z.string(), z.int(), z.string()]);

/**
 * The activity of a shift of the actor, or, for an ADMIN, of any shift: oldest first, and in order of arrival within one
 * instant. One round trip. @throws Problem not-found, forbidden
 */
export async function listActivity(ctx: ActorCtx, shiftId: string, query: z.infer<typeof ActivityQuery>) {
  const list = `activity in order ${shiftId}`;
  const last = decodeCursor(activityKey, list, ctx.tenant.id, query.cursor);
  const filters: SQL[] = [sql`tenant_id = ${ctx.tenant.id}`, sql`shift_id = ${shiftId}`];
  if (last) filters.push(sql`(at, created_at, seq, id) > (${last[0]}, ${last[1]}, ${last[2]}, ${last[3]})`);
  const owners = returning(
    ownerRow,
    sql`SELECT user_id FROM shifts WHERE tenant_id = ${ctx.tenant.id} AND id = ${shiftId}`,
  );
  const page = returning(
    listRow,
    sql`SELECT id, at, platform, kind, detail, created_at, seq FROM activity
      WHERE ${sql.join(filters, sql` AND `)} ORDER BY at, created_at, seq, id LIMIT ${query.limit + 1}`,
  );
  const done = await ctx.db.batch([owners, page]);
  const [owner] = done.of(owners);
  if (!owner) throw notFound("shift");
  if (!isUnrestricted(ctx) && owner.user_id !== actorId(ctx))
    throw new Problem("forbidden", "The shift belongs to another user.");
  return pageOf(done.of(page), query.limit, (row) =>
    encodeCursor(list, ctx.tenant.id, [row.at, row.created_at, row.seq, row.id]),
  );
}
