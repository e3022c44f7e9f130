// Calls the public HTTP API and reads fields of its responses. A missing field throws an error that names it.

/** The server, and the access token of the caller; null for a visitor. */
export type Caller = { url: string; token: string | null };

export type ApiResponse = { status: number; body: unknown };

/** GET of a path under /api/v1. */
export const get = (caller: Caller, path: string): Promise<ApiResponse> =>
  call(caller, path, { method: "GET" }, {});

/** POST of JSON; requests with the same key are processed once. */
export const post = (caller: Caller, path: string, key: string, body: unknown): Promise<ApiResponse> =>
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
export const patch = (caller: Caller, path: string, body: unknown): Promise<ApiResponse> =>
  call(caller, path, { method: "PATCH", body: JSON.stringify(body) }, { "content-type": "application/json" });

/** PUT of JSON. */
export const put = (caller: Caller, path: string, body: unknown): Promise<ApiResponse> =>
  call(caller, path, { method: "PUT", body: JSON.stringify(body) }, { "content-type": "application/json" });

/** POST of a CSV file. */
export const postCsv = (caller: Caller, path: string, key: string, csv: string): Promise<ApiResponse> =>
  call(caller, path, { method: "POST", body: csv }, { "content-type": "text/csv", "idempotency-key": key });

async function call(
  { url, token }: Caller,
  path: string,
  init: RequestInit,
  headers: Record<string, string>,
) {
  if (token !== null) headers["authorization"] = `Bearer ${token}`;
  const response = await fetch(`${url}/api/v1${path}`, { ...init, headers });
  const body: unknown = response.status === 204 ? null : await response.json();
  return { status: response.status, body };
}

/** Returns the body if the response has one of the statuses; throws the problem's detail otherwise. */
export function bodyOf(what: string, { status, body }: ApiResponse, ...statuses: number[]): unknown {
  if (statuses.includes(status)) return body;
  throw new Error(`${what} was refused: ${status} ${JSON.stringify(at(body, "detail") ?? body)}`);
}

/** The value of a field; undefined if it is missing. */
export function at(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

/** A string field of a body. */
export function textAt(value: unknown, name: string): string {
  const text = at(value, name);
  if (typeof text !== "string") throw new Error(`The response has no ${name}`);
  return text;
}

/** A number field of a body. */
export function numberAt(value: unknown, name: string): number {
  const number = at(value, name);
  if (typeof number !== "number") throw new Error(`The response has no ${name}`);
  return number;
}

/** A list field of a body. */
export function listAt(value: unknown, name: string): unknown[] {
  const list: unknown = at(value, name);
  if (!Array.isArray(list)) throw new Error(`The response has no list ${name}`);
  return list;
}
