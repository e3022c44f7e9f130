// What an order and its link depend on, one condition at a time.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { cancelExpired } from "../../src/purchases/cancel.ts";
import { renewLink } from "../../src/purchases/orders/payment-link.ts";
import { personalData } from "../../src/purchases/personal-data.ts";
import { agreedDiscounts, checkedHold, isPayable } from "../../src/purchases/orders/terms.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { rowsOf } from "../support/d1.ts";
import { byLink, guestShop } from "../support/guests.ts";
import {
  cancelOrder,
  changeOrder,
  linkedOrder,
  orderedBooks,
  readOrder,
  takeOrder,
} from "../support/orders.ts";
import { bookshop, confirm } from "../support/purchases.ts";
import { base, newProduct, newShop, sellOne } from "../support/shops.ts";
import { withStripe } from "../support/stripe.ts";

/** The order of a guest, and the token of its link. */
async function guestOrder() {
  const { shop, book, guest } = await guestShop();
  await guest.put(book.id);
  const { body } = await guest.checkOut();
  return { shop, id: String(body.id), token: String(body.order_token) };
}

describe("the link of an order", () => {
  it("is of one shop, whichever the request names", async () => {
    const { shop, id, token } = await guestOrder();
    const other = await newShop();
    const read = (slug: string) => byLink("GET", `/purchases/${id}`, token, { "x-tenant": slug });
    expect((await read(shop.tenant.slug)).status).toBe(200);
    const { status, body } = await read(other.tenant.slug);
    expect([status, body.type]).toEqual([404, "/problems/unknown-order"]);
  });

  it("ends with its shop", async () => {
    const { shop, id, token } = await guestOrder();
    await change("UPDATE tenants SET is_active = 0 WHERE id = ?", shop.tenant.id);
    const { status, body } = await byLink("GET", `/purchases/${id}`, token);
    expect([status, body.type]).toEqual([404, "/problems/unknown-order"]);
  });
});

/** Until when the payment link of an order is valid. */
const linkedUntil = async (id: string) =>
  (await rowsOf("SELECT link_expires_at FROM order_details WHERE sale_id = ?", id))[0]?.["link_expires_at"];

describe("an order", () => {
  it("loses its address where staff remove it", async () => {
    const address = { name: "Ana", lines: ["Calle 1"], city: "Madrid", postal_code: "28013", country: "ES" };
    const { shop, id } = await orderedBooks({ shipping_address: address });
    expect((await readOrder(shop.admin.token, id)).body.shipping_address).toMatchObject({ city: "Madrid" });
    expect((await changeOrder(shop.admin.token, id, { shipping_address: null })).status).toBe(200);
    expect((await readOrder(shop.admin.token, id)).body.shipping_address).toBeNull();
  });

  it("loses its note where staff remove it beside the discount, and keeps it where they do not name it", async () => {
    const { shop, id } = await orderedBooks({ note: "Ring twice" });
    const noteAfter = async (fields: object): Promise<unknown> =>
      (await changeOrder(shop.admin.token, id, { discount: null, ...fields })).body.note;
    expect([await noteAfter({}), await noteAfter({ note: null })]).toEqual(["Ring twice", null]);
  });

  it("is not changed with an approval that is none, whatever changes", async () => {
    const { shop, id } = await orderedBooks();
    const approval = { user_id: shop.admin.id, pin: "0000" };
    const { status } = await changeOrder(shop.admin.token, id, { note: "Ring twice", approval });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect((await readOrder(shop.admin.token, id)).body.note).toBeNull();
  });

  it("keeps its payment link where other goods make the same total", async () => {
    const { shop, id } = await linkedOrder();
    const other = await newProduct(shop, { price: 1000, stock: 9 });
    const terms = () => rowsOf("SELECT payment_no, link_expires_at FROM order_details WHERE sale_id = ?", id);
    const before = await terms();
    const items = [{ product_id: other.id, quantity: 2 }];
    const { status, text } = await changeOrder(shop.admin.token, id, { items });
    expect(status, text).toBe(200);
    expect(await terms()).toEqual(before);
  });

  it.each([
    { name: "is free", currency: "EUR", item: { quantity: 2, unit_price: 0 } },
    {
      name: "has a total that the provider cannot take",
      currency: "KWD",
      item: { quantity: 1, unit_price: 1005 },
    },
  ])("loses its payment link where it $name", async ({ currency, item }) => {
    const { shop, book, id } = await linkedOrder({}, currency);
    expect(await linkedUntil(id)).toEqual(expect.any(String));
    const items = [{ product_id: book.id, ...item }];
    const { status, text } = await changeOrder(shop.admin.token, id, { items });
    expect(status, text).toBe(200);
    expect(JSON.parse(text).payment).toMatchObject({ provider: "manual", url: null, error: null });
    expect(await linkedUntil(id)).toBeNull();
  });

  it("has a new payment link where the old one is not valid for more than an hour", async () => {
    const { shop, id } = await linkedOrder();
    const ctx = { ...shop.admin.ctx(), env: { ...env, ...withStripe } };
    const renewedWith = async (left: number) => {
      const until = new Date(ctx.now.getTime() + left).toISOString();
      await change("UPDATE order_details SET link_expires_at = ? WHERE sale_id = ?", until, id);
      await renewLink(ctx, id, undefined);
      return (await linkedUntil(id)) !== until;
    };
    const hold = async () => (await readOrder(shop.admin.token, id)).body.hold_expires_at;
    const before = await hold();
    expect([await renewedWith(3_600_001), await renewedWith(3_600_000)]).toEqual([false, true]);
    // It is held longer than the new link is valid.
    expect(await hold()).toBe(before);
  });

  it("is none that was sold over the counter", async () => {
    const { shop, book } = await orderedBooks();
    const { token } = shop.admin;
    const { id } = (await sellOne(token, book.id)).body;
    const answers = [
      await readOrder(token, id),
      await changeOrder(token, id, { note: "Ring twice" }),
      await changeOrder(token, id, { discount: { percent: 10, reason: "late" } }),
      await call("POST", `${API}/orders/${id}/payment-link`, { token }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  });

  it("is none that refunds another", async () => {
    const { shop, id } = await orderedBooks();
    await change("UPDATE sales SET kind = 'refund' WHERE id = ?", id);
    expect((await readOrder(shop.admin.token, id)).status).toBe(404);
    expect((await confirm(shop, id)).status).toBe(404);
  });

  it("is read and cancelled, too, if it names no provider of payments", async () => {
    const { shop, id } = await orderedBooks();
    await change("UPDATE sales SET payment_provider = NULL WHERE id = ?", id);
    expect((await readOrder(shop.admin.token, id)).body.payment).toMatchObject({
      provider: "manual",
      status: "pending",
    });
    const { status, body } = await cancelOrder(shop.admin.token, id);
    expect([status, body.status]).toEqual([200, "cancelled"]);
  });

  it("is cancelled at the instant at which it is no longer held", async () => {
    const { id } = await orderedBooks();
    const at = new Date(Date.now() + 60_000);
    await change("UPDATE sales SET hold_expires_at = ? WHERE id = ?", at.toISOString(), id);
    const status = async (ms: number) => {
      await cancelExpired(base(new Date(ms)));
      return (await rowsOf("SELECT status FROM sales WHERE id = ?", id))[0]?.["status"];
    };
    expect([await status(at.getTime() - 1), await status(at.getTime())]).toEqual(["pending", "cancelled"]);
  });
});

it("an erasure removes the notes of a customer's orders from where its last batch ended", async () => {
  const { shop, buyer, book } = await bookshop();
  const take = async (note: string) => {
    const { body } = await takeOrder(shop.admin.token, book.id, {
      customer: undefined,
      customer_id: buyer.id,
      note,
    });
    return body;
  };
  const first = await take("Ring twice");
  await take("Leave it outside");
  const after = JSON.stringify([first.day, first.placed_at, first.id]);
  const person = { tenant_id: shop.tenant.id, user_id: buyer.id, email: buyer.email };
  const ctx = base();
  const batch = await personalData.steps?.["orders"]?.(ctx, { ...person, after });
  expect(batch?.after).toBeNull();
  await ctx.db.batch(batch?.statements ?? []);
  const notes = "SELECT note FROM order_details WHERE tenant_id = ? ORDER BY sale_id";
  expect(await rowsOf(notes, shop.tenant.id)).toEqual([{ note: "Ring twice" }, { note: null }]);
});

it("the cursor of a list of orders is not one of a search", async () => {
  const { shop, book } = await orderedBooks();
  await takeOrder(shop.admin.token, book.id);
  const list = (query: string) => call("GET", `${API}/orders?limit=1${query}`, { token: shop.admin.token });
  const { body } = await list("");
  const answer = await list(`&q=Bego%C3%B1a&cursor=${body.next_cursor}`);
  expect([answer.status, answer.body.type]).toEqual([422, "/problems/invalid-cursor"]);
});

it("a total is paid at Stripe from the smallest unit that it takes", async () => {
  const shop = await newShop();
  const payable = (currency: string, total: number) =>
    isPayable({ ...shop.admin.ctx(), tenant: { ...shop.tenant, currency } }, "stripe", total);
  expect([0, 1, 5].map((total) => payable("EUR", total))).toEqual([false, true, true]);
  expect([5, 10, 1005, 1010].map((total) => payable("KWD", total))).toEqual([false, true, false, true]);
});

it("the discounts that were agreed are stored by line, and nothing of what has none", () => {
  const half = { percent: 50, reason: "torn" };
  const euro = { amount: 100, reason: "regular" };
  expect(agreedDiscounts([{}, {}], undefined)).toEqual({});
  expect(agreedDiscounts([{}], euro)).toEqual({ order: euro });
  expect(agreedDiscounts([{}, { discount: half }], undefined)).toEqual({ lines: { 2: half } });
});

it("an order is held until any moment from now on, for ninety days at most", async () => {
  const shop = await newShop();
  const ctx = shop.admin.ctx();
  const held = (ms: number) => {
    const requested = new Date(ctx.now.getTime() + ms).toISOString();
    try {
      return checkedHold(ctx, requested) === requested;
    } catch {
      return false;
    }
  };
  const days90 = 90 * 86_400_000;
  expect([0, 1, days90, days90 + 1].map(held)).toEqual([false, true, true, false]);
});
