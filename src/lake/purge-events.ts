// Deletes old events from D1 once the lake has them for good. First the shop's days up to 30 days ago are sealed: from then on their
// files in the lake stay as they are, because they could not be built again. Then their events are deleted.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { hasOpenLetter } from "../events/dead-letters.ts";
import { retainedSince } from "../events/retention.ts";
import type { Base, Tenant } from "../platform/context.ts";
import { returning } from "../platform/d1.ts";
import { addDays, dayOf } from "../values/days.ts";
import { eventIds } from "./partitions.ts";

const dirtyRow = z.object({ day: z.string().nullable() });
const sealRow = z.object({ sealed_end: z.string() });

/**
 * Seals the days that ended 30 days ago and whose events are in one file that is up to date. Resolves to the first id after the
 * sealed days, or null if none is sealed. Two round trips.
 */
async function sealDays(ctx: Base, { id, timezone }: Tenant): Promise<string | null> {
  const dirty = sql`FROM lake_days INDEXED BY lake_days_touched
    WHERE built < version AND tenant_id = ${id} AND dataset = 'events'`;
  const [first] = await ctx.db.all(dirtyRow, sql`SELECT min(day) AS day ${dirty}`);
  const lastWhole = addDays(dayOf(retainedSince(ctx.now), timezone), -1);
  const lastClean = first?.day ? addDays(first.day, -1) : lastWhole;
  const day = lastClean < lastWhole ? lastClean : lastWhole;
  const { end } = eventIds(day, timezone);
  const sealed = returning(
    sealRow,
    sql`SELECT sealed_end FROM lake_shops WHERE tenant_id = ${id} AND sealed_day <> ''`,
  );
  const done = await ctx.db.batch([
    // A build that began before reads its days as dirty until it ends; a change of the time zone makes days dirty.
    sql`INSERT INTO lake_shops (tenant_id, revision, sealed_day, sealed_end)
      SELECT id, 0, ${day}, ${end} FROM tenants WHERE id = ${id} AND timezone = ${timezone}
        AND NOT EXISTS (SELECT 1 ${dirty} AND day <= ${day})
      ON CONFLICT (tenant_id) DO UPDATE SET sealed_day = excluded.sealed_day, sealed_end = excluded.sealed_end
        WHERE sealed_day < excluded.sealed_day AND sealed_end < excluded.sealed_end`,
    sealed,
  ]);
  return done.of(sealed)[0]?.sealed_end ?? null;
}

const EVENTS_PER_STATEMENT = 1_000;

/**
 * Seals days and deletes their events that were exported 30 days ago, except those that a webhook delivery or an open dead letter
 * refers to, and the last of all events, whose number must not be given again. Resolves to "more" when `isSpent` and another call must continue. One round trip per thousand events.
 */
export async function purgeEvents(
  ctx: Base,
  tenant: Tenant,
  isSpent: () => boolean,
): Promise<"more" | "done"> {
  const end = await sealDays(ctx, tenant);
  if (end === null) return "done";
  for (;;) {
    if (isSpent()) return "more";
    const deleted = await ctx.db.all(
      z.object({ id: z.string() }),
      sql`DELETE FROM events WHERE seq IN (SELECT e.seq FROM events e INDEXED BY events_key
          WHERE e.tenant_id = ${tenant.id} AND e.id < ${end} AND e.seq < (SELECT max(seq) FROM events) AND e.exported_at < ${retainedSince(ctx.now).toISOString()}
            AND NOT EXISTS (SELECT 1 FROM webhook_deliveries w WHERE w.tenant_id = e.tenant_id AND w.event_id = e.id)
            AND NOT ${hasOpenLetter}
          ORDER BY e.id LIMIT ${EVENTS_PER_STATEMENT})
        RETURNING id`,
    );
    if (deleted.length < EVENTS_PER_STATEMENT) return "done";
  }
}
