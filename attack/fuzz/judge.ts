// What is wrong with an answer: that it is 500 or more, that the document does not declare it, or that it took what it must not.
import { breach, operationOf } from "../../test/support/contract.ts";
import { isFields, type Plan } from "./requests.ts";

/** HEAD answers what GET declares, and where there is no GET it is not allowed. */
function breachOfHead(path: string, response: Response): string | null {
  const operation = operationOf("GET", path);
  const { status, headers } = response;
  if (!operation) return status === 405 && headers.has("allow") ? null : `HEAD without a GET: ${status}`;
  const declared = operation.responses[String(status)];
  if (!declared) return `HEAD ${operation.path} answers ${status}, which GET does not declare`;
  const missing = Object.entries(declared.headers ?? {}).find(
    ([name, { required }]) => required && !headers.has(name),
  );
  return missing ? `HEAD ${operation.path} lacks the header ${missing[0]}` : null;
}

function breachOfOptions(method: string, { status, headers }: Response): string | null {
  const allowed = headers.get("allow")?.split(", ") ?? [];
  return status === 204 && allowed.includes(method)
    ? null
    : `OPTIONS: ${status}, allowed is ${allowed.join()}`;
}

/** `path` is what was asked for, as it is without escapes that say the same. */
export function wrongOf(
  { operation, json, spoil }: Plan,
  path: string,
  response: Response,
  text: string,
): string | null {
  const { status, ok } = response;
  if (status >= 500) return `${status} ${text.slice(0, 300)}`;
  // A list as CSV is the whole list, whatever the cursor.
  const isPage = response.headers.get("content-type") === "application/json";
  if (spoil.how === "cursor" && spoil.isWrong && ok && isPage)
    return `a key of no list was taken: ${text.slice(0, 300)}`;
  if (spoil.how === "type" && spoil.isStrange && isFields(json) && ok)
    return `a field of no body was taken, or the body left unread: ${text.slice(0, 300)}`;
  if (spoil.how === "method")
    return spoil.method === "HEAD"
      ? breachOfHead(path, response)
      : breachOfOptions(operation.method, response);
  return breach(operation.method, path, response, text);
}
