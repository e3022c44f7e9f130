import { describe, expect, it } from "vitest";
import { refundAtProvider } from "../../../src/purchases/payments/refund-payments.ts";
import { newId } from "../../../src/values/ids.ts";
import { change } from "../../support/change.ts";
import { API, call } from "../../support/client.ts";
import { rowsOf } from "../../support/d1.ts";
import { orderedBooks } from "../../support/orders.ts";
import { bookshop, buyOne, confirm, putInCart } from "../../support/purchases.ts";
import { base, type Shop } from "../../support/shops.ts";
import {
  checkOut,
  deliver,
  eventOf,
  pendingPurchase,
  stripeRequests,
  withStripe,
} from "../../support/stripe.ts";
import { addTwins, changeTwins, twinRows } from "../../support/twins.ts";
import { callWith } from "../../support/variant.ts";

const paymentsOf = ({ tenant }: Shop) =>
  rowsOf("SELECT id, amount, status, refunded_amount FROM payments WHERE tenant_id = ?", tenant.id);

/** An order of 20.00 that was cancelled and then paid, so that a refund is due. */
async function paidLate() {
  const ordered = await orderedBooks();
  const { shop, id } = ordered;
  await call("POST", `${API}/orders/${id}/cancel`, { token: shop.admin.token });
  await confirm(shop, id);
  const [payment] = await paymentsOf(shop);
  return { ...ordered, paymentId: String(payment?.["id"]) };
}

const refund = (shop: Shop, paymentId: string, json?: object) =>
  call("POST", `${API}/payments/${paymentId}/refund`, {
    token: shop.admin.token,
    headers: { "idempotency-key": newId() },
    ...(json ? { json } : {}),
  });

describe("beside shops whose payments have the same ids", () => {
  it("a payment is of the total of this shop's order", async () => {
    const { shop, id } = await orderedBooks();
    await addTwins(shop.tenant);
    await changeTwins("sales", "total = total + 1");
    expect((await confirm(shop, id)).status).toBe(200);
    expect(await paymentsOf(shop)).toMatchObject([{ amount: 2000 }]);
  });

  it("cash is rounded to the coin of this shop", async () => {
    const { shop, buyer, book } = await bookshop({ price: 1003 });
    const { body } = await buyOne(buyer.token, book.id);
    await change("UPDATE tenants SET cash_rounding = 5 WHERE id = ?", shop.tenant.id);
    await addTwins(shop.tenant);
    await change("UPDATE tenants SET cash_rounding = 0 WHERE id <> ?", shop.tenant.id);
    const json = { payment_method: "cash" };
    await call("POST", `${API}/purchases/${body.id}/confirm`, { token: shop.admin.token, json });
    expect(await paymentsOf(shop)).toMatchObject([{ amount: 1005 }]);
  });

  it("a payment of a cancelled order is due back, though theirs is pending", async () => {
    const { shop, id } = await orderedBooks();
    await addTwins(shop.tenant);
    await call("POST", `${API}/orders/${id}/cancel`, { token: shop.admin.token });
    expect((await confirm(shop, id)).body.type).toBe("/problems/not-confirmable");
    expect(await paymentsOf(shop)).toMatchObject([{ amount: 2000, status: "refund_due" }]);
  });

  it("an order that was paid at the provider is not confirmed by staff, though theirs was", async () => {
    const { shop, id } = await orderedBooks();
    await confirm(shop, id);
    await addTwins(shop.tenant);
    await change(
      "UPDATE payments SET provider = 'stripe', provider_ref = 'pi' WHERE tenant_id = ?",
      shop.tenant.id,
    );
    expect((await confirm(shop, id)).body.type).toBe("/problems/not-confirmable");
  });

  it("a refund leaves their payment, and its event has the amount of this shop", async () => {
    const { shop, paymentId } = await paidLate();
    await addTwins(shop.tenant);
    await changeTwins("payments", "amount = amount + 1");
    const before = await twinRows();
    expect((await refund(shop, paymentId)).status).toBe(200);
    expect(await twinRows()).toEqual(before);
    expect(
      await rowsOf(
        "SELECT payload ->> 'amount' amount FROM events WHERE tenant_id = ? AND type = 'payment.refunded'",
        shop.tenant.id,
      ),
    ).toEqual([{ amount: 2000 }]);
  });

  it("a refund of more than is due is refused, though theirs was refunded", async () => {
    const { shop, paymentId } = await paidLate();
    expect((await refund(shop, paymentId, { amount: 500 })).status).toBe(200);
    await addTwins(shop.tenant);
    await changeTwins("payments", "status = 'refunded'");
    const { status, body } = await refund(shop, paymentId, { amount: 2000 });
    expect([status, body.type]).toEqual([409, "/problems/not-refundable"]);
  });

  it("a refund that was just recorded is made at the provider for this shop", async () => {
    const { shop, paymentId } = await paidLate();
    const [event] = await rowsOf(
      "SELECT id FROM events WHERE tenant_id = ? AND type = 'payment.refund_due'",
      shop.tenant.id,
    );
    await change(
      "UPDATE payments SET status = 'refund_due', refunded_amount = 0, attempts = 0 WHERE tenant_id = ?",
      shop.tenant.id,
    );
    await addTwins(shop.tenant);
    await changeTwins("events", "rowid = -rowid, payload = json_set(payload, '$.id', 'other')");
    const before = await twinRows();
    await refundAtProvider(base(), {
      tenant_id: shop.tenant.id,
      event_id: String(event?.["id"]),
    });
    expect(await paymentsOf(shop)).toMatchObject([{ id: paymentId, status: "refunded" }]);
    expect(await twinRows()).toEqual(before);
  });

  it("goods that are given back are refunded from the payment of this shop", async () => {
    const { shop, book, id, intent } = await pendingPurchase();
    await deliver(eventOf(shop, id, intent));
    await addTwins(shop.tenant);
    await changeTwins("payments", "provider_ref = 'pi_twin'");
    await callWith(withStripe, "POST", `${API}/sales/${id}/refunds`, {
      token: shop.admin.token,
      headers: { "idempotency-key": newId() },
      json: { items: [{ product_id: book.id, quantity: 1 }], reason: "torn", restock: false },
    });
    const [due] = await rowsOf(
      "SELECT id FROM payments WHERE tenant_id = ? AND sale_id <> ?",
      shop.tenant.id,
      id,
    );
    const requests = await stripeRequests(String(due?.["id"]));
    expect(requests).not.toEqual([]);
    expect(new Set(requests.map(({ form }) => form["payment_intent"]))).toEqual(new Set([intent]));
  });

  it("a repeated checkout can be paid, though their link has expired", async () => {
    const { shop, buyer, book } = await bookshop();
    await putInCart(buyer.token, book.id);
    const first = await checkOut(buyer.token, {}, "k");
    await addTwins(shop.tenant);
    await change(
      `INSERT INTO order_details (tenant_id, sale_id, payment_no, link_expires_at)
        SELECT tenant_id, id, 1, '2026-01-01' FROM sales WHERE tenant_id <> ? AND id = ? ON CONFLICT DO UPDATE
        SET link_expires_at = excluded.link_expires_at`,
      shop.tenant.id,
      first.body.id,
    );
    expect((await checkOut(buyer.token, {}, "k")).body.payment).toEqual(first.body.payment);
  });
});
