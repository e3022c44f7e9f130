// An unknown e-mail and a wrong password get the same answer after the same time. A difference would reveal who has an account.
import { z } from "zod";
import type { Workspace } from "../bench/workspace.ts";
import { median } from "../bench/median.ts";
import { createAccounts } from "../bench/accounts.ts";
import { prepareStage, type Stage } from "./stage.ts";

const TRIES = 40;
const MAX_DIFFERENCE = 0.15;

const problem = z.looseObject({ type: z.string(), detail: z.string() });

/** Attempts a login with a wrong password; returns its duration in milliseconds and the answer. */
async function tryLogin({ url }: Stage, email: string): Promise<{ ms: number; answer: string }> {
  const body = JSON.stringify({ tenant: "attack", email, password: "a wrong password" });
  const begin = performance.now();
  const response = await fetch(`${url}/api/v1/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  const text = await response.text();
  const ms = performance.now() - begin;
  const { type, detail } = problem.parse(JSON.parse(text));
  return { ms, answer: `${response.status} ${type} ${detail}` };
}

/** Returns the median durations; throws if they differ by more than 15 % or the answers are not the same. */
export async function compareLogins(workspace: Workspace): Promise<string> {
  const stage = await prepareStage(workspace, "logins");
  // Failed logins per account are limited, so each account is tried once.
  const people = await createAccounts(stage.runtime, stage.tenant, "CUSTOMER", TRIES);
  const known: number[] = [];
  const unknown: number[] = [];
  const answers = new Set<string>();
  for (const { id } of people) {
    const knownLogin = await tryLogin(stage, id);
    const unknownLogin = await tryLogin(stage, crypto.randomUUID());
    known.push(knownLogin.ms);
    unknown.push(unknownLogin.ms);
    answers.add(knownLogin.answer).add(unknownLogin.answer);
  }
  const [knownMs, unknownMs] = [median(known), median(unknown)];
  const difference = Math.abs(knownMs - unknownMs) / Math.min(knownMs, unknownMs);
  const summary = `${TRIES} alternating logins of each kind: median ${knownMs.toFixed(1)} ms with a wrong password, ${unknownMs.toFixed(1)} ms with an unknown e-mail, a difference of ${(100 * difference).toFixed(1)} %; ${[...answers].join(" and ")}`;
  const isRefused = [...answers].every((answer) => answer.startsWith("401 "));
  if (difference > MAX_DIFFERENCE || answers.size !== 1 || !isRefused) throw new Error(summary);
  return summary;
}
