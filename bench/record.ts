// Runs a request through the app on the bindings of a runtime and records what it sends to D1 and KV, which the baseline Worker then
// sends again. What one request must not share with another is replaced by {{name}}: a header, a new id, or the current instant.
import { app } from "../src/app.ts";
import { newId } from "../src/values/ids.ts";
import { API, type Sample } from "./client.ts";
import type { Runtime } from "./runtime.ts";

type Statement = { sql: string; params: unknown[] };

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
        return recordSession(env.DB.withSession(constraint), calls);
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
      // Work after the response adds no calls: it is not part of its cost.
      calls: withNames(calls),
      status: response.status,
      body,
    };
    await Promise.all(pending);
  }
  return recordings;
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

function recordSession(session: D1DatabaseSession, calls: Call[]): D1DatabaseSession {
  const prepared = new Map<D1PreparedStatement, { statement: Statement; original: D1PreparedStatement }>();
  const prepare = (sql: string): D1PreparedStatement =>
    replaceMethods(session.prepare(sql), {
      bind: (...params: unknown[]) => {
        const statement = { sql, params };
        const original = session.prepare(sql).bind(...params);
        const send = () => {
          calls.push({ statements: [statement] });
          return original.all();
        };
        const bound = replaceMethods(original, { all: send, run: send });
        prepared.set(bound, { statement, original });
        return bound;
      },
    });
  const batch = (list: D1PreparedStatement[]): Promise<D1Result[]> => {
    const sent = list.flatMap((each) => prepared.get(each) ?? []);
    calls.push({ statements: sent.map(({ statement }) => statement) });
    return session.batch(sent.map(({ original }) => original));
  };
  return replaceMethods(session, { prepare, batch });
}

const replaceMethods = <T extends object>(
  target: T,
  methods: Record<string, (...args: never[]) => unknown>,
): T => new Proxy(target, { get: (_, name) => Reflect.get(name in methods ? methods : target, name) });
