// The base context of domain functions that no request calls.
import type { Base } from "../src/platform/context.ts";
import { openSharedDb } from "../src/platform/d1.ts";
import { startTrace, traceMessages } from "../src/platform/trace.ts";

/** `trace` is that of what caused the work; by default it begins a new one. */
export const baseOf = (env: Env, ctx: ExecutionContext, trace = startTrace(undefined, null)): Base => ({
  db: openSharedDb(env, "first-primary"),
  env: traceMessages(env, trace),
  now: new Date(),
  requestId: null,
  trace,
  outbox: [],
  mails: [],
  waitUntil: (work) => ctx.waitUntil(work),
});
