// The request of a delivery, signed according to Standard Webhooks.
import { Webhook } from "standardwebhooks";
import type { Base } from "../platform/context.ts";
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
};

/** The status of the response, null if there was none; `error` is null after a success. */
export type Outcome = { status: number | null; error: string | null; isTimeout: boolean };

/** The headers of Standard Webhooks, with a signature for each valid secret. */
function signatureHeaders(
  ctx: Base,
  eventId: string,
  content: Content,
  body: string,
): Record<string, string> {
  const id = `msg_${eventId}`;
  const old = content.old_secrets.filter(({ until }) => until > ctx.now.toISOString());
  const secrets = [content.secret, ...old.map(({ secret }) => secret)];
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(ctx.now.getTime() / 1000)),
    "webhook-signature": secrets.map((secret) => new Webhook(secret).sign(id, ctx.now, body)).join(" "),
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
