// Specmatic's contract tests: a request to each operation, its answer held against the document by somebody else's reading of it.
// The variants that Specmatic makes itself take every uuid for a product of the shop, so requests come from the fuzzer's
// generator instead: what a first stage answered with 2xx is asked of a second one that was set alike.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { z } from "zod";
import type { Workspace } from "../bench/workspace.ts";
import { contract, operations, type Operation } from "../test/support/contract.ts";
import { tokenOf } from "../bench/accounts.ts";
import { prerequisites } from "./prerequisites.ts";
import { plansOf, wireOf, type Plan } from "./fuzz/requests.ts";
import { FromPool, schemaOf } from "./fuzz/values.ts";
import { requestAs, newcomer, setStage, type Stage } from "./stage.ts";
import { fetchPackage, runProgram } from "./tools.ts";

const VERSION = "2.55.1";
const TRIES = 200;
const SEED = 7;

/** What its examples cannot say: bodies that are bytes, and one that is signed. */
const UNSAID = new Set(["startImport", "putCover", "getCover", "readLakeFile", "stripeWebhook"]);

type Example = { plan: Plan; status: number; headers: Record<string, string>; body: unknown };

const declared = z.looseObject({ headers: z.record(z.string(), z.unknown()).default({}) });

/** The headers that the document declares for this answer, and that it has. */
const headersOf = ({ responses }: Operation, { status, headers }: Response): Record<string, string> =>
  Object.fromEntries(
    Object.keys(declared.parse(responses[String(status)] ?? {}).headers).flatMap((name) => {
      const value = headers.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );

/** The plan with the nth thing of each pool, so that no operation spoils what another one needs. */
function pinned(plan: Plan, nth: number): Plan {
  const pin = (value: unknown): unknown =>
    value instanceof FromPool
      ? new FromPool(value.path, nth)
      : Array.isArray(value)
        ? value.map(pin)
        : typeof value === "object" && value !== null
          ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, pin(each)]))
          : value;
  const params = Object.fromEntries(Object.entries(plan.params).map(([name, value]) => [name, pin(value)]));
  return { ...plan, params, json: pin(plan.json), spoil: { how: "none" } };
}

/** Who may ask this, after the steps that it needs: somebody new where there are such; answers what he signs his request with. */
async function ready(stage: Stage, { operationId = "" }: Operation, { role }: Plan): Promise<string> {
  const steps = prerequisites[operationId];
  if (!steps) return `Bearer ${await tokenOf(stage.worker, stage.people[role])}`;
  const { person, authorization } = await newcomer(stage, role);
  for (const step of steps) await requestAs(stage, person, step.method, step.path, step.json?.(stage.pools));
  return authorization;
}

const kindOf = (path: string): string => path.split("/{")[0] ?? "";

/** How many operations before this one work on the same kind of thing. */
const rankOf = (operation: Operation): number =>
  operations.filter(({ path }) => kindOf(path) === kindOf(operation.path)).indexOf(operation);

/** The first plan that this stage answers with 2xx. */
async function rehearse(stage: Stage, operation: Operation, nth: number): Promise<Example> {
  const said: string[] = [];
  for (const sampled of fc.sample(plansOf(operation), { numRuns: TRIES, seed: SEED })) {
    const plan = pinned(sampled, nth);
    const authorization = await ready(stage, operation, plan);
    const { path, headers, body } = wireOf(plan, stage.pools);
    const response = await fetch(`${stage.url}${path}`, {
      method: operation.method,
      headers: { ...headers, authorization },
      body,
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") === true;
    if (response.ok)
      return {
        plan,
        status: response.status,
        headers: headersOf(operation, response),
        body: isJson ? JSON.parse(text) : text || undefined,
      };
    said.push(`${response.status} ${text.slice(0, 200)}`);
  }
  throw new Error(`no valid request to ${operation.operationId}: ${said.slice(-3).join("\n")}`);
}

/** Of what may be JSON or CSV, Specmatic expects both at once: it is asked for JSON. */
const jsonOnly = (responses: Operation["responses"]) =>
  Object.fromEntries(
    Object.entries(responses).map(([status, { content, ...response }]) => {
      const json = content?.["application/json"];
      return [
        status,
        { ...response, ...(content ? { content: json ? { "application/json": json } : content } : {}) },
      ];
    }),
  );

/** The document as Specmatic takes it: it knows no cookies, and one token for all; so the token is a header of each request. */
function documentFor(): unknown {
  const paths = Object.fromEntries(
    Object.entries(contract.paths).map(([path, methods]) => [
      path,
      Object.fromEntries(
        Object.entries(methods).map(([method, { parameters = [], responses, ...operation }]) => [
          method,
          {
            ...operation,
            security: [],
            responses: jsonOnly(responses),
            parameters: [...parameters, { name: "Authorization", in: "header", schema: { type: "string" } }],
          },
        ]),
      ),
    ]),
  );
  return { ...contract, paths, components: { schemas: contract.components.schemas } };
}

/** The query's values; of a parameter that may come several times, a list, of two because it takes a list of one for no list. */
const queryOf = (operation: Operation, query: string) =>
  Object.fromEntries(
    [...new URLSearchParams(query)].map(([name, value]) => {
      const parameter = operation.parameters?.find((each) => each.name === name);
      return [name, schemaOf(parameter?.["schema"]).type === "array" ? [value, value] : value];
    }),
  );

/** Writes what is asked of the second stage. */
async function writeExample(
  folder: string,
  stage: Stage,
  { plan, status, headers: answered, body }: Example,
): Promise<void> {
  const { operation } = plan;
  const authorization = await ready(stage, operation, plan);
  const wire = wireOf(plan, stage.pools);
  const [path = "", query = ""] = wire.path.split("?");
  // The document says the body's type.
  const headers = Object.fromEntries(
    Object.entries(wire.headers).filter(([name]) => name !== "content-type"),
  );
  const request = {
    method: operation.method,
    path,
    ...(query === "" ? {} : { query: queryOf(operation, query) }),
    headers: { ...headers, Authorization: authorization },
    ...(typeof wire.body === "string" ? { body: JSON.parse(wire.body) } : {}),
  };
  const response = { status, headers: answered, ...(body === undefined ? {} : { body }) };
  const example = { "http-request": request, "http-response": response };
  writeFileSync(join(folder, `${operation.operationId}.json`), JSON.stringify(example, null, 1));
}

/** Answers how many tests there were; throws where one failed. @throws Missing */
export async function testContract(workspace: Workspace): Promise<string> {
  await runProgram("java", ["-version"]);
  const folder = join(workspace.folder, "specmatic");
  mkdirSync(join(folder, "openapi_examples"), { recursive: true });
  await fetchPackage("specmatic", VERSION, folder);
  const asked = operations.filter(({ operationId = "" }) => !UNSAID.has(operationId));
  const first = await setStage(workspace, "rehearsal");
  const examples: Example[] = [];
  for (const operation of asked) examples.push(await rehearse(first, operation, rankOf(operation)));
  const second = await setStage(workspace, "stage");
  for (const example of examples) await writeExample(join(folder, "openapi_examples"), second, example);
  writeFileSync(join(folder, "openapi.json"), JSON.stringify(documentFor()));
  writeFileSync(
    join(folder, "specmatic.yaml"),
    "version: 2\ncontracts:\n  - provides:\n      - openapi.json\n",
  );
  const jar = join(folder, "node_modules/specmatic/specmatic.jar");
  const args = ["-jar", jar, "test", "--lenient", "--strict", `--testBaseURL=${second.url}`];
  const { text } = await runProgram("java", args, folder);
  const [summary = "", run, , failed] =
    /Tests run: (\d+), Successes: (\d+), Failures: (\d+), WIP: 0, Errors: 0/.exec(text) ?? [];
  // One of its tests looks at the document itself.
  if (failed !== "0" || Number(run) < asked.length)
    throw new Error(text.slice(text.indexOf("Unsuccessful Scenarios")).slice(0, 20_000));
  return `${summary}; not asked, for their bodies cannot be said in an example: ${[...UNSAID].join(", ")}`;
}
