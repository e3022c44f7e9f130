// What happens after a commit. The emitted events are handed to webhooks and to the subscribers of their types. Nothing here is
// relied upon: what fails or is lost, the sweeps repeat. The export to the lake does not begin here but every minute.
import type { Base, EmittedEvent, EventRef } from "../platform/context.ts";
import { type Db, openDb, openSharedDb } from "../platform/d1.ts";
import { logFailure } from "../platform/log.ts";
import type { EventType } from "./schema.ts";

/** Work that a domain does after an event's commit. The batch may have failed: then the event does not exist in D1. */
export type Subscriber = { type: EventType; run: (ctx: Base, event: EmittedEvent) => Promise<void> };

/** Passes the events emitted through `ctx` to `notify` and their subscribers, without delaying the response or adding to its cost. */
export function runAfterCommit(
  ctx: Base,
  subscribers: readonly Subscriber[],
  notify: (ctx: Base, events: EventRef[]) => Promise<void>,
): void {
  const events = ctx.outbox.splice(0);
  if (events.length === 0) return;
  const separate = (db: Db): Base => ({ ...ctx, db, outbox: [], mails: [] });
  const deliverable = events.filter(({ mayBeDelivered }) => mayBeDelivered !== false);
  if (deliverable.length > 0) {
    const all = separate(openSharedDb(ctx.env, "first-primary"));
    ctx.waitUntil(notify(all, deliverable).catch((error: unknown) => logFailure("webhook queue", error)));
  }
  for (const event of events)
    for (const { run } of subscribers.filter(({ type }) => type === event.type)) {
      const own = separate(openDb(ctx.env, event.tenant_id, "first-primary"));
      ctx.waitUntil(
        run(own, event)
          .catch((error: unknown) => logFailure(`after ${event.type}`, error))
          .finally(() => runAfterCommit(own, subscribers, notify)),
      );
    }
}
