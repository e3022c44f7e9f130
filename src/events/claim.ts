// Claims new events for batches, in the order of their commits. Events up to `event_claims.until` have a batch; those after it are new.
// An event whose payload is not an object gets a batch of its own, because it cannot be exported.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "../platform/context.ts";
import { newId } from "../values/ids.ts";

/** SQL: the last event that was claimed. */
export const claimedUntil = sql.raw("coalesce((SELECT until FROM event_claims WHERE id = 1), 0)");

/** SQL: whether the payload of event `e` can be exported. */
export const isExportable = sql.raw(
  "CASE WHEN json_valid(e.payload) THEN json_type(e.payload) = 'object' ELSE 0 END",
);

// The payloads and sale lines of a batch are in memory together.
const EVENTS_PER_BATCH = 1_000;
const MAX_BATCHES = 100;

const pageRow = z.object({ until: z.number().nullable(), events: z.number() });

/** Claims all new events, a thousand a batch. Two round trips a batch, and one that finds no more. */
export async function claimNewEvents(ctx: Base, maxBatches = MAX_BATCHES): Promise<void> {
  for (let batches = 0; batches < maxBatches; batches += 1) {
    const [page] = await ctx.db.all(
      pageRow,
      sql`SELECT max(seq) AS until, count(*) AS events FROM (
        SELECT seq FROM events WHERE seq > ${claimedUntil} ORDER BY seq LIMIT ${EVENTS_PER_BATCH})`,
    );
    if (!page || page.until === null) return;
    const until = sql`CAST(${page.until} AS INTEGER)`;
    await ctx.db.batch([
      sql`UPDATE events AS e SET batch_id = iif(${isExportable}, ${newId()}, e.id)
        WHERE e.seq > ${claimedUntil} AND e.seq <= ${until} AND e.batch_id IS NULL`,
      sql`INSERT INTO event_claims (id, until) VALUES (1, ${until})
        ON CONFLICT (id) DO UPDATE SET until = max(until, excluded.until)`,
    ]);
    if (page.events < EVENTS_PER_BATCH) return;
  }
}
