import { describe, expect, it } from "vitest";
import { expectRefused, pointersOf } from "../attack/refused.ts";
import { newSecretKey } from "../support/api-keys.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { rowsOf } from "../support/d1.ts";
import { newPerson, newProduct, newShop } from "../support/shops.ts";

async function newTill() {
  const shop = await newShop();
  const book = await newProduct(shop, { price: 1000, stock: 10 });
  const seller = await newPerson(shop.tenant, "EMPLOYEE");
  const till = await newSecretKey(shop, "sales:write", "sales:read", "products:write", "stock:write");
  const sell = (fields: Record<string, unknown> = {}, token = till.key) =>
    call("POST", `${API}/sales`, {
      token,
      json: { items: [{ product_id: book.id, quantity: 1 }], ...fields },
    });
  return { shop, book, seller, till, sell };
}

const startShift = (token: string) => call("POST", `${API}/shifts/start`, { token, json: {} });

describe("a sale by key", () => {
  it("is in the audit log under the key, and one by a person is not", async () => {
    const { shop, till, seller, sell } = await newTill();
    await sell({}, seller.token);
    const sale = (await sell({ seller_id: seller.id })).body;
    const path = `${API}/audit?action=sale.added`;
    const { body } = await call("GET", path, { token: shop.admin.token });
    expect(body.data).toMatchObject([{ actor_id: till.id, key_name: "Test", entity_id: sale.id }]);
  });

  it("has no seller and no shift, and its stock move no user", async () => {
    const { shop, sell } = await newTill();
    await startShift(shop.admin.token);
    const { status, body } = await sell();
    expect(status).toBe(201);
    expect(body).toMatchObject({ seller_id: null, total: 1000 });
    const [sale] = await rowsOf("SELECT shift_id FROM sales WHERE id = ?", body.id);
    expect(sale).toEqual({ shift_id: null });
    const moves = await rowsOf("SELECT actor_id FROM stock_moves WHERE reference = ?", body.id);
    expect(moves).toEqual([{ actor_id: null }]);
  });

  it("that names a seller belongs to their open shift", async () => {
    const { seller, sell } = await newTill();
    const shift = (await startShift(seller.token)).body;
    const { body } = await sell({ seller_id: seller.id });
    expect(body.seller_id).toBe(seller.id);
    const [sale] = await rowsOf("SELECT shift_id FROM sales WHERE id = ?", body.id);
    expect(sale).toEqual({ shift_id: shift.id });
  });

  it("requires the shift of the seller whom it names, where the shop requires one", async () => {
    const { shop, seller, sell } = await newTill();
    await change("UPDATE tenants SET require_shift_to_sell = 1 WHERE id = ?", shop.tenant.id);
    expectRefused(await sell({ seller_id: seller.id }), 409, "no-open-shift");
    expect((await sell()).status).toBe(201);
    const sold_at = new Date(Date.now() - 60_000).toISOString();
    expectRefused(await sell({ sold_at, seller_id: seller.id }), 409, "no-open-shift");
    expect((await sell({ sold_at })).body.placed_at).toBe(sold_at);
    await startShift(seller.token);
    expect((await sell({ seller_id: seller.id })).status).toBe(201);
  });

  it("names only active staff of the shop", async () => {
    const { shop, seller, sell } = await newTill();
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    const stranger = (await newShop()).admin;
    await change("UPDATE users SET is_active = 0 WHERE id = ?", seller.id);
    for (const { id } of [customer, stranger, seller]) {
      const answer = await sell({ seller_id: id });
      expectRefused(answer, 422, "invalid");
      expect(pointersOf(answer)).toEqual(["#/seller_id"]);
    }
  });

  it("is not bound by the limits of sellers", async () => {
    const { shop, sell, seller } = await newTill();
    await change("UPDATE tenants SET max_discount_percent = 0 WHERE id = ?", shop.tenant.id);
    const discount = { percent: 50, reason: "regular" };
    expectRefused(await sell({ discount }, seller.token), 403, "approval-required");
    expect((await sell({ discount })).body.total).toBe(500);
  });

  it("is refunded and listed by key", async () => {
    const { shop, book, sell, till } = await newTill();
    const sale = (await sell({}, shop.admin.token)).body;
    const json = { items: [{ product_id: book.id, quantity: 1 }], reason: "damaged", restock: true };
    const refund = await call("POST", `${API}/sales/${sale.id}/refunds`, { token: till.key, json });
    expect(refund.body).toMatchObject({ seller_id: null, total: -1000 });
    const { body } = await call("GET", `${API}/sales`, { token: till.key });
    expect(body.data.length).toBe(2);
  });
});

it("a person who names another seller is refused", async () => {
  const { shop, seller, sell } = await newTill();
  expectRefused(await sell({ seller_id: seller.id }, shop.admin.token), 403, "forbidden");
  expect((await sell({ seller_id: seller.id }, seller.token)).body.seller_id).toBe(seller.id);
});
