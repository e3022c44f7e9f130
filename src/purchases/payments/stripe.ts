// Stripe takes the money: https://docs.stripe.com/api/payment_intents. Its keys are of the deployment, so one account serves
// all its shops. The key of each call is made from our ids: repeated, it is the same payment intent and the same refund.
import { Stripe } from "stripe";
import { z } from "zod";
import { logFailure } from "../../platform/log.ts";
import { minorDigits } from "../../values/money.ts";
import { Problem } from "../../platform/problem.ts";
import type { Bill, GivenBack, PaymentProvider } from "./provider.ts";

const secret = z.string().min(1);
const apiEnv = z.looseObject({ STRIPE_SECRET_KEY: secret, STRIPE_API_BASE: z.url().optional() });
const webhookEnv = z.looseObject({ STRIPE_WEBHOOK_SECRET: secret });

const notConfigured = (name: string): Problem =>
  new Problem("unavailable", `Payment by Stripe is not configured: the secret ${name} is missing.`);

const TIMEOUT_MS = 4000;

const cryptoProvider = Stripe.createSubtleCryptoProvider();

function open(env: Env): Stripe {
  const { success, data } = apiEnv.safeParse(env);
  if (!success) throw notConfigured("STRIPE_SECRET_KEY");
  const base = new URL(data.STRIPE_API_BASE ?? "https://api.stripe.com");
  return new Stripe(data.STRIPE_SECRET_KEY, {
    httpClient: Stripe.createFetchHttpClient(),
    protocol: base.protocol === "http:" ? "http" : "https",
    host: base.hostname,
    port: base.port || (base.protocol === "http:" ? "80" : "443"),
    // Somebody waits for the answer; who asks again later repeats it under the same key.
    maxNetworkRetries: 0,
    timeout: TIMEOUT_MS,
  });
}

// https://docs.stripe.com/currencies: Stripe counts two decimals of the others, also of ISK and UGX, which have none. Of
// three decimals the last must be 0.
const NO_DECIMALS = new Set("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split(" "));
const THREE_DECIMALS = new Set("BHD JOD KWD OMR TND".split(" "));

/** How many decimals more than we Stripe counts of a currency. */
const moreDecimals = (currency: string): number =>
  (NO_DECIMALS.has(currency) ? 0 : THREE_DECIMALS.has(currency) ? 3 : 2) - minorDigits(currency);

/** The smallest sum that Stripe can name, in our minor units, of which there may be more than one. */
const stepOf = (currency: string): number =>
  THREE_DECIMALS.has(currency) ? 10 : 10 ** Math.max(-moreDecimals(currency), 0);

/** Of our minor units those of Stripe; `total` is a multiple of `stepOf`. */
function toStripe(total: number, currency: string): number {
  const more = moreDecimals(currency);
  return more < 0 ? total / 10 ** -more : total * 10 ** more;
}

/** Of Stripe's minor units ours. */
function fromStripe(amount: number, currency: string): number {
  const more = moreDecimals(currency);
  return more < 0 ? amount * 10 ** -more : Math.floor(amount / 10 ** more);
}

/** What Stripe will not do however often it is asked, in words for the buyer; null where another time may be better. */
function refusalOf(error: unknown): string | null {
  const { StripeAuthenticationError, StripeInvalidRequestError, StripePermissionError } = Stripe.errors;
  if (error instanceof StripeInvalidRequestError) return error.message;
  return error instanceof StripeAuthenticationError || error instanceof StripePermissionError
    ? "Stripe does not accept the shop's account."
    : null;
}

const intentOf = (api: Stripe, { tenantId, saleId, number, total, currency }: Bill) =>
  api.paymentIntents.create(
    {
      amount: toStripe(total, currency),
      currency: currency.toLowerCase(),
      metadata: { tenant_id: tenantId, sale_id: saleId },
      ...(number === null ? {} : { description: number }),
    },
    { idempotencyKey: `sale:${tenantId}:${saleId}` },
  );

const hasFailed = ({ status }: Stripe.Refund): boolean => status === "failed" || status === "canceled";

/** What was given back of a payment intent under this id. Stripe forgets a key after a day, but not what it did. */
async function refundOf(api: Stripe, intent: string, id: string): Promise<Stripe.Refund | null> {
  for await (const refund of api.refunds.list({ payment_intent: intent, limit: 100 }))
    if (refund.metadata?.["payment_id"] === id && !hasFailed(refund)) return refund;
  return null;
}

/** Null where nothing is left: somebody gave all of it back at Stripe itself. */
async function giveBack(api: Stripe, intent: string, back: GivenBack): Promise<Stripe.Refund | null> {
  try {
    return await api.refunds.create(
      {
        payment_intent: intent,
        metadata: { payment_id: back.id },
        ...(back.part === null ? {} : { amount: toStripe(back.part, back.currency) }),
      },
      { idempotencyKey: `refund:${back.id}` },
    );
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError && error.code === "charge_already_refunded") return null;
    throw error;
  }
}

export const stripe: PaymentProvider = {
  step: stepOf,
  demand: async (env, bill) => {
    try {
      return { client_secret: (await intentOf(open(env), bill)).client_secret, error: null };
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === null) throw error;
      logFailure("payment by stripe", error);
      return { client_secret: null, error: refusal };
    }
  },
  withdraw: async (env, bill) => {
    const api = open(env);
    await api.paymentIntents.cancel((await intentOf(api, bill)).id);
  },
  giveBack: async (env, back) => {
    if (back.paid_ref === null) throw new Error("a payment of Stripe has no payment intent");
    const api = open(env);
    const given = (await refundOf(api, back.paid_ref, back.id)) ?? (await giveBack(api, back.paid_ref, back));
    if (given && hasFailed(given)) throw new Error(`Stripe could not give it back: ${given.failure_reason}`);
  },
};

/** A payment of a sale of ours: the payment intent's id as `ref`, minor units, ISO 4217. */
export type Paid = { tenantId: string; saleId: string; ref: string; amount: number; currency: string };

const ours = z.looseObject({ tenant_id: z.string(), sale_id: z.string() });

/**
 * The payment that a webhook tells of, null where it tells of something else; `body` as it was sent.
 * @throws Problem invalid-signature, unavailable
 */
export async function readWebhook(
  env: Env,
  body: string,
  signature: string | undefined,
): Promise<Paid | null> {
  const { success, data } = webhookEnv.safeParse(env);
  if (!success) throw notConfigured("STRIPE_WEBHOOK_SECRET");
  const event = await Stripe.webhooks
    .constructEventAsync(body, signature ?? "", data.STRIPE_WEBHOOK_SECRET, undefined, cryptoProvider)
    .catch((error: unknown) => {
      if (!(error instanceof Stripe.errors.StripeSignatureVerificationError)) throw error;
      throw new Problem(
        "invalid-signature",
        "The header Stripe-Signature is missing, old or of another body.",
      );
    });
  if (event.type !== "payment_intent.succeeded") return null;
  const intent = event.data.object;
  const sale = ours.safeParse(intent.metadata);
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
