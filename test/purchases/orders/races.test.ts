// An edit of an order at the same moment as its payment, its expiry, a cancellation and another edit: in both orders exactly one takes
// effect, and neither money nor goods are lost.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Base, UserCtx } from "../../../src/platform/context.ts";
import { cancelExpired, cancelPurchase } from "../../../src/purchases/cancel.ts";
import { changeOrder } from "../../../src/purchases/orders/change.ts";
import { renewLink } from "../../../src/purchases/orders/payment-link.ts";
import { placeOrder } from "../../../src/purchases/orders/place.ts";
import { confirmPurchase, recordPayment } from "../../../src/purchases/payments/receive.ts";
import { forgetOffers } from "../../../src/sales/remembered-offer.ts";
import { change as setInD1 } from "../../support/change.ts";
import { unbalancedSales, unbalancedStock } from "../../support/commerce.ts";
import { countByStatus } from "../../support/count-by-status.ts";
import { between, count, failureOf, rowsOf } from "../../support/d1.ts";
import { cancelOrder, changeOrder as change, takeOrder } from "../../support/orders.ts";
import { bookshop, buyOne, confirm } from "../../support/purchases.ts";
import { base, newProduct, type Shop } from "../../support/shops.ts";
import { withStripe } from "../../support/stripe.ts";

/** `write` happens before the nth batch of the operation: after it has read, and before it writes. */
const beforeBatch = <C extends Base>(ctx: C, nth: number, write: () => Promise<unknown>): C =>
  between(ctx, {
    before: async (sent) => {
      if (sent === nth) await write();
    },
  });

/** A purchase of two books for 20.00 from a stock of ten; an edit makes them three. */
async function purchase() {
  const { shop, buyer, book } = await bookshop();
  const { body } = await buyOne(buyer.token, book.id, 2);
  const id: string = body.id;
  const three = { items: [{ product_id: book.id, quantity: 3000 }] };
  const edit = (ctx = shop.admin.ctx()) => changeOrder(ctx, id, three, "*");
  const editOverHttp = () => change(shop.admin.token, id, { items: [{ product_id: book.id, quantity: 3 }] });
  const late = () => base(new Date(Date.now() + 31 * 60_000));
  const pay = (ctx: Base = base(), amount = 2000, ref = "pi_1") =>
    recordPayment({ ...ctx, tenant: shop.tenant, actor: null }, { saleId: id, ref, amount, currency: "EUR" });
  const field = async (name: string) =>
    (await rowsOf(`SELECT ${name} FROM sales WHERE id = ?`, id))[0]?.[name];
  const state = async () => ({
    status: await field("status"),
    total: await field("total"),
    version: await field("version"),
    stock: await count("SELECT stock / 1000 n FROM products WHERE id = ?", book.id),
    payments: (await rowsOf("SELECT status, amount FROM payments WHERE sale_id = ? ORDER BY id", id)).map(
      (row) => `${String(row["status"])} ${String(row["amount"])}`,
    ),
    unbalanced: await unbalancedStock(shop),
  });
  return { shop, buyer, book, id, edit, editOverHttp, late, pay, state };
}

/** A function that takes an order of a book whose price is not remembered. */
async function orderOfBook() {
  const { shop, buyer, book } = await bookshop();
  const items = [{ product_id: book.id, quantity: 1000 }];
  const newOrder = (ctx: UserCtx) => {
    forgetOffers();
    return placeOrder(ctx, { customer_id: buyer.id, items, payment: "on_delivery" }, undefined);
  };
  return { shop, newOrder };
}

const edited = { status: "pending", total: 3000, version: 2, stock: 7, payments: [], unbalanced: [] };
const paid = {
  status: "completed",
  total: 2000,
  version: 2,
  stock: 8,
  payments: ["received 2000"],
  unbalanced: [],
};
const cancelled = { status: "cancelled", total: 2000, version: 2, stock: 10, payments: [], unbalanced: [] };

describe("an edit at the moment of a payment", () => {
  it("loses if the payment is first", async () => {
    const { shop, edit, pay, state } = await purchase();
    const failed = await failureOf(edit(beforeBatch(shop.admin.ctx(), 2, () => pay())));
    expect(failed).toMatchObject({ slug: "not-changeable" });
    expect(await state()).toEqual(paid);
  });

  it("wins if it is first: the payment of the old total is recorded, with a refund due, and that of the new one completes it", async () => {
    const { editOverHttp, pay, state } = await purchase();
    await pay(beforeBatch(base(), 1, editOverHttp));
    expect(await state()).toEqual({ ...edited, payments: ["refund_due 2000"] });
    await pay(base(), 3000, "pi_2");
    expect(await state()).toEqual({
      ...edited,
      status: "completed",
      version: 3,
      payments: ["refund_due 2000", "received 3000"],
    });
  });

  it("that changes the address only does not keep a payment from completing the order", async () => {
    const { shop, id, pay, state } = await purchase();
    await pay(beforeBatch(base(), 1, () => change(shop.admin.token, id, { note: "Urgent" })));
    expect(await state()).toEqual({ ...paid, version: 3 });
  });

  it("wins over a confirmation by staff, who must see the new total", async () => {
    const { shop, id, editOverHttp, state } = await purchase();
    const ctx = beforeBatch(shop.admin.ctx(), 1, editOverHttp);
    const failed = await failureOf(confirmPurchase(ctx, id, undefined, undefined, 2000));
    expect(failed).toMatchObject({ slug: "price-changed", message: expect.stringContaining("3000") });
    expect(await state()).toEqual(edited);
  });

  it("precedes a confirmation that names no total, which is then of the new one", async () => {
    const { shop, id, editOverHttp, state } = await purchase();
    await confirmPurchase(beforeBatch(shop.admin.ctx(), 1, editOverHttp), id);
    const payments = ["received 3000"];
    expect(await state()).toEqual({ ...edited, status: "completed", version: 3, payments });
  });

  it("wins over a confirmation in rounded cash that has read the order, also where that names no total", async () => {
    const { shop, id, editOverHttp, state } = await purchase();
    await setInD1("UPDATE tenants SET cash_rounding = 5 WHERE id = ?", shop.tenant.id);
    const ctx = beforeBatch(shop.admin.ctx(), 3, editOverHttp);
    expect(await failureOf(confirmPurchase(ctx, id, "cash"))).toMatchObject({ slug: "price-changed" });
    expect(await state()).toEqual(edited);
  });

  it("is not taken for one: a confirmation in rounded cash that others make at the same moment is that confirmation", async () => {
    const { shop, id, state } = await purchase();
    await setInD1("UPDATE tenants SET cash_rounding = 5 WHERE id = ?", shop.tenant.id);
    const ctx = beforeBatch(shop.admin.ctx(), 3, () => confirmPurchase(shop.admin.ctx(), id, "cash"));
    expect((await confirmPurchase(ctx, id, "cash")).value).toMatchObject({ id, status: "completed" });
    expect(await state()).toEqual(paid);
  });

  it("loses to a confirmation by staff that is first", async () => {
    const { shop, id, edit, state } = await purchase();
    const failed = await failureOf(edit(beforeBatch(shop.admin.ctx(), 2, () => confirm(shop, id))));
    expect(failed).toMatchObject({ slug: "not-changeable" });
    expect(await state()).toEqual(paid);
  });
});

describe("an edit at the moment of a cancellation", () => {
  it("by the buyer loses if that is first", async () => {
    const { shop, buyer, id, edit, state } = await purchase();
    const ctx = beforeBatch(shop.admin.ctx(), 2, () => cancelPurchase(buyer.ctx(), id));
    expect(await failureOf(edit(ctx))).toMatchObject({ slug: "not-changeable" });
    expect(await state()).toEqual(cancelled);
  });

  it("by the buyer is undone by it if the edit is first: all three books return", async () => {
    const { buyer, id, editOverHttp, state } = await purchase();
    await cancelPurchase(beforeBatch(buyer.ctx(), 1, editOverHttp), id);
    expect(await state()).toEqual({ ...cancelled, total: 3000, version: 3 });
  });

  it("by the end of its hold loses if that is first", async () => {
    const { shop, edit, late, state } = await purchase();
    const ctx = beforeBatch(shop.admin.ctx(), 2, () => cancelExpired(late()));
    expect(await failureOf(edit(ctx))).toMatchObject({ slug: "not-changeable" });
    expect(await state()).toEqual(cancelled);
  });

  it("by the end of its hold is respected by the sweep, which cancels the order the next time", async () => {
    const { editOverHttp, late, state } = await purchase();
    await cancelExpired(beforeBatch(late(), 1, editOverHttp));
    expect(await state()).toEqual(edited);
    await cancelExpired(late());
    expect(await state()).toEqual({ ...cancelled, total: 3000, version: 3 });
  });
});

describe("edits at the same moment", () => {
  it("under one ETag are one edit, of two people or of twenty", async () => {
    const { shop, book, id, state } = await purchase();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        change(shop.admin.token, id, { items: [{ product_id: book.id, quantity: 1 + (index % 5) }] }, 1),
      ),
    );
    expect(countByStatus(answers)).toEqual({ 200: 1, 412: 19 });
    const [won] = answers.filter(({ status }) => status === 200);
    expect(await state()).toMatchObject({ total: won?.body.total, version: 2, stock: 10 - won?.body.units });
    expect(await unbalancedStock(shop)).toEqual([]);
  });

  it("under any version all take effect, one after the other", async () => {
    const { shop, edit, id, state } = await purchase();
    await edit(beforeBatch(shop.admin.ctx(), 2, () => change(shop.admin.token, id, { note: "Urgent" })));
    expect(await state()).toEqual({ ...edited, version: 3 });
    expect(await rowsOf("SELECT note FROM order_details WHERE sale_id = ?", id)).toEqual([
      { note: "Urgent" },
    ]);
  });

  it("do not sell the last copies twice: a sale over the counter is first, and the edit is refused", async () => {
    const { shop, book, edit, state } = await purchase();
    const { sell } = await import("../../../src/sales/sell.ts");
    const items = [{ product_id: book.id, quantity: 8000 }];
    const ctx = beforeBatch(shop.admin.ctx(), 2, () => sell(shop.admin.ctx(), { items }, undefined));
    expect(await failureOf(edit(ctx))).toMatchObject({ slug: "out-of-stock" });
    expect(await state()).toMatchObject({ total: 2000, version: 1, stock: 0, unbalanced: [] });
  });

  it("sell a product that becomes dearer in between at its new price", async () => {
    const { shop, book, id, state } = await purchase();
    const pen = await newProduct(shop, { price: 150, stock: 5 });
    const items = [
      { product_id: book.id, quantity: 2000 },
      { product_id: pen.id, quantity: 1000 },
    ];
    const { change: write } = await import("../../support/change.ts");
    const ctx = beforeBatch(shop.admin.ctx(), 2, () =>
      write("UPDATE products SET price = 200 WHERE id = ?", pen.id),
    );
    await changeOrder(ctx, id, { items }, "*");
    expect(await state()).toMatchObject({ total: 2200, version: 2 });
  });

  it("payments, confirmations, cancellations and expiry have one outcome", async () => {
    const { shop, buyer, id, editOverHttp, late, pay, state } = await purchase();
    await Promise.all([
      ...Array.from({ length: 5 }, editOverHttp),
      ...Array.from({ length: 3 }, () => pay()),
      pay(base(), 3000, "pi_2"),
      ...Array.from({ length: 3 }, () => confirm(shop, id)),
      cancelPurchase(buyer.ctx(), id).catch(() => null),
      cancelOrder(shop.admin.token, id),
      cancelExpired(late()),
    ]);
    const { status, total, stock, payments, unbalanced } = await state();
    const received = payments.filter((each) => each.startsWith("received"));
    expect(unbalanced).toEqual([]);
    expect(stock).toBe(status === "cancelled" ? 10 : 10 - Number(total) / 1000);
    expect(received).toEqual(status === "completed" ? [`received ${String(total)}`] : []);
    expect(
      await count("SELECT count(*) n FROM payments WHERE provider_ref = 'pi_1' AND sale_id = ?", id),
    ).toBe(1);
    expect(
      await count("SELECT count(*) n FROM payments WHERE provider_ref = 'pi_2' AND sale_id = ?", id),
    ).toBe(1);
    if (status === "completed") expect(await unbalancedSales(shop)).toEqual([]);
  });
});

describe("prices that come to include tax, or not, at the same moment", () => {
  const changeTax = (shop: Shop) => () =>
    setInD1("UPDATE tenants SET prices_include_tax = 0 WHERE id = ?", shop.tenant.id);

  it("are neither those of an edit", async () => {
    const { shop, edit, state } = await purchase();
    const failed = await failureOf(edit(beforeBatch(shop.admin.ctx(), 2, changeTax(shop))));
    expect(failed).toMatchObject({ slug: "conflict", message: expect.stringContaining("include tax") });
    expect(await state()).toMatchObject({ total: 2000, version: 1, stock: 8 });
  });

  it("nor those of a new order", async () => {
    const { shop, newOrder } = await orderOfBook();
    const failed = await failureOf(newOrder(beforeBatch(shop.admin.ctx(), 2, changeTax(shop))));
    expect(failed).toMatchObject({ slug: "conflict", message: expect.stringContaining("include tax") });
    expect(await count("SELECT count(*) n FROM sales WHERE tenant_id = ?", shop.tenant.id)).toBe(0);
  });
});

describe("a bug", () => {
  const failing = (ctx: UserCtx) => beforeBatch(ctx, 2, () => Promise.reject(new TypeError("a bug")));

  it("is not mistaken for a change at the same moment: neither an edit, a new link nor a new order is repeated", async () => {
    const { shop, id, edit } = await purchase();
    expect(await failureOf(edit(failing(shop.admin.ctx())))).toBeInstanceOf(TypeError);
    const ctx = { ...shop.admin.ctx(), env: { ...env, ...withStripe } };
    expect(await failureOf(renewLink(failing(ctx), id, undefined))).toBeInstanceOf(TypeError);
    const { shop: other, newOrder } = await orderOfBook();
    expect(await failureOf(newOrder(failing(other.admin.ctx())))).toBeInstanceOf(TypeError);
  });
});

describe("a new payment link", () => {
  it("leaves what was changed at the same moment", async () => {
    const { shop, id, state } = await purchase();
    const ctx = { ...shop.admin.ctx(), env: { ...env, ...withStripe } };
    const note = { note: "Urgent" };
    await renewLink(
      beforeBatch(ctx, 2, () => change(shop.admin.token, id, note)),
      id,
      undefined,
    );
    expect(await state()).toMatchObject({ status: "pending", version: 3 });
    expect(await rowsOf("SELECT note, payment FROM order_details WHERE sale_id = ?", id)).toEqual([
      { ...note, payment: "link" },
    ]);
  });

  it("is not made for an order that is cancelled at the same moment", async () => {
    const { shop, id, state } = await purchase();
    const ctx = { ...shop.admin.ctx(), env: { ...env, ...withStripe } };
    const renewed = renewLink(
      beforeBatch(ctx, 2, () => cancelOrder(shop.admin.token, id)),
      id,
      undefined,
    );
    expect(await failureOf(renewed)).toMatchObject({ slug: "no-payment-link" });
    expect(await state()).toEqual(cancelled);
  });
});

describe("taking an order", () => {
  it("of the last copy by twenty staff is one order", async () => {
    const { shop } = await bookshop();
    const { id } = await newProduct(shop, { price: 100, stock: 1 });
    const answers = await Promise.all(Array.from({ length: 20 }, () => takeOrder(shop.admin.token, id)));
    expect(countByStatus(answers)).toEqual({ 201: 1, 409: 19 });
    expect(await unbalancedStock(shop)).toEqual([]);
  });
});
