import type { Context } from "hono";

const METHODS = ["GET", "POST", "PUT", "DELETE"];
const ANNOUNCED = /(^|[\s,])authorization([\s,]|$)/i;

/**
 * Whether a request has a publishable key, or is a preflight that may precede one: a preflight has no key, so what it can say is that
 * the request will have an Authorization header. Browsers send a page no cookies of ours with such a request.
 */
export function isPublishableRequest(c: Context): boolean {
  // Pages sign in from our origins only.
  if (/^\/api\/v1\/(auth|oauth)\//.test(c.req.path)) return false;
  if (c.req.method !== "OPTIONS") return /^Bearer mp_/i.test(c.req.header("authorization") ?? "");
  const method = c.req.header("access-control-request-method") ?? "";
  return METHODS.includes(method) && ANNOUNCED.test(c.req.header("access-control-request-headers") ?? "");
}
