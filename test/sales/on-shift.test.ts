// require_shift_to_sell: no counter sale and no refund without an open shift, also under concurrent changes.
import { describe, expect, it } from "vitest";
import { refundSale } from "../../src/sales/refund.ts";
import { forgetOffers } from "../../src/sales/remembered-offer.ts";
import { sell } from "../../src/sales/sell.ts";
import { API, call, costOf } from "../support/client.ts";
import { between, count, failureOf } from "../support/d1.ts";
import { newPerson, newProduct, newShop, type Person, sellOne, type Shop } from "../support/shops.ts";

const requireShift = (shop: Shop, required = true) =>
  call("PATCH", `${API}/settings`, {
    token: shop.admin.token,
    json: { require_shift_to_sell: required },
  });
const shift = (action: "start" | "end", { token }: Person) =>
  call("POST", `${API}/shifts/${action}`, { token });
const refund = (person: Person, saleId: string, productId: string) =>
  call("POST", `${API}/sales/${saleId}/refunds`, {
    token: person.token,
    json: { items: [{ product_id: productId, quantity: 1 }], reason: "torn", restock: true },
  });
const rejected = { type: "/problems/no-open-shift", status: 409 };

async function newCounter() {
  const shop = await newShop();
  const seller = await newPerson(shop.tenant, "EMPLOYEE");
  const book = await newProduct(shop, { stock: 10 });
  const stock = () => count("SELECT stock / 1000.0 n FROM products WHERE id = ?", book.id);
  const sales = () => count("SELECT count(*) n FROM sales WHERE tenant_id = ?", shop.tenant.id);
  return { shop, seller, book, stock, sales };
}

describe("a shop that requires a shift to sell", () => {
  it("rejects a sale without a shift with 409, and sells within one", async () => {
    const { shop, seller, book, stock, sales } = await newCounter();
    await requireShift(shop);
    expect((await sellOne(seller.token, book.id)).body).toMatchObject(rejected);
    expect((await sellOne(shop.admin.token, book.id)).body).toMatchObject(rejected);
    // Whatever else is wrong with it.
    expect((await sellOne(seller.token, crypto.randomUUID())).body).toMatchObject(rejected);
    expect([await stock(), await sales()]).toEqual([10, 0]);
    await shift("start", seller);
    expect((await sellOne(seller.token, book.id)).status).toBe(201);
    expect((await sellOne(shop.admin.token, book.id)).body).toMatchObject(rejected);
    await shift("end", seller);
    expect((await sellOne(seller.token, book.id)).body).toMatchObject(rejected);
    expect([await stock(), await sales()]).toEqual([9, 1]);
  });

  it("answers the same type with 404 to a request for the open shift itself", async () => {
    const { seller } = await newCounter();
    const answer = await call("GET", `${API}/shifts/current`, { token: seller.token });
    expect(answer.body).toMatchObject({ type: "/problems/no-open-shift", status: 404 });
    expect((await shift("end", seller)).status).toBe(404);
  });

  it("sells without a shift again when the setting is switched off", async () => {
    const { shop, seller, book } = await newCounter();
    await requireShift(shop);
    await requireShift(shop, false);
    expect((await sellOne(seller.token, book.id)).body.shift_id).toBeNull();
  });

  it("rejects a refund without a shift, and assigns it to the shift that makes it", async () => {
    const { shop, seller, book, stock } = await newCounter();
    const sale = (await sellOne(seller.token, book.id, 2)).body;
    await requireShift(shop);
    expect((await refund(seller, sale.id, book.id)).body).toMatchObject(rejected);
    expect((await refund(seller, sale.id, crypto.randomUUID())).body).toMatchObject(rejected);
    expect(await stock()).toBe(8);
    const started = (await shift("start", seller)).body;
    const refunded = await refund(seller, sale.id, book.id);
    expect(refunded.body).toMatchObject({ kind: "refund", shift_id: started.id });
    expect((await refund(seller, crypto.randomUUID(), book.id)).body.type).toBe("/problems/not-found");
  });

  it("replays a sale under its key after the shift has ended", async () => {
    const { shop, seller, book, sales } = await newCounter();
    await requireShift(shop);
    await shift("start", seller);
    const sellWithKey = () => sellOne(seller.token, book.id, 1, { "idempotency-key": "k" });
    const first = await sellWithKey();
    await shift("end", seller);
    expect((await sellWithKey()).text).toBe(first.text);
    expect(await sales()).toBe(1);
  });

  it("rejects the batch if the setting is switched on, or the shift ends, after the read", async () => {
    const { shop, seller, book, stock, sales } = await newCounter();
    const input = { items: [{ product_id: book.id, quantity: 1000 }], payment_method: "cash" as const };
    const beforeWrite = (act: () => Promise<unknown>) => {
      forgetOffers();
      return between(seller.ctx(), {
        before: async (nth) => {
          if (nth === 2) await act();
        },
      });
    };
    expect(
      await failureOf(
        sell(
          beforeWrite(() => requireShift(shop)),
          input,
          undefined,
        ),
      ),
    ).toMatchObject({
      slug: "no-open-shift",
      status: 409,
    });
    await shift("start", seller);
    expect(
      await failureOf(
        sell(
          beforeWrite(() => shift("end", seller)),
          input,
          undefined,
        ),
      ),
    ).toMatchObject({
      slug: "no-open-shift",
      status: 409,
    });
    expect([await stock(), await sales()]).toEqual([10, 0]);
    await shift("start", seller);
    const sale = (await sellOne(seller.token, book.id)).body;
    const refundInput = { items: input.items, reason: "torn", restock: true };
    const late = beforeWrite(() => shift("end", seller));
    expect(await failureOf(refundSale(late, sale.id, refundInput, undefined))).toMatchObject({ status: 409 });
    expect([await stock(), await sales()]).toEqual([9, 1]);
  });

  it("adds no round trip: two, or one where the product is remembered", async () => {
    const { shop, seller, book } = await newCounter();
    await call("GET", `${API}/auth/me`, { token: seller.token });
    expect(costOf(await sellOne(seller.token, book.id)).queries).toBe(2);
    await requireShift(shop);
    await shift("start", seller);
    const sale = await sellOne(seller.token, book.id);
    expect(costOf(sale).queries).toBe(1);
    expect(costOf(await refund(seller, sale.body.id, book.id)).queries).toBe(2);
  });
});
