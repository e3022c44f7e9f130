// Stripe takes the money: https://docs.stripe.com/api/payment_intents. Its keys are of the deployment, so one account serves
// all its shops. The key of each call is made from our ids: repeated, it is the same payment intent and the same refund.
import { Stripe } from "stripe";
import { z } from "zod";
import { Problem } from "../problem.ts";
import type { Bill, PaymentProvider } from "./provider.ts";

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

export const stripe: PaymentProvider = {
  demand: async (env, bill) => ({ client_secret: (await intentOf(open(env), bill)).client_secret }),
  withdraw: async (env, bill) => {
    const api = open(env);
    await api.paymentIntents.cancel((await intentOf(api, bill)).id);
  },
  giveBack: async (env, { id, provider_ref }) => {
    if (provider_ref === null) throw new Error("a payment of Stripe has no payment intent");
    await open(env).refunds.create({ payment_intent: provider_ref }, { idempotencyKey: `refund:${id}` });
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
