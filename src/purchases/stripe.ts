// Stripe takes the money: https://docs.stripe.com/api/payment_intents. Its keys are of the deployment, so one account serves
// all its shops. The key of each call is made from our ids: repeated, it is the same payment intent and the same refund.
import { Stripe } from "stripe";
import { z } from "zod";
import { Problem } from "../problem.ts";
import type { Bill, GivenBack, PaymentProvider } from "./provider.ts";

const secret = z.string().min(1);
const apiEnv = z.looseObject({ STRIPE_SECRET_KEY: secret, STRIPE_API_BASE: z.url().optional() });
const webhookEnv = z.looseObject({ STRIPE_WEBHOOK_SECRET: secret });

const notConfigured = (name: string): Problem =>
  new Problem("unavailable", `Payment by Stripe is not configured: the secret ${name} is missing.`);

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
    maxNetworkRetries: 1,
    timeout: 10_000,
  });
}

// https://docs.stripe.com/currencies: Stripe counts two decimals of these, which have none.
const TWO_DECIMALS_AT_STRIPE = new Set(["ISK", "UGX"]);

const factorOf = (currency: string): number => (TWO_DECIMALS_AT_STRIPE.has(currency.toUpperCase()) ? 100 : 1);

const intentOf = (api: Stripe, { tenantId, saleId, number, total, currency }: Bill) =>
  api.paymentIntents.create(
    {
      amount: total * factorOf(currency),
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
        ...(back.part === null ? {} : { amount: back.part * factorOf(back.currency) }),
      },
      { idempotencyKey: `refund:${back.id}` },
    );
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError && error.code === "charge_already_refunded") return null;
    throw error;
  }
}

export const stripe: PaymentProvider = {
  demand: async (env, bill) => ({ client_secret: (await intentOf(open(env), bill)).client_secret }),
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
  return {
    tenantId: sale.data.tenant_id,
    saleId: sale.data.sale_id,
    ref: intent.id,
    amount: Math.floor(intent.amount_received / factorOf(intent.currency)),
    currency: intent.currency.toUpperCase(),
  };
}
