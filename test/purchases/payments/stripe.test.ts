// Against a local stand-in for Stripe's API; webhooks are signed by a helper of Stripe's package.
import { createHmac } from "node:crypto";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import type { Base } from "../../../src/platform/context.ts";
import { cancelExpired } from "../../../src/purchases/cancel.ts";
import { createIntent, refundsOf, isSigned } from "../../../src/purchases/payments/stripe-api.ts";
import { newId } from "../../../src/values/ids.ts";
import { change } from "../../support/change.ts";
import { API, call } from "../../support/client.ts";
import { count, failureOf, rowsOf } from "../../support/d1.ts";
import { failuresDuring } from "../../support/logged-failures.ts";
import { bookshop, confirm, putInCart } from "../../support/purchases.ts";
import { until } from "../../support/queues.ts";
import { base, newPerson } from "../../support/shops.ts";
import {
  stripeRequests,
  checkOut,
  deliver,
  eventOf,
  getPurchase,
  pendingPurchase,
  withStripe,
} from "../../support/stripe.ts";
import { countByStatus } from "../../support/count-by-status.ts";
import { callWith } from "../../support/variant.ts";

const statusOf = (id: string) =>
  rowsOf("SELECT status FROM sales WHERE id = ?", id).then(([row]) => row?.["status"]);
const paymentsOf = (id: string) =>
  rowsOf("SELECT provider, provider_ref, amount, currency, status FROM payments WHERE sale_id = ?", id);

/** Cancels all purchases whose hold has expired. */
async function endHolds(ctx: Base): Promise<void> {
  for (let after: string | null = ""; after !== null;) after = await cancelExpired(ctx);
}

describe("a checkout by card at Stripe", () => {
  it("requests the total once, and returns the secret with which the buyer pays", async () => {
    const { shop, buyer, id, intent } = await pendingPurchase();
    const [requests, ...more] = await stripeRequests(id);
    expect(more).toEqual([]);
    expect(requests).toMatchObject({
      path: "/v1/payment_intents",
      key: `sale:${shop.tenant.id}:${id}`,
      form: {
        amount: "2000",
        currency: "eur",
        "metadata[tenant_id]": shop.tenant.id,
        "metadata[sale_id]": id,
        description: "A-10001",
      },
    });
    expect((await getPurchase(buyer.token, id)).payment).toEqual({
      provider: "stripe",
      status: "pending",
      client_secret: `${intent}_secret`,
      url: null,
      error: null,
    });
  });

  it("that is repeated has one payment intent and the same response", async () => {
    const { buyer, book } = await bookshop();
    await putInCart(buyer.token, book.id);
    const responses = await Promise.all(Array.from({ length: 5 }, () => checkOut(buyer.token, {}, "k")));
    expect(new Set(responses.map(({ text }) => text)).size).toBe(1);
    const requests = await stripeRequests(responses[0]?.body.id);
    expect(new Set(requests.map(({ response }) => response.id)).size).toBe(1);
  });

  it("succeeds though Stripe does not answer: the secret is requested later", async () => {
    const { buyer, book } = await bookshop();
    await putInCart(buyer.token, book.id, 2);
    const { status, body } = await checkOut(buyer.token, {}, "k", { STRIPE_SECRET_KEY: "sk_test_wrong" });
    expect(status).toBe(201);
    expect(body).toMatchObject({ status: "pending", payment: { provider: "stripe", client_secret: null } });
    expect((await getPurchase(buyer.token, body.id)).payment.client_secret).toMatch(/^pi_\d+_secret$/);
    expect((await checkOut(buyer.token, {}, "k")).body.payment.client_secret).toMatch(/^pi_\d+_secret$/);
    expect(await count("SELECT stock / 1000.0 n FROM products WHERE id = ?", book.id)).toBe(8);
  });

  it("is confirmed by staff if it is paid in cash or has nothing to pay", async () => {
    for (const [price, payment_method] of [
      [0, "card"],
      [0, "cash"],
      [1250, "cash"],
      [1250, "transfer"],
    ] as const) {
      const { buyer, book } = await bookshop({ price });
      await putInCart(buyer.token, book.id);
      const { body } = await checkOut(buyer.token, { payment_method });
      expect(body.payment).toEqual({
        provider: "manual",
        status: "pending",
        client_secret: null,
        url: null,
        error: null,
      });
    }
  });

  it("waits four seconds for Stripe, calls it once, and remains pending", async () => {
    const { buyer, book } = await bookshop();
    await putInCart(buyer.token, book.id);
    const waits: unknown[] = [];
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    const spy = vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => {
      waits.push(ms);
      return timeout(1000);
    });
    const { status, body } = await checkOut(buyer.token, {}, "k", { STRIPE_SECRET_KEY: "sk_test_hangs" });
    spy.mockRestore();
    expect(status).toBe(201);
    expect(body).toMatchObject({ status: "pending", payment: { client_secret: null, error: null } });
    expect(waits).toEqual([4000]);
    expect((await stripeRequests(body.id)).length).toBe(1);
  });

  it("reports a permanent rejection by Stripe, but not what is wrong with the API keys", async () => {
    const { buyer, book } = await bookshop({ price: 49 });
    await putInCart(buyer.token, book.id);
    const { status, body } = await checkOut(buyer.token);
    expect(status).toBe(201);
    const refused = { provider: "stripe", status: "pending", client_secret: null, url: null };
    expect(body.payment).toEqual({ ...refused, error: "Amount must be at least €0.50 eur" });
    await putInCart(buyer.token, book.id);
    for (const name of ["wrong", "restricted"]) {
      const locked = await checkOut(buyer.token, {}, name, { STRIPE_SECRET_KEY: `sk_test_${name}` });
      expect(locked.body.payment).toEqual({
        ...refused,
        error: "Stripe does not accept the shop's account.",
      });
      await putInCart(buyer.token, book.id);
    }
    const limited = await checkOut(buyer.token, {}, "l", { STRIPE_SECRET_KEY: "sk_test_limited" });
    expect(limited.body.payment).toEqual({ ...refused, error: null });
  });

  it.each(["wrong", "limited"])("that Stripe refuses for a %s key is in the log", async (name) => {
    const { buyer, book } = await bookshop();
    await putInCart(buyer.token, book.id);
    const failures = await failuresDuring(() =>
      checkOut(buyer.token, {}, "k", { STRIPE_SECRET_KEY: `sk_test_${name}` }),
    );
    expect(failures).toEqual(["payment by stripe"]);
  });

  it("that fails without an answer of Stripe's own, as behind a proxy, fails by its status", async () => {
    const spy = vi.spyOn(globalThis, "fetch").mockResolvedValue(new Response("Bad gateway", { status: 502 }));
    const failed = await failureOf(createIntent({ key: "k", base: "https://stripe.example" }, {}, "k"));
    spy.mockRestore();
    expect(failed).toMatchObject({ message: "Stripe answered 502", status: 502, type: null, code: null });
  });

  it("whose refunds fill several pages has each of them once", async () => {
    const pages: Record<string, string[]> = { "": ["re_3", "re_2"], re_2: ["re_1"] };
    const spy = vi.spyOn(globalThis, "fetch").mockImplementation((input) => {
      const ids = pages[new URL(new Request(input).url).searchParams.get("starting_after") ?? ""] ?? [];
      const data = ids.map((id) => ({ id, amount: 1, status: "succeeded" }));
      return Promise.resolve(Response.json({ has_more: ids.length > 1, data }));
    });
    const found: string[] = [];
    for await (const { id } of refundsOf({ key: "k", base: "https://stripe.example" }, "pi_1"))
      found.push(id);
    spy.mockRestore();
    expect(found).toEqual(["re_3", "re_2", "re_1"]);
  });

  // The amount in our minor units and in Stripe's, or null if Stripe cannot represent it.
  it.each([
    ["EUR", 1234, 1234],
    ["JPY", 1234, 1234],
    ["ISK", 1234, 123_400],
    ["UGX", 1234, 123_400],
    ["MGA", 123_400, 1234],
    ["MGA", 123_450, null],
    ["KWD", 12_340, 12_340],
    ["KWD", 12_345, null],
    ["EUR", 0, null],
    ["TND", 12_341, null],
  ])(
    "of %s %d is %s at Stripe, or manual if Stripe cannot represent the amount",
    async (currency, price, amount) => {
      const { shop, buyer, book } = await bookshop({ price }, { currency });
      await putInCart(buyer.token, book.id);
      const { body } = await checkOut(buyer.token);
      const [requests] = await stripeRequests(body.id);
      expect([body.payment.provider, requests?.form["amount"]]).toEqual(
        amount === null ? ["manual", undefined] : ["stripe", String(amount)],
      );
      if (amount === null || !requests) return;
      const paid = { amount_received: amount, currency: currency.toLowerCase() };
      await deliver(eventOf(shop, body.id, requests.response.id, paid));
      expect(await paymentsOf(body.id)).toMatchObject([{ amount: price, currency, status: "received" }]);
    },
  );
});

describe("a webhook of Stripe about a successful payment", () => {
  it("completes the purchase once, however often and however concurrently it arrives", async () => {
    const { shop, buyer, id, intent } = await pendingPurchase();
    const event = eventOf(shop, id, intent);
    const responses = await Promise.all(Array.from({ length: 5 }, () => deliver(event)));
    expect(countByStatus([...responses, await deliver(event)])).toEqual({ 204: 6 });
    expect(await paymentsOf(id)).toEqual([
      { provider: "stripe", provider_ref: intent, amount: 2000, currency: "EUR", status: "received" },
    ]);
    expect((await getPurchase(buyer.token, id)).payment).toMatchObject({
      status: "paid",
      client_secret: null,
    });
    const completed = "SELECT count(*) n FROM events WHERE tenant_id = ? AND type = 'sale.completed'";
    expect(await count(completed, shop.tenant.id)).toBe(1);
  });

  it("is accepted only from Stripe: another secret, an old time, another body or no signature is a 400", async () => {
    const { shop, id, intent } = await pendingPurchase();
    const event = eventOf(shop, id, intent);
    const old = Math.floor(Date.now() / 1000) - 600;
    const unsigned = await call("POST", `${API}/payments/stripe/webhook`, { json: event });
    expect(unsigned.status).toBe(503);
    for (const response of [
      await deliver(event, { secret: "whsec_of_another" }),
      await deliver(event, { timestamp: old }),
      await deliver(event, { suffix: " " }),
      await callWith(withStripe, "POST", `${API}/payments/stripe/webhook`, { json: event }),
    ]) {
      expect(response.status).toBe(400);
      expect(JSON.parse(response.text).type).toBe("/problems/invalid-signature");
    }
    expect([await statusOf(id), await paymentsOf(id)]).toEqual(["pending", []]);
  });

  it("is accepted for its signature of the current scheme, wherever in the header that is", () => {
    const now = new Date();
    const seconds = Math.floor(now.getTime() / 1000);
    const signature = createHmac("sha256", "whsec").update(`${seconds}.{}`).digest("hex");
    const accepts = (header: string, at = now) => isSigned("{}", header, "whsec", at);
    for (const header of [
      `t=${seconds},v1=${signature}`,
      `v1=${signature},t=${seconds}`,
      `t=${seconds}, v0=00, v1=00, v1=${signature}`,
    ])
      expect(accepts(header), header).toBe(true);
    for (const header of [
      `t=${seconds},v0=${signature}`,
      `t=${seconds},v1`,
      `t=${seconds},v1=${signature.slice(2)}`,
      `t=${seconds}`,
      `v1=${signature}`,
      `t=${seconds + 1},v1=${signature}`,
      `t=,v1=${signature}`,
      // Its signature would be right.
      `t=soon,v1=${createHmac("sha256", "whsec").update("soon.{}").digest("hex")}`,
    ])
      expect(accepts(header), header).toBe(false);
    const header = `t=${seconds},v1=${signature}`;
    const after = (ms: number) => accepts(header, new Date(seconds * 1000 + ms));
    expect([after(300_000), after(300_001)]).toEqual([true, false]);
  });

  it.each([
    ["of another amount", { amount_received: 1999 }, 1999, "EUR"],
    ["of more", { amount_received: 2001 }, 2001, "EUR"],
    ["in another currency", { currency: "usd" }, 2000, "USD"],
    // Stripe has two decimals of this currency, which has none.
    ["with a fraction of a unit", { currency: "isk", amount_received: 200_099 }, 2000, "ISK"],
  ])("%s leaves the purchase pending, and a refund is due", async (_, changes, amount, currency) => {
    const { shop, id, intent } = await pendingPurchase();
    expect((await deliver(eventOf(shop, id, intent, changes))).status).toBe(204);
    expect(await statusOf(id)).toBe("pending");
    expect(await paymentsOf(id)).toMatchObject([{ amount, currency, status: "refund_due" }]);
  });

  it("about a payment that the shop does not know changes nothing, and is accepted", async () => {
    const { shop, id, intent } = await pendingPurchase();
    const other = await bookshop();
    for (const event of [
      eventOf(shop, id, intent, {}, "payment_intent.payment_failed"),
      eventOf(shop, id, intent, { metadata: {} }),
      eventOf(other.shop, id, intent),
      eventOf(shop, newId(), intent),
      eventOf(shop, id, intent, { metadata: { tenant_id: newId(), sale_id: id } }),
    ])
      expect((await deliver(event)).status).toBe(204);
    expect([await statusOf(id), await paymentsOf(id)]).toEqual(["pending", []]);
  });

  it("for a shop that was closed meanwhile is accepted", async () => {
    const { shop, id, intent } = await pendingPurchase();
    await change("UPDATE tenants SET is_active = 0 WHERE id = ?", shop.tenant.id);
    expect((await deliver(eventOf(shop, id, intent))).status).toBe(204);
    expect(await statusOf(id)).toBe("completed");
  });

  it("after the hold expired is recorded, listed for staff, and refunded at Stripe once", async () => {
    const { shop, book, id, intent } = await pendingPurchase();
    await endHolds(base(new Date(Date.now() + 31 * 60_000)));
    expect((await deliver(eventOf(shop, id, intent))).status).toBe(204);
    expect(await statusOf(id)).toBe("cancelled");
    expect(await count("SELECT stock / 1000.0 n FROM products WHERE id = ?", book.id)).toBe(10);
    const { token } = await newPerson(shop.tenant, "EMPLOYEE");
    const due = await call("GET", `${API}/payments?status=refund_due`, { token });
    expect(due.body.data).toMatchObject([
      { sale_id: id, number: "A-10001", provider_ref: intent, amount: 2000, status: "refund_due" },
    ]);
    const [payment] = due.body.data;
    const refund = () => callWith(withStripe, "POST", `${API}/payments/${payment.id}/refund`, { token });
    expect(countByStatus(await Promise.all([refund(), refund()]))).toEqual({ 200: 2 });
    expect(JSON.parse((await refund()).text)).toMatchObject({ status: "refunded", refunded: 2000 });
    const refunds = await stripeRequests(payment.id);
    expect(new Set(refunds.map(({ response }) => response.id)).size).toBe(1);
    expect(refunds[0]).toMatchObject({ path: "/v1/refunds", form: { payment_intent: intent } });
    expect((await call("GET", `${API}/payments?status=refund_due`, { token })).body.data).toEqual([]);
  });
});

describe("a purchase that is no longer pending", () => {
  it("is not requested again by a replay of its checkout, which returns its current state", async () => {
    const { shop, buyer, book } = await bookshop();
    for (const [key, end, status] of [
      ["k1", (id: string) => confirm(shop, id), "completed"],
      [
        "k2",
        (id: string) => call("POST", `${API}/purchases/${id}/cancel`, { token: buyer.token }),
        "cancelled",
      ],
    ] as const) {
      await putInCart(buyer.token, book.id);
      const { body } = await checkOut(buyer.token, {}, key, { STRIPE_SECRET_KEY: "sk_test_wrong" });
      await end(body.id);
      const repeated = await checkOut(buyer.token, {}, key);
      expect(repeated.headers.get("idempotent-replayed")).toBe("true");
      expect(repeated.body).toMatchObject({ id: body.id, status, payment: { client_secret: null } });
      expect(await stripeRequests(body.id)).toEqual([]);
    }
  });

  it("is cancelled at Stripe when staff confirm it, so that it is not paid twice", async () => {
    const { shop, id, intent } = await pendingPurchase();
    const { status } = await callWith(withStripe, "POST", `${API}/purchases/${id}/confirm`, {
      token: shop.admin.token,
    });
    expect(status).toBe(200);
    await until(async () =>
      (await stripeRequests(id)).some(({ response }) => response.status === "canceled"),
    );
    expect((await stripeRequests(id)).every(({ response }) => response.id === intent)).toBe(true);
  });

  it("is cancelled at Stripe, too, when staff confirm cash that is rounded, and the audit log has how it was paid", async () => {
    const { shop, id } = await pendingPurchase();
    await change("UPDATE tenants SET cash_rounding = 5 WHERE id = ?", shop.tenant.id);
    const { status } = await callWith(withStripe, "POST", `${API}/purchases/${id}/confirm`, {
      token: shop.admin.token,
      json: { payment_method: "cash" },
    });
    expect(status).toBe(200);
    await until(async () =>
      (await stripeRequests(id)).some(({ response }) => response.status === "canceled"),
    );
    const [entry] = await rowsOf(
      "SELECT after FROM audit_log WHERE tenant_id = ? AND action = 'purchase.confirmed'",
      shop.tenant.id,
    );
    expect(JSON.parse(String(entry?.["after"]))).toMatchObject({ payment_method: "cash", amount: 2000 });
  });
});

describe("a purchase that is cancelled", () => {
  it("cancels its payment at Stripe, so that it cannot be paid", async () => {
    const { buyer, id, intent } = await pendingPurchase();
    await callWith(withStripe, "POST", `${API}/purchases/${id}/cancel`, { token: buyer.token });
    await until(async () =>
      (await stripeRequests(id)).some(({ response }) => response.status === "canceled"),
    );
    expect((await stripeRequests(id)).every(({ response }) => response.id === intent)).toBe(true);
  });

  it("cancels its payment at Stripe when its hold ends, and no payment of another purchase", async () => {
    const { buyer, shop, book, id } = await pendingPurchase();
    await putInCart(buyer.token, book.id);
    const later = (await checkOut(buyer.token)).body;
    const isCanceled = async () =>
      (await stripeRequests(id)).some(({ response }) => response.status === "canceled");
    await change("UPDATE sales SET hold_expires_at = '2100-01-01T00:00:00.000Z' WHERE id = ?", later.id);
    await endHolds({
      ...base(new Date(Date.now() + 31 * 60_000)),
      env: { ...env, ...withStripe },
    });
    await until(isCanceled);
    await putInCart(buyer.token, book.id);
    const third = (await checkOut(buyer.token)).body;
    await callWith(withStripe, "POST", `${API}/purchases/${third.id}/cancel`, { token: shop.admin.token });
    await until(async () =>
      (await stripeRequests(third.id)).some(({ response }) => response.status === "canceled"),
    );
    expect(await stripeRequests(later.id)).toHaveLength(1);
  });

  it("requests no payment any more", async () => {
    const { buyer, shop, id } = await pendingPurchase();
    const before = (await stripeRequests(id)).length;
    await confirm(shop, id);
    expect((await getPurchase(buyer.token, id)).payment.client_secret).toBeNull();
    expect((await stripeRequests(id)).length).toBe(before);
  });
});

it("Stripe without its secrets: the purchase is stored, and the webhook answers 503", async () => {
  const { buyer, book } = await bookshop();
  await putInCart(buyer.token, book.id);
  const response = await callWith({ PAYMENT_PROVIDER: "stripe" }, "POST", `${API}/purchases/checkout`, {
    token: buyer.token,
    headers: { "idempotency-key": "k" },
    json: { payment_method: "card" },
  });
  expect(response.status).toBe(201);
  // An access token makes no difference, although what it grants is remembered and not confirmed yet.
  for (const sent of [{ json: {} }, { json: {}, token: buyer.token }]) {
    const path = `${API}/payments/stripe/webhook`;
    const webhook = await callWith({ PAYMENT_PROVIDER: "stripe" }, "POST", path, sent);
    expect([webhook.status, JSON.parse(webhook.text).type]).toEqual([503, "/problems/unavailable"]);
  }
});
