// The offset of the shop's clock for sales that were stored before sales had it: SQL knows no time zones.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "../platform/context.ts";
import { markDaysForRebuild } from "../sales/record.ts";
import { offsetAt, startOfDay } from "../values/days.ts";

const DAYS_PER_PAGE = 20;
const QUARTER = 900_000;

const dayRow = z.object({ tenant_id: z.string(), day: z.string(), timezone: z.string() });

/** When the offset changes on a day, and to what; the first one applies from its start. */
function offsetsOf({ day, timezone }: z.infer<typeof dayRow>): { since: string; offset: number }[] {
  const [start, end] = [startOfDay(day, timezone).getTime(), startOfDay(day, timezone, 1).getTime()];
  const first = offsetAt(new Date(start), timezone);
  const offsets = [{ since: "", offset: first }];
  if (offsetAt(new Date(end), timezone) === first) return offsets;
  for (let instant = start; instant < end; instant += QUARTER) {
    const offset = offsetAt(new Date(instant), timezone);
    if (offset !== offsets.at(-1)?.offset) offsets.push({ since: new Date(instant).toISOString(), offset });
  }
  return offsets;
}

function setOffsets(row: z.infer<typeof dayRow>): SQL[] {
  const { tenant_id, day } = row;
  const offset = sql`(SELECT value ->> 'offset' FROM json_each(${JSON.stringify(offsetsOf(row))})
    WHERE value ->> 'since' <= sales.placed_at ORDER BY value ->> 'since' DESC LIMIT 1)`;
  return [
    sql`UPDATE sales SET utc_offset = ${offset} WHERE tenant_id = ${tenant_id} AND day = ${day} AND utc_offset IS NULL`,
    ...markDaysForRebuild(tenant_id, sql`${JSON.stringify([day])}`),
  ];
}

/**
 * Sets the missing offsets of twenty days and marks these for a rebuild; a sweep of one page a minute, because figures read all sales
 * of a marked day. Two round trips.
 */
export async function setMissingOffsets(ctx: Base): Promise<null> {
  const days = await ctx.db.all(
    dayRow,
    sql`SELECT s.tenant_id, s.day, t.timezone FROM (
        SELECT DISTINCT tenant_id, day FROM sales INDEXED BY sales_without_offset WHERE utc_offset IS NULL LIMIT ${DAYS_PER_PAGE}) s
      CROSS JOIN tenants t ON t.id = s.tenant_id`,
  );
  if (days.length > 0) await ctx.db.batch(days.flatMap(setOffsets));
  return null;
}
