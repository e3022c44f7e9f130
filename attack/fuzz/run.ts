// Random requests to every operation, most of them valid; judge.ts says which answers are wrong. The seed is printed: `npm run attack -- fuzz` with SEED and REQUESTS in the environment does the same again.
import * as fc from "fast-check";
import { z } from "zod";
import type { Workspace } from "../../bench/workspace.ts";
import { tokenOf, type Account } from "../../bench/accounts.ts";
import { keep, newcomer, setStage, type Stage } from "../stage.ts";
import { cursorIn, cursorOver, isAsOurs, listOf } from "./cursors.ts";
import { wrongOf } from "./judge.ts";
import { plans, wireOf, type Plan } from "./requests.ts";
import { isSamePath } from "./spelling.ts";

const REQUESTS = Number(process.env["REQUESTS"] ?? 20_000);
const AT_ONCE = 8;
const SHOWN = 20;
// With a dead login, or a limit that is reached, each answer would be as declared.
const LEAST_TAKEN = 0.4;

// These end the login that asks.
const ENDS_LOGIN = new Set(["logout", "changePassword", "eraseMe"]);

const withId = z.looseObject({ id: z.uuid() });

async function whoAsks(stage: Stage, { operation, role, spoil }: Plan): Promise<Account> {
  if (spoil.how === "who" && spoil.who === "stranger") return stage.stranger;
  if (!ENDS_LOGIN.has(operation.operationId ?? "")) return stage.people[role];
  return (await newcomer(stage, role)).person;
}

/** Where the plan wants one of our own cursors, it is put into the address. */
function putCursor(stage: Stage, { operation, role, spoil }: Plan, url: URL): void {
  if (spoil.how !== "cursor") return;
  // Without a name the checksum is wrong, which must be refused as well.
  const name = listOf(operation.operationId, url, stage.people[role].id) ?? "";
  url.searchParams.set("cursor", cursorOver(name, stage.tenant, spoil.keys));
}

/** Whether we would have made the cursor in this answer: else ours are refused for their checksum, and try nothing; null without one. */
function isOurs(stage: Stage, { operation, role, spoil }: Plan, url: URL, json: unknown): boolean | null {
  const cursor = spoil.how === "none" ? cursorIn(json) : null;
  const name = listOf(operation.operationId, url, stage.people[role].id);
  return cursor === null || name === null ? null : isAsOurs(cursor, name, stage.tenant);
}

type Answer = { status: number; isOurs: boolean | null; wrong: string | null };

async function send(stage: Stage, plan: Plan): Promise<Answer> {
  const { operation, spoil } = plan;
  const { path, plain, headers, body } = wireOf(plan, stage.pools);
  if (spoil.how === "who" && spoil.who === "garbage") headers["authorization"] = "Bearer a.b.c";
  else if (!(spoil.how === "who" && spoil.who === "nobody"))
    headers["authorization"] = `Bearer ${await tokenOf(stage.worker, await whoAsks(stage, plan))}`;
  const url = new URL(`${stage.url}${path}`);
  putCursor(stage, plan, url);
  const method = spoil.how === "method" ? spoil.method : operation.method;
  const response = await fetch(url, { method, headers, body, redirect: "manual" });
  const text = await response.text();
  const isSame = spoil.how === "escape" && isSamePath(spoil.as);
  const asked = isSame ? new URL(`${stage.url}${plain}`).pathname : url.pathname;
  const isJson = response.headers.get("content-type") === "application/json";
  const json: unknown = isJson && text !== "" ? JSON.parse(text) : null;
  if (response.status === 201) {
    const { data } = withId.safeParse(json);
    const pool = operation.operationId === "checkout" ? "/api/v1/purchases" : asked;
    if (data) keep(stage, pool, data.id);
  }
  const ours = isOurs(stage, plan, url, json);
  const why =
    wrongOf(plan, asked, response, text) ?? (ours === false ? "its list is called otherwise" : null);
  const sent = typeof body === "string" ? body.slice(0, 500) : body === null ? "" : "(bytes)";
  const type = headers["content-type"] ?? "";
  return {
    status: response.status,
    isOurs: ours,
    wrong:
      why &&
      `${method} ${url.href.slice(stage.url.length).slice(0, 500)} ${type} ${sent} [${spoil.how}]\n    ${why}`,
  };
}

/** Answers how many of which status there were. */
export async function fuzz(workspace: Workspace): Promise<string> {
  const seed = Number(process.env["SEED"] ?? Date.now() % 2 ** 31);
  process.stdout.write(`${REQUESTS} requests, seed ${seed}\n`);
  const stage = await setStage(workspace, "fuzz");
  const waiting = fc.sample(plans, { numRuns: REQUESTS, seed }).toReversed();
  const statuses = new Map<number, number>();
  const reached = new Set<string>();
  const lists = new Set<string>();
  const wrong: string[] = [];
  const work = async (): Promise<void> => {
    for (let plan = waiting.pop(); plan; plan = waiting.pop()) {
      const answer = await send(stage, plan);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      if (answer.status < 300 && plan.spoil.how !== "method") reached.add(plan.operation.operationId ?? "");
      if (answer.isOurs === true) lists.add(plan.operation.operationId ?? "");
      if (answer.wrong) wrong.push(answer.wrong);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const taken = [...statuses].reduce((sum, [status, count]) => sum + (status < 300 ? count : 0), 0);
  if (taken < LEAST_TAKEN * REQUESTS) wrong.push("so few requests were taken that little was tried");
  const counts = [...statuses].toSorted(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
  const summary = `${counts.join(", ")}; ${reached.size} operations answered 2xx; cursors of ${lists.size} lists are made as ours`;
  if (wrong.length === 0) return summary;
  throw new Error(
    `${summary}\n${wrong.length} wrong answers, the first of them:\n${wrong.slice(0, SHOWN).join("\n")}`,
  );
}
