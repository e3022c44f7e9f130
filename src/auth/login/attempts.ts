// scrypt blocks the isolate, so attempts are counted before it runs, in a Durable Object per account and per address. For an
// account only failures count. An attempt in flight counts until it succeeds, so that parallel guesses cannot exceed the limit.
import { networkOf } from "../../values/network.ts";
import { callObject } from "../../platform/bindings.ts";
import type { Base } from "../../platform/context.ts";
import { GuardViolated } from "../../platform/guarded-db.ts";
import { MINUTE_MS } from "../../platform/minute.ts";
import { Problem } from "../../platform/problem.ts";
import { positiveInteger } from "../../platform/variables.ts";

const FAILURES_PER_ACCOUNT = 5;

/** The state of one counter: when its minute or other length of time ends (ms), and the attempts in it. */
export type Window = { ends: number; count: number };

/** The window at an instant (ms): the given one, or a new one if it has ended. It starts with its first attempt. */
export const currentWindow = (window: Window | undefined, now: number, length = MINUTE_MS): Window =>
  window && now < window.ends ? window : { ends: now + length, count: 0 };

const gate = (ctx: Base, name: string) => ctx.env.LOGIN_GATE.get(ctx.env.LOGIN_GATE.idFromName(name));

function requireNoWait(wait: number, subject: string): void {
  if (wait > 0)
    throw new Problem(
      "too-many-attempts",
      `Too many attempts ${subject}. Try again in ${wait} s.`,
      {},
      { "retry-after": String(wait) },
    );
}

/** Attempts per minute. @throws Problem unavailable, if the variable is invalid */
export const attemptsPerAddress = (env: Env): number => positiveInteger(env, "LOGIN_ATTEMPTS_PER_ADDRESS");

/** What is counted by address, each apart: passwords, those of known devices, and the codes of devices. */
type Counter = "address" | "known" | "device-request" | "user-code";

/**
 * Counts a request that runs scrypt, or asks for or guesses the code of a device, against its address. Requests from known devices are
 * counted apart, so that strangers at the same address do not use up their limit. @throws Problem too-many-attempts, unavailable
 */
export async function countAttempt(ctx: Base, address: string, from: Counter = "address"): Promise<void> {
  const limit = attemptsPerAddress(ctx.env);
  const wait = await callObject(() => gate(ctx, `${from}:${networkOf(address)}`).count(limit));
  requireNoWait(wait, "from this address");
}

async function attempt(ctx: Base, name: string, subject: string, verify: () => boolean): Promise<boolean> {
  return (await attemptToFind(ctx, name, subject, () => Promise.resolve(verify() || null))) ?? false;
}

/** Runs `find` unless it has found nothing too often in this minute under this name. @throws Problem too-many-attempts, unavailable */
export async function attemptToFind<T>(
  ctx: Base,
  name: string,
  subject: string,
  find: () => Promise<T | null>,
): Promise<T | null> {
  const { wait, ticket } = await callObject(() => gate(ctx, name).enter(FAILURES_PER_ACCOUNT));
  requireNoWait(wait, subject);
  const leave = (failed: boolean): Promise<void> => callObject(() => gate(ctx, name).leave(ticket, failed));
  try {
    const found = await find();
    await leave(found === null);
    return found;
  } catch (error) {
    // Nothing was looked up: the request runs again, or is refused.
    if (error instanceof GuardViolated) await leave(false);
    throw error;
  }
}

/** Runs `verify` unless the account has too many failures; returns whether the password is right. @throws Problem too-many-attempts, unavailable */
export const attemptOnAccount = (
  ctx: Base,
  shop: string,
  email: string,
  verify: () => boolean,
): Promise<boolean> => attempt(ctx, `account:${shop}:${email}`, "on this account", verify);

/**
 * Runs `verify` unless the device, which the account knows, has too many failures; returns whether the password is right. The failures of
 * others do not count. @throws Problem too-many-attempts, unavailable
 */
export const attemptFromDevice = (ctx: Base, device: string, verify: () => boolean): Promise<boolean> =>
  attempt(ctx, `device:${device}`, "from this device", verify);
