// Webhooks according to Standard Webhooks: HMAC-SHA256 over id, timestamp and body.
import type { WebhookEvent } from "./generated/types.ts";

const TOLERANCE_S = 5 * 60;

/** The signature of a webhook does not match, or the message is too old. Answer 400. */
export class WebhookError extends Error {
  override readonly name = "WebhookError";
}

type Message = { headers: Headers | Record<string, string | undefined>; body: string };

/**
 * The event of a webhook, after its signature was verified. `secrets` are those of the webhook (`whsec_...`): two while one is replaced.
 * The same event may arrive again: its id is the header `webhook-id`.
 * @throws WebhookError
 */
export async function verifyWebhook(message: Request | Message, ...secrets: string[]): Promise<WebhookEvent> {
  const body = message instanceof Request ? await message.text() : message.body;
  const headers = new Headers(Object.fromEntries(entriesOf(message.headers)));
  const [id, timestamp, signatures] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) =>
    headers.get(name),
  );
  if (!id || !timestamp || !signatures) throw new WebhookError("The headers of a webhook are missing.");
  // Negated, so that a timestamp that is not a number is refused too.
  if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) <= TOLERANCE_S))
    throw new WebhookError("The webhook is too old, or its time is wrong.");
  const signed = new Uint8Array(new TextEncoder().encode(`${id}.${timestamp}.${body}`));
  const given = signatures.split(" ").flatMap((each) => (each.startsWith("v1,") ? [each.slice(3)] : []));
  for (const secret of secrets)
    for (const signature of given) if (await isSignature(secret, signature, signed)) return JSON.parse(body);
  throw new WebhookError("The signature of the webhook does not match.");
}

const entriesOf = (headers: Message["headers"]): [string, string][] =>
  headers instanceof Headers
    ? [...headers]
    : Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));

/** Compares in constant time, as WebCrypto does. */
async function isSignature(
  secret: string,
  signature: string,
  signed: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const bytes = bytesOf(signature);
  const keyBytes = bytesOf(secret.replace(/^whsec_/, ""));
  // With an empty key, as of a variable that is not set, anybody could sign.
  if (bytes === null || keyBytes === null || keyBytes.length === 0) return false;
  const key = await crypto.subtle.importKey("raw", keyBytes, { name: "HMAC", hash: "SHA-256" }, false, [
    "verify",
  ]);
  return crypto.subtle.verify("HMAC", key, bytes, signed);
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  } catch {
    return null;
  }
}
