// The after-commit subscribers of all domains, and the webhooks. Whoever runs a domain function calls this when it is done.
import { runAfterCommit } from "./events/after-commit.ts";
import { queueMails } from "./mail/outbox.ts";
import type { Base } from "./platform/context.ts";
import { subscribers as purchases } from "./purchases/subscribers.ts";
import { subscribers as rollups } from "./rollups/subscribers.ts";
import { queueDeliveries } from "./webhooks/jobs.ts";

export function afterCommit(ctx: Base): void {
  runAfterCommit(ctx, [...purchases, ...rollups], queueDeliveries);
  queueMails(ctx);
}
