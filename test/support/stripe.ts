// Purchases paid at Stripe: a local server replaces its API, and webhooks are signed by a helper of Stripe's package.
import { env } from "cloudflare:workers";
import { Stripe } from "stripe";
import { newId } from "../../src/values/ids.ts";
import { API } from "./client.ts";
import { bookshop, putInCart } from "./purchases.ts";
import type { Person, Shop } from "./shops.ts";
import { callWith } from "./variant.ts";

const SECRET = "whsec_test_secret";

export const withStripe = {
  PAYMENT_PROVIDER: "stripe",
  STRIPE_SECRET_KEY: "sk_test_right",
  STRIPE_WEBHOOK_SECRET: SECRET,
};

type StripeRequest = {
  path: string;
  key: string;
  form: Record<string, string>;
  response: { id: string; status: string };
};

/** The requests whose idempotency key contains this text, for example the id of a sale. */
export async function stripeRequests(text: string): Promise<StripeRequest[]> {
  const all: StripeRequest[] = await (await fetch(`${env.STRIPE_API_BASE}/requests`)).json();
  return all.filter(({ key }) => key.includes(text));
}

const asPurchase = <T extends { text: string }>(response: T) => ({
  ...response,
  body: JSON.parse(response.text),
});

/** Checks out with Stripe as the provider, or with other changes to the environment. */
export const checkOut = async (
  token: string,
  json: Record<string, unknown> = {},
  key = newId(),
  changes: Partial<typeof withStripe> = {},
) =>
  asPurchase(
    await callWith({ ...withStripe, ...changes }, "POST", `${API}/purchases/checkout`, {
      token,
      headers: { "idempotency-key": key },
      json: { payment_method: "card", ...json },
    }),
  );

export const getPurchase = async (token: string, id: string) =>
  asPurchase(await callWith(withStripe, "GET", `${API}/purchases/${id}`, { token })).body;

/** A pending purchase of two books for 20.00, to be paid at Stripe. */
export async function pendingPurchase(currency = "EUR"): Promise<{
  shop: Shop;
  buyer: Person;
  book: { id: string };
  id: string;
  intent: string;
}> {
  const { shop, buyer, book } = await bookshop({}, { currency });
  await putInCart(buyer.token, book.id, 2);
  const { body } = await checkOut(buyer.token);
  const [request] = await stripeRequests(body.id);
  return { shop, buyer, book, id: body.id, intent: request?.response.id ?? "" };
}

/** The event of a payment of 20.00. */
export const eventOf = (
  shop: Shop,
  saleId: string,
  intent: string,
  changes: Record<string, unknown> = {},
  type = "payment_intent.succeeded",
) => ({
  id: `evt_${newId()}`,
  object: "event",
  type,
  data: {
    object: {
      id: intent,
      object: "payment_intent",
      amount_received: 2000,
      currency: "eur",
      metadata: { tenant_id: shop.tenant.id, sale_id: saleId },
      ...changes,
    },
  },
});

/** Delivers an event as a webhook; `suffix` is appended to the body after it was signed. */
export async function deliver(
  event: unknown,
  { secret = SECRET, timestamp = Math.floor(Date.now() / 1000), suffix = "" } = {},
) {
  const payload = JSON.stringify(event);
  const signature = await Stripe.webhooks.generateTestHeaderStringAsync({
    payload,
    secret,
    timestamp,
    cryptoProvider: Stripe.createSubtleCryptoProvider(),
  });
  return callWith(withStripe, "POST", `${API}/payments/stripe/webhook`, {
    raw: payload + suffix,
    headers: { "content-type": "application/json; charset=utf-8", "stripe-signature": signature },
  });
}

/** The refunds of a payment intent. */
export async function refundsOf(intent: string): Promise<{ amount: number; status: string }[]> {
  const headers = { authorization: `Bearer ${withStripe.STRIPE_SECRET_KEY}` };
  const url = `${env.STRIPE_API_BASE}/v1/refunds?payment_intent=${intent}`;
  const list: { data: { amount: number; status: string }[] } = await (await fetch(url, { headers })).json();
  return list.data;
}

/** Discards idempotency keys that contain this text, or makes refunds of a payment intent fail, be cancelled or succeed. */
export const controlStripe = (what: "forget" | "break" | "void" | "mend", text: string): Promise<Response> =>
  fetch(`${env.STRIPE_API_BASE}/${what}/${text}`);
