// Calls to the public HTTP API. An answer is read by its path, and what is not there is an error with the path's name.

/** Who is calling which server. */
export type Caller = { url: string; token: string | null };

export type Answer = { status: number; body: unknown };

/** GET of a path under /api/v1. */
export const get = (caller: Caller, path: string): Promise<Answer> =>
  call(caller, path, { method: "GET" }, {});

/** POST of JSON, done once however often it is sent under its key. */
export const post = (caller: Caller, path: string, key: string, body: unknown): Promise<Answer> =>
  call(
    caller,
    path,
    { method: "POST", body: JSON.stringify(body) },
    {
      "content-type": "application/json",
      "idempotency-key": key,
    },
  );

/** PATCH of JSON. */
export const patch = (caller: Caller, path: string, body: unknown): Promise<Answer> =>
  call(caller, path, { method: "PATCH", body: JSON.stringify(body) }, { "content-type": "application/json" });

/** POST of a CSV file. */
export const postCsv = (caller: Caller, path: string, key: string, csv: string): Promise<Answer> =>
  call(caller, path, { method: "POST", body: csv }, { "content-type": "text/csv", "idempotency-key": key });

async function call(
  { url, token }: Caller,
  path: string,
  init: RequestInit,
  headers: Record<string, string>,
) {
  if (token !== null) headers["authorization"] = `Bearer ${token}`;
  const answer = await fetch(`${url}/api/v1${path}`, { ...init, headers });
  const body: unknown = await answer.json();
  return { status: answer.status, body };
}

/** The body of an answer that has one of these statuses; else the problem's own words. */
export function expected(what: string, { status, body }: Answer, ...statuses: number[]): unknown {
  if (statuses.includes(status)) return body;
  throw new Error(`${what} was refused: ${status} ${JSON.stringify(at(body, "detail") ?? body)}`);
}

/** What lies under a field's name, undefined where nothing does. */
export function at(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

/** A text of the body. */
export function textAt(value: unknown, name: string): string {
  const text = at(value, name);
  if (typeof text !== "string") throw new Error(`the answer has no ${name}`);
  return text;
}

/** A number of the body. */
export function numberAt(value: unknown, name: string): number {
  const number = at(value, name);
  if (typeof number !== "number") throw new Error(`the answer has no ${name}`);
  return number;
}

/** A list of the body. */
export function listAt(value: unknown, name: string): unknown[] {
  const list: unknown = at(value, name);
  if (!Array.isArray(list)) throw new Error(`the answer has no list ${name}`);
  return list;
}
