// Random requests to every operation, most of them valid. Wrong is an answer of 500 or more, and one that the document does
// not declare. The seed is printed: `npm run attack -- fuzz` with SEED and REQUESTS in the environment does the same again.
import * as fc from "fast-check";
import { z } from "zod";
import type { Lab } from "../../bench/lab.ts";
import { tokenOf, type Somebody } from "../../bench/people.ts";
import { breach } from "../../test/support/contract.ts";
import { keep, newcomer, setStage, type Stage } from "../stage.ts";
import { plans, wireOf, type Plan } from "./requests.ts";

const REQUESTS = Number(process.env["REQUESTS"] ?? 20_000);
const AT_ONCE = 8;
const SHOWN = 20;

// These end the login that asks.
const ENDS_LOGIN = new Set(["logout", "changePassword", "eraseMe"]);

const withId = z.looseObject({ id: z.uuid() });

async function whoAsks(stage: Stage, { operation, role, spoil }: Plan): Promise<Somebody> {
  if (spoil.how === "who" && spoil.who === "stranger") return stage.stranger;
  if (!ENDS_LOGIN.has(operation.operationId ?? "")) return stage.people[role];
  return (await newcomer(stage, role)).person;
}

async function send(stage: Stage, plan: Plan): Promise<{ status: number; wrong: string | null }> {
  const { operation, spoil } = plan;
  const { path, headers, body } = wireOf(plan, stage.pools);
  if (spoil.how === "who" && spoil.who === "garbage") headers["authorization"] = "Bearer a.b.c";
  else if (!(spoil.how === "who" && spoil.who === "nobody"))
    headers["authorization"] = `Bearer ${await tokenOf(stage.worker, await whoAsks(stage, plan))}`;
  const url = `${stage.url}${path}`;
  const response = await fetch(url, { method: operation.method, headers, body, redirect: "manual" });
  const text = await response.text();
  const asked = new URL(url).pathname;
  const json = response.headers.get("content-type")?.includes("json") === true;
  if (response.status === 201 && json) {
    const { data } = withId.safeParse(JSON.parse(text));
    const pool = operation.operationId === "checkout" ? "/api/v1/purchases" : asked;
    if (data) keep(stage, pool, data.id);
  }
  const why =
    response.status >= 500
      ? `${response.status} ${text.slice(0, 300)}`
      : breach(operation.method, asked, response, text);
  const sent = typeof body === "string" ? body.slice(0, 500) : body === null ? "" : "(bytes)";
  return {
    status: response.status,
    wrong: why && `${operation.method} ${path.slice(0, 500)} ${sent} [${spoil.how}]\n    ${why}`,
  };
}

/** Answers how many of which status there were. */
export async function fuzz(lab: Lab): Promise<string> {
  const seed = Number(process.env["SEED"] ?? Date.now() % 2 ** 31);
  process.stdout.write(`${REQUESTS} requests, seed ${seed}\n`);
  const stage = await setStage(lab, "fuzz");
  const waiting = fc.sample(plans, { numRuns: REQUESTS, seed }).toReversed();
  const statuses = new Map<number, number>();
  const reached = new Set<string>();
  const wrong: string[] = [];
  const work = async (): Promise<void> => {
    for (let plan = waiting.pop(); plan; plan = waiting.pop()) {
      const answer = await send(stage, plan);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      if (answer.status < 300) reached.add(plan.operation.operationId ?? "");
      if (answer.wrong) wrong.push(answer.wrong);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const counts = [...statuses].toSorted(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
  const summary = `${counts.join(", ")}; ${reached.size} operations answered 2xx`;
  if (wrong.length === 0) return summary;
  throw new Error(
    `${summary}\n${wrong.length} wrong answers, the first of them:\n${wrong.slice(0, SHOWN).join("\n")}`,
  );
}
