// The base context of domain functions that no request calls.
import type { Base } from "../src/platform/context.ts";
import { openDb } from "../src/platform/d1.ts";

export const baseOf = (env: Env, ctx: ExecutionContext): Base => ({
  db: openDb(env, "first-primary"),
  env,
  now: new Date(),
  requestId: null,
  outbox: [],
  mails: [],
  waitUntil: (work) => ctx.waitUntil(work),
});
