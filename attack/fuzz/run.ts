// Sends random requests, most of them valid, to every operation; violations.ts checks the responses. The seed is printed: set SEED
// and REQUESTS in the environment to repeat a run.
import * as fc from "fast-check";
import { z } from "zod";
import type { Workspace } from "../../bench/workspace.ts";
import { tokenOf, type Account } from "../../bench/accounts.ts";
import { addToPool, createUser, prepareStage, type Stage } from "../stage.ts";
import { cursorIn, forgeCursor, isForgeable, listNameOf } from "./cursors.ts";
import { plans, encodeRequest, type Plan } from "./requests.ts";
import { isEquivalent } from "./variants.ts";
import { findViolation } from "./violations.ts";

const REQUESTS = Number(process.env["REQUESTS"] ?? 20_000);
const AT_ONCE = 8;
const MAX_PRINTED = 20;
// If a session has ended or a rate limit is reached, every response conforms and the run proves nothing.
const MIN_ACCEPTED_SHARE = 0.4;

// These end the caller's session.
const ENDS_SESSION = new Set(["endSession", "changePassword", "eraseMyAccount"]);

const withId = z.looseObject({ id: z.uuid() });

async function callerOf(stage: Stage, { operation, role, mutation }: Plan): Promise<Account> {
  if (mutation.kind === "credentials" && mutation.credentials === "other_shop") return stage.stranger;
  if (!ENDS_SESSION.has(operation.operationId ?? "")) return stage.people[role];
  return (await createUser(stage, role)).person;
}

/** Adds the forged cursor of a plan to the URL. */
function addForgedCursor(stage: Stage, { operation, role, mutation }: Plan, url: URL): void {
  if (mutation.kind !== "cursor") return;
  // An unknown name gives a wrong checksum, which must be refused as well.
  const name = listNameOf(operation.operationId, url, stage.people[role].id) ?? "";
  url.searchParams.set("cursor", forgeCursor(name, stage.tenant, mutation.keys));
}

/** Whether the cursor in a response can be forged, without which forged cursors are refused for their checksum alone; null if there is none. */
function canForge(
  stage: Stage,
  { operation, role, mutation }: Plan,
  url: URL,
  json: unknown,
): boolean | null {
  const cursor = mutation.kind === "none" ? cursorIn(json) : null;
  const name = listNameOf(operation.operationId, url, stage.people[role].id);
  return cursor === null || name === null ? null : isForgeable(cursor, name, stage.tenant);
}

type Answer = { status: number; canForge: boolean | null; violation: string | null };

async function send(stage: Stage, plan: Plan): Promise<Answer> {
  const { operation, mutation } = plan;
  const { path, plain, headers, body } = encodeRequest(plan, stage.pools);
  if (mutation.kind === "credentials" && mutation.credentials === "malformed")
    headers["authorization"] = "Bearer a.b.c";
  else if (!(mutation.kind === "credentials" && mutation.credentials === "none"))
    headers["authorization"] = `Bearer ${await tokenOf(stage.worker, await callerOf(stage, plan))}`;
  const url = new URL(`${stage.url}${path}`);
  addForgedCursor(stage, plan, url);
  const method = mutation.kind === "method" ? mutation.method : operation.method;
  const response = await fetch(url, { method, headers, body, redirect: "manual" });
  const text = await response.text();
  const hasSamePath = mutation.kind === "escape" && isEquivalent(mutation.variant);
  const requestedPath = hasSamePath ? new URL(`${stage.url}${plain}`).pathname : url.pathname;
  const isJson = response.headers.get("content-type") === "application/json";
  const json: unknown = isJson && text !== "" ? JSON.parse(text) : null;
  if (response.status === 201) {
    const { data } = withId.safeParse(json);
    const pool = operation.operationId === "createPurchase" ? "/api/v1/purchases" : requestedPath;
    if (data) addToPool(stage, pool, data.id);
  }
  const isForged = canForge(stage, plan, url, json);
  const description =
    findViolation(plan, requestedPath, response, text) ??
    (isForged === false ? "the name of its list in cursors.ts is wrong" : null);
  const sent = typeof body === "string" ? body.slice(0, 500) : body === null ? "" : "(bytes)";
  const type = headers["content-type"] ?? "";
  return {
    status: response.status,
    canForge: isForged,
    violation:
      description &&
      `${method} ${url.href.slice(stage.url.length).slice(0, 500)} ${type} ${sent} [${mutation.kind}]\n    ${description}`,
  };
}

/** Returns the number of responses by status; throws if one is a violation. */
export async function fuzz(workspace: Workspace): Promise<string> {
  const seed = Number(process.env["SEED"] ?? Date.now() % 2 ** 31);
  process.stdout.write(`${REQUESTS} requests, seed ${seed}\n`);
  const stage = await prepareStage(workspace, "fuzz");
  const waiting = fc.sample(plans, { numRuns: REQUESTS, seed }).toReversed();
  const statuses = new Map<number, number>();
  const reached = new Set<string>();
  const lists = new Set<string>();
  const violations: string[] = [];
  const work = async (): Promise<void> => {
    for (let plan = waiting.pop(); plan; plan = waiting.pop()) {
      const answer = await send(stage, plan);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      if (answer.status < 300 && plan.mutation.kind !== "method")
        reached.add(plan.operation.operationId ?? "");
      if (answer.canForge === true) lists.add(plan.operation.operationId ?? "");
      if (answer.violation) violations.push(answer.violation);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const accepted = [...statuses].reduce((sum, [status, count]) => sum + (status < 300 ? count : 0), 0);
  if (accepted < MIN_ACCEPTED_SHARE * REQUESTS)
    violations.push("too few requests were accepted for the run to prove anything");
  const counts = [...statuses].toSorted(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
  const summary = `${counts.join(", ")}; ${reached.size} operations answered 2xx; cursors of ${lists.size} lists can be forged`;
  if (violations.length === 0) return summary;
  throw new Error(
    `${summary}\n${violations.length} violations, the first of them:\n${violations.slice(0, MAX_PRINTED).join("\n")}`,
  );
}
