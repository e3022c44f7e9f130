import { describe, expect, it } from "vitest";
import { eraseUser } from "../../../src/erasure/account.ts";
import { change } from "../../support/change.ts";
import { API, call, costOf } from "../../support/client.ts";
import { count } from "../../support/d1.ts";
import { storeCatalogue } from "../../support/large-catalogue.ts";
import { pagesOf } from "../../support/pages.ts";
import { newPerson, newProduct, newShop, sellOne, type Person, type Shop } from "../../support/shops.ts";
import { countByStatus } from "../../support/count-by-status.ts";

type Item = { product: { id: string; price: number }; priority: number };

const put = (person: Person, path: string, json?: unknown) =>
  call("PUT", `${API}${path}`, { token: person.token, json });
const remove = (person: Person, path: string) => call("DELETE", `${API}${path}`, { token: person.token });
const list = (person: Person, path: string) => call("GET", `${API}${path}`, { token: person.token });

const patch = (shop: Shop, id: string, json: Record<string, unknown>) =>
  call("PATCH", `${API}/products/${id}`, { token: shop.admin.token, json });
const move = (shop: Shop, id: string, json: Record<string, unknown>) =>
  call("POST", `${API}/products/${id}/stock`, { token: shop.admin.token, json });

async function customerOf(shop: Shop): Promise<Person> {
  return newPerson(shop.tenant, "CUSTOMER");
}

const idsOf = (response: { body: { data: Item[] } }): string[] =>
  response.body.data.map(({ product }) => product.id);

describe("favorites", () => {
  it("are added and removed any number of times, and listed newest first with the product", async () => {
    const shop = await newShop();
    const eva = await customerOf(shop);
    const one = await newProduct(shop, { price: 500 });
    const two = await newProduct(shop, { price: 700 });
    for (const { id } of [one, two, one]) {
      const response = await put(eva, `/favorites/${id}`);
      expect([response.status, response.text]).toEqual([204, ""]);
    }
    const listed = await list(eva, "/favorites");
    expect(idsOf(listed)).toEqual([two.id, one.id]);
    const product = await call("GET", `${API}/products/${two.id}`, { token: eva.token });
    expect(listed.body.data[0]).toEqual({
      product: product.body,
      created_at: expect.any(String),
      price_then: 700,
      price_fell: false,
      back_in_stock: false,
    });
    await put(eva, `/wishlist/${one.id}`, { priority: 1 });
    for (let times = 0; times < 2; times += 1) {
      const response = await remove(eva, `/favorites/${one.id}`);
      expect([response.status, response.text]).toEqual([204, ""]);
    }
    expect(idsOf(await list(eva, "/favorites"))).toEqual([two.id]);
    expect(idsOf(await list(eva, "/wishlist"))).toEqual([one.id]);
  });

  it("belong to one user and shop", async () => {
    const shop = await newShop();
    const other = await newShop();
    const [eva, leo, zoe] = [await customerOf(shop), await customerOf(shop), await customerOf(other)];
    const { id } = await newProduct(shop);
    await newProduct(other);
    await put(eva, `/favorites/${id}`);
    await put(shop.admin, `/favorites/${id}`);
    await remove(leo, `/favorites/${id}`);
    expect((await remove(zoe, `/favorites/${id}`)).status).toBe(404);
    expect((await put(zoe, `/favorites/${id}`)).status).toBe(404);
    expect([await list(eva, "/favorites"), await list(leo, "/favorites")].map(idsOf)).toEqual([[id], []]);
    expect(idsOf(await list(eva, "/wishlist"))).toEqual([]);
  });

  it("accept no hidden product; one that is hidden later remains and shows it", async () => {
    const shop = await newShop();
    const eva = await customerOf(shop);
    const { id } = await newProduct(shop);
    const hidden = await newProduct(shop);
    await patch(shop, hidden.id, { is_active: false });
    expect((await put(eva, `/favorites/${hidden.id}`)).body.type).toBe("/problems/not-found");
    await put(eva, `/favorites/${id}`);
    await patch(shop, id, { is_active: false });
    expect((await list(eva, "/favorites")).body.data).toMatchObject([{ product: { id, is_active: false } }]);
    expect((await remove(eva, `/favorites/${id}`)).status).toBe(204);
    expect(idsOf(await list(eva, "/favorites"))).toEqual([]);
  });

  it("are paged without repeating or omitting any while others are added", async () => {
    const shop = await newShop();
    const eva = await customerOf(shop);
    const expected: string[] = [];
    for (let at = 0; at < 5; at += 1) {
      const { id } = await newProduct(shop);
      await put(eva, `/favorites/${id}`);
      expected.unshift(id);
    }
    const listed: string[] = [];
    await pagesOf(async (cursor) => {
      const page = await list(eva, `/favorites?limit=2${cursor === null ? "" : `&cursor=${cursor}`}`);
      listed.push(...idsOf(page));
      await put(eva, `/favorites/${(await newProduct(shop)).id}`);
      return page.body;
    });
    expect(listed).toEqual(expected);
  });

  it("that were added at the same time are listed once each, in pages", async () => {
    const shop = await newShop();
    const eva = await customerOf(shop);
    const ids: string[] = [];
    for (let at = 0; at < 3; at += 1) {
      const { id } = await newProduct(shop);
      await put(eva, `/favorites/${id}`);
      ids.unshift(id);
    }
    await change("UPDATE saved_items SET created_at = '2026-01-01T00:00:00.000Z' WHERE user_id = ?", eva.id);
    const pages = await pagesOf(
      async (cursor) =>
        (await list(eva, `/favorites?limit=1${cursor === null ? "" : `&cursor=${cursor}`}`)).body,
    );
    expect(pages.flatMap(({ data }) => data.map(({ product }: Item) => product.id))).toEqual(ids);
    // A cursor is a position in the list of one person.
    const page = await list(eva, "/favorites?limit=1");
    const other = await list(await customerOf(shop), `/favorites?cursor=${page.body.next_cursor}`);
    expect(other.body.type).toBe("/problems/invalid-cursor");
    const wishes = await list(eva, `/wishlist?cursor=${page.body.next_cursor}`);
    expect(wishes.body.type).toBe("/problems/invalid-cursor");
  });

  it("hold a thousand, however many are added at once, and read only a page of them", async () => {
    const shop = await newShop();
    const eva = await customerOf(shop);
    const shelf = (await storeCatalogue(shop, 1100)).filter(({ is_active }) => is_active === 1);
    await change(
      `INSERT INTO saved_items (tenant_id, user_id, list, product_id, priority, price, was_out, created_at)
        SELECT tenant_id, ?, 'favorites', id, 0, price, 0, created_at FROM products
        WHERE tenant_id = ? AND is_active = 1 ORDER BY id LIMIT 997`,
      eva.id,
      shop.tenant.id,
    );
    const responses = await Promise.all(shelf.slice(-10).map(({ id }) => put(eva, `/favorites/${id}`)));
    expect(countByStatus(responses)).toEqual({ 204: 3, 409: 7 });
    expect(responses.find(({ status }) => status === 409)?.body.type).toBe("/problems/list-full");
    const saved = "SELECT count(*) n FROM saved_items WHERE tenant_id = ?";
    expect(await count(saved, shop.tenant.id)).toBe(1000);
    expect((await put(eva, `/favorites/${shelf[0]?.id}`)).status).toBe(204);
    expect((await put(eva, `/wishlist/${shelf[0]?.id}`, { priority: 1 })).status).toBe(204);
    await remove(eva, `/favorites/${shelf[0]?.id}`);
    expect((await put(eva, `/favorites/${shelf[0]?.id}`)).status).toBe(204);
    const first = await list(eva, "/favorites?limit=10");
    expect(costOf(first).read).toBeLessThan(50);
    const { read } = costOf(await list(eva, `/favorites?limit=10&cursor=${first.body.next_cursor}`));
    expect(read).toBeLessThan(50);
  });
});

describe("the wishlist", () => {
  it("is sorted by priority, 1 first, then newest first; adding a product again changes only its priority", async () => {
    const shop = await newShop();
    const eva = await customerOf(shop);
    const ids: string[] = [];
    for (const priority of [3, 1, 5, 3]) {
      const { id } = await newProduct(shop);
      ids.push(id);
      expect((await put(eva, `/wishlist/${id}`, { priority })).status).toBe(204);
    }
    const [low, top, least, lowToo] = ids;
    const before = await list(eva, "/wishlist");
    expect(idsOf(before)).toEqual([top, lowToo, low, least]);
    expect(before.body.data.map((item: Item) => item.priority)).toEqual([1, 3, 3, 5]);
    const walked: string[] = [];
    await pagesOf(async (cursor) => {
      const page = await list(eva, `/wishlist?limit=1${cursor === null ? "" : `&cursor=${cursor}`}`);
      walked.push(...idsOf(page));
      return page.body;
    });
    expect(walked).toEqual([top, lowToo, low, least]);
    await patch(shop, least ?? "", { price: 1 });
    await put(eva, `/wishlist/${least}`, { priority: 2 });
    const after = await list(eva, "/wishlist");
    expect(idsOf(after)).toEqual([top, least, lowToo, low]);
    const { created_at } = before.body.data[3];
    expect(after.body.data[1]).toMatchObject({ priority: 2, price_then: 1000, price_fell: true, created_at });
    await remove(eva, `/wishlist/${top}`);
    expect(idsOf(await list(eva, "/wishlist"))).toEqual([least, lowToo, low]);
  });

  it.each([
    {},
    { priority: 0 },
    { priority: 6 },
    { priority: 1.5 },
    { priority: "1" },
    { priority: 1, user_id: "x" },
  ])("rejects %j", async (json) => {
    const shop = await newShop();
    const { id } = await newProduct(shop);
    expect((await put(shop.admin, `/wishlist/${id}`, json)).status).toBe(422);
    expect(idsOf(await list(shop.admin, "/wishlist"))).toEqual([]);
  });
});

describe("a saved item shows", () => {
  it("that the price fell below the one it was saved at, and no longer when it rose again", async () => {
    const shop = await newShop();
    const eva = await customerOf(shop);
    const { id } = await newProduct(shop, { price: 500 });
    await put(eva, `/favorites/${id}`);
    const fell = async () => (await list(eva, "/favorites")).body.data[0].price_fell;
    const listed = [];
    for (const price of [600, 500, 499, 500]) {
      await patch(shop, id, { price });
      listed.push(await fell());
    }
    expect(listed).toEqual([false, false, true, false]);
    await put(eva, `/favorites/${id}`);
    expect((await list(eva, "/favorites")).body.data[0].price_then).toBe(500);
  });

  it("that the product is back in stock, if it was sold out when it was saved or later", async () => {
    const shop = await newShop();
    const eva = await customerOf(shop);
    const out = await newProduct(shop, { stock: 0 });
    const runs = await newProduct(shop, { stock: 2 });
    const fine = await newProduct(shop, { stock: 2 });
    const free = await newProduct(shop);
    for (const { id } of [free, fine, runs, out]) await put(eva, `/wishlist/${id}`, { priority: 2 });
    const back = async () =>
      new Map(
        (await list(eva, "/wishlist")).body.data.map((item: Item & { back_in_stock: boolean }) => [
          item.product.id,
          item.back_in_stock,
        ]),
      );
    const marks = (of: Map<unknown, unknown>) => [out, runs, fine, free].map(({ id }) => of.get(id));
    expect(marks(await back())).toEqual([false, false, false, false]);
    await sellOne(shop.admin.token, runs.id, 2);
    await sellOne(shop.admin.token, fine.id, 1);
    expect(marks(await back())).toEqual([false, false, false, false]);
    await move(shop, out.id, { delta: 3, reason: "received" });
    await move(shop, runs.id, { count: 1, reason: "count" });
    expect(marks(await back())).toEqual([true, true, false, false]);
    await patch(shop, out.id, { is_active: false });
    expect(marks(await back())).toEqual([false, true, false, false]);
    await sellOne(shop.admin.token, runs.id);
    expect(marks(await back())).toEqual([false, false, false, false]);
    await change("UPDATE products SET stock = NULL WHERE id = ?", runs.id);
    expect(marks(await back())).toEqual([false, true, false, false]);
  });

  it("it at no cost for a sale of products that nobody saved, and at one index lookup for saved ones", async () => {
    const shop = await newShop();
    const eva = await customerOf(shop);
    const cost = async (saved: boolean) => {
      const { id } = await newProduct(shop, { stock: 1 });
      if (saved) await put(eva, `/favorites/${id}`);
      return costOf(await sellOne(shop.admin.token, id));
    };
    await cost(false);
    const plain = await cost(false);
    const watched = await cost(true);
    expect(watched.written).toBeLessThanOrEqual(plain.written + 2);
    expect(watched.read).toBeLessThanOrEqual(plain.read + 3);
  });
});

it("an export of a customer's data has each list with its products, hidden ones included", async () => {
  const shop = await newShop();
  const [ana, eva] = [await customerOf(shop), await customerOf(shop)];
  const [one, two] = [await newProduct(shop, { title: "Uno" }), await newProduct(shop, { title: "Dos" })];
  await put(ana, `/favorites/${one.id}`);
  await put(ana, `/favorites/${two.id}`);
  await put(ana, `/wishlist/${two.id}`, { priority: 4 });
  await put(eva, `/wishlist/${one.id}`, { priority: 1 });
  await patch(shop, two.id, { is_active: false });
  const { body } = await list(ana, "/customers/me/export");
  const created_at = expect.any(String);
  const items = [
    { product_id: one.id, sku: one.sku, title: "Uno", priority: 0, created_at },
    { product_id: two.id, sku: two.sku, title: "Dos", priority: 0, created_at },
  ];
  expect(body.favorites).toEqual(items);
  expect(body.wishlist).toEqual([{ ...items[1], priority: 4 }]);
});

it("an erasure deletes the saved items of the customer, and those of no other", async () => {
  const shop = await newShop();
  const { id } = await newProduct(shop);
  const [ana, eva] = [await customerOf(shop), await customerOf(shop)];
  for (const customer of [ana, eva]) {
    await put(customer, `/favorites/${id}`);
    await put(customer, `/wishlist/${id}`, { priority: 2 });
  }
  await eraseUser(shop.admin.ctx(), ana.id);
  const saved = "SELECT count(*) n FROM saved_items WHERE tenant_id = ? AND user_id = ?";
  expect(await count(saved, shop.tenant.id, ana.id)).toBe(0);
  expect(idsOf(await list(eva, "/favorites"))).toEqual([id]);
  expect(idsOf(await list(eva, "/wishlist"))).toEqual([id]);
});
