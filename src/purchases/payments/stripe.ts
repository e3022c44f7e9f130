// Payments by Stripe: https://docs.stripe.com/api/payment_intents. The API keys belong to the deployment, so one account
// serves all shops. The idempotency key of a call is derived from our ids: a repeated call yields the same payment intent or
// refund.
import { z } from "zod";
import { logFailure } from "../../platform/log.ts";
import { minorDigits } from "../../values/money.ts";
import { Problem } from "../../platform/problem.ts";
import type { PaymentProvider, PaymentRequest, RefundRequest } from "./provider.ts";
import {
  cancelIntent,
  createCheckoutSession,
  createIntent,
  createRefund,
  expireCheckoutSession,
  isSigned,
  refundsOf,
  type StripeAccess,
  StripeError,
  type StripeRefund,
} from "./stripe-api.ts";

const secret = z.string().min(1);
// Not loose objects, which read all bindings: those of a request wait for its guard.
const apiEnv = z.object({ STRIPE_SECRET_KEY: secret, STRIPE_API_BASE: z.url().optional() });
const webhookEnv = z.object({ STRIPE_WEBHOOK_SECRET: secret });

function notConfigured(name: string): Problem {
  const problem = new Problem(
    "unavailable",
    `Stripe payments are not configured: the secret ${name} is missing.`,
  );
  problem.severity = "warning";
  return problem;
}

function accessOf(env: Env): StripeAccess {
  const { success, data } = apiEnv.safeParse(env);
  if (!success) throw notConfigured("STRIPE_SECRET_KEY");
  return { key: data.STRIPE_SECRET_KEY, base: data.STRIPE_API_BASE ?? "https://api.stripe.com" };
}

// https://docs.stripe.com/currencies: all other currencies have two decimals at Stripe, also ISK and UGX, which have none.
// Of three decimals the last must be 0.
const NO_DECIMALS = new Set("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split(" "));
const THREE_DECIMALS = new Set("BHD JOD KWD OMR TND".split(" "));

/** The decimals of a currency at Stripe minus its decimals here. */
const decimalShift = (currency: string): number =>
  (NO_DECIMALS.has(currency) ? 0 : THREE_DECIMALS.has(currency) ? 3 : 2) - minorDigits(currency);

/** The smallest amount that Stripe can represent, in our minor units. */
const minimumUnit = (currency: string): number =>
  THREE_DECIMALS.has(currency) ? 10 : 10 ** Math.max(-decimalShift(currency), 0);

/** Converts our minor units to Stripe's; `total` is a multiple of `minimumUnit`. */
function toStripe(total: number, currency: string): number {
  const shift = decimalShift(currency);
  return shift < 0 ? total / 10 ** -shift : total * 10 ** shift;
}

/** Converts Stripe's minor units to ours. */
function fromStripe(amount: number, currency: string): number {
  const shift = decimalShift(currency);
  return shift < 0 ? amount * 10 ** -shift : Math.floor(amount / 10 ** shift);
}

/** The message for the buyer if Stripe permanently rejects a payment; null if a later attempt may succeed. */
function rejectionOf(error: unknown): string | null {
  if (!(error instanceof StripeError) || error.status === 429) return null;
  if (error.status === 401 || error.status === 403) return "Stripe does not accept the shop's account.";
  return error.type === "invalid_request_error" ? error.message : null;
}

const metadataOf = ({ tenantId, saleId }: PaymentRequest) => ({ tenant_id: tenantId, sale_id: saleId });

const requestKey = (kind: "sale" | "link", { tenantId, saleId, payment_no }: PaymentRequest): string =>
  `${kind}:${tenantId}:${saleId}${payment_no === 0 ? "" : `:${payment_no}`}`;

const requestIntent = (access: StripeAccess, request: PaymentRequest) =>
  createIntent(
    access,
    {
      amount: toStripe(request.total, request.currency),
      currency: request.currency.toLowerCase(),
      metadata: metadataOf(request),
      ...(request.number === null ? {} : { description: request.number }),
    },
    requestKey("sale", request),
  );

/** Creates the page that a link leads to. Its payment intent refers to the sale, so the webhook is the same. */
const requestSession = (access: StripeAccess, env: Env, request: PaymentRequest, expiresAt: string) =>
  createCheckoutSession(
    access,
    {
      mode: "payment",
      line_items: [
        {
          quantity: 1,
          price_data: {
            currency: request.currency.toLowerCase(),
            unit_amount: toStripe(request.total, request.currency),
            product_data: { name: request.number ?? request.saleId },
          },
        },
      ],
      metadata: metadataOf(request),
      payment_intent_data: {
        metadata: metadataOf(request),
        ...(request.number === null ? {} : { description: request.number }),
      },
      success_url: `${env.PUBLIC_URL.replace(/\/$/, "")}/paid`,
      expires_at: Math.floor(Date.parse(expiresAt) / 1000),
    },
    requestKey("link", request),
  );

const hasFailed = ({ status }: StripeRefund): boolean => status === "failed" || status === "canceled";

/** The refund of a payment intent under this id, if any: Stripe discards idempotency keys after a day, but not refunds. */
async function findRefund(access: StripeAccess, intent: string, id: string): Promise<StripeRefund | null> {
  for await (const refund of refundsOf(access, intent))
    if (refund.metadata?.["payment_id"] === id && !hasFailed(refund)) return refund;
  return null;
}

/** Creates a refund; null if the whole payment was already refunded in Stripe's dashboard. */
async function requestRefund(
  access: StripeAccess,
  intent: string,
  { id, partial_amount: amount, currency }: RefundRequest,
): Promise<StripeRefund | null> {
  const params = {
    payment_intent: intent,
    metadata: { payment_id: id },
    ...(amount === null ? {} : { amount: toStripe(amount, currency) }),
  };
  try {
    return await createRefund(access, params, `refund:${id}`);
  } catch (error) {
    if (error instanceof StripeError && error.code === "charge_already_refunded") return null;
    throw error;
  }
}

export const stripe: PaymentProvider = {
  minimumUnit,
  hasLinks: (env) => env.PUBLIC_URL !== "",
  createPayment: async (env, request) => {
    try {
      const access = accessOf(env);
      if (request.link_expires_at !== null) {
        const { url } = await requestSession(access, env, request, request.link_expires_at);
        return { client_secret: null, url, error: null };
      }
      const { client_secret } = await requestIntent(access, request);
      return { client_secret, url: null, error: null };
    } catch (error) {
      const rejection = rejectionOf(error);
      if (rejection === null) throw error;
      logFailure("payment by stripe", error);
      return { client_secret: null, url: null, error: rejection };
    }
  },
  cancelPayment: async (env, request) => {
    const access = accessOf(env);
    if (request.link_expires_at === null)
      await cancelIntent(access, (await requestIntent(access, request)).id);
    else {
      const session = await requestSession(access, env, request, request.link_expires_at);
      await expireCheckoutSession(access, session.id);
    }
  },
  refundPayment: async (env, request) => {
    const { id, payment_ref: intent } = request;
    if (intent === null) throw new Error("a Stripe payment has no payment intent");
    const access = accessOf(env);
    const earlier = await findRefund(access, intent, id);
    if (earlier) return fromStripe(earlier.amount, request.currency);
    const refund = await requestRefund(access, intent, request);
    if (refund && hasFailed(refund)) throw new Error(`the refund failed at Stripe: ${refund.failure_reason}`);
    return null;
  },
};

/** A payment of a sale: `ref` is the id of the payment intent, `amount` is in minor units of `currency` (ISO 4217). */
export type ReceivedPayment = {
  tenantId: string;
  saleId: string;
  ref: string;
  amount: number;
  currency: string;
};

const eventShape = z.object({ type: z.string(), data: z.object({ object: z.unknown() }) });
const paidIntent = z.object({
  id: z.string(),
  amount_received: z.number(),
  currency: z.string(),
  metadata: z.unknown(),
});
const saleMetadata = z.looseObject({ tenant_id: z.string(), sale_id: z.string() });

/**
 * The payment that a webhook reports, or null for other events; `body` is the unparsed body.
 * @throws Problem invalid-signature, unavailable
 */
export function readWebhook(env: Env, body: string, signature: string | undefined): ReceivedPayment | null {
  const { success, data } = webhookEnv.safeParse(env);
  if (!success) throw notConfigured("STRIPE_WEBHOOK_SECRET");
  if (!isSigned(body, signature ?? "", data.STRIPE_WEBHOOK_SECRET, new Date()))
    throw new Problem(
      "invalid-signature",
      "The Stripe-Signature header is missing, expired, or does not match the body.",
    );
  const event = eventShape.parse(JSON.parse(body));
  if (event.type !== "payment_intent.succeeded") return null;
  const intent = paidIntent.parse(event.data.object);
  const sale = saleMetadata.safeParse(intent.metadata);
  if (!sale.success) return null;
  const currency = intent.currency.toUpperCase();
  return {
    tenantId: sale.data.tenant_id,
    saleId: sale.data.sale_id,
    ref: intent.id,
    amount: fromStripe(intent.amount_received, currency),
    currency,
  };
}
