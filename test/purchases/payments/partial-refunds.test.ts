// Staff refund a part of what is due; the rest stays due.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { retryDueRefunds } from "../../../src/purchases/payments/refund-payments.ts";
import { newId } from "../../../src/values/ids.ts";
import { change } from "../../support/change.ts";
import { API, call, costOf } from "../../support/client.ts";
import { rowsOf } from "../../support/d1.ts";
import { bookshop, buyOne, confirm } from "../../support/purchases.ts";
import { base, type Shop } from "../../support/shops.ts";
import {
  deliver,
  eventOf,
  pendingPurchase,
  refundsOf,
  controlStripe,
  stripeRequests,
  withStripe,
} from "../../support/stripe.ts";
import { countByStatus } from "../../support/count-by-status.ts";
import { callWith } from "../../support/variant.ts";

/** A manual payment of 30.00 that arrived after its purchase was cancelled. */
async function duePayment() {
  const { shop, buyer, book } = await bookshop();
  const { body } = await buyOne(buyer.token, book.id, 3);
  await call("POST", `${API}/purchases/${body.id}/cancel`, { token: buyer.token });
  await confirm(shop, body.id);
  const due = await call("GET", `${API}/payments?status=refund_due`, { token: shop.admin.token });
  return { shop, id: String(due.body.data[0].id) };
}

const refund = (shop: Shop, id: string, json?: unknown, key?: string) =>
  callWith(withStripe, "POST", `${API}/payments/${id}/refund`, {
    token: shop.admin.token,
    json,
    headers: key === undefined ? {} : { "idempotency-key": key },
  });

const bodyOf = ({ text }: { text: string }) => JSON.parse(text);

const refundEvents = async (shop: Shop) =>
  (
    await rowsOf(
      "SELECT payload FROM events WHERE tenant_id = ? AND type = 'payment.refunded' ORDER BY id",
      shop.tenant.id,
    )
  ).map(({ payload }) => JSON.parse(String(payload)));

describe("a partial refund of a payment", () => {
  it("leaves the rest due, until that is refunded too", async () => {
    const { shop, id } = await duePayment();
    const first = await refund(shop, id, { amount: 500 });
    expect(first.status).toBe(200);
    expect(bodyOf(first)).toMatchObject({ amount: 3000, refunded: 500, status: "refund_due" });
    const listed = await call("GET", `${API}/payments?status=refund_due`, { token: shop.admin.token });
    expect(listed.body.data).toMatchObject([{ id, refunded: 500 }]);
    expect(bodyOf(await refund(shop, id, { amount: 1000 }))).toMatchObject({ refunded: 1500 });
    expect(bodyOf(await refund(shop, id))).toMatchObject({ refunded: 3000, status: "refunded" });
    expect(await refundEvents(shop)).toMatchObject([
      { refunded: 500, status: "refund_due" },
      { refunded: 1500, status: "refund_due" },
      { refunded: 3000, status: "refunded" },
    ]);
    const audited = await call("GET", `${API}/audit?action=payment.given_back`, { token: shop.admin.token });
    expect(audited.body.data.map(({ after }: { after: unknown }) => after)).toEqual([
      { status: "refunded", amount: 1500 },
      { status: "refund_due", amount: 1000 },
      { status: "refund_due", amount: 500 },
    ]);
  });

  it("never exceeds what is due", async () => {
    const { shop, id } = await duePayment();
    await refund(shop, id, { amount: 2000 });
    const beyond = await refund(shop, id, { amount: 1001 });
    expect(bodyOf(beyond)).toMatchObject({ type: "/problems/not-refundable", status: 409, due: 1000 });
    expect((await refund(shop, id, { amount: 1000 })).status).toBe(200);
    expect(bodyOf(await refund(shop, id, { amount: 1 })).type).toBe("/problems/not-refundable");
    for (const amount of [0, -1, 1.5, "500", null])
      expect((await refund(shop, id, { amount })).status, String(amount)).toBe(422);
  });

  it("of more than is due is refused, though another payment of that amount was refunded", async () => {
    const { shop, buyer, book } = await bookshop();
    for (let nth = 0; nth < 2; nth += 1) {
      const { body } = await buyOne(buyer.token, book.id, 3);
      await call("POST", `${API}/purchases/${body.id}/cancel`, { token: buyer.token });
      await confirm(shop, body.id);
    }
    const { body } = await call("GET", `${API}/payments`, { token: shop.admin.token });
    for (const [refunded, other] of [body.data, body.data.toReversed()]) {
      await refund(shop, refunded.id);
      await change("UPDATE payments SET status = 'refund_due', refunded_amount = 500 WHERE id = ?", other.id);
      const answer = await refund(shop, other.id, { amount: 3000 });
      expect(bodyOf(answer)).toMatchObject({ type: "/problems/not-refundable", due: 2500 });
    }
  });

  it("at Stripe is of a multiple of what Stripe takes, by hand of any amount", async () => {
    const { shop, buyer, book } = await bookshop({ price: 10_000 }, { currency: "KWD" });
    const { body } = await buyOne(buyer.token, book.id);
    for (const [provider, ref] of [
      ["stripe", "pi_kwd"],
      ["manual", null],
    ])
      await change(
        `INSERT INTO payments (tenant_id, id, sale_id, provider, provider_ref, amount, currency, status, created_at)
          VALUES (?, ?, ?, ?, ?, 10000, 'KWD', 'refund_due', '2026-01-01T00:00:00.000Z')`,
        shop.tenant.id,
        newId(),
        body.id,
        provider,
        ref,
      );
    const due = await call("GET", `${API}/payments`, { token: shop.admin.token });
    const [byHand, atStripe] = due.body.data;
    const refused = await refund(shop, atStripe.id, { amount: 1005 });
    expect([refused.status, bodyOf(refused).errors]).toEqual([
      422,
      [{ pointer: "#/amount", detail: "must be a multiple of 10 at this provider" }],
    ]);
    expect(bodyOf(await refund(shop, byHand.id, { amount: 1005 }))).toMatchObject({ refunded: 1005 });
  });

  it("that completed the refund is not repeated: a repeated refund of all returns the payment", async () => {
    const { shop, id } = await duePayment();
    const refunded = await refund(shop, id);
    for (const json of [undefined, {}, { amount: 3000 }]) {
      const again = await refund(shop, id, json);
      expect([again.status, again.text]).toEqual([200, refunded.text]);
    }
    expect(bodyOf(await refund(shop, id, { amount: 2999 })).type).toBe("/problems/not-refundable");
    expect(await refundEvents(shop)).toHaveLength(1);
  });

  it("that ten staff send at once is made as often as it fits", async () => {
    const { shop, id } = await duePayment();
    const answers = await Promise.all(Array.from({ length: 10 }, () => refund(shop, id, { amount: 1200 })));
    const refunds = countByStatus(answers)[200] ?? 0;
    expect(refunds).toBeGreaterThan(0);
    expect(refunds).toBeLessThanOrEqual(2);
    expect(await rowsOf("SELECT refunded_amount FROM payments WHERE id = ?", id)).toEqual([
      { refunded_amount: refunds * 1200 },
    ]);
  });

  it("of all does not use the key of another request, though it would have nothing to do", async () => {
    const { shop, id } = await duePayment();
    expect((await refund(shop, id, { amount: 3000 }, "k")).status).toBe(200);
    expect(bodyOf(await refund(shop, id, {}, "k")).type).toBe("/problems/idempotency-mismatch");
    expect((await refund(shop, id, {}, "other")).status).toBe(200);
  });

  it("is made once under an Idempotency-Key, which another amount may not use", async () => {
    const { shop, id } = await duePayment();
    const first = await refund(shop, id, { amount: 500 }, "k");
    const again = await refund(shop, id, { amount: 500 }, "k");
    expect([again.status, again.headers.get("idempotent-replayed")]).toEqual([200, "true"]);
    expect(again.text).toBe(first.text);
    expect(bodyOf(await refund(shop, id, { amount: 600 }, "k")).type).toBe("/problems/idempotency-mismatch");
    const many = await Promise.all(
      Array.from({ length: 5 }, () => refund(shop, id, { amount: 700 }, "at-once")),
    );
    expect(countByStatus(many)).toEqual({ 200: 5 });
    expect(await rowsOf("SELECT refunded_amount FROM payments WHERE id = ?", id)).toEqual([
      { refunded_amount: 1200 },
    ]);
  });
});

describe("a partial refund at Stripe", () => {
  /** A payment of 20.00 at Stripe that arrived after its purchase was cancelled. */
  async function latePayment(currency = "EUR", received = 2000) {
    const bought = await pendingPurchase(currency);
    await change("UPDATE sales SET status = 'cancelled' WHERE id = ?", bought.id);
    await controlStripe("break", bought.intent);
    const paid = { amount_received: received, currency: currency.toLowerCase() };
    await deliver(eventOf(bought.shop, bought.id, bought.intent, paid));
    await controlStripe("mend", bought.intent);
    const [row] = await rowsOf("SELECT id FROM payments WHERE tenant_id = ?", bought.shop.tenant.id);
    const id = String(row?.["id"]);
    await controlStripe("forget", id);
    return { ...bought, paymentId: id };
  }

  const amountsOf = async (intent: string) =>
    (await refundsOf(intent)).filter(({ status }) => status === "succeeded").map(({ amount }) => amount);

  it("refunds each amount once, and the rest waits for staff", async () => {
    const { shop, intent, paymentId } = await latePayment();
    expect(bodyOf(await refund(shop, paymentId, { amount: 500 }))).toMatchObject({ refunded: 500 });
    await retryDueRefunds({
      ...base(new Date(Date.now() + 3_600_000)),
      env: { ...env, ...withStripe },
    });
    expect(await amountsOf(intent)).toEqual([500]);
    expect(bodyOf(await refund(shop, paymentId))).toMatchObject({ refunded: 2000, status: "refunded" });
    expect(await amountsOf(intent)).toEqual([500, 1500]);
    // Whatever is left at Stripe.
    const [rest] = await stripeRequests(`${paymentId}:500`);
    expect([rest?.form["payment_intent"], rest?.form["amount"]]).toEqual([intent, undefined]);
  });

  it("is not made, nor believed to be, where the payment is not known there", async () => {
    const { shop, intent, paymentId } = await latePayment();
    await change("UPDATE payments SET provider_ref = NULL WHERE id = ?", paymentId);
    expect((await refund(shop, paymentId)).status).toBe(503);
    expect(
      await rowsOf("SELECT status, refunded_amount, last_error FROM payments WHERE id = ?", paymentId),
    ).toEqual([
      {
        status: "refund_due",
        refunded_amount: 0,
        last_error: "a Stripe payment has no payment intent",
      },
    ]);
    expect(await amountsOf(intent)).toEqual([]);
  });

  it("whose record was lost is found at Stripe, whatever amount the next request names", async () => {
    const { shop, intent, paymentId } = await latePayment();
    await refund(shop, paymentId, { amount: 500 });
    await change("UPDATE payments SET refunded_amount = 0 WHERE id = ?", paymentId);
    expect(bodyOf(await refund(shop, paymentId))).toMatchObject({ refunded: 500, status: "refund_due" });
    expect(bodyOf(await refund(shop, paymentId))).toMatchObject({ refunded: 2000, status: "refunded" });
    expect(await amountsOf(intent)).toEqual([500, 1500]);
  });

  it("whose record was lost is recorded in the decimals that the currency has here", async () => {
    // Stripe has two decimals of this currency, which has none.
    const { shop, paymentId } = await latePayment("ISK", 200_000);
    await refund(shop, paymentId, { amount: 500 });
    await change("UPDATE payments SET refunded_amount = 0 WHERE id = ?", paymentId);
    expect(bodyOf(await refund(shop, paymentId))).toMatchObject({ refunded: 500, status: "refund_due" });
  });

  it("that Stripe made for more than is due counts as all that is due", async () => {
    const { shop, intent, paymentId } = await latePayment();
    await refund(shop, paymentId, { amount: 500 });
    await refund(shop, paymentId);
    await change(
      "UPDATE payments SET amount = 1800, refunded_amount = 500, status = 'refund_due' WHERE id = ?",
      paymentId,
    );
    expect(bodyOf(await refund(shop, paymentId))).toMatchObject({ refunded: 1800, status: "refunded" });
    expect(await amountsOf(intent)).toEqual([500, 1500]);
  });

  it("whose record was lost is found at Stripe behind later refunds", async () => {
    const { shop, intent, paymentId } = await latePayment();
    for (const amount of [500, 300]) await refund(shop, paymentId, { amount });
    await change("UPDATE payments SET refunded_amount = 0 WHERE id = ?", paymentId);
    expect(bodyOf(await refund(shop, paymentId))).toMatchObject({ refunded: 500, status: "refund_due" });
    expect(await amountsOf(intent)).toEqual([500, 300]);
  });
});

it("the list of payments reads a page of them, with and without a status", async () => {
  const { shop, id } = await duePayment();
  const [payment] = await rowsOf("SELECT sale_id FROM payments WHERE id = ?", id);
  await change(
    `INSERT INTO payments (tenant_id, id, sale_id, provider, provider_ref, amount, currency, status, created_at)
      SELECT ?1, printf('00000000-0000-7000-8000-%012d', value), ?2, 'stripe', 'pi_' || value, 1, 'EUR', iif(value % 2, 'received', 'refunded'), '2026-01-01T00:00:00.000Z' FROM json_each(?3)`,
    shop.tenant.id,
    payment?.["sale_id"],
    JSON.stringify(Array.from({ length: 60 }, (_, at) => at)),
  );
  for (const query of ["limit=2", "limit=2&status=received"]) {
    const answer = await call("GET", `${API}/payments?${query}`, { token: shop.admin.token });
    expect(answer.body.data).toHaveLength(2);
    expect(costOf(answer).read).toBeLessThan(30);
    const next = await call("GET", `${API}/payments?${query}&cursor=${answer.body.next_cursor}`, {
      token: shop.admin.token,
    });
    const ids = [...answer.body.data, ...next.body.data].map((each: { id: string }) => each.id);
    expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => b.localeCompare(a)));
  }
});
