// A sale line has what its quantity cost the shop when it was sold.
import { describe, expect, it } from "vitest";
import { API, call } from "../support/client.ts";
import { rowsOf } from "../support/d1.ts";
import { newProduct, newShop, type Shop } from "../support/shops.ts";

const sellSome = async (shop: Shop, product_id: string, quantity: number) =>
  (
    await call("POST", `${API}/sales`, {
      token: shop.admin.token,
      json: { items: [{ product_id, quantity }] },
    })
  ).body;

const costsOf = async (shop: Shop) =>
  (
    await rowsOf(
      "SELECT l.cost FROM sale_lines l JOIN sales s ON s.tenant_id = l.tenant_id AND s.id = l.sale_id WHERE l.tenant_id = ? ORDER BY s.id, l.line_no",
      shop.tenant.id,
    )
  ).map(({ cost }) => cost);

describe("the cost of a line", () => {
  it("is that of the product at the time of the sale, and not on the wire", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { price: 1000, cost: 600 });
    const sale = await sellSome(shop, id, 3);
    expect(Object.keys(sale.items[0])).not.toContain("cost");
    await call("PATCH", `${API}/products/${id}`, { token: shop.admin.token, json: { cost: 700 } });
    await sellSome(shop, id, 1);
    await call("PATCH", `${API}/products/${id}`, { token: shop.admin.token, json: { cost: null } });
    await sellSome(shop, id, 1);
    expect(await costsOf(shop)).toEqual([1800, 700, null]);
  });

  it("is rounded half up for a fraction of a unit", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { price: 1000, cost: 333, unit: "kg" });
    for (const quantity of [0.5, 1.5, 0.001, 2.335]) await sellSome(shop, id, quantity);
    expect(await costsOf(shop)).toEqual([167, 500, 0, 778]);
  });

  it("is given back by refunds in parts to the last minor unit", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { price: 1000, cost: 333, unit: "kg" });
    const sale = await sellSome(shop, id, 1);
    for (const quantity of [0.3, 0.3, 0.4]) {
      const json = { items: [{ product_id: id, quantity }], reason: "late" };
      await call("POST", `${API}/sales/${sale.id}/refunds`, { token: shop.admin.token, json });
    }
    const [sold, ...refunds] = await costsOf(shop);
    expect(sold).toBe(333);
    expect(refunds.reduce<number>((sum, cost) => sum + Number(cost), 0)).toBe(-333);
    expect(refunds[0]).toBe(-100);
  });

  it("is given back by a void or refund, and stays unknown where it was", async () => {
    const shop = await newShop();
    await call("POST", `${API}/shifts/start`, { token: shop.admin.token, json: {} });
    const [known, unknown] = [await newProduct(shop, { cost: 600 }), await newProduct(shop)];
    const items = [known, unknown].map(({ id }) => ({ product_id: id, quantity: 2 }));
    const sale = await call("POST", `${API}/sales`, { token: shop.admin.token, json: { items } });
    const voided = await call("POST", `${API}/sales/${sale.body.id}/void`, { token: shop.admin.token });
    expect(voided.status).toBe(201);
    expect(await costsOf(shop)).toEqual([1200, null, -1200, null]);
    const other = await call("POST", `${API}/sales`, { token: shop.admin.token, json: { items } });
    const refunded = await call("POST", `${API}/sales/${other.body.id}/refunds`, {
      token: shop.admin.token,
      json: { items, reason: "torn" },
    });
    expect(refunded.status).toBe(201);
    expect((await costsOf(shop)).slice(4)).toEqual([1200, null, -1200, null]);
  });

  it("is not known beyond the total of any sale", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { price: 1, cost: 10 ** 12 });
    await sellSome(shop, id, 1);
    await sellSome(shop, id, 2);
    await sellSome(shop, id, 1_000_000);
    expect(await costsOf(shop)).toEqual([10 ** 12, null, null]);
  });
});
