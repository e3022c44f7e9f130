// An unknown e-mail and a wrong password are answered alike, and after as long: otherwise the time tells who has an account.
import { z } from "zod";
import type { Workspace } from "../bench/workspace.ts";
import { median } from "../bench/median.ts";
import { createAccounts } from "../bench/accounts.ts";
import { setStage, type Stage } from "./stage.ts";

const TRIES = 40;
const AIM = 0.15;

const problem = z.looseObject({ type: z.string(), detail: z.string() });

/** One login; its milliseconds and what it was answered. */
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

/** Answers the medians; throws where they are more than 15 % apart, or the answers differ. */
export async function compareLogins(workspace: Workspace): Promise<string> {
  const stage = await setStage(workspace, "logins");
  // Each account once: its failures are limited.
  const people = await createAccounts(stage.runtime, stage.tenant, "CUSTOMER", TRIES);
  const known: number[] = [];
  const unknown: number[] = [];
  const answers = new Set<string>();
  for (const { id } of people) {
    const right = await tryLogin(stage, id);
    const wrong = await tryLogin(stage, crypto.randomUUID());
    known.push(right.ms);
    unknown.push(wrong.ms);
    answers.add(right.answer).add(wrong.answer);
  }
  const [ours, theirs] = [median(known), median(unknown)];
  const apart = Math.abs(ours - theirs) / Math.min(ours, theirs);
  const summary = `${TRIES} logins each in turns: wrong password ${ours.toFixed(1)} ms, unknown e-mail ${theirs.toFixed(1)} ms in the median, ${(100 * apart).toFixed(1)} % apart; ${[...answers].join(" and ")}`;
  const isRefused = [...answers].every((answer) => answer.startsWith("401 "));
  if (apart > AIM || answers.size !== 1 || !isRefused) throw new Error(summary);
  return summary;
}
