// One line of JSON per request. Tokens, passwords, e-mail addresses, bodies and query strings are never logged.
import type { Cost } from "./d1.ts";
import { Problem } from "./problem.ts";
import { tracedFields } from "./trace.ts";

type RequestLog = {
  request_id: string;
  trace_id: string;
  tenant: string | null;
  method: string;
  /** The route pattern rather than the path, so that lines can be grouped and contain no ids. */
  route: string;
  status: number;
  ms: number;
  d1: Cost;
};

/** Logs a finished request; `error` only with a status of 500 and above. */
export function logRequest(line: RequestLog, error: unknown): void {
  const isWarning = error instanceof Problem && error.severity === "warning";
  if (line.status >= 500 && isWarning)
    console.warn(JSON.stringify({ level: "warning", ...line, error: describe(error) }));
  else if (line.status >= 500)
    console.error(JSON.stringify({ level: "error", ...line, error: describe(error) }));
  else console.log(JSON.stringify({ level: "info", ...line }));
}

/** Logs a failure that no response reports. */
export function logFailure(what: string, error: unknown): void {
  console.error(JSON.stringify({ level: "error", what, ...tracedFields(), error: describe(error) }));
}

type MessageLog = {
  queue: string;
  kind: string;
  tenant_id: string | null;
  attempts: number;
  ms: number;
  d1: Cost;
};

/** Logs a message that was consumed. */
export function logMessage(line: MessageLog): void {
  console.log(JSON.stringify({ level: "info", ...tracedFields(), ...line }));
}

/** The innermost cause, because Drizzle's message repeats a statement's parameters and SQLite's does not. */
function describe(error: unknown): { message: string; stack: string | undefined } {
  if (!(error instanceof Error)) return { message: typeof error, stack: undefined };
  let cause: Error = error;
  while (cause.cause instanceof Error) cause = cause.cause;
  return { message: cause.message, stack: cause.stack?.split("\n").slice(1, 8).join("\n") };
}
