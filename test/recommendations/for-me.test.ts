// Recommendations for a customer, over HTTP.
import { describe, expect, it } from "vitest";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { rowsOf } from "../support/d1.ts";
import { fileOf, importFile } from "../support/imports.ts";
import {
  recommendedWith,
  recommendedFor,
  idsOf,
  runNight,
  sellTogether,
} from "../support/recommendations.ts";
import { buyOne } from "../support/purchases.ts";
import { newPerson, newProduct, newShop, type Shop } from "../support/shops.ts";

const productsOf = async (shop: Shop, count: number): Promise<string[]> => {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) ids.push((await newProduct(shop)).id);
  return ids;
};

/** Sells these together three times, without a customer. */
async function pair(shop: Shop, ...ids: string[]): Promise<void> {
  for (let times = 0; times < 3; times += 1) await sellTogether(shop, ids);
}

describe("recommendations for me", () => {
  it("are related to my purchases, then best sellers, and never what I bought", async () => {
    const shop = await newShop();
    const [bought = "", next = "", best = "", quiet = ""] = await productsOf(shop, 4);
    await pair(shop, bought, next);
    for (let times = 0; times < 9; times += 1) await sellTogether(shop, [best]);
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    await sellTogether(shop, [bought], customer);
    await runNight(shop);
    const results = await recommendedFor(customer);
    expect(results.map(({ product, reason }) => [product.id, reason])).toEqual([
      [next, "bought_together"],
      [best, "best_seller"],
      [quiet, "best_seller"],
    ]);
    expect(results[0]?.score).toBeGreaterThan(0);
    await sellTogether(shop, [next, best], customer);
    expect(idsOf(await recommendedFor(customer))).toEqual([quiet]);
    await runNight(shop);
    expect(idsOf(await recommendedFor(customer))).toEqual([quiet]);
  });

  it("exclude what is ordered but unpaid, before and after a night, and include it again when it is cancelled", async () => {
    const shop = await newShop();
    const [ordered = "", other = ""] = await productsOf(shop, 2);
    const [buyer, visitor] = [
      await newPerson(shop.tenant, "CUSTOMER"),
      await newPerson(shop.tenant, "CUSTOMER"),
    ];
    const { body } = await buyOne(buyer.token, ordered);
    expect(body.status).toBe("pending");
    expect(idsOf(await recommendedFor(buyer))).toEqual([other]);
    await sellTogether(shop, [other]);
    await runNight(shop);
    expect(
      await rowsOf("SELECT product_id FROM customer_products WHERE tenant_id = ?", shop.tenant.id),
    ).toEqual([]);
    expect(idsOf(await recommendedFor(buyer))).toEqual([other]);
    expect(idsOf(await recommendedWith(shop, other, buyer.token))).toEqual([]);
    expect(idsOf(await recommendedFor(visitor))).toEqual([other, ordered]);
    await call("POST", `${API}/purchases/${body.id}/cancel`, { token: buyer.token });
    expect(idsOf(await recommendedFor(buyer))).toEqual([other, ordered]);
    // The day of the order has sales that are not counted yet.
    await sellTogether(shop, [other]);
    expect(idsOf(await recommendedFor(buyer))).toEqual([other, ordered]);
  });

  it("are the best sellers for a customer without purchases, and the newest products in a shop without sales", async () => {
    const shop = await newShop();
    const [one = "", two = "", three = ""] = await productsOf(shop, 3);
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    expect(idsOf(await recommendedFor(customer))).toEqual([three, two, one]);
    await sellTogether(shop, [one]);
    await runNight(shop);
    expect(idsOf(await recommendedFor(customer, 2))).toEqual([one, three]);
  });

  it("ignore imported sales whose CustomerID is my id, before and after a night", async () => {
    const shop = await newShop();
    const [imported = "", next = "", best = ""] = await productsOf(shop, 3);
    await pair(shop, imported, next);
    for (let times = 0; times < 2; times += 1) await sellTogether(shop, [next]);
    for (let times = 0; times < 9; times += 1) await sellTogether(shop, [best]);
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    await runNight(shop);
    const expected = idsOf(await recommendedFor(customer));
    expect(expected).toEqual([best, next, imported]);
    const [row] = await rowsOf("SELECT sku FROM products WHERE id = ?", imported);
    const line = { invoice: "1", sku: String(row?.["sku"]), customer: customer.id, quantity: 1 };
    expect((await importFile(shop, fileOf([line]))).rows_accepted).toBe(1);
    // As before the ETL of that day.
    await change(
      "INSERT INTO dirty_days (tenant_id, day) SELECT DISTINCT tenant_id, day FROM sales WHERE tenant_id = ? ON CONFLICT DO NOTHING",
      shop.tenant.id,
    );
    expect(idsOf(await recommendedFor(customer))).toEqual(expected);
    await runNight(shop);
    expect(idsOf(await recommendedFor(customer))).toEqual(expected);
  });

  it("do not follow the lines of a refund, though one was sold in exchange", async () => {
    const shop = await newShop();
    const [returned = "", next = ""] = await productsOf(shop, 2);
    await pair(shop, returned, next);
    await runNight(shop);
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    const sale = await sellTogether(shop, [returned], customer);
    const reasons = async () => (await recommendedFor(customer)).map(({ reason }) => reason);
    expect(await reasons()).toContain("bought_together");
    // As an import stores an exchange in which less was returned than sold.
    const setQuantity = (quantity: number) =>
      change(
        "UPDATE sale_lines SET quantity = ? WHERE tenant_id = ? AND sale_id = ?",
        quantity,
        shop.tenant.id,
        sale,
      );
    await setQuantity(-1000);
    expect(await reasons()).not.toContain("bought_together");
    await setQuantity(1000);
    expect(idsOf(await recommendedFor(customer))).toEqual([next]);
    // And one in which more was.
    await change("UPDATE sales SET kind = 'refund' WHERE tenant_id = ? AND id = ?", shop.tenant.id, sale);
    expect(await reasons()).toEqual(["best_seller", "best_seller"]);
    await runNight(shop);
    expect(await reasons()).toEqual(["best_seller", "best_seller"]);
  });

  it("do not follow an order that is not paid", async () => {
    const shop = await newShop();
    const [ordered = "", next = ""] = await productsOf(shop, 2);
    await pair(shop, ordered, next);
    await runNight(shop);
    const buyer = await newPerson(shop.tenant, "CUSTOMER");
    await buyOne(buyer.token, ordered);
    const results = await recommendedFor(buyer);
    expect(results.map(({ product, reason }) => [product.id, reason])).toEqual([[next, "best_seller"]]);
  });

  it("follow my current favorites", async () => {
    const shop = await newShop();
    const [favorited = "", next = "", newest = ""] = await productsOf(shop, 3);
    await pair(shop, favorited, next);
    await runNight(shop);
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    const favorite = (method: string) =>
      call(method, `${API}/favorites/${favorited}`, { token: customer.token });
    const json = { priority: 1 };
    await call("PUT", `${API}/wishlist/${favorited}`, { token: customer.token, json });
    expect((await recommendedFor(customer)).map(({ reason }) => reason)).not.toContain("bought_together");
    expect((await favorite("PUT")).status).toBe(204);
    const results = await recommendedFor(customer);
    expect(results.map(({ product, reason }) => [product.id, reason])).toEqual([
      [next, "bought_together"],
      [favorited, "best_seller"],
      [newest, "best_seller"],
    ]);
    await favorite("DELETE");
    expect((await recommendedFor(customer)).map(({ reason }) => reason)).not.toContain("bought_together");
  });

  it("follow my cart, and exclude its products", async () => {
    const shop = await newShop();
    const [inCart = "", next = "", other = ""] = await productsOf(shop, 3);
    await pair(shop, inCart, next);
    await runNight(shop);
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    const put = (product_id: string) =>
      call("POST", `${API}/cart/items`, { token: customer.token, json: { product_id, quantity: 1 } });
    await put(inCart);
    const results = await recommendedFor(customer);
    expect(results.map(({ product, reason }) => [product.id, reason])).toEqual([
      [next, "bought_together"],
      [other, "best_seller"],
    ]);
    await put(next);
    expect(idsOf(await recommendedFor(customer))).toEqual([other]);
  });

  it.each([
    [
      "my newest twenty favorites",
      `INSERT INTO saved_items (tenant_id, user_id, list, product_id, priority, price, was_out, created_at)
        SELECT tenant_id, ?1, 'favorites', id, 0, price, 0, iif(id = ?3, '2025-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z')
        FROM products WHERE tenant_id = ?2 AND id <= ?3`,
      [0, 20],
    ],
    [
      "twenty products of my cart",
      `INSERT INTO cart_items (tenant_id, cart_id, product_id, quantity, price, added_at)
        SELECT tenant_id, ?, id, 1000, price, '2026-01-01T00:00:00.000Z' FROM products
        WHERE tenant_id = ? AND id <= ? ORDER BY id`,
      [19, 20],
    ],
  ])("follow %s", async (_, insert, [last = 0, beyond = 0]) => {
    const shop = await newShop();
    const ids = (await productsOf(shop, 23)).toSorted();
    const [near = "", far = ""] = ids.slice(21);
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    await change(
      "INSERT INTO carts (tenant_id, id, created_at) VALUES (?, ?, '2026-01-01T00:00:00.000Z')",
      shop.tenant.id,
      customer.id,
    );
    await change(insert, customer.id, shop.tenant.id, ids[20]);
    for (const [from, to] of [
      [last, near],
      [beyond, far],
    ] as const)
      await change(
        "INSERT INTO product_neighbours (tenant_id, product_id, neighbours) VALUES (?, ?, ?)",
        shop.tenant.id,
        ids[from],
        JSON.stringify([[to, 0.5]]),
      );
    const related = (await recommendedFor(customer)).filter(({ reason }) => reason === "bought_together");
    expect(idsOf(related)).toEqual([near]);
  });

  it("follow a product once that is both a favorite and in the cart", async () => {
    const shop = await newShop();
    const [liked = "", next = "", other = "", otherNext = ""] = await productsOf(shop, 4);
    await pair(shop, liked, next);
    await pair(shop, other, otherNext);
    await runNight(shop);
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    for (const product of [liked, other])
      await call("PUT", `${API}/favorites/${product}`, { token: customer.token });
    const scores = async () =>
      Object.fromEntries(
        (await recommendedFor(customer))
          .filter(({ reason }) => reason === "bought_together")
          .map(({ product, score }) => [product.id, score]),
      );
    const before = await scores();
    expect(before[next]).toBe(before[otherNext]);
    await call("POST", `${API}/cart/items`, {
      token: customer.token,
      json: { product_id: liked, quantity: 1 },
    });
    expect(await scores()).toEqual(before);
  });

  it("exclude hidden and sold-out products at once", async () => {
    const shop = await newShop();
    const [bought = "", hidden = "", out = "", available = "", poor = "", soldOut = ""] = await productsOf(
      shop,
      6,
    );
    await pair(shop, bought, hidden, out, available);
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    await sellTogether(shop, [bought], customer);
    await runNight(shop);
    await change("UPDATE products SET is_active = 0 WHERE id IN (?, ?)", hidden, poor);
    await change("UPDATE products SET stock = 0 WHERE id IN (?, ?)", out, soldOut);
    expect(idsOf(await recommendedFor(customer))).toEqual([available]);
  });

  it("are found behind many products that are sold out, related ones and best sellers", async () => {
    const shop = await newShop();
    const [one = "", two = "", next = ""] = await productsOf(shop, 3);
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    const soldOut = Array.from({ length: 25 }, (_, nth) => `00000000-0000-7000-8000-0000000000${nth + 10}`);
    await change(
      `INSERT INTO products (tenant_id, id, sku, title, price, stock, sold, created_at, updated_at)
        SELECT ?1, value, value, 'A book', 1, 0, 9000, ?3, ?3 FROM json_each(?2)`,
      shop.tenant.id,
      JSON.stringify(soldOut),
      "2026-01-01T00:00:00.000Z",
    );
    for (const [product, neighbours] of [
      [one, soldOut.slice(0, 20)],
      [two, [...soldOut.slice(20), next]],
    ] as const) {
      const scores = neighbours.map((id) => [id, id === next ? 0.1 : 0.5]);
      await change(
        "INSERT INTO product_neighbours (tenant_id, product_id, neighbours) VALUES (?, ?, ?)",
        shop.tenant.id,
        product,
        JSON.stringify(scores),
      );
      await call("PUT", `${API}/favorites/${product}`, { token: customer.token });
    }
    expect((await recommendedFor(customer)).map(({ product, reason }) => [product.id, reason])).toEqual([
      [next, "bought_together"],
      [two, "best_seller"],
      [one, "best_seller"],
    ]);
  });

  it("weigh the newest purchases more than old ones", async () => {
    const shop = await newShop();
    const ids = await productsOf(shop, 4);
    const [old = "", oldNext = "", young = "", youngNext = ""] = ids;
    await pair(shop, old, oldNext);
    await pair(shop, young, youngNext);
    const many = await productsOf(shop, 21);
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    await sellTogether(shop, [old], customer);
    await sellTogether(shop, many, customer);
    await sellTogether(shop, [young], customer);
    await runNight(shop);
    const results = await recommendedFor(customer, 2);
    expect(idsOf(results)).toEqual([youngNext, oldNext]);
    expect(results[0]?.score).toBeGreaterThan(2 * (results[1]?.score ?? 0) * 0.99);
  });

  it("come only from the caller's shop and purchases", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    const [bought = "", next = ""] = await productsOf(shop, 2);
    const [othersBought = "", theirNext = ""] = await productsOf(other, 2);
    await pair(shop, bought, next);
    await pair(other, othersBought, theirNext);
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    const neighbour = await newPerson(shop.tenant, "CUSTOMER");
    await sellTogether(shop, [bought], customer);
    await runNight(shop);
    await runNight(other);
    expect(idsOf(await recommendedFor(customer))).toEqual([next]);
    const results = await recommendedFor(neighbour);
    expect(idsOf(results).toSorted()).toEqual([bought, next].toSorted());
    expect(results.map(({ reason }) => reason)).toEqual(["best_seller", "best_seller"]);
  });
});
