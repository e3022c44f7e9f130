// The after-commit subscribers of all domains. Whoever runs a domain function calls this when it is done.
import { runAfterCommit } from "./events/after-commit.ts";
import { queueMails } from "./mail/outbox.ts";
import type { Base } from "./platform/context.ts";
import { subscribers as purchases } from "./purchases/subscribers.ts";

export function afterCommit(ctx: Base): void {
  runAfterCommit(ctx, purchases);
  queueMails(ctx);
}
