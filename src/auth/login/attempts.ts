// Who may try a password, and how often. scrypt blocks the isolate, so attempts are counted before it runs, in a
// Durable Object per account and per address. Of an account only failures count, but an attempt in flight may become
// one: it holds a place until it is settled, so parallel guesses cannot slip in under the limit.
import { networkOf } from "../../values/network.ts";
import { callObject } from "../../platform/bindings.ts";
import type { Base } from "../../platform/context.ts";
import { MINUTE_MS } from "../../platform/minute.ts";
import { Problem } from "../../platform/problem.ts";
import { positiveInteger } from "../../platform/variables.ts";

const FAILURES_PER_ACCOUNT = 5;

/** State of one counter: when its minute ends (ms) and what was counted in it. */
export type Window = { ends: number; count: number };

/** The counter as it stands: a minute starts with its first count. */
export const currentWindow = (window: Window | undefined, now: number): Window =>
  window && now < window.ends ? window : { ends: now + MINUTE_MS, count: 0 };

const gate = (ctx: Base, name: string) => ctx.env.LOGIN_GATE.get(ctx.env.LOGIN_GATE.idFromName(name));

function refuseIf(wait: number, whose: string): void {
  if (wait > 0)
    throw new Problem(
      "too-many-attempts",
      `Too many attempts ${whose}: try again in ${wait} s.`,
      {},
      { "retry-after": String(wait) },
    );
}

/** So many a minute. @throws Problem unavailable, where the variable is no number */
export const attemptsPerAddress = (env: Env): number => positiveInteger(env, "LOGIN_ATTEMPTS_PER_ADDRESS");

/** Counts work with scrypt from this address. @throws Problem too-many-attempts */
export async function countAttempt(ctx: Base, address: string): Promise<void> {
  const limit = attemptsPerAddress(ctx.env);
  const wait = await callObject(() => gate(ctx, `address:${networkOf(address)}`).count(limit));
  refuseIf(wait, "from this address");
}

/** Runs `attempt` when the account may have one; it answers whether the password was right. @throws Problem too-many-attempts */
export async function attemptOnAccount(
  ctx: Base,
  shop: string,
  email: string,
  attempt: () => boolean,
): Promise<boolean> {
  const name = `account:${shop}:${email}`;
  const { wait, ticket } = await callObject(() => gate(ctx, name).enter(FAILURES_PER_ACCOUNT));
  refuseIf(wait, "on this account");
  const right = attempt();
  await callObject(() => gate(ctx, name).leave(ticket, !right));
  return right;
}
