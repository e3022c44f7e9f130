// A response violates the contract if its status is 500 or more, if the document does not declare it, or if it accepts an invalid request.
import { contractViolation, operationOf } from "../../test/support/contract.ts";
import { isObject, type Plan } from "./requests.ts";

/** HEAD must answer as GET declares; without a GET it must be refused. */
function headViolation(path: string, response: Response): string | null {
  const operation = operationOf("GET", path);
  const { status, headers } = response;
  if (!operation) return status === 405 && headers.has("allow") ? null : `HEAD without a GET: ${status}`;
  const declared = operation.responses[String(status)];
  if (!declared) return `HEAD ${operation.path} answers ${status}, which GET does not declare`;
  const missing = Object.entries(declared.headers ?? {}).find(
    ([name, { required }]) => required && !headers.has(name),
  );
  return missing ? `HEAD ${operation.path} has no header ${missing[0]}` : null;
}

function optionsViolation(method: string, { status, headers }: Response): string | null {
  const allowed = headers.get("allow")?.split(", ") ?? [];
  return status === 204 && allowed.includes(method) ? null : `OPTIONS: ${status}, allowed: ${allowed.join()}`;
}

/** Describes the response's violation; null if there is none. `path` is the requested path without equivalent escapes. */
export function findViolation(
  { operation, json, mutation }: Plan,
  path: string,
  response: Response,
  text: string,
): string | null {
  const { status, ok } = response;
  if (status >= 500) return `${status} ${text.slice(0, 300)}`;
  // CSV contains the whole list and ignores the cursor.
  const isPage = response.headers.get("content-type") === "application/json";
  if (mutation.kind === "cursor" && mutation.isInvalid && ok && isPage)
    return `an invalid cursor was accepted: ${text.slice(0, 300)}`;
  if (mutation.kind === "content_type" && mutation.hasUnknownField && isObject(json) && ok)
    return `an unknown field was accepted, or the body was not read: ${text.slice(0, 300)}`;
  if (mutation.kind === "method")
    return mutation.method === "HEAD"
      ? headViolation(path, response)
      : optionsViolation(operation.method, response);
  return contractViolation(operation.method, path, response, text);
}
