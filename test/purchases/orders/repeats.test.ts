// A response that was lost: the request is repeated, with and without a key, and nothing happens twice.
import { describe, expect, it } from "vitest";
import { API, call, costOf } from "../../support/client.ts";
import { change } from "../../support/change.ts";
import { count } from "../../support/d1.ts";
import { callWithStripe, linkedOrder, orderedBooks, takeOrder } from "../../support/orders.ts";
import { stripeRequests } from "../../support/stripe.ts";

const keyed = (key: string) => ({ "idempotency-key": key });

describe("a repeated request", () => {
  it("for an order returns the order as it is now", async () => {
    const { shop, book } = await orderedBooks();
    const { token } = shop.admin;
    const first = await takeOrder(token, book.id, {}, keyed("k"));
    await call("POST", `${API}/purchases/${first.body.id}/confirm`, { token });
    const again = await takeOrder(token, book.id, {}, keyed("k"));
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect(again.body).toMatchObject({ id: first.body.id, status: "completed" });
    expect(costOf(again).queries).toBe(2);
    const other = await takeOrder(token, book.id, { note: "Urgent" }, keyed("k"));
    expect(other.body.type).toBe("/problems/idempotency-mismatch");
  });

  it("for a cancellation returns the cancelled order, and is a replay under a key", async () => {
    const { shop, book, id } = await orderedBooks();
    const send = (json: object) =>
      call("POST", `${API}/orders/${id}/cancel`, { token: shop.admin.token, headers: keyed("k"), json });
    const answers = await Promise.all(Array.from({ length: 10 }, () => send({ reason: "late" })));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect((await send({ reason: "late" })).headers.get("idempotent-replayed")).toBe("true");
    expect((await send({ reason: "early" })).body.type).toBe("/problems/idempotency-mismatch");
    expect(await count("SELECT stock / 1000 n FROM products WHERE id = ?", book.id)).toBe(10);
    expect(
      await count(
        "SELECT count(*) n FROM events WHERE tenant_id = ? AND type = 'sale.cancelled'",
        shop.tenant.id,
      ),
    ).toBe(1);
  });

  it("for a new link makes one, also ten times at once", async () => {
    const { shop, id } = await linkedOrder();
    await change(
      "UPDATE order_details SET link_expires_at = '2026-01-01T00:00:00.000Z' WHERE sale_id = ?",
      id,
    );
    const send = () =>
      callWithStripe("POST", `${API}/orders/${id}/payment-link`, {
        token: shop.admin.token,
        headers: keyed("k"),
      });
    const answers = await Promise.all(Array.from({ length: 10 }, send));
    expect(new Set(answers.map(({ body }) => body.payment.url)).size).toBe(1);
    expect((await send()).headers.get("idempotent-replayed")).toBe("true");
    expect((await stripeRequests(`${id}:`)).every(({ key }) => key.endsWith(`${id}:1`))).toBe(true);
    expect(
      await count(
        "SELECT count(*) n FROM audit_log WHERE entity_id = ? AND action = 'purchase.link_renewed'",
        id,
      ),
    ).toBe(1);
  });
});
