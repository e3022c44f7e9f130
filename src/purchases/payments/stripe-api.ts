// The few calls of Stripe's API that payments need (https://docs.stripe.com/api), by fetch: Stripe's package would be a fifth of the Worker.
import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";

// The version whose shapes these are; Stripe serves old ones forever.
const VERSION = "2026-10-28.endive";
const TIMEOUT_MS = 4000;
const SIGNATURE_TOLERANCE_S = 300;

type Params = { [name: string]: string | number | Params | Params[] };

/** The parameters of a form: `metadata[sale_id]`, `line_items[0][quantity]`. */
const flattened = (value: Params[string], name: string): [string, string][] =>
  typeof value === "object"
    ? Object.entries(value).flatMap(([key, each]) => flattened(each, name === "" ? key : `${name}[${key}]`))
    : [[name, String(value)]];

const errorShape = z.object({
  error: z.object({
    type: z.string().optional(),
    code: z.string().optional(),
    message: z.string().optional(),
  }),
});

/** An error that Stripe returned. */
export class StripeError extends Error {
  readonly status: number;
  readonly type: string | null;
  readonly code: string | null;

  constructor(status: number, body: unknown) {
    const { type, code, message } = errorShape.safeParse(body).data?.error ?? {};
    super(message ?? `Stripe answered ${status}`);
    this.status = status;
    this.type = type ?? null;
    this.code = code ?? null;
  }
}

/** How to reach Stripe; `base` is the URL of its API. */
export type StripeAccess = { key: string; base: string };

/** Calls Stripe once: a client waits for the response, and a later request repeats the call under the same key. @throws StripeError */
async function send<T>(
  access: StripeAccess,
  shape: z.ZodType<T>,
  method: "GET" | "POST",
  path: string,
  params: Params,
  idempotencyKey?: string,
): Promise<T> {
  const form = new URLSearchParams(flattened(params, "")).toString();
  const url = `${access.base.replace(/\/$/, "")}/v1/${path}`;
  const response = await fetch(method === "GET" ? `${url}?${form}` : url, {
    method,
    headers: {
      authorization: `Bearer ${access.key}`,
      "stripe-version": VERSION,
      "content-type": "application/x-www-form-urlencoded",
      ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
    },
    ...(method === "POST" ? { body: form } : {}),
    redirect: "manual",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const text = await response.text();
  if (!response.ok) throw new StripeError(response.status, jsonOrNull(text));
  return shape.parse(JSON.parse(text));
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A proxy in between may answer without JSON.
    return null;
  }
}

const intentShape = z.object({ id: z.string(), client_secret: z.string().nullable() });
const sessionShape = z.object({ id: z.string(), url: z.string().nullable() });
const doneShape = z.object({ id: z.string() });
const refundShape = z.object({
  id: z.string(),
  amount: z.number(),
  status: z.string().nullable(),
  failure_reason: z.string().nullish(),
  metadata: z.record(z.string(), z.string().optional()).nullish(),
});
const refundsShape = z.object({ has_more: z.boolean(), data: z.array(refundShape) });

export type StripeRefund = z.infer<typeof refundShape>;

export const createIntent = (access: StripeAccess, params: Params, key: string) =>
  send(access, intentShape, "POST", "payment_intents", params, key);

export const cancelIntent = (access: StripeAccess, id: string) =>
  send(access, doneShape, "POST", `payment_intents/${encodeURIComponent(id)}/cancel`, {});

export const createCheckoutSession = (access: StripeAccess, params: Params, key: string) =>
  send(access, sessionShape, "POST", "checkout/sessions", params, key);

export const expireCheckoutSession = (access: StripeAccess, id: string) =>
  send(access, doneShape, "POST", `checkout/sessions/${encodeURIComponent(id)}/expire`, {});

export const createRefund = (access: StripeAccess, params: Params, key: string) =>
  send(access, refundShape, "POST", "refunds", params, key);

const REFUNDS_PER_PAGE = 100;

/** The refunds of a payment intent, newest first. */
export async function* refundsOf(access: StripeAccess, intent: string): AsyncGenerator<StripeRefund> {
  for (let after: string | undefined, isMore = true; isMore;) {
    const query = {
      payment_intent: intent,
      limit: REFUNDS_PER_PAGE,
      ...(after === undefined ? {} : { starting_after: after }),
    };
    const page = await send(access, refundsShape, "GET", "refunds", query);
    yield* page.data;
    after = page.data.at(-1)?.id;
    isMore = page.has_more && after !== undefined;
  }
}

/** Whether the header is Stripe's signature of the body, at most five minutes old (https://docs.stripe.com/webhooks#verify-manually). */
export function isSigned(body: string, header: string, secret: string, now: Date): boolean {
  const parts = header.split(",").map((part) => part.split("=", 2));
  const valuesOf = (name: string): string[] =>
    parts.flatMap(([key, value]) => (key?.trim() === name && value !== undefined ? [value] : []));
  const [timestamp = ""] = valuesOf("t");
  if (!/^\d{1,12}$/.test(timestamp)) return false;
  if (now.getTime() / 1000 - Number(timestamp) > SIGNATURE_TOLERANCE_S) return false;
  const expected = createHmac("sha256", secret).update(`${timestamp}.${body}`).digest();
  return valuesOf("v1").some((signature) => {
    const bytes = Buffer.from(signature, "hex");
    return bytes.length === expected.length && timingSafeEqual(bytes, expected);
  });
}
