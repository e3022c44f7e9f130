// require_shift_to_sell: no counter sale and no refund without an open shift, whatever a rival does meanwhile.
import { describe, expect, it } from "vitest";
import { refundSale } from "../../src/sales/refund.ts";
import { sell } from "../../src/sales/sell.ts";
import { API, call, costOf } from "../support/client.ts";
import { between, count, failureOf } from "../support/d1.ts";
import { newPerson, newProduct, newShop, type Person, sellOne, type Shop } from "../support/shops.ts";

const require = (shop: Shop, required = true) =>
  call("PATCH", `${API}/settings`, {
    token: shop.admin.token,
    json: { require_shift_to_sell: required },
  });
const shift = (verb: "start" | "end", { token }: Person) => call("POST", `${API}/shifts/${verb}`, { token });
const giveBack = (person: Person, saleId: string, productId: string) =>
  call("POST", `${API}/sales/${saleId}/refunds`, {
    token: person.token,
    json: { items: [{ product_id: productId, quantity: 1 }], reason: "torn", restock: true },
  });
const refused = { type: "/problems/no-open-shift", status: 409 };

async function counter() {
  const shop = await newShop();
  const seller = await newPerson(shop.tenant, "EMPLOYEE");
  const book = await newProduct(shop, { stock: 10 });
  const left = () => count("SELECT stock n FROM products WHERE id = ?", book.id);
  const sales = () => count("SELECT count(*) n FROM sales WHERE tenant_id = ?", shop.tenant.id);
  return { shop, seller, book, left, sales };
}

describe("a shop that sells only on shift", () => {
  it("refuses a sale without a shift with 409, and sells within one", async () => {
    const { shop, seller, book, left, sales } = await counter();
    await require(shop);
    expect((await sellOne(seller.token, book.id)).body).toMatchObject(refused);
    expect((await sellOne(shop.admin.token, book.id)).body).toMatchObject(refused);
    expect([await left(), await sales()]).toEqual([10, 0]);
    await shift("start", seller);
    expect((await sellOne(seller.token, book.id)).status).toBe(201);
    expect((await sellOne(shop.admin.token, book.id)).body).toMatchObject(refused);
    await shift("end", seller);
    expect((await sellOne(seller.token, book.id)).body).toMatchObject(refused);
    expect([await left(), await sales()]).toEqual([9, 1]);
  });

  it("says the same type with 404 where the open shift itself is asked for", async () => {
    const { seller } = await counter();
    const answer = await call("GET", `${API}/shifts/current`, { token: seller.token });
    expect(answer.body).toMatchObject({ type: "/problems/no-open-shift", status: 404 });
    expect((await shift("end", seller)).status).toBe(404);
  });

  it("sells to everybody again when it no longer requires a shift", async () => {
    const { shop, seller, book } = await counter();
    await require(shop);
    await require(shop, false);
    expect((await sellOne(seller.token, book.id)).body.shift_id).toBeNull();
  });

  it("refuses a refund without a shift, and gives it to the shift that makes it", async () => {
    const { shop, seller, book, left } = await counter();
    const sale = (await sellOne(seller.token, book.id, 2)).body;
    await require(shop);
    expect((await giveBack(seller, sale.id, book.id)).body).toMatchObject(refused);
    expect(await left()).toBe(8);
    const started = (await shift("start", seller)).body;
    const given = await giveBack(seller, sale.id, book.id);
    expect(given.body).toMatchObject({ kind: "refund", shift_id: started.id });
    expect((await giveBack(seller, crypto.randomUUID(), book.id)).body.type).toBe("/problems/not-found");
  });

  it("repeats the answer of a sale under its key after the shift has ended", async () => {
    const { shop, seller, book, sales } = await counter();
    await require(shop);
    await shift("start", seller);
    const keyed = () => sellOne(seller.token, book.id, 1, { "idempotency-key": "k" });
    const first = await keyed();
    await shift("end", seller);
    expect((await keyed()).text).toBe(first.text);
    expect(await sales()).toBe(1);
  });

  it("refuses in the batch what was right when it was read: the setting was switched on, or the shift ended", async () => {
    const { shop, seller, book, left, sales } = await counter();
    const input = { items: [{ product_id: book.id, quantity: 1 }], payment_method: "cash" as const };
    const atBatch = (act: () => Promise<unknown>) =>
      between(seller.ctx(), {
        before: async (nth) => {
          if (nth === 2) await act();
        },
      });
    expect(
      await failureOf(
        sell(
          atBatch(() => require(shop)),
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
          atBatch(() => shift("end", seller)),
          input,
          undefined,
        ),
      ),
    ).toMatchObject({
      slug: "no-open-shift",
      status: 409,
    });
    expect([await left(), await sales()]).toEqual([10, 0]);
    await shift("start", seller);
    const sale = (await sellOne(seller.token, book.id)).body;
    const back = { items: input.items, reason: "torn", restock: true };
    const late = atBatch(() => shift("end", seller));
    expect(await failureOf(refundSale(late, sale.id, back, undefined))).toMatchObject({ status: 409 });
    expect([await left(), await sales()]).toEqual([9, 1]);
  });

  it("pays no round trip for it: three with the sign-in check", async () => {
    const { shop, seller, book } = await counter();
    expect(costOf(await sellOne(seller.token, book.id)).queries).toBe(3);
    await require(shop);
    await shift("start", seller);
    const sale = await sellOne(seller.token, book.id);
    expect(costOf(sale).queries).toBe(3);
    expect(costOf(await giveBack(seller, sale.body.id, book.id)).queries).toBe(3);
  });
});
