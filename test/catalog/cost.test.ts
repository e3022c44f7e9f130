// The rows read for a page of products must not grow with the shop, whatever the filters.
import { beforeAll, describe, expect, it } from "vitest";
import { packFacets } from "../../src/catalog/listing/packed-facets.ts";
import { runSweep } from "../../src/platform/sweeps.ts";
import { change } from "../support/change.ts";
import { API, call, costOf } from "../support/client.ts";
import { count } from "../support/d1.ts";
import { storeCatalogue } from "../support/large-catalogue.ts";
import { base, newShop, type Shop } from "../support/shops.ts";

// Twenty-one products, the sign-in, and some index entries.
const PAGE = 30;
// The most rows read to count the matches of a filter and then to read a page.
const MANY = 530;

let shop: Shop;

beforeAll(async () => {
  shop = await newShop();
  await storeCatalogue(shop, 4000);
});

const readPage = async (path: string, of = shop) => {
  const response = await call("GET", `${API}/products${path}`, { token: of.admin.token });
  return { ...response.body, ...costOf(response) };
};

describe("a page of 4,000 products", () => {
  const queries: [string, number][] = [
    ["", PAGE],
    ["sort=price", PAGE],
    ["sort=-price", PAGE],
    ["sort=title", PAGE],
    ["sort=-rating", PAGE],
    ["in_stock=true&sort=title", PAGE + 2],
    ["is_active=false", PAGE],
    ["is_active=false&sort=-rating", PAGE],
    ["category=C0", PAGE],
    ["category=C7", PAGE],
    ["language=es", PAGE],
    ["language=la", PAGE],
    ["author=Author 7", PAGE],
    ["in_stock=false", PAGE],
    ["price_min=100&price_max=4900&sort=price", PAGE],
    ["price_min=100&price_max=4900&sort=-price", PAGE],
    ["author=Author 7&sort=price", PAGE + 10],
    ["author=Author 7&author=Author 8&sort=-rating", PAGE + 60],
    ["category=C7&category=C9&sort=title", PAGE + 90],
    ["language=la&sort=price", 130],
    ["in_stock=false&sort=title", 130],
    ["price_min=100&price_max=120", PAGE + 30],
    ["price_min=100&price_max=180", MANY],
    ["category=C0&language=es&author=Author 7&price_max=4000&in_stock=true&sort=price", 80],
    ["language=es&sort=price", MANY],
    ["language=es&language=la", MANY + 30],
    ["category=C0&price_min=100&price_max=120", MANY + 60],
    ["category=C0&sort=-rating", MANY + 30],
    ["category=C0&category=C1&sort=title", MANY + 30],
    ["price_min=100&price_max=4900&sort=title", MANY + 30],
    ["language=es&category=C1&sort=-price", 2 * MANY + 60],
  ];

  it.each(queries)("by ?%s reads few rows, and so does the next page", async (query, most) => {
    const first = await readPage(`?${query}`);
    expect(first.data.length).toBeGreaterThan(0);
    expect(first.read).toBeLessThanOrEqual(most);
    expect(first.queries).toBeLessThanOrEqual(3);
    if (first.next_cursor === null) return;
    const second = await readPage(`?${query}&cursor=${first.next_cursor}`);
    expect(second.data.length).toBeGreaterThan(0);
    expect(second.read).toBeLessThanOrEqual(most);
  });

  it("of changes reads what it returns, and so does the next page", async () => {
    const first = await readPage("?updated_since=2020-01-01T00:00:00Z");
    const second = await readPage(`?updated_since=2020-01-01T00:00:00Z&cursor=${first.next_cursor}`);
    for (const { data, queries, read } of [first, second])
      expect([data.length, queries, read <= PAGE]).toEqual([20, 1, true]);
  });

  it("with facets reads each product once at most, and a row for hundreds of them once they are packed, whatever the filters", async () => {
    const requests = [
      "",
      "&language=en&price_min=1",
      "&author=Author 7",
      "&author=Author 7&language=es&in_stock=true",
    ];
    const read = async (facets: boolean) => {
      const pages = [];
      for (const filters of requests) pages.push(await readPage(`?facets=${facets}&limit=1${filters}`));
      return pages;
    };
    const lists = await read(false);
    const unpacked = await read(true);
    await runSweep(base(), packFacets, "stale-facets");
    const packed = await read(true);
    expect(packed.map(({ facets }) => facets)).toEqual(unpacked.map(({ facets }) => facets));
    for (const [at, list] of lists.entries()) {
      expect(unpacked[at].read - list.read).toBeLessThanOrEqual(4000 * 1.25);
      expect(packed[at].read - list.read).toBeLessThanOrEqual(4000 / 500 + 2);
    }
    // One part of the catalogue is read until it is packed again.
    await change("UPDATE products SET price = price + 1 WHERE tenant_id = ? AND sku = 'S-7'", shop.tenant.id);
    expect((await readPage("?facets=true&limit=1")).read).toBeLessThanOrEqual(500 + MANY / 10);
  });
});

describe("a category that has the highest prices and a single language", () => {
  // 3,600 products in English, and 700 in Spanish, which are the category Zeta.
  const ZETA = 700;

  let dear: Shop;

  beforeAll(async () => {
    dear = await newShop();
    await storeCatalogue(dear, 4300);
    await change(
      `UPDATE products SET is_active = 1, stock = 5000, category = iif(CAST(substr(sku, 3) AS INTEGER) < ?, 'Zeta', 'Alpha'),
        language = iif(CAST(substr(sku, 3) AS INTEGER) < ?, 'es', 'en'),
        price = iif(CAST(substr(sku, 3) AS INTEGER) < ?, 9000, 0) + price WHERE tenant_id = ?`,
      ZETA,
      ZETA,
      ZETA,
      dear.tenant.id,
    );
  });

  it.each(["price", "-price", "title", "-rating", "-created_at"])(
    "is read by %s without a scan",
    async (sort) => {
      // From its second request on, a login costs no round trip.
      await readPage("?limit=1", dear);
      const first = await readPage(`?category=Zeta&sort=${sort}`, dear);
      expect(first.data.length).toBe(20);
      expect([first.queries, first.read <= PAGE]).toEqual([1, true]);
      const second = await readPage(`?category=Zeta&sort=${sort}&cursor=${first.next_cursor}`, dear);
      expect([second.data.length, second.read <= PAGE]).toEqual([20, true]);
    },
  );

  it.each(["price", "-created_at"])(
    "is scanned at most as a whole, but not the shop, for what it lacks, by %s",
    async (sort) => {
      const nothing = await readPage(`?category=Zeta&language=en&sort=${sort}`, dear);
      expect(nothing.data).toEqual([]);
      expect(nothing.read).toBeLessThanOrEqual(2 * MANY + ZETA + 10);
    },
  );

  it("is read by price if prices are requested", async () => {
    const page = await readPage("?category=Zeta&price_min=9000&sort=price", dear);
    expect([page.data.length, page.read <= PAGE]).toEqual([20, true]);
  });
});

describe("the categories", () => {
  it("cost one row each, whatever the number of products", async () => {
    const response = await call("GET", `${API}/products/categories`, { token: shop.admin.token });
    const { queries, read } = costOf(response);
    expect(queries).toBe(1);
    expect(read).toBeLessThanOrEqual(2 * response.body.length + 4);
    expect(await count("SELECT count(*) n FROM category_counts WHERE tenant_id = ?", shop.tenant.id)).toBe(
      response.body.length,
    );
  });
});
