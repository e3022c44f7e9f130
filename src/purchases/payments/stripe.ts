// Payments by Stripe: https://docs.stripe.com/api/payment_intents. The API keys belong to the deployment, so one account
// serves all shops. The idempotency key of a call is derived from our ids: a repeated call yields the same payment intent or
// refund.
import { Stripe } from "stripe";
import { z } from "zod";
import { logFailure } from "../../platform/log.ts";
import { minorDigits } from "../../values/money.ts";
import { Problem } from "../../platform/problem.ts";
import type { PaymentProvider, PaymentRequest, RefundRequest } from "./provider.ts";

const secret = z.string().min(1);
const apiEnv = z.looseObject({ STRIPE_SECRET_KEY: secret, STRIPE_API_BASE: z.url().optional() });
const webhookEnv = z.looseObject({ STRIPE_WEBHOOK_SECRET: secret });

function notConfigured(name: string): Problem {
  const problem = new Problem(
    "unavailable",
    `Stripe payments are not configured: the secret ${name} is missing.`,
  );
  problem.severity = "warning";
  return problem;
}

const TIMEOUT_MS = 4000;

const cryptoProvider = Stripe.createSubtleCryptoProvider();

function createClient(env: Env): Stripe {
  const { success, data } = apiEnv.safeParse(env);
  if (!success) throw notConfigured("STRIPE_SECRET_KEY");
  const base = new URL(data.STRIPE_API_BASE ?? "https://api.stripe.com");
  return new Stripe(data.STRIPE_SECRET_KEY, {
    httpClient: Stripe.createFetchHttpClient(),
    protocol: base.protocol === "http:" ? "http" : "https",
    host: base.hostname,
    port: base.port || (base.protocol === "http:" ? "80" : "443"),
    // A client is waiting for the response; a later request repeats the call under the same key.
    maxNetworkRetries: 0,
    timeout: TIMEOUT_MS,
  });
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
  const { StripeAuthenticationError, StripeInvalidRequestError, StripePermissionError } = Stripe.errors;
  if (error instanceof StripeInvalidRequestError) return error.message;
  return error instanceof StripeAuthenticationError || error instanceof StripePermissionError
    ? "Stripe does not accept the shop's account."
    : null;
}

const metadataOf = ({ tenantId, saleId }: PaymentRequest) => ({ tenant_id: tenantId, sale_id: saleId });

const requestKey = (kind: "sale" | "link", { tenantId, saleId, payment_no }: PaymentRequest): string =>
  `${kind}:${tenantId}:${saleId}${payment_no === 0 ? "" : `:${payment_no}`}`;

const createIntent = (client: Stripe, request: PaymentRequest) =>
  client.paymentIntents.create(
    {
      amount: toStripe(request.total, request.currency),
      currency: request.currency.toLowerCase(),
      metadata: metadataOf(request),
      ...(request.number === null ? {} : { description: request.number }),
    },
    { idempotencyKey: requestKey("sale", request) },
  );

/** Creates the page that a link leads to. Its payment intent refers to the sale, so the webhook is the same. */
const createSession = (client: Stripe, env: Env, request: PaymentRequest, expiresAt: string) =>
  client.checkout.sessions.create(
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
    { idempotencyKey: requestKey("link", request) },
  );

const hasFailed = ({ status }: Stripe.Refund): boolean => status === "failed" || status === "canceled";

/** The refund of a payment intent under this id, if any: Stripe discards idempotency keys after a day, but not refunds. */
async function findRefund(client: Stripe, intent: string, id: string): Promise<Stripe.Refund | null> {
  for await (const refund of client.refunds.list({ payment_intent: intent, limit: 100 }))
    if (refund.metadata?.["payment_id"] === id && !hasFailed(refund)) return refund;
  return null;
}

/** Creates a refund; null if the whole payment was already refunded in Stripe's dashboard. */
async function createRefund(
  client: Stripe,
  intent: string,
  { id, partial_amount: amount, currency }: RefundRequest,
): Promise<Stripe.Refund | null> {
  try {
    return await client.refunds.create(
      {
        payment_intent: intent,
        metadata: { payment_id: id },
        ...(amount === null ? {} : { amount: toStripe(amount, currency) }),
      },
      { idempotencyKey: `refund:${id}` },
    );
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError && error.code === "charge_already_refunded") return null;
    throw error;
  }
}

export const stripe: PaymentProvider = {
  minimumUnit,
  hasLinks: (env) => env.PUBLIC_URL !== "",
  createPayment: async (env, request) => {
    try {
      const client = createClient(env);
      if (request.link_expires_at !== null) {
        const { url } = await createSession(client, env, request, request.link_expires_at);
        return { client_secret: null, url, error: null };
      }
      const { client_secret } = await createIntent(client, request);
      return { client_secret, url: null, error: null };
    } catch (error) {
      const rejection = rejectionOf(error);
      if (rejection === null) throw error;
      logFailure("payment by stripe", error);
      return { client_secret: null, url: null, error: rejection };
    }
  },
  cancelPayment: async (env, request) => {
    const client = createClient(env);
    if (request.link_expires_at === null)
      await client.paymentIntents.cancel((await createIntent(client, request)).id);
    else {
      const session = await createSession(client, env, request, request.link_expires_at);
      await client.checkout.sessions.expire(session.id);
    }
  },
  refundPayment: async (env, request) => {
    const { id, payment_ref: intent } = request;
    if (intent === null) throw new Error("a Stripe payment has no payment intent");
    const client = createClient(env);
    const earlier = await findRefund(client, intent, id);
    if (earlier) return fromStripe(earlier.amount, request.currency);
    const refund = await createRefund(client, intent, request);
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

const saleMetadata = z.looseObject({ tenant_id: z.string(), sale_id: z.string() });

/**
 * The payment that a webhook reports, or null for other events; `body` is the unparsed body.
 * @throws Problem invalid-signature, unavailable
 */
export async function readWebhook(
  env: Env,
  body: string,
  signature: string | undefined,
): Promise<ReceivedPayment | null> {
  const { success, data } = webhookEnv.safeParse(env);
  if (!success) throw notConfigured("STRIPE_WEBHOOK_SECRET");
  const event = await Stripe.webhooks
    .constructEventAsync(body, signature ?? "", data.STRIPE_WEBHOOK_SECRET, undefined, cryptoProvider)
    .catch((error: unknown) => {
      if (!(error instanceof Stripe.errors.StripeSignatureVerificationError)) throw error;
      throw new Problem(
        "invalid-signature",
        "The Stripe-Signature header is missing, expired, or does not match the body.",
      );
    });
  if (event.type !== "payment_intent.succeeded") return null;
  const intent = event.data.object;
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
