// A payment by a wrong method is corrected within the open shift that took it.
import { describe, expect, it } from "vitest";
import { correctPayments } from "../../src/sales/correct-payments.ts";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { change } from "../support/change.ts";
import { countByStatus } from "../support/count-by-status.ts";
import { API, call, costOf } from "../support/client.ts";
import { between, count, failureOf, rowsOf } from "../support/d1.ts";
import { onShift } from "../support/desk.ts";
import { base, newPerson, newProduct, sellOne, type Person } from "../support/shops.ts";

const byCard = [{ method: "card", amount: 2000 }];
const card = { method: "card", amount: 1500 };

/** A cash sale of 20.00 in the open shift of its seller. */
async function cashSale() {
  const { shop, seller, shiftId } = await onShift();
  const book = await newProduct(shop, { stock: 10 });
  const sale = (await sellOne(seller.token, book.id, 2)).body;
  const correct = (payments: object[] = byCard, by: Person = seller, key?: string, id: string = sale.id) =>
    call("POST", `${API}/sales/${id}/payments/correct`, {
      token: by.token,
      headers: key === undefined ? {} : { "idempotency-key": key },
      json: { payments, reason: "paid by card" },
    });
  const post = (path: string, json: object = {}) =>
    call("POST", `${API}${path}`, { token: seller.token, json });
  const expectedCash = async () =>
    (await call("GET", `${API}/shifts/${shiftId}/report`, { token: shop.admin.token })).body.expected_cash;
  const happened = () =>
    count(
      "SELECT count(*) n FROM events WHERE tenant_id = ? AND type = 'sale.payments_corrected'",
      shop.tenant.id,
    );
  return { shop, seller, book, sale, correct, post, expectedCash, happened };
}

const refused = { type: "/problems/payments-not-correctable", status: 409 };

describe("corrected payments", () => {
  it("are in the figures by payment method at once, also when the day had been built", async () => {
    const { shop, correct } = await cashSale();
    await rebuildDirtyDays(base(), shop.tenant.id);
    const revenue = async (): Promise<[string, number][]> => {
      const path = `${API}/metrics/breakdown?by=payment_method`;
      const { body } = await call("GET", path, { token: shop.admin.token });
      return body.data.map((row: { key: string; revenue: number }) => [row.key, row.revenue]);
    };
    expect(await revenue()).toEqual([["cash", 2000]]);
    await correct();
    expect(await revenue()).toEqual([["card", 2000]]);
    await rebuildDirtyDays(base(), shop.tenant.id);
    expect(await revenue()).toEqual([["card", 2000]]);
  });

  it("have the figures of the day of the sale counted again, and of no other day", async () => {
    await cashSale();
    const { shop, sale, correct } = await cashSale();
    await rebuildDirtyDays(base(), shop.tenant.id);
    await change("UPDATE sales SET day = '2026-02-03' WHERE id = ?", sale.id);
    expect((await correct()).status).toBe(200);
    const marked = "SELECT day FROM dirty_days WHERE tenant_id = ? AND needs_rebuild = 1";
    expect(await rowsOf(marked, shop.tenant.id)).toEqual([{ day: "2026-02-03" }]);
  });

  it("replace those of the sale, take the money out of the drawer, and leave the rest of the sale as it was", async () => {
    const { sale, correct, expectedCash, happened } = await cashSale();
    expect(await expectedCash()).toBe(2000);
    const { status, body } = await correct();
    expect(status).toBe(200);
    expect(body).toEqual({
      ...sale,
      payment_method: "card",
      payments: [{ method: "card", amount: 2000, tendered: null }],
    });
    expect([await expectedCash(), await happened()]).toEqual([0, 1]);
  });

  it("may be several, and must add up to the total", async () => {
    const { sale, correct, expectedCash } = await cashSale();
    const cash = { method: "cash", amount: 500, tendered: 1000 };
    expect((await correct([card, cash])).body).toMatchObject({
      total: sale.total,
      payment_method: null,
      payments: [card, cash],
      change: 500,
    });
    expect(await expectedCash()).toBe(500);
    expect((await correct([card])).body).toMatchObject({ type: "/problems/payments-mismatch", total: 2000 });
    const shells = await correct([{ method: "shells", amount: 2000 }]);
    expect(shells.body).toMatchObject({ status: 422, errors: [{ pointer: "#/payments/0/method" }] });
    expect(await expectedCash()).toBe(500);
  });

  it("are those of one sale, also after a part of it was refunded", async () => {
    const { shop, seller, book, sale, correct, post } = await cashSale();
    const other = (await sellOne(seller.token, book.id)).body;
    const items = [{ product_id: book.id, quantity: 1 }];
    await post(`/sales/${sale.id}/refunds`, { items, reason: "torn" });
    expect((await correct()).body).toMatchObject({ id: sale.id, payment_method: "card" });
    const read = await call("GET", `${API}/sales/${other.id}`, { token: shop.admin.token });
    expect(read.body).toEqual(other);
  });

  it("may be in cash that is rounded, after an earlier shift of the seller has ended", async () => {
    const { shop, seller, book, correct, post } = await cashSale();
    await post("/shifts/end");
    await post("/shifts/start");
    const { id } = (await sellOne(seller.token, book.id, 2)).body;
    await change("UPDATE tenants SET cash_rounding = 5 WHERE id = ?", shop.tenant.id);
    const { status } = await correct([card, { method: "cash", amount: 500 }], seller, undefined, id);
    expect(status).toBe(200);
  });

  it("in cash cost no more in a shop whose smallest coin is one minor unit", async () => {
    const { shop, correct } = await cashSale();
    const byBoth = [card, { method: "cash", amount: 500 }];
    const { queries } = costOf(await correct(byBoth));
    expect(queries).toBe(1);
    await correct();
    await change("UPDATE tenants SET cash_rounding = 1 WHERE id = ?", shop.tenant.id);
    expect(costOf(await correct(byBoth)).queries).toBe(queries);
  });

  it("cost two round trips when they are repeated under their key", async () => {
    const { correct } = await cashSale();
    const byBoth = [card, { method: "cash", amount: 500 }];
    const first = await correct(byBoth, undefined, "k");
    const again = await correct(byBoth, undefined, "k");
    expect([again.text, costOf(again).queries]).toEqual([first.text, 2]);
  });

  it("are refused after the end of the shift, for a sale without a shift and for a refund", async () => {
    const { shop, seller, book, sale, correct, post, expectedCash } = await cashSale();
    const items = [{ product_id: book.id, quantity: 1 }];
    const refund = (await post(`/sales/${sale.id}/refunds`, { items, reason: "torn" })).body;
    expect((await correct(byCard, shop.admin, undefined, refund.id)).body).toMatchObject(refused);
    const outside = (await sellOne(shop.admin.token, book.id, 2)).body;
    expect((await correct(byCard, shop.admin, undefined, outside.id)).body).toMatchObject(refused);
    const gift = await newProduct(shop, { price: 0 });
    const given = (await sellOne(seller.token, gift.id)).body;
    const nothing = [{ method: "card", amount: 0 }];
    const returned = { items: [{ product_id: gift.id, quantity: 1 }], reason: "torn" };
    const back = (await post(`/sales/${given.id}/refunds`, returned)).body;
    expect((await correct(nothing, seller, undefined, back.id)).body).toMatchObject(refused);
    expect((await post("/shifts/end")).status).toBe(200);
    expect((await correct()).body).toMatchObject(refused);
    expect((await correct(byCard, shop.admin)).body).toMatchObject(refused);
    expect(await expectedCash()).toBe(1000);
  });

  // Where cash is rounded, the first batch is rejected, the second reads the sale and the third corrects it.
  it.each([
    { batch: "the only batch", nth: 1, payments: byCard },
    { batch: "the batch that follows a read", nth: 3, payments: [card, { method: "cash", amount: 500 }] },
  ])("are refused if the sale is voided, or its shift ends, before $batch", async ({ nth, payments }) => {
    for (const act of ["void", "end"]) {
      const { shop, seller, sale, post } = await cashSale();
      await change("UPDATE tenants SET cash_rounding = ? WHERE id = ?", nth === 1 ? 0 : 5, shop.tenant.id);
      const ctx = between(seller.ctx(), {
        before: async (sent) => {
          if (sent === nth) await post(act === "void" ? `/sales/${sale.id}/void` : "/shifts/end");
        },
      });
      const correction = correctPayments(ctx, sale.id, { payments, reason: "late" }, undefined);
      expect(await failureOf(correction)).toMatchObject({ slug: "payments-not-correctable" });
      const stored = "SELECT method, amount FROM sale_payments WHERE tenant_id = ? AND sale_id = ?";
      expect(await rowsOf(stored, shop.tenant.id, sale.id)).toEqual([{ method: "cash", amount: 2000 }]);
    }
  });

  it("are for the seller and for an ADMIN", async () => {
    const { shop, correct } = await cashSale();
    const other = await newPerson(shop.tenant, "EMPLOYEE");
    expect((await correct(byCard, other)).body).toMatchObject(refused);
    expect((await correct(byCard, shop.admin)).body.payment_method).toBe("card");
  });

  it("in cash that is rounded are for the seller and for an ADMIN, too", async () => {
    const { shop, correct } = await cashSale();
    await change("UPDATE tenants SET cash_rounding = 5 WHERE id = ?", shop.tenant.id);
    const byBoth = [card, { method: "cash", amount: 500 }];
    const other = await newPerson(shop.tenant, "EMPLOYEE");
    expect((await correct(byBoth, other)).body).toMatchObject({
      ...refused,
      detail: "Only the seller or an ADMIN can correct the payments of a sale.",
    });
    expect((await correct(byBoth, shop.admin)).body.payments).toMatchObject(byBoth);
  });

  it("are those of a completed sale", async () => {
    const { sale, correct, happened } = await cashSale();
    for (const status of ["pending", "cancelled"]) {
      await change("UPDATE sales SET status = ? WHERE id = ?", status, sale.id);
      expect((await correct()).body).toMatchObject({
        ...refused,
        detail: "Only the payments of a completed sale can be corrected.",
      });
    }
    expect(await happened()).toBe(0);
  });
});

describe("a repeated correction", () => {
  it("answers the sale as it is and changes nothing, even after the end of the shift", async () => {
    const { shop, correct, post, happened } = await cashSale();
    const first = await correct();
    const again = await correct(byCard);
    expect([again.status, again.body]).toEqual([200, first.body]);
    await post("/shifts/end");
    const late = await correct(byCard);
    expect([late.status, late.body]).toEqual([200, first.body]);
    expect(late.headers.get("idempotent-replayed")).toBeNull();
    expect(await happened()).toBe(1);
    const audited = "SELECT action FROM audit_log WHERE tenant_id = ? AND action = 'sale.payments_corrected'";
    expect((await rowsOf(audited, shop.tenant.id)).length).toBe(1);
  });

  it("under a key is a replay, also ten times at once, and refused with other payments", async () => {
    const { seller, correct, happened } = await cashSale();
    const answers = await Promise.all(Array.from({ length: 10 }, () => correct(byCard, seller, "k")));
    expect(countByStatus(answers)).toEqual({ 200: 10 });
    const replay = await correct(byCard, seller, "k");
    expect(replay.headers.get("idempotent-replayed")).toBe("true");
    expect(replay.body).toEqual(answers[0]?.body);
    expect(await happened()).toBe(1);
    const other = await correct([{ method: "other", amount: 2000 }], seller, "k");
    expect(other.body.type).toBe("/problems/idempotency-mismatch");
  });
});
