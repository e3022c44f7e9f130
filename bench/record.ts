// Runs a request through the app on the bindings of a runtime and records what it sends to D1 and KV, which the baseline Worker then
// sends again. What one request must not share with another is replaced by {{name}}: a header, a new id, or the current instant.
import { app } from "../src/app.ts";
import { newId } from "../src/values/ids.ts";
import { API, type Sample } from "./client.ts";
import { observeSession, replaceMethods, type Statement } from "./observed-d1.ts";
import type { Runtime } from "./runtime.ts";

/** A round trip to D1, or a call of KV. */
type Call =
  | { statements: Statement[] }
  | { get: string }
  | { put: string; options: KVNamespacePutOptions | undefined };

/** The calls of one request in order, the start of its D1 session, and its response. */
type Recording = { start: string; calls: Call[]; status: number; body: string };

/** By method and path. */
export type Recordings = Record<string, Recording>;

const ID_OR_INSTANT = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|\d{4}-\d\d-\d\dT[\d:.]+Z/g;

/** Sends each request once. @throws Error if one is refused */
export async function record({ url, miniflare }: Runtime, samples: Sample[]): Promise<Recordings> {
  const env = await miniflare.getBindings<Env>();
  const recordings: Recordings = {};
  console.log("\nRecorded for the baseline Worker, as the app logs it:");
  for (const { path, init } of samples) {
    const request = new Request(`${url}${API}${path}`, init);
    const calls: Call[] = [];
    let start = "";
    const DB = replaceMethods(env.DB, {
      withSession: (constraint: string) => {
        start = constraint;
        return observeSession(env.DB.withSession(constraint), {
          sent: (statements) => void calls.push({ statements }),
        });
      },
    });
    const CACHE = replaceMethods(env.CACHE, {
      get: (key: string, type: "json") => {
        calls.push({ get: key });
        return env.CACHE.get(key, type);
      },
      put: (key: string, value: string, options?: KVNamespacePutOptions) => {
        calls.push({ put: key, options });
        return env.CACHE.put(key, value, options);
      },
    });
    const withNames = namesFor(request.headers);
    const pending: Promise<unknown>[] = [];
    const ctx = {
      waitUntil: (work: Promise<unknown>) => void pending.push(work),
      passThroughOnException: () => undefined,
      props: {},
    };
    const response = await app.fetch(request, { ...env, DB, CACHE }, ctx);
    const body = await response.text();
    if (!response.ok) throw new Error(`${request.method} ${path}: ${response.status} ${body}`);
    recordings[`${request.method} ${new URL(request.url).pathname}`] = {
      start,
      calls: withNames(callsOf(response, calls)),
      status: response.status,
      body,
    };
    await Promise.all(pending);
  }
  return recordings;
}

/** The calls without those of the work after the response, which may have begun: they are not part of its cost. */
function callsOf({ headers }: Response, calls: Call[]): Call[] {
  const queries = Number(/queries=(\d+)/.exec(headers.get("server-timing") ?? "")?.[1]);
  let sent = 0;
  return calls.filter((call) => !("statements" in call) || (sent += 1) <= queries);
}

/** Replaces the ids and instants that the request sent as a header or creates from now on by their names. */
function namesFor(headers: Headers): (calls: Call[]) => Call[] {
  const names = new Map([...headers].map(([name, value]) => [value, `{{${name}}}`]));
  const firstId = newId();
  const now = new Date().toISOString();
  const nameOf = (found: string): string => {
    const isInstant = found.endsWith("Z");
    const isNew = found >= (isInstant ? now : firstId);
    const name = names.get(found) ?? (isNew ? `{{${isInstant ? "now" : `id-${names.size}`}}}` : found);
    names.set(found, name);
    return name;
  };
  const named = (param: unknown): unknown =>
    typeof param === "string" ? param.replaceAll(ID_OR_INSTANT, nameOf) : param;
  return (calls) =>
    calls.map((call) =>
      "statements" in call
        ? { statements: call.statements.map(({ sql, params }) => ({ sql, params: params.map(named) })) }
        : call,
    );
}
