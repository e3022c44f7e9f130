// A response that was lost: the request is repeated, with and without a key, and nothing happens twice.
import { describe, expect, it } from "vitest";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { count, rowsOf } from "../support/d1.ts";
import { bookshop, buyOne, confirm } from "../support/purchases.ts";
import { deliver, eventOf, pendingPurchase } from "../support/stripe.ts";
import { countByStatus } from "../support/count-by-status.ts";

const changes = [
  { name: "confirm", status: "completed", event: "sale.completed" },
  { name: "cancel", status: "cancelled", event: "sale.cancelled" },
];

describe.each(changes)("a repeated $name of a purchase", ({ name, status, event }) => {
  async function purchase() {
    const { shop, buyer, book } = await bookshop();
    const { body } = await buyOne(buyer.token, book.id);
    const send = (key?: string, id: string = body.id) =>
      call("POST", `${API}/purchases/${id}/${name}`, {
        token: shop.admin.token,
        headers: key === undefined ? {} : { "idempotency-key": key },
      });
    const happened = () =>
      count("SELECT count(*) n FROM events WHERE tenant_id = ? AND type = ?", shop.tenant.id, event);
    return { shop, buyer, book, send, happened };
  }

  it("answers the purchase as it is", async () => {
    const { send, happened } = await purchase();
    const first = await send();
    expect(first.body.status).toBe(status);
    for (const key of [undefined, "later"]) {
      const again = await send(key);
      expect([again.status, again.body]).toEqual([200, first.body]);
      expect(again.headers.get("idempotent-replayed")).toBeNull();
    }
    expect(await happened()).toBe(1);
  });

  it("under a key is a replay, also ten times at once", async () => {
    const { send, happened } = await purchase();
    const answers = await Promise.all(Array.from({ length: 10 }, () => send("k")));
    expect(countByStatus(answers)).toEqual({ 200: 10 });
    const replay = await send("k");
    expect(replay.headers.get("idempotent-replayed")).toBe("true");
    expect(replay.body).toEqual(answers[0]?.body);
    expect(await happened()).toBe(1);
  });

  it("under the key of another purchase is refused", async () => {
    const { buyer, book, send, happened } = await purchase();
    await send("k");
    const other = await buyOne(buyer.token, book.id);
    const answer = await send("k", other.body.id);
    expect(answer.body.type).toBe("/problems/idempotency-mismatch");
    expect(await happened()).toBe(1);
  });
});

it("a repeated confirmation of cash that is rounded is a replay under its key", async () => {
  const { shop, buyer, book } = await bookshop({ price: 1003 });
  await change("UPDATE tenants SET cash_rounding = 5 WHERE id = ?", shop.tenant.id);
  const { body } = await buyOne(buyer.token, book.id);
  const send = () =>
    call("POST", `${API}/purchases/${body.id}/confirm`, {
      token: shop.admin.token,
      json: { payment_method: "cash" },
      headers: { "idempotency-key": "k" },
    });
  const [first, again] = [await send(), await send()];
  expect([first.status, first.body.rounding]).toEqual([200, 2]);
  expect([again.headers.get("idempotent-replayed"), again.body]).toEqual(["true", first.body]);
});

it("a confirmation by another method under the same key is refused, and does not say that it was made", async () => {
  const { shop, buyer, book } = await bookshop();
  const { body } = await buyOne(buyer.token, book.id);
  const send = (payment_method: string) =>
    call("POST", `${API}/purchases/${body.id}/confirm`, {
      token: shop.admin.token,
      json: { payment_method },
      headers: { "idempotency-key": "k" },
    });
  expect((await send("cash")).status).toBe(200);
  expect((await send("transfer")).body.type).toBe("/problems/idempotency-mismatch");
  expect(await rowsOf("SELECT payment_method FROM sales WHERE id = ?", body.id)).toEqual([
    { payment_method: "cash" },
  ]);
});

describe("a conflict", () => {
  it("is not mistaken for a repeat: another method, or a purchase that was paid at Stripe", async () => {
    const { shop, buyer, book } = await bookshop();
    const { body } = await buyOne(buyer.token, book.id);
    await confirm(shop, body.id);
    const { status } = await call("POST", `${API}/purchases/${body.id}/confirm`, {
      token: shop.admin.token,
      json: { payment_method: "cash" },
    });
    expect(status).toBe(409);
    const bought = await pendingPurchase();
    await deliver(eventOf(bought.shop, bought.id, bought.intent));
    const answer = await confirm(bought.shop, bought.id);
    expect(answer.body).toMatchObject({
      type: "/problems/not-confirmable",
      detail: expect.stringContaining("already paid"),
    });
    expect(await rowsOf("SELECT status FROM payments WHERE tenant_id = ?", bought.shop.tenant.id)).toEqual([
      { status: "received" },
    ]);
  });
});
