// Events stay in D1 for 30 days after their export, or longer while a webhook delivery or an open dead letter needs them. The lake
// keeps them.
import type { Ctx } from "../platform/context.ts";
import { Problem } from "../platform/problem.ts";
import { dayOf } from "../values/days.ts";
import { instantOfId } from "../values/ids.ts";

const RETENTION_DAYS = 30;
const RETENTION_MS = RETENTION_DAYS * 86_400_000;

/** Events that were exported before this instant may be deleted. */
export const retainedSince = (now: Date): Date => new Date(now.getTime() - RETENTION_MS);

/** Whether an event of the shop with this id, which does not exist, may have been deleted. */
export function mayBeDeleted({ tenant, now }: Ctx, eventId: string): boolean {
  const at = instantOfId(eventId);
  return at >= instantOfId(tenant.id) && at < retainedSince(now);
}

/** The answer to the replay of an event that was deleted. */
export function eventDeleted({ tenant, now }: Ctx): Problem {
  const since = dayOf(retainedSince(now), tenant.timezone);
  return new Problem(
    "event-deleted",
    `Events are stored for ${RETENTION_DAYS} days. Those from before ${since} cannot be sent again; the dataset events of the lake has them.`,
    { stored_since: since },
  );
}
