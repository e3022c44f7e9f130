// Sends requests to the Worker through its fetch handler.
import { exports } from "cloudflare:workers";
import { contractViolation } from "./contract.ts";

export const API = "/api/v1";
export const ORIGIN = "http://localhost:8787";

type Answer = {
  status: number;
  headers: Headers;
  text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests read bodies of any shape; each was validated against the OpenAPI document
  body: any;
};

export type Sent = {
  token?: string | undefined;
  json?: unknown;
  raw?: BodyInit;
  headers?: Record<string, string>;
};

/** Sends a request and validates the response. Throws if it violates the OpenAPI document. */
export async function call(method: string, path: string, sent: Sent = {}): Promise<Answer> {
  const headers = new Headers(sent.headers);
  if (sent.token !== undefined) headers.set("authorization", `Bearer ${sent.token}`);
  if (sent.json !== undefined && !headers.has("content-type"))
    headers.set("content-type", "application/json");
  const body = sent.raw ?? (sent.json === undefined ? null : JSON.stringify(sent.json));
  const response = await exports.default.fetch(
    new Request(`${ORIGIN}${path}`, { method, headers, body, redirect: "manual" }),
  );
  const text = await response.text();
  const violation = contractViolation(method, new URL(`${ORIGIN}${path}`).pathname, response, text);
  if (violation) throw new Error(violation);
  const isJson = (response.headers.get("content-type") ?? "").includes("json");
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : null };
}

/** The round trips, rows read and rows written at D1, from Server-Timing. */
export function costOf(answer: { headers: Headers }): { queries: number; read: number; written: number } {
  const [, queries, read, written] =
    /d1;desc="queries=(\d+) read=(\d+) written=(\d+)"/.exec(answer.headers.get("server-timing") ?? "") ?? [];
  return { queries: Number(queries), read: Number(read), written: Number(written) };
}
