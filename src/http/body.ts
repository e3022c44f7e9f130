// Which bytes are taken for a JSON body: 1 MB at most, of JSON by their type, not compressed, UTF-8, nested 64 deep at most,
// with no member twice. Each is refused in its own way before anything is parsed.
import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { findJsonFault } from "./json.ts";
import { Problem } from "../platform/problem.ts";

const MAX_BODY = 1024 * 1024;

// No blank before the semicolon, which the validator behind this does not know.
const JSON_TYPE = /^application\/json(;\s*charset="?utf-8"?\s*)?$/i;

export const limitBody: MiddlewareHandler = bodyLimit({
  maxSize: MAX_BODY,
  onError: () => {
    throw new Problem("too-large", "A body may have 1 MB at most.");
  },
});

/** @throws Problem body-required, unsupported-media-type, invalid-encoding, too-deep, invalid */
export const parseJsonBody =
  (isRequired: boolean): MiddlewareHandler =>
  async (c, next) => {
    const type = c.req.header("content-type");
    const bytes = await c.req.arrayBuffer();
    if (type === undefined && bytes.byteLength === 0) {
      if (!isRequired) return next();
      throw new Problem("body-required", "Send a JSON body with Content-Type: application/json.");
    }
    if (!JSON_TYPE.test(type ?? ""))
      throw new Problem("unsupported-media-type", "Send Content-Type: application/json (UTF-8).");
    if (!/^identity$/i.test(c.req.header("content-encoding") ?? "identity"))
      throw new Problem("unsupported-media-type", "Send JSON without Content-Encoding.");
    const flaw = findJsonFault(textOf(bytes));
    if (flaw === "too-deep") throw new Problem("too-deep", "A body may be nested 64 deep at most.");
    if (flaw) throw new Problem("invalid", `${flaw.pointer}: ${flaw.detail}`, { errors: [flaw] });
    return next();
  };

function textOf(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    // TypeError is how a fatal decoder says that the bytes are not UTF-8.
    throw new Problem("invalid-encoding", "The body's bytes are not UTF-8.");
  }
}
