// Sends requests to the Worker with other variables or bindings.
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { app } from "../../src/app.ts";
import { ORIGIN, type Sent } from "./client.ts";
import { contractViolation } from "./contract.ts";

/** Sends a request with these changes to the environment and validates the response, as `call` does. */
export async function callWith(changes: Partial<Env>, method: string, path: string, sent: Sent = {}) {
  const headers = new Headers(sent.headers);
  if (sent.token !== undefined) headers.set("authorization", `Bearer ${sent.token}`);
  if (sent.json !== undefined) headers.set("content-type", "application/json");
  const body = sent.raw ?? (sent.json === undefined ? null : JSON.stringify(sent.json));
  const ctx = createExecutionContext();
  const request = new Request(`${ORIGIN}${path}`, { method, headers, body });
  const response = await app.fetch(request, { ...env, ...changes }, ctx);
  const text = await response.text();
  await waitOnExecutionContext(ctx);
  const violation = contractViolation(method, new URL(request.url).pathname, response, text);
  if (violation) throw new Error(violation);
  return { status: response.status, headers: response.headers, text };
}
