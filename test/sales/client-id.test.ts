// The client_id of a sale: a till that repeats a request, whenever and from wherever, gets the sale that it made.
import { describe, expect, it } from "vitest";
import { sell } from "../../src/sales/sell.ts";
import { change } from "../support/change.ts";
import { API, call, costOf } from "../support/client.ts";
import { between, count } from "../support/d1.ts";
import { newPerson, newProduct, newShop, type Person, type Shop } from "../support/shops.ts";

const sellAs = (
  { token }: Person,
  items: { product_id: string; quantity: number }[],
  fields: Record<string, unknown>,
  headers: Record<string, string> = {},
) => call("POST", `${API}/sales`, { token, headers, json: { items, ...fields } });
const salesOf = ({ tenant }: Shop) => count("SELECT count(*) n FROM sales WHERE tenant_id = ?", tenant.id);
const stockOf = (id: string) => count("SELECT stock n FROM products WHERE id = ?", id);

async function newTill() {
  const shop = await newShop();
  const seller = await newPerson(shop.tenant, "EMPLOYEE");
  const { id } = await newProduct(shop, { stock: 9, price: 500 });
  const client_id = crypto.randomUUID();
  const items = [{ product_id: id, quantity: 2 }];
  return { shop, seller, id, client_id, items };
}

const replayed = (answer: { headers: Headers }) => answer.headers.get("idempotent-replayed");

describe("a sale with a client_id that was used", () => {
  it("is the sale that was made, for another person too, and sells nothing", async () => {
    const { shop, seller, id, client_id, items } = await newTill();
    const first = await sellAs(seller, items, { client_id });
    expect(first.body.client_id).toBe(client_id);
    expect(replayed(first)).toBeNull();
    for (const person of [seller, shop.admin]) {
      const again = await sellAs(person, items, { client_id });
      expect([again.status, replayed(again)]).toEqual([201, "true"]);
      expect(again.body).toEqual(first.body);
      // The sign-in check, the batch that the client_id rejects, and the read of the sale.
      expect(costOf(again).queries).toBeLessThanOrEqual(3);
      const later = { client_id, offline: true, sold_at: first.body.placed_at };
      const late = await sellAs(person, items, later);
      expect(late.body).toEqual(first.body);
      expect(costOf(late).queries).toBeLessThanOrEqual(2);
    }
    expect([await salesOf(shop), await stockOf(id)]).toEqual([1, 7000]);
  });

  it("is that sale even if it could not be sold any more: the stock, the product and the shift are gone", async () => {
    const { shop, seller, id, client_id, items } = await newTill();
    await call("PATCH", `${API}/settings`, {
      token: shop.admin.token,
      json: { require_shift_to_sell: true },
    });
    await call("POST", `${API}/shifts/start`, { token: seller.token });
    const first = await sellAs(seller, items, { client_id });
    await call("POST", `${API}/shifts/end`, { token: seller.token });
    await call("POST", `${API}/products/${id}/stock`, {
      token: shop.admin.token,
      json: { count: 0, reason: "count" },
    });
    await call("DELETE", `${API}/products/${id}`, { token: shop.admin.token });
    const again = await sellAs(seller, items, { client_id });
    expect([again.status, again.body.id]).toEqual([201, first.body.id]);
  });

  it("is that sale after its Idempotency-Key has expired, with the key or another one", async () => {
    const { shop, seller, client_id, items } = await newTill();
    const send = (key: string) => sellAs(seller, items, { client_id }, { "idempotency-key": key });
    const first = await send("k");
    expect((await send("k")).body.id).toBe(first.body.id);
    await change("DELETE FROM idempotency_keys WHERE tenant_id = ?", shop.tenant.id);
    for (const key of ["k", "k2"]) {
      const again = await send(key);
      expect([again.status, replayed(again), again.body.id]).toEqual([201, "true", first.body.id]);
    }
    expect(await salesOf(shop)).toBe(1);
  });

  it("is that sale although its sold_at is more than 7 days ago by now", async () => {
    const { shop, seller, client_id, items } = await newTill();
    const sold_at = new Date(Date.now() - 3_600_000).toISOString();
    const first = await sellAs(seller, items, { client_id, sold_at });
    expect(first.status).toBe(201);
    const later = seller.ctx(new Date(Date.now() + 30 * 24 * 3_600_000));
    const input = { items: [{ ...items[0], quantity: 2000 }], client_id, sold_at } as Parameters<
      typeof sell
    >[1];
    expect(await sell(later, input, undefined)).toMatchObject({
      replayed: true,
      value: { id: first.body.id },
    });
    expect(await salesOf(shop)).toBe(1);
  });

  it("is the sale with this client_id among several", async () => {
    const { seller, client_id, items } = await newTill();
    await sellAs(seller, items, { client_id: crypto.randomUUID() });
    const second = await sellAs(seller, items, { client_id });
    expect((await sellAs(seller, items, { client_id })).body).toEqual(second.body);
  });

  it("is read only if its client_id is what D1 rejected", async () => {
    const { shop, seller, id, client_id } = await newTill();
    const interrupted = between(seller.ctx(), {
      before: async (nth) => {
        if (nth === 2)
          await change("UPDATE products SET price = 600 WHERE tenant_id = ? AND id = ?", shop.tenant.id, id);
      },
    });
    let reads = 0;
    const all: typeof interrupted.db.all = (...query) => {
      reads += 1;
      return interrupted.db.all(...query);
    };
    const ctx = { ...interrupted, db: { ...interrupted.db, all } };
    const sold = await sell(
      ctx,
      { items: [{ product_id: id, quantity: 1000 }], payment_method: "card", client_id },
      undefined,
    );
    expect([sold.value.total, reads]).toEqual([600, 0]);
  });

  it("is that sale as it is now, with what was refunded since", async () => {
    const { seller, id, client_id, items } = await newTill();
    const { body } = await sellAs(seller, items, { client_id });
    await call("POST", `${API}/sales/${body.id}/refunds`, {
      token: seller.token,
      json: { items: [{ product_id: id, quantity: 1 }], reason: "torn" },
    });
    const again = await sellAs(seller, items, { client_id });
    expect(again.body).toEqual({ ...body, items: [{ ...body.items[0], refunded: 1 }] });
  });

  it("is that sale if the id is written in capitals", async () => {
    const { shop, seller, client_id, items } = await newTill();
    const first = await sellAs(seller, items, { client_id: client_id.toUpperCase() });
    expect(first.body.client_id).toBe(client_id);
    for (const id of [client_id, client_id.toUpperCase()])
      expect((await sellAs(seller, items, { client_id: id })).body.id).toBe(first.body.id);
    expect(await salesOf(shop)).toBe(1);
  });

  it("is refused with other items, so that a till that mixes up ids loses no sale", async () => {
    const { shop, seller, id, client_id, items } = await newTill();
    await sellAs(seller, items, { client_id });
    const other = await newProduct(shop);
    for (const different of [
      [{ product_id: id, quantity: 3 }],
      [{ product_id: other.id, quantity: 2 }],
      [...items, { product_id: other.id, quantity: 1 }],
    ]) {
      const { status, body } = await sellAs(seller, different, { client_id });
      expect([status, body.type]).toEqual([422, "/problems/idempotency-mismatch"]);
    }
    const keyed = await sellAs(
      seller,
      [{ product_id: id, quantity: 3 }],
      { client_id },
      { "idempotency-key": "k" },
    );
    expect(keyed.body.type).toBe("/problems/idempotency-mismatch");
    expect(await salesOf(shop)).toBe(1);
  });

  it("is the sale of that shop only: another shop may use the same id", async () => {
    const [one, other] = [await newTill(), await newTill()];
    const { client_id } = one;
    const first = await sellAs(one.seller, one.items, { client_id });
    const second = await sellAs(other.seller, other.items, { client_id });
    expect([first.status, second.status, replayed(second)]).toEqual([201, 201, null]);
    expect(second.body.id).not.toBe(first.body.id);
  });

  it.each([undefined, "one", "each"])(
    "fifty times at once is one sale, with Idempotency-Key: %s",
    async (keys) => {
      const { shop, seller, id, client_id } = await newTill();
      // All of the stock: a second sale would be out of stock.
      const items = [{ product_id: id, quantity: 9 }];
      const headers = (nth: number): Record<string, string> =>
        keys === undefined ? {} : { "idempotency-key": keys === "one" ? "k" : `k${nth}` };
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, nth) =>
          sellAs(nth % 2 ? seller : shop.admin, items, { client_id }, headers(nth)),
        ),
      );
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
      expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
      expect(answers.filter((answer) => replayed(answer) === "true").length).toBe(49);
      expect([await salesOf(shop), await stockOf(id)]).toEqual([1, 0]);
      expect(
        await count(
          "SELECT count(*) n FROM events WHERE tenant_id = ? AND type = 'sale.completed'",
          shop.tenant.id,
        ),
      ).toBe(1);
    },
  );

  it("is the sale that another till made after this one had read that there was none", async () => {
    const { shop, seller, id, client_id, items } = await newTill();
    let first: { id: string } | undefined;
    const late = between(seller.ctx(), {
      before: async (nth) => {
        if (nth === 2) first = (await sellAs(shop.admin, items, { client_id })).body;
      },
    });
    const input = { items: [{ product_id: id, quantity: 2000 }], client_id };
    expect(await sell(late, input, undefined)).toMatchObject({ replayed: true, value: { id: first?.id } });
    expect([await salesOf(shop), await stockOf(id)]).toEqual([1, 7000]);
  });
});

describe("a sale without a client_id", () => {
  it("sells once more if its Idempotency-Key has expired, which is what client_id prevents", async () => {
    const { shop, seller, items } = await newTill();
    const send = () => sellAs(seller, items, {}, { "idempotency-key": "k" });
    const first = await send();
    expect((await send()).body.id).toBe(first.body.id);
    await change("DELETE FROM idempotency_keys WHERE tenant_id = ?", shop.tenant.id);
    expect((await send()).body.id).not.toBe(first.body.id);
    expect(await salesOf(shop)).toBe(2);
  });
});
