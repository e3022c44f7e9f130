// A JSON body has at most 1 MB, a JSON content type, no content encoding, valid UTF-8, at most 64 levels of nesting and no
// duplicate member names. Each violation has its own problem, reported before the body is parsed.
import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { GuardViolated } from "../platform/guarded-db.ts";
import type { App } from "./app-context.ts";
import { findJsonFault } from "./json.ts";
import { invalid, Problem } from "../platform/problem.ts";

const MAX_BODY = 1024 * 1024;

// zod-openapi's validator does not recognise a type with a space before the semicolon.
const JSON_TYPE = /^application\/json(;\s*charset="?utf-8"?\s*)?$/i;

/** Awaits a read of the request's body. It fails only if the client has hung up. @throws Problem client-closed-request */
async function readFromClient<T>(read: Promise<T>): Promise<T> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem("client-closed-request", "The connection was closed. Send the request again.");
  }
}

const limitSize = bodyLimit({
  maxSize: MAX_BODY,
  onError: () => {
    throw new Problem("too-large", "Send a body of at most 1 MB.");
  },
});

/** Limits the size of a JSON body. @throws Problem too-large, client-closed-request */
// An error of a later handler does not pass here: Hono has made it a response.
export const limitBody: MiddlewareHandler = (c, next) => readFromClient(limitSize(c, next));

/**
 * The body of an upload, once it is sure who sends it: it can be read only once, so the request could not run again. Reading it throws
 * Problem client-closed-request if the client hangs up. @throws GuardViolated, Problem unavailable
 */
export async function uploadOf(c: Context<App>): Promise<ReadableStream<Uint8Array> | null> {
  if (c.var.recalled && !(await c.var.recalled.isCurrent())) throw new GuardViolated();
  const reader = c.req.raw.body?.getReader();
  if (!reader) return null;
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const { done, value } = await readFromClient(reader.read());
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

/** Checks a JSON body before it is parsed. @throws Problem body-required, unsupported-media-type, invalid-encoding, too-deep, invalid */
export const parseJsonBody =
  (isRequired: boolean): MiddlewareHandler =>
  async (c, next) => {
    const type = c.req.header("content-type");
    const bytes = await readFromClient(c.req.arrayBuffer());
    if (type === undefined && bytes.byteLength === 0) {
      if (!isRequired) return next();
      throw new Problem("body-required", "Send a JSON body with Content-Type: application/json.");
    }
    if (!JSON_TYPE.test(type ?? ""))
      throw new Problem("unsupported-media-type", "Send Content-Type: application/json (UTF-8).");
    if (!/^identity$/i.test(c.req.header("content-encoding") ?? "identity"))
      throw new Problem("unsupported-media-type", "Send JSON without Content-Encoding.");
    const fault = findJsonFault(textOf(bytes));
    if (fault === "too-deep") throw new Problem("too-deep", "Send a body with at most 64 levels of nesting.");
    if (fault) throw invalid([fault]);
    return next();
  };

// Longer than an empty object with any usual spacing.
const MAX_EMPTY_BODY = 64;

/**
 * Refuses a body where the operation declares none. `{}` has no field that could be ignored, and many clients always send it.
 * @throws Problem invalid
 */
export const refuseBody: MiddlewareHandler = async (c, next) => {
  const text = await readFromClient(beginningOf(c.req.raw.body));
  if (text.length > MAX_EMPTY_BODY || !/^(\s*\{\s*\}\s*)?$/.test(text))
    throw invalid([{ pointer: "#", detail: "this operation takes no body" }]);
  return next();
};

/** The bytes of a body, one character each; of a long one the first, and more than `MAX_EMPTY_BODY`. */
async function beginningOf(body: ReadableStream<Uint8Array> | null): Promise<string> {
  let text = "";
  for await (const chunk of body ?? []) {
    text += String.fromCharCode(...chunk.subarray(0, MAX_EMPTY_BODY + 1));
    if (text.length > MAX_EMPTY_BODY) break;
  }
  return text;
}

function textOf(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    // A fatal decoder throws a TypeError.
    throw new Problem("invalid-encoding", "Send the body in UTF-8.");
  }
}
