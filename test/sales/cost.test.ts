// What the counter costs at D1, however many sales the shop has.
import { expect, it } from "vitest";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { forgetOffers } from "../../src/sales/remembered-offer.ts";
import { API, call, costOf } from "../support/client.ts";
import { shopWith, storeRate } from "../support/commerce.ts";
import { base, newPerson, newProduct } from "../support/shops.ts";

it("with authentication, a sale and its void take one round trip and its refund two; none reads more in a shop with many sales", async () => {
  const shop = await shopWith({});
  await storeRate(shop, 21_000, true);
  const seller = await newPerson(shop.tenant, "EMPLOYEE");
  const post = (path: string, json: object) => call("POST", `${API}${path}`, { token: seller.token, json });
  await post("/shifts/start", {});
  const { id } = await newProduct(shop, { stock: 1000 });
  const items = [{ product_id: id, quantity: 1 }];

  const costsOfOne = async () => {
    const sale = await post("/sales", { items });
    const refund = await post(`/sales/${sale.body.id}/refunds`, { items, reason: "torn", restock: true });
    const other = await post("/sales", { items });
    const cancelled = await post(`/sales/${other.body.id}/void`, {});
    const found = await call("GET", `${API}/sales?number=${sale.body.number}`, { token: seller.token });
    expect(found.body.data).toMatchObject([{ id: sale.body.id }]);
    return [sale, refund, cancelled, found].map((answer) => costOf(answer));
  };

  // The first sale of a day marks the day, and the first with a tax rate marks the rate.
  const [first] = await costsOfOne();
  expect(first?.written).toBeLessThanOrEqual(16);
  const [second] = await costsOfOne();
  // Once the day is built, a sale reads until when.
  await rebuildDirtyDays(base(), shop.tenant.id);
  await post("/sales", { items });
  const few = await costsOfOne();
  const others = await newPerson(shop.tenant, "EMPLOYEE");
  for (let sale = 0; sale < 50; sale += 1)
    await call("POST", `${API}/sales`, { token: others.token, json: { items } });
  // Cash that is paid back is compared with that of the shift, to which the four sales and refunds of before have come.
  const many = await costsOfOne();
  for (const [index, { read, ...cost }] of many.entries()) {
    expect(cost).toEqual({ queries: few[index]?.queries, written: few[index]?.written });
    const isCashBack = index === 1 || index === 2;
    expect(read - (few[index]?.read ?? 0)).toBeLessThanOrEqual(isCashBack ? 4 * 3 : 0);
  }
  expect(few.map(({ queries }) => queries)).toEqual([1, 2, 1, 1]);
  expect(few[0]?.written).toBeLessThanOrEqual(14);
  expect(few[0]).toEqual({ ...second, read: (second?.read ?? 0) + 1 });
});

it("a sale that is repeated under its key, where its offer is not remembered, takes one round trip", async () => {
  const shop = await shopWith({});
  const { id } = await newProduct(shop, { stock: 10 });
  const sell = () =>
    call("POST", `${API}/sales`, {
      token: shop.admin.token,
      json: { items: [{ product_id: id, quantity: 1 }] },
      headers: { "idempotency-key": "k" },
    });
  const first = await sell();
  forgetOffers();
  const again = await sell();
  expect([again.text, costOf(again).queries]).toEqual([first.text, 1]);
});

it("a sale whose offer is not remembered reads its products, and no others of the shop", async () => {
  const shop = await shopWith({});
  const { id } = await newProduct(shop, { stock: 10 });
  const costOfOne = async () => {
    forgetOffers();
    return costOf(
      await call("POST", `${API}/sales`, {
        token: shop.admin.token,
        json: { items: [{ product_id: id, quantity: 1 }] },
      }),
    );
  };
  await costOfOne();
  const few = await costOfOne();
  for (let product = 0; product < 5; product += 1) await newProduct(shop);
  expect((await costOfOne()).read - few.read).toBeLessThan(5);
});
