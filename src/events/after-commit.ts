// What happens after a commit. Each emitted event is sent to the queue and handed to the subscribers of its type. Nothing here
// is relied upon: what fails or is lost, the sweeps repeat.
import type { Base, EventRef } from "../platform/context.ts";
import { openDb } from "../platform/d1.ts";
import { logFailure } from "../platform/log.ts";
import { sendEvents } from "./deliver.ts";
import type { EventType } from "./schema.ts";

/** Work that a domain does after an event's commit. The batch may have failed: then the event does not exist in D1. */
export type Subscriber = { type: EventType; run: (ctx: Base, event: EventRef) => Promise<void> };

/** Sends the events emitted through `ctx` and runs their subscribers, without delaying the response or adding to its cost. */
export function runAfterCommit(ctx: Base, subscribers: readonly Subscriber[]): void {
  const events = ctx.outbox.splice(0);
  if (events.length === 0) return;
  ctx.waitUntil(sendEvents(ctx, events).catch((error: unknown) => logFailure("event queue", error)));
  for (const event of events)
    for (const { run } of subscribers.filter(({ type }) => type === event.type)) {
      const separate: Base = { ...ctx, db: openDb(ctx.env, "first-primary"), outbox: [], mails: [] };
      ctx.waitUntil(
        run(separate, event)
          .catch((error: unknown) => logFailure(`after ${event.type}`, error))
          .finally(() => runAfterCommit(separate, subscribers)),
      );
    }
}
