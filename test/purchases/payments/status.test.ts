// A pending purchase is completed or cancelled once, by whichever comes first, in both orders.
import { describe, expect, it } from "vitest";
import { cancelExpired, cancelPurchase } from "../../../src/purchases/cancel.ts";
import { confirmPurchase, recordPayment } from "../../../src/purchases/payments/receive.ts";
import type { Base, UserCtx } from "../../../src/platform/context.ts";
import { change } from "../../support/change.ts";
import { API, call, costOf } from "../../support/client.ts";
import { between, count, failureOf, rowsOf } from "../../support/d1.ts";
import { failuresDuring } from "../../support/logged-failures.ts";
import { bookshop, buyOne, confirm, putInCart, checkOut } from "../../support/purchases.ts";
import {
  base,
  newPerson,
  newProduct,
  newShop,
  sellOne,
  type Person,
  type Shop,
} from "../../support/shops.ts";
import { countByStatus } from "../../support/count-by-status.ts";

const cancel = (token: string, id: string) => call("POST", `${API}/purchases/${id}/cancel`, { token });

/** A pending purchase of two books from a stock of ten. */
async function pendingPurchase() {
  const { shop, buyer, book } = await bookshop();
  const { body } = await buyOne(buyer.token, book.id, 2);
  const id: string = body.id;
  const minutesLater = (minutes: number) => base(new Date(Date.now() + minutes * 60_000));
  const pay = (ctx: Base = base()) =>
    recordPayment(
      { ...ctx, tenant: shop.tenant, actor: null },
      { saleId: id, ref: "pi_1", amount: 2000, currency: "EUR" },
    );
  return { shop, buyer, book, id, minutesLater, pay };
}

/** Everything that a change of a purchase affects. */
async function stateOf(shop: Shop, book: { id: string }) {
  const events = await rowsOf(
    "SELECT type FROM events WHERE tenant_id = ? AND type <> 'purchase.placed' AND type NOT LIKE 'product.%' ORDER BY id",
    shop.tenant.id,
  );
  return {
    status: (await rowsOf("SELECT status FROM sales WHERE tenant_id = ?", shop.tenant.id)).map(
      (row) => row["status"],
    ),
    stock: await count("SELECT stock / 1000.0 n FROM products WHERE id = ?", book.id),
    moves: await count("SELECT sum(delta) / 1000.0 n FROM stock_moves WHERE product_id = ?", book.id),
    events: events.map((row) => row["type"]),
    payments: (
      await rowsOf("SELECT status FROM payments WHERE tenant_id = ? ORDER BY id", shop.tenant.id)
    ).map((row) => row["status"]),
  };
}

/** Stores pending purchases whose hold ends now. */
const holdMany = (shop: Shop, buyer: Person, purchases: number) =>
  change(
    `INSERT INTO sales (tenant_id, id, kind, channel, status, customer_id, number, total, units, lines, placed_at, day,
        hold_expires_at, created_at)
      SELECT ?1, 'held' || value, 'sale', 'online', 'pending', ?2, 20000 + value, 0, 0, 0, ?3, '2026-01-01', ?3, ?3 FROM json_each(?4)`,
    shop.tenant.id,
    buyer.id,
    new Date().toISOString(),
    JSON.stringify(Array.from({ length: purchases }, (_, index) => index)),
  );

const isCancelled = { status: ["cancelled"], stock: 10, moves: 10, events: ["sale.cancelled"], payments: [] };
const isPaid = {
  status: ["completed"],
  stock: 8,
  moves: 8,
  events: ["sale.completed"],
  payments: ["received"],
};
const isPaidLate = {
  ...isCancelled,
  events: ["sale.cancelled", "payment.refund_due"],
  payments: ["refund_due"],
};

describe("a pending purchase", () => {
  it("of kilograms of what is now counted in pieces is cancelled, and nothing of it returns to stock", async () => {
    const { shop, buyer, book } = await bookshop({ unit: "kg" });
    const [part, whole] = [await buyOne(buyer.token, book.id, 0.35), await buyOne(buyer.token, book.id, 2)];
    await change("UPDATE products SET stock = 9000, unit = 'piece' WHERE id = ?", book.id);
    for (const { body } of [part, whole]) expect((await cancel(buyer.token, body.id)).status).toBe(200);
    expect(await stateOf(shop, book)).toMatchObject({ status: ["cancelled", "cancelled"], stock: 9 });
  });

  it("is cancelled by its buyer: its goods return to stock, and a second cancellation changes nothing", async () => {
    const { shop, buyer, book, id } = await pendingPurchase();
    const first = await cancel(buyer.token, id);
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({ id, status: "cancelled", payment: { status: "cancelled" } });
    const again = await cancel(buyer.token, id);
    expect([again.status, again.body]).toEqual([200, first.body]);
    expect(await stateOf(shop, book)).toEqual(isCancelled);
  });

  it("that was cancelled before its bank transfer arrived is not confirmed: the payment is recorded once, with a refund due", async () => {
    const { shop, buyer, book, id } = await pendingPurchase();
    await cancel(buyer.token, id);
    const responses = await Promise.all([confirm(shop, id), confirm(shop, id), confirm(shop, id)]);
    for (const { body } of [...responses, await confirm(shop, id)])
      expect(body).toMatchObject({
        type: "/problems/not-confirmable",
        status: 409,
        detail: expect.stringContaining("refund due"),
      });
    expect(await stateOf(shop, book)).toEqual(isPaidLate);
    const due = await call("GET", `${API}/payments?status=refund_due`, { token: shop.admin.token });
    expect(due.body.data).toMatchObject([
      { sale_id: id, provider: "manual", amount: 2000, currency: "EUR", actor_id: shop.admin.id },
    ]);
    const back = () =>
      call("POST", `${API}/payments/${due.body.data[0].id}/refund`, { token: shop.admin.token });
    const refunded = [await back(), await back()];
    expect(refunded.map(({ status, body }) => [status, body.status, body.refunded])).toEqual([
      [200, "refunded", 2000],
      [200, "refunded", 2000],
    ]);
  });

  it("that was cancelled is not confirmed for cash either, though the shop takes cash only on shift", async () => {
    const { shop, buyer, book, id } = await pendingPurchase();
    await change("UPDATE tenants SET require_shift_to_sell = 1 WHERE id = ?", shop.tenant.id);
    await cancel(buyer.token, id);
    const { body } = await call("POST", `${API}/purchases/${id}/confirm`, {
      token: shop.admin.token,
      json: { payment_method: "cash" },
    });
    expect(body.type).toBe("/problems/not-confirmable");
    expect(await stateOf(shop, book)).toEqual(isPaidLate);
  });

  it("that was cancelled owes the cash that was taken for it, rounded to the coins of the shop", async () => {
    const { shop, buyer, book } = await bookshop({ price: 1003 });
    await change("UPDATE tenants SET cash_rounding = 5 WHERE id = ?", shop.tenant.id);
    const { body } = await buyOne(buyer.token, book.id, 1, { payment_method: "cash" });
    await cancel(buyer.token, body.id);
    expect((await confirm(shop, body.id)).body.type).toBe("/problems/not-confirmable");
    expect(await rowsOf("SELECT amount, status FROM payments WHERE sale_id = ?", body.id)).toEqual([
      { amount: 1005, status: "refund_due" },
    ]);
  });

  it("whose late payment cannot be recorded fails, so that its staff do not believe that it is", async () => {
    const { shop, buyer, id } = await pendingPurchase();
    await cancel(buyer.token, id);
    const broken = between(shop.admin.ctx(), {
      before: (nth) => {
        if (nth === 3) throw new TypeError("a bug");
      },
    });
    expect(await failureOf(confirmPurchase(broken, id))).toBeInstanceOf(TypeError);
  });

  it("whose payment cannot be recorded now fails, so that it is reported again", async () => {
    const { shop, id, pay } = await pendingPurchase();
    const failing = (nth: number) =>
      between(shop.admin.ctx(), {
        before: (sent) => {
          if (sent === nth) throw new TypeError("a bug");
        },
      });
    expect(await failureOf(pay(failing(1)))).toBeInstanceOf(TypeError);
    await change("UPDATE tenants SET cash_rounding = 5 WHERE id = ?", shop.tenant.id);
    expect(await failureOf(confirmPurchase(failing(3), id, "cash"))).toBeInstanceOf(TypeError);
    await change("UPDATE sales SET status = 'cancelled' WHERE id = ?", id);
    expect(await failureOf(pay(failing(1)))).toBeInstanceOf(TypeError);
  });

  it("passes its number on to what follows its completion, whoever takes the payment", async () => {
    const completions: ((ctx: UserCtx, id: string) => Promise<unknown>)[] = [
      (ctx, id) => confirmPurchase(ctx, id),
      (ctx, id) => confirmPurchase(ctx, id, "cash"),
      (ctx, id) =>
        recordPayment({ ...ctx, actor: null }, { saleId: id, ref: "pi_1", amount: 2000, currency: "EUR" }),
    ];
    for (const complete of completions) {
      const { shop, id } = await pendingPurchase();
      await change("UPDATE tenants SET cash_rounding = 5 WHERE id = ?", shop.tenant.id);
      const ctx = shop.admin.ctx();
      await complete(ctx, id);
      expect(ctx.outbox).toMatchObject([{ type: "sale.completed", number: "A-10001" }]);
    }
  });

  it("that is paid late is judged by its own state, not by that of another purchase", async () => {
    const { shop, buyer, book, id, pay } = await pendingPurchase();
    const other = await buyOne(buyer.token, book.id);
    await cancel(buyer.token, other.body.id);
    await pay();
    expect((await confirm(shop, id)).body.detail).toContain("already paid");
    const late = await call("POST", `${API}/purchases/${other.body.id}/confirm`, {
      token: shop.admin.token,
      json: { expected_total: 1 },
    });
    expect(late.body).toMatchObject({ type: "/problems/not-confirmable" });
    expect(late.body.detail).toContain("refund due");
    const due =
      "SELECT payload ->> 'sale_id' AS sale_id FROM events WHERE tenant_id = ? AND type = 'payment.refund_due'";
    expect(await rowsOf(due, shop.tenant.id)).toEqual([{ sale_id: other.body.id }]);
    const { body } = await call("GET", `${API}/payments`, { token: shop.admin.token });
    expect(body.data).toMatchObject([
      { sale_id: other.body.id, number: other.body.number, provider: "manual", status: "refund_due" },
      { sale_id: id, number: "A-10001", provider: "stripe", status: "received" },
    ]);
  });

  it("is completed once by the staff who took the payment", async () => {
    const { shop, buyer, book, id } = await pendingPurchase();
    const first = await confirm(shop, id);
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({ id, status: "completed", total: 2000, payment: { status: "paid" } });
    const again = await confirm(shop, id);
    expect([again.status, again.body]).toEqual([200, first.body]);
    const entries = await rowsOf(
      "SELECT actor_id, before, after FROM audit_log WHERE entity_id = ? AND action = 'purchase.confirmed'",
      id,
    );
    const [payment] = await rowsOf("SELECT id FROM payments WHERE sale_id = ?", id);
    expect(entries).toEqual([
      {
        actor_id: shop.admin.id,
        before: JSON.stringify({ status: "pending" }),
        after: JSON.stringify({ status: "completed", payment_id: payment?.["id"], amount: 2000 }),
      },
    ]);
    expect((await cancel(buyer.token, id)).body.type).toBe("/problems/not-cancellable");
    expect(await stateOf(shop, book)).toEqual(isPaid);
  });

  it("whose cancellation fails by a bug fails by it, because the purchase could be cancelled", async () => {
    const { buyer, id } = await pendingPurchase();
    const broken = between(buyer.ctx(), {
      before: () => {
        throw new TypeError("a bug");
      },
    });
    expect(await failureOf(cancelPurchase(broken, id))).toBeInstanceOf(TypeError);
  });

  it("can be cancelled only by its buyer and by staff, and confirmed only by staff", async () => {
    const { shop, buyer, book, id } = await pendingPurchase();
    const other = await newPerson(shop.tenant, "CUSTOMER");
    expect((await cancel(other.token, id)).status).toBe(404);
    expect((await call("POST", `${API}/purchases/${id}/confirm`, { token: buyer.token })).status).toBe(403);
    const clerk = await newPerson(shop.tenant, "EMPLOYEE");
    expect((await cancel(clerk.token, id)).body).toMatchObject({ id, status: "cancelled" });
    expect(await stateOf(shop, book)).toEqual(isCancelled);
    const { body } = await call("GET", `${API}/audit?action=purchase.cancelled`, { token: shop.admin.token });
    expect(body.data).toMatchObject([{ actor_id: clerk.id, entity_id: id }]);
  });

  it("is in the audit log when staff cancel it for another, and not when they cancel their own", async () => {
    const { shop, book, id } = await pendingPurchase();
    const own = await buyOne(shop.admin.token, book.id);
    expect(own.status).toBe(201);
    for (const each of [own.body.id, id]) expect((await cancel(shop.admin.token, each)).status).toBe(200);
    const { body } = await call("GET", `${API}/audit?action=purchase.cancelled`, { token: shop.admin.token });
    expect(body.data.map((entry: { entity_id: string }) => entry.entity_id)).toEqual([id]);
  });

  it("is none that refunds another, which cannot be cancelled or confirmed", async () => {
    const { shop, buyer, book, id } = await pendingPurchase();
    await confirm(shop, id);
    const { body } = await call("POST", `${API}/sales/${id}/refunds`, {
      token: shop.admin.token,
      json: { items: [{ product_id: book.id, quantity: 1 }], reason: "torn" },
    });
    expect((await cancel(buyer.token, body.id)).status).toBe(404);
    expect((await confirm(shop, body.id)).status).toBe(404);
    expect((await call("GET", `${API}/purchases/${body.id}`, { token: buyer.token })).status).toBe(404);
  });

  it("that staff cancel is an online one: a counter sale is no purchase to them", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop);
    const sale = await sellOne(shop.admin.token, id);
    expect((await cancel(shop.admin.token, sale.body.id)).status).toBe(404);
  });

  it("returns to stock only what it took: a product whose stock was not tracked gets nothing", async () => {
    const { shop, buyer, book } = await bookshop();
    const uncounted = await newProduct(shop);
    await putInCart(buyer.token, uncounted.id);
    await putInCart(buyer.token, book.id);
    const { body } = await checkOut(buyer.token);
    await call("POST", `${API}/products/${uncounted.id}/stock`, {
      token: shop.admin.token,
      json: { count: 5, reason: "count" },
    });
    await cancel(buyer.token, body.id);
    expect(await count("SELECT stock / 1000.0 n FROM products WHERE id = ?", uncounted.id)).toBe(5);
    expect(await count("SELECT stock / 1000.0 n FROM products WHERE id = ?", book.id)).toBe(10);
  });

  it("is confirmed in one round trip, and cancelled in one", async () => {
    const { buyer, book, shop, id } = await pendingPurchase();
    expect(costOf(await confirm(shop, id)).queries).toBe(1);
    const { body } = await buyOne(buyer.token, book.id);
    expect(costOf(await cancel(buyer.token, body.id)).queries).toBe(1);
  });

  it("that many cancel, confirm and pay for at once has one outcome, and the stock matches it", async () => {
    const { shop, buyer, book, id, pay } = await pendingPurchase();
    const [cancels, confirms] = await Promise.all([
      Promise.all(Array.from({ length: 10 }, () => cancel(buyer.token, id))),
      Promise.all(Array.from({ length: 10 }, () => confirm(shop, id))),
      Promise.all(Array.from({ length: 5 }, () => pay())),
    ]);
    const { status, stock, moves, payments } = await stateOf(shop, book);
    expect([status[0], stock, moves]).toEqual(
      status[0] === "cancelled" ? ["cancelled", 10, 10] : ["completed", 8, 8],
    );
    const isConfirmed = await count(
      "SELECT count(*) n FROM payments WHERE tenant_id = ? AND provider = 'manual' AND status = 'received'",
      shop.tenant.id,
    );
    expect(countByStatus(cancels)).toEqual({ [status[0] === "cancelled" ? 200 : 409]: 10 });
    expect(countByStatus(confirms)).toEqual({ [isConfirmed ? 200 : 409]: 10 });
    expect(payments.filter((each) => each === "received").length).toBe(status[0] === "cancelled" ? 0 : 1);
    expect(
      await count(
        "SELECT count(*) n FROM payments WHERE provider_ref = 'pi_1' AND tenant_id = ?",
        shop.tenant.id,
      ),
    ).toBe(1);
  });
});

describe("the payment method of a purchase", () => {
  it("is the one that staff confirm, or else that of the checkout", async () => {
    for (const [json, method] of [
      [{ payment_method: "cash" }, "cash"],
      [{}, "card"],
    ] as const) {
      const { shop, id } = await pendingPurchase();
      const path = `${API}/purchases/${id}/confirm`;
      const shift = await call("POST", `${API}/shifts/start`, { token: shop.admin.token });
      const { body } = await call("POST", path, { token: shop.admin.token, json });
      expect(body).toMatchObject({ status: "completed", payment_method: method });
      const report = await call("GET", `${API}/shifts/${shift.body.id}/report`, { token: shop.admin.token });
      expect(report.body.expected_cash).toBe(method === "cash" ? 2000 : 0);
    }
  });

  it("decides whether the payment is in the drawer, also where cash is rounded or the shop has methods of its own", async () => {
    const { shop, buyer, book } = await bookshop();
    const { token } = shop.admin;
    await change(
      `UPDATE tenants SET cash_rounding = 5, payment_methods = '[{"method":"voucher","name":"Voucher"}]' WHERE id = ?`,
      shop.tenant.id,
    );
    const shift = await call("POST", `${API}/shifts/start`, { token });
    for (const [payment_method, shiftId] of [
      ["cash", shift.body.id],
      ["voucher", null],
    ] as const) {
      const { id } = (await buyOne(buyer.token, book.id)).body;
      await call("POST", `${API}/purchases/${id}/confirm`, { token, json: { payment_method } });
      expect(await rowsOf("SELECT status, payment_method, shift_id FROM sales WHERE id = ?", id)).toEqual([
        { status: "completed", payment_method, shift_id: shiftId },
      ]);
    }
  });

  it("that a provider has taken is not one that staff confirm, whatever they confirmed before", async () => {
    const { shop, buyer, book, id, pay } = await pendingPurchase();
    const other = await buyOne(buyer.token, book.id);
    expect((await confirm(shop, other.body.id)).status).toBe(200);
    await pay();
    expect((await confirm(shop, id)).body.type).toBe("/problems/not-confirmable");
  });

  it("is refused if it is unknown, and the purchase stays pending", async () => {
    const { shop, book, id } = await pendingPurchase();
    for (const json of [{ payment_method: "gold" }, { method: "cash" }]) {
      const answer = await call("POST", `${API}/purchases/${id}/confirm`, { token: shop.admin.token, json });
      expect(answer.status).toBe(422);
    }
    expect((await stateOf(shop, book)).status).toEqual(["pending"]);
  });
});

describe("cash in a shop that sells only on shift", () => {
  /** A pending purchase in a shop that sells only on shift. */
  const held = async (payment_method: string) => {
    const { shop, buyer, book } = await bookshop();
    await change("UPDATE tenants SET require_shift_to_sell = 1 WHERE id = ?", shop.tenant.id);
    const { body } = await buyOne(buyer.token, book.id, 2, { payment_method });
    const id: string = body.id;
    return { shop, book, id };
  };
  const startShift = (shop: Shop) =>
    call("POST", `${API}/shifts/start`, { token: shop.admin.token, json: {} });

  it("is not confirmed by staff without an open shift, and is in the drawer of staff with one", async () => {
    const { shop, book, id } = await held("cash");
    for (const rounding of [1, 5]) {
      await change("UPDATE tenants SET cash_rounding = ? WHERE id = ?", rounding, shop.tenant.id);
      expect((await confirm(shop, id)).body).toMatchObject({ type: "/problems/no-open-shift", status: 409 });
      expect(await stateOf(shop, book)).toMatchObject({ status: ["pending"], payments: [], events: [] });
    }
    const shift = await startShift(shop);
    expect((await confirm(shop, id)).status).toBe(200);
    expect(await rowsOf("SELECT shift_id FROM sales WHERE id = ?", id)).toEqual([
      { shift_id: shift.body.id },
    ]);
  });

  it("is rejected though the shift ended only a moment ago; a bank transfer needs no shift", async () => {
    const { shop, id } = await held("cash");
    await startShift(shop);
    const late = between(shop.admin.ctx(), {
      before: async () => {
        await call("POST", `${API}/shifts/end`, { token: shop.admin.token, json: {} });
      },
    });
    expect(await failureOf(confirmPurchase(late, id))).toMatchObject({ slug: "no-open-shift", status: 409 });
    const other = await held("transfer");
    expect((await confirm(other.shop, other.id)).status).toBe(200);
  });
});

describe("a hold that expires", () => {
  it("cancels the purchase and returns its goods to stock, not early and not twice", async () => {
    const { shop, book, minutesLater } = await pendingPurchase();
    await cancelExpired(minutesLater(29));
    expect((await stateOf(shop, book)).status).toEqual(["pending"]);
    await Promise.all([
      cancelExpired(minutesLater(31)),
      cancelExpired(minutesLater(31)),
      cancelExpired(minutesLater(31)),
    ]);
    await cancelExpired(minutesLater(32));
    expect(await stateOf(shop, book)).toEqual(isCancelled);
  });

  it("leaves a paid purchase alone", async () => {
    const { shop, book, id, minutesLater } = await pendingPurchase();
    await confirm(shop, id);
    await cancelExpired(minutesLater(31));
    expect(await stateOf(shop, book)).toEqual(isPaid);
  });

  it("also ends in a shop that was closed meanwhile, and a payment that arrives for it is recorded", async () => {
    const { shop, book, minutesLater, pay } = await pendingPurchase();
    await change("UPDATE tenants SET is_active = 0 WHERE id = ?", shop.tenant.id);
    await cancelExpired(minutesLater(31));
    await pay();
    expect(await stateOf(shop, book)).toEqual(isPaidLate);
  });

  it("is looked for again at once only after a full page of twenty", async () => {
    // Those of other tests.
    await change("UPDATE sales SET status = 'cancelled' WHERE status = 'pending'");
    const { shop, buyer, minutesLater } = await pendingPurchase();
    const after = minutesLater(31);
    expect(await cancelExpired(after)).toBeNull();
    await holdMany(shop, buyer, 21);
    expect([await cancelExpired(after), await cancelExpired(after)]).toEqual(["", null]);
    expect(await rowsOf("SELECT DISTINCT status FROM sales WHERE tenant_id = ?", shop.tenant.id)).toEqual([
      { status: "cancelled" },
    ]);
  });

  it("is tried again by the next run, and not at once, where all fail; one that fails does not keep the others", async () => {
    await change("UPDATE sales SET status = 'cancelled' WHERE status = 'pending'");
    const { shop, buyer } = await bookshop();
    await holdMany(shop, buyer, 20);
    const failing = (fails: (nth: number) => boolean) =>
      between(base(new Date(Date.now() + 1000)), {
        before: (nth) => {
          if (fails(nth)) throw new Error("D1 is down");
        },
      });
    const results: (string | null)[] = [];
    const failures = await failuresDuring(async () => {
      results.push(await cancelExpired(failing(() => true)));
      results.push(await cancelExpired(failing((nth) => nth === 1)));
    });
    expect(results).toEqual([null, ""]);
    expect(failures).toEqual(Array.from({ length: 21 }, () => "hold"));
    expect(
      await count("SELECT count(*) n FROM sales WHERE tenant_id = ? AND status = 'pending'", shop.tenant.id),
    ).toBe(1);
  });

  it("is looked for again at once after a full page of purchases that were settled meanwhile", async () => {
    await change("UPDATE sales SET status = 'cancelled' WHERE status = 'pending'");
    const { shop, buyer } = await bookshop();
    await holdMany(shop, buyer, 20);
    const ctx = between(base(new Date(Date.now() + 1000)), {
      before: async (nth) => {
        if (nth === 1)
          await change("UPDATE sales SET status = 'cancelled' WHERE tenant_id = ?", shop.tenant.id);
      },
    });
    const results: (string | null)[] = [];
    expect(await failuresDuring(async () => void results.push(await cancelExpired(ctx)))).toEqual([]);
    expect(results).toEqual([""]);
  });

  it("of many purchases in several shops cancels them all, and costs nothing if there are none", async () => {
    const [first, second] = [await pendingPurchase(), await pendingPurchase()];
    await buyOne(first.buyer.token, first.book.id);
    await cancelExpired(first.minutesLater(31));
    expect((await stateOf(first.shop, first.book)).stock).toBe(10);
    expect(await stateOf(second.shop, second.book)).toEqual(isCancelled);
    const idle = first.minutesLater(31);
    await cancelExpired(idle);
    expect(idle.db.cost).toMatchObject({ queries: 1, written: 0 });
    expect(idle.db.cost.read).toBeLessThanOrEqual(1);
  });
});

// Each pair in both orders: the second request reads the purchase as pending, and the first commits before its batch.
describe("at the same moment", () => {
  const atBatch = <C extends Base>(ctx: C, write: () => Promise<unknown>, nth = 1): C =>
    between(ctx, {
      before: async (sent) => {
        if (sent === nth) await write();
      },
    });

  it("a payment precedes the expiry: the purchase is paid, and the goods stay sold", async () => {
    const { shop, book, minutesLater, pay } = await pendingPurchase();
    const expiry = () => cancelExpired(atBatch(minutesLater(31), () => pay()));
    expect(await failuresDuring(expiry)).toEqual([]);
    expect(await stateOf(shop, book)).toEqual(isPaid);
  });

  it("the expiry precedes a payment: the purchase is cancelled, and a refund is due", async () => {
    const { shop, book, minutesLater, pay } = await pendingPurchase();
    await pay(atBatch(base(), () => cancelExpired(minutesLater(31))));
    expect(await stateOf(shop, book)).toEqual(isPaidLate);
  });

  it("a payment precedes the buyer's cancellation: the purchase is paid, and the cancellation is rejected", async () => {
    const { shop, buyer, book, id, pay } = await pendingPurchase();
    const failed = await failureOf(
      cancelPurchase(
        atBatch(buyer.ctx(), () => pay()),
        id,
      ),
    );
    expect(failed).toMatchObject({ slug: "not-cancellable" });
    expect(await stateOf(shop, book)).toEqual(isPaid);
  });

  it("the buyer's cancellation precedes a payment: the purchase is cancelled, and a refund is due", async () => {
    const { shop, buyer, book, id, pay } = await pendingPurchase();
    await pay(atBatch(base(), () => cancel(buyer.token, id)));
    expect(await stateOf(shop, book)).toEqual(isPaidLate);
  });

  it("the buyer's cancellation and the expiry return the goods once", async () => {
    const { shop, buyer, book, id, minutesLater } = await pendingPurchase();
    await cancelExpired(atBatch(minutesLater(31), () => cancel(buyer.token, id)));
    expect(await stateOf(shop, book)).toEqual(isCancelled);
    const other = await pendingPurchase();
    const late = atBatch(other.buyer.ctx(), () => cancelExpired(other.minutesLater(31)));
    expect((await cancelPurchase(late, other.id)).value).toMatchObject({ status: "cancelled" });
    expect(await stateOf(other.shop, other.book)).toEqual(isCancelled);
  });

  it("a confirmation and a cancellation have one outcome, in both orders", async () => {
    const { shop, buyer, book, id } = await pendingPurchase();
    const late = atBatch(shop.admin.ctx(), () => cancel(buyer.token, id));
    expect(await failureOf(confirmPurchase(late, id))).toMatchObject({ slug: "not-confirmable" });
    expect(await stateOf(shop, book)).toEqual(isPaidLate);
    const other = await pendingPurchase();
    const slow = atBatch(other.buyer.ctx(), () => confirm(other.shop, other.id));
    expect(await failureOf(cancelPurchase(slow, other.id))).toMatchObject({ slug: "not-cancellable" });
    expect(await stateOf(other.shop, other.book)).toEqual(isPaid);
  });

  it("a confirmation and a payment complete the purchase once, and a refund of the second payment is due", async () => {
    const { shop, book, id, pay } = await pendingPurchase();
    await pay(atBatch(base(), () => confirm(shop, id)));
    expect(await stateOf(shop, book)).toEqual({
      ...isPaid,
      events: ["sale.completed", "payment.refund_due"],
      payments: expect.toSatisfy((all: string[]) => all.toSorted().join() === "received,refund_due"),
    });
  });

  it("a payment that is reported twice is recorded once, also if it is late", async () => {
    const { shop, book, pay } = await pendingPurchase();
    await pay(atBatch(base(), () => pay()));
    await pay();
    expect(await stateOf(shop, book)).toEqual(isPaid);
    const other = await pendingPurchase();
    await cancel(other.buyer.token, other.id);
    await Promise.all([other.pay(), other.pay(), other.pay()]);
    expect(await stateOf(other.shop, other.book)).toEqual(isPaidLate);
  });
});
