// Specmatic's contract tests: one request to each operation, whose response Specmatic checks against the document. Specmatic's own
// generator cannot know valid ids, so the requests are those of the fuzzer to which a first stage answered 2xx; Specmatic sends them
// to a second stage with the same data.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { z } from "zod";
import type { Workspace } from "../bench/workspace.ts";
import { contract, operations, type Operation } from "../test/support/contract.ts";
import { tokenOf } from "../bench/accounts.ts";
import { prerequisites } from "./prerequisites.ts";
import { encodeRequest, plansOf, type Plan } from "./fuzz/requests.ts";
import { FromPool, schemaOf } from "./fuzz/values.ts";
import { requestAs, createUser, prepareStage, type Stage } from "./stage.ts";
import { fetchPackage, runProgram } from "./tools.ts";

const VERSION = "2.55.1";
const TRIES = 200;
const SEED = 7;

/** Operations whose bodies an example cannot express: binary ones, and a signed one. */
const UNSUPPORTED = new Set(["startImport", "replaceCover", "getCover", "getLakeFile", "receiveStripeEvent"]);

type Example = { plan: Plan; status: number; headers: Record<string, string>; body: unknown };

const declared = z.looseObject({ headers: z.record(z.string(), z.unknown()).default({}) });

/** The response's headers that the document declares. */
const headersOf = ({ responses }: Operation, { status, headers }: Response): Record<string, string> =>
  Object.fromEntries(
    Object.keys(declared.parse(responses[String(status)] ?? {}).headers).flatMap((name) => {
      const value = headers.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );

/** The plan with the nth id of each pool, so that no operation changes a resource that another one needs. */
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
  return { ...plan, params, json: pin(plan.json), mutation: { kind: "none" } };
}

/** Performs the steps that an operation needs, as a new user, and returns the Authorization header for the operation itself. */
async function authorize(stage: Stage, { operationId = "" }: Operation, { role }: Plan): Promise<string> {
  const steps = prerequisites[operationId];
  if (!steps) return `Bearer ${await tokenOf(stage.worker, stage.people[role])}`;
  const { person, authorization } = await createUser(stage, role);
  for (const step of steps) await requestAs(stage, person, step.method, step.path, step.json?.(stage.pools));
  return authorization;
}

const collectionOf = (path: string): string => path.split("/{")[0] ?? "";

/** How many operations before this one work on the same collection. */
const rankOf = (operation: Operation): number =>
  operations.filter(({ path }) => collectionOf(path) === collectionOf(operation.path)).indexOf(operation);

/** Returns the first plan to which this stage answers 2xx; throws if there is none. */
async function rehearse(stage: Stage, operation: Operation, nth: number): Promise<Example> {
  const refusals: string[] = [];
  for (const sampled of fc.sample(plansOf(operation), { numRuns: TRIES, seed: SEED })) {
    const plan = pinned(sampled, nth);
    const authorization = await authorize(stage, operation, plan);
    const { path, headers, body } = encodeRequest(plan, stage.pools);
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
    refusals.push(`${response.status} ${text.slice(0, 200)}`);
  }
  throw new Error(`No valid request to ${operation.operationId}: ${refusals.slice(-3).join("\n")}`);
}

/** For a response that is JSON or CSV Specmatic expects both at once, so only JSON is declared. */
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

/** The document for Specmatic, which supports neither cookies nor several tokens: the token is a header parameter of each operation. */
function specmaticDocument(): unknown {
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

/** The query's values. A parameter that may be repeated is a list of two, because Specmatic does not accept a list of one. */
const queryOf = (operation: Operation, query: string) =>
  Object.fromEntries(
    [...new URLSearchParams(query)].map(([name, value]) => {
      const parameter = operation.parameters?.find((each) => each.name === name);
      return [name, schemaOf(parameter?.["schema"]).type === "array" ? [value, value] : value];
    }),
  );

/** Writes the example of a request to the second stage. */
async function writeExample(
  folder: string,
  stage: Stage,
  { plan, status, headers: responseHeaders, body }: Example,
): Promise<void> {
  const { operation } = plan;
  const authorization = await authorize(stage, operation, plan);
  const wire = encodeRequest(plan, stage.pools);
  const [path = "", query = ""] = wire.path.split("?");
  // Specmatic takes the content type from the document.
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
  const response = { status, headers: responseHeaders, ...(body === undefined ? {} : { body }) };
  const example = { "http-request": request, "http-response": response };
  writeFileSync(join(folder, `${operation.operationId}.json`), JSON.stringify(example, null, 1));
}

/** Returns the number of tests; throws if one failed. @throws MissingToolError */
export async function testContract(workspace: Workspace): Promise<string> {
  await runProgram("java", ["-version"]);
  const folder = join(workspace.folder, "specmatic");
  mkdirSync(join(folder, "openapi_examples"), { recursive: true });
  await fetchPackage("specmatic", VERSION, folder);
  const tested = operations.filter(({ operationId = "" }) => !UNSUPPORTED.has(operationId));
  const first = await prepareStage(workspace, "rehearsal");
  const examples: Example[] = [];
  for (const operation of tested) examples.push(await rehearse(first, operation, rankOf(operation)));
  const second = await prepareStage(workspace, "stage");
  for (const example of examples) await writeExample(join(folder, "openapi_examples"), second, example);
  writeFileSync(join(folder, "openapi.json"), JSON.stringify(specmaticDocument()));
  writeFileSync(
    join(folder, "specmatic.yaml"),
    "version: 2\ncontracts:\n  - provides:\n      - openapi.json\n",
  );
  const jar = join(folder, "node_modules/specmatic/specmatic.jar");
  const args = ["-jar", jar, "test", "--lenient", "--strict", `--testBaseURL=${second.url}`];
  const { text } = await runProgram("java", args, folder);
  const [summary = "", run, , failed] =
    /Tests run: (\d+), Successes: (\d+), Failures: (\d+), WIP: 0, Errors: 0/.exec(text) ?? [];
  // At least one test for each operation; one more checks the document itself.
  if (failed !== "0" || Number(run) < tested.length)
    throw new Error(text.slice(text.indexOf("Unsuccessful Scenarios")).slice(0, 20_000));
  return `${summary}; not tested, because an example cannot express their bodies: ${[...UNSUPPORTED].join(", ")}`;
}
