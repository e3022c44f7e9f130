// One line of JSON a request. Never a token, a password, an e-mail, a body or a query string.
import type { Cost } from "./d1.ts";

type RequestLog = {
  request_id: string;
  tenant: string | null;
  method: string;
  /** The pattern, not the path: ids stay out and lines can be grouped. */
  route: string;
  status: number;
  ms: number;
  d1: Cost;
};

export function logRequest(line: RequestLog, error: unknown): void {
  if (line.status >= 500) console.error(JSON.stringify({ level: "error", ...line, error: describe(error) }));
  else console.log(JSON.stringify({ level: "info", ...line }));
}

export function logFailure(what: string, error: unknown): void {
  console.error(JSON.stringify({ level: "error", what, error: describe(error) }));
}

/** An error without the values it was about: Drizzle puts a statement's parameters into its message, SQLite does not. */
function describe(error: unknown): { message: string; stack: string | undefined } {
  if (!(error instanceof Error)) return { message: typeof error, stack: undefined };
  let cause: Error = error;
  while (cause.cause instanceof Error) cause = cause.cause;
  return { message: cause.message, stack: cause.stack?.split("\n").slice(1, 8).join("\n") };
}
