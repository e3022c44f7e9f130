// The request of a delivery, signed according to Standard Webhooks.
import { createHmac } from "node:crypto";
import type { Base } from "../platform/context.ts";
import { continueTrace, traceHeaders } from "../platform/trace.ts";
import { faultOf } from "./address.ts";
import { TIMEOUT_MS } from "./circuit.ts";

/** What is sent, and to which address. */
export type Content = {
  url: string;
  secret: string;
  old_secrets: { secret: string; until: string }[];
  type: string;
  payload: unknown;
  created_at: string;
  trace: string | null;
};

/** The status of the response, null if there was none; `error` is null after a success. */
export type Outcome = { status: number | null; error: string | null; isTimeout: boolean };

/** A signature of Standard Webhooks; the secret is `whsec_` and a key in base64. */
const sign = (secret: string, signed: string): string =>
  `v1,${createHmac("sha256", Buffer.from(secret.replace(/^whsec_/, ""), "base64"))
    .update(signed)
    .digest("base64")}`;

/** The headers of Standard Webhooks, with a signature for each valid secret. */
function signatureHeaders(
  ctx: Base,
  eventId: string,
  content: Content,
  body: string,
): Record<string, string> {
  const id = `msg_${eventId}`;
  const timestamp = String(Math.floor(ctx.now.getTime() / 1000));
  const old = content.old_secrets.filter(({ until }) => until > ctx.now.toISOString());
  const secrets = [content.secret, ...old.map(({ secret }) => secret)];
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": secrets.map((secret) => sign(secret, `${id}.${timestamp}.${body}`)).join(" "),
  };
}

/** Sends the event. Only a 2xx is a success, a redirect is not. The body of the response is not read. */
export async function post(ctx: Base, eventId: string, content: Content): Promise<Outcome> {
  // The rules may have changed since the address was stored.
  const fault = faultOf(content.url, ctx.env.ENVIRONMENT === "local");
  if (fault !== null)
    return { status: null, error: `the address is not allowed: it ${fault}`, isTimeout: false };
  const body = JSON.stringify({ type: content.type, timestamp: content.created_at, data: content.payload });
  try {
    const response = await fetch(content.url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "user-agent": "Mostrador-Webhooks",
        ...traceHeaders(continueTrace(content.trace)),
        ...signatureHeaders(ctx, eventId, content, body),
      },
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    const { status, ok } = response;
    return { status, error: ok ? null : `the endpoint returned ${status}`, isTimeout: false };
  } catch (error) {
    // Every other failure is reported in the log of deliveries.
    const isTimeout = error instanceof Error && error.name === "TimeoutError";
    const reason = isTimeout
      ? `no response within ${TIMEOUT_MS / 1000} s`
      : "the endpoint could not be reached";
    return { status: null, error: reason, isTimeout };
  }
}
