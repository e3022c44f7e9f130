// The after-commit subscribers of all domains. Whoever runs a domain function calls this when it is done.
import { runAfterCommit } from "./events/after-commit.ts";
import type { Base } from "./platform/context.ts";
import { subscribers as purchases } from "./purchases/subscribers.ts";

export const afterCommit = (ctx: Base): void => runAfterCommit(ctx, purchases);
