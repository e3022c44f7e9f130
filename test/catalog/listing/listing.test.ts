// Compares lists with a plain filter and sort of the same products, whatever index they are read by.
import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { API, call } from "../../support/client.ts";
import { storeCatalogue, type CatalogueProduct } from "../../support/large-catalogue.ts";
import { newProduct, newShop, type Shop } from "../../support/shops.ts";

type Query = {
  category?: string[] | undefined;
  author?: string[] | undefined;
  language?: string[] | undefined;
  price_min?: number | undefined;
  price_max?: number | undefined;
  in_stock?: boolean | undefined;
  is_active?: boolean | undefined;
};

let shop: Shop;
let catalogue: CatalogueProduct[];

beforeAll(async () => {
  shop = await newShop();
  catalogue = await storeCatalogue(shop, 1500);
});

const isOneOf = (expectedValues: string[] | undefined, value: string | null): boolean =>
  expectedValues === undefined || (value !== null && expectedValues.includes(value));

const matches = (query: Query, product: CatalogueProduct): boolean =>
  isOneOf(query.category, product.category) &&
  isOneOf(query.author, product.author) &&
  isOneOf(query.language, product.language) &&
  product.price >= (query.price_min ?? 0) &&
  product.price <= (query.price_max ?? Infinity) &&
  (query.in_stock === undefined || query.in_stock === (product.stock !== 0)) &&
  product.is_active === (query.is_active === false ? 0 : 1);

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const orders = {
  "-created_at": (a: CatalogueProduct, b: CatalogueProduct) => byText(b.id, a.id),
  price: (a: CatalogueProduct, b: CatalogueProduct) => a.price - b.price || byText(a.id, b.id),
  "-price": (a: CatalogueProduct, b: CatalogueProduct) => b.price - a.price || byText(b.id, a.id),
  title: (a: CatalogueProduct, b: CatalogueProduct) => byText(a.title, b.title) || byText(a.id, b.id),
  "-rating": (a: CatalogueProduct, b: CatalogueProduct) =>
    (b.rating ?? -1) - (a.rating ?? -1) || byText(b.id, a.id),
};

const textOf = (query: object): string => {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) for (const each of [value].flat()) params.append(name, String(each));
  return params.toString();
};

const listWith = (query: object) =>
  call("GET", `${API}/products?${textOf(query)}`, { token: shop.admin.token });

const someOf = (values: fc.Arbitrary<string>) =>
  fc.option(fc.uniqueArray(values, { minLength: 1, maxLength: 3 }), { nil: undefined, freq: 2 });
const price = fc.option(fc.integer({ min: 0, max: 5000 }), { nil: undefined, freq: 2 });
const yesNo = fc.option(fc.boolean(), { nil: undefined, freq: 1 });

const queries = fc
  .record({
    category: someOf(fc.constantFrom("C0", "C1", "C2", "C5", "Unknown")),
    author: fc.option(
      fc.uniqueArray(
        fc.integer({ min: 0, max: 149 }).map((at) => `Author ${at}`),
        {
          minLength: 1,
          maxLength: 60,
        },
      ),
      { nil: undefined, freq: 1 },
    ),
    language: someOf(fc.constantFrom("es", "la")),
    price_min: price,
    price_max: price,
    in_stock: yesNo,
    is_active: fc.constantFrom(undefined, undefined, true, false),
    sort: fc.constantFrom(...Object.keys(orders)),
    limit: fc.constantFrom(7, 20, 100),
  })
  .filter(({ price_min, price_max }) => (price_min ?? 0) <= (price_max ?? 5000));

describe("any combination of filters and a sort", () => {
  it("lists what a plain filter returns, in its order, page by page", async () => {
    let isAnyLong = false;
    const everything = {
      category: ["C0", "C1", "C2"],
      author: ["Author 1", "Author 2"],
      language: ["la", "es"],
      price_min: 1,
      price_max: 4999,
      in_stock: false,
      sort: "title",
      limit: 7,
    };
    for (const query of [everything, ...fc.sample(queries, { seed: 7, numRuns: 120 })]) {
      const order = Object.entries(orders).find(([name]) => name === query.sort)?.[1];
      const expected = catalogue.filter((product) => matches(query, product)).toSorted(order);
      const first = await listWith(query);
      expect(first.status).toBe(200);
      const listed: { id: string }[] = [...first.body.data];
      if (first.body.next_cursor !== null)
        listed.push(...(await listWith({ ...query, cursor: first.body.next_cursor })).body.data);
      const expectedValues = expected.slice(0, 2 * query.limit).map(({ id }) => id);
      expect(
        listed.map(({ id }) => id),
        textOf(query),
      ).toEqual(expectedValues);
      isAnyLong ||= expectedValues.length === 2 * query.limit;
    }
    expect(isAnyLong).toBe(true);
  });

  it("has facets that count the matches without their own filter, and price bands that work as filters", async () => {
    for (const query of fc.sample(queries, { seed: 11, numRuns: 25 })) {
      const { body } = await listWith({ ...query, facets: true, limit: 1 });
      for (const facet of ["category", "author", "language"] as const) {
        const matching = catalogue.filter((product) => matches({ ...query, [facet]: undefined }, product));
        const counts = Map.groupBy(matching, (product) => product[facet]);
        counts.delete(null);
        const expectedValues = [...counts]
          .map(([value, of]) => ({ value: value ?? "", count: of.length }))
          .toSorted((a, b) => b.count - a.count || byText(a.value, b.value));
        expect(body.facets[facet], `${facet} of ${textOf(query)}`).toEqual(expectedValues.slice(0, 20));
      }
      const bands: { min: number; max: number; count: number }[] = body.facets.price;
      const matching = catalogue.filter((product) =>
        matches({ ...query, price_min: undefined, price_max: undefined }, product),
      );
      expect(bands.reduce((sum, { count }) => sum + count, 0)).toBe(matching.length);
      expect(bands.length).toBeLessThanOrEqual(4);
      let below = -1;
      for (const { min, max, count } of bands) {
        expect(min).toBeGreaterThan(below);
        expect(matching.filter((product) => product.price >= min && product.price <= max).length).toBe(count);
        below = max;
      }
    }
  });
});

describe("facets", () => {
  it("are returned on request, and are empty in an empty shop", async () => {
    const { admin } = await newShop();
    const list = (query: string) => call("GET", `${API}/products?${query}`, { token: admin.token });
    expect((await list("facets=false")).body).toEqual({ data: [], next_cursor: null });
    const none = { category: [], author: [], language: [], price: [] };
    expect((await list("facets=true")).body.facets).toEqual(none);
  });

  it("count what the other filters match", async () => {
    const store = await newShop();
    for (const fields of [
      { category: "A", author: "P", language: "es", price: 100, stock: 0 },
      { category: "B", author: "Q", language: "en", price: 200, stock: 5 },
      { category: "C", author: "R", language: "fr", price: 300 },
    ])
      await newProduct(store, fields);
    const found = async (filter: string) => {
      const path = `${API}/products?facets=true&limit=1&${filter}`;
      const { facets } = (await call("GET", path, { token: store.admin.token })).body;
      const values = (["category", "author", "language"] as const).map((facet) =>
        facets[facet]
          .map(({ value }: { value: string }) => value)
          .toSorted(byText)
          .join(" "),
      );
      const priced = facets.price.reduce((sum: number, { count }: { count: number }) => sum + count, 0);
      return [...values, priced];
    };
    expect(await found("category=A")).toEqual(["A B C", "P", "es", 1]);
    expect(await found("author=Q")).toEqual(["B", "P Q R", "en", 1]);
    expect(await found("language=fr")).toEqual(["C", "R", "en es fr", 1]);
    expect(await found("price_min=101&price_max=200")).toEqual(["B", "Q", "en", 3]);
    expect(await found("price_min=200&price_max=299")).toEqual(["B", "Q", "en", 3]);
    expect(await found("in_stock=true")).toEqual(["B C", "Q R", "en fr", 2]);
    expect(await found("in_stock=false")).toEqual(["A", "P", "es", 1]);
  });

  it("put equal prices into one band", async () => {
    const cheap = await newShop();
    for (const price of [5, 5, 5, 5, 5, 9]) await newProduct(cheap, { price });
    const { body } = await call("GET", `${API}/products?facets=true`, { token: cheap.admin.token });
    expect(body.facets.price).toEqual([
      { min: 5, max: 5, count: 5 },
      { min: 9, max: 9, count: 1 },
    ]);
  });

  it("put about as many products into each of four bands", async () => {
    const even = await newShop();
    for (const price of [7, 3, 100, 1, 5, 60, 2, 20]) await newProduct(even, { price });
    const { body } = await call("GET", `${API}/products?facets=true`, { token: even.admin.token });
    expect(body.facets.price).toEqual([
      { min: 1, max: 2, count: 2 },
      { min: 3, max: 5, count: 2 },
      { min: 7, max: 20, count: 2 },
      { min: 60, max: 100, count: 2 },
    ]);
  });
});

it("products of one price are listed and searched by it, and no prices lie between one and a lower one", async () => {
  const odd = await newShop();
  await newProduct(odd, { title: "Mesa", price: 100 });
  for (const path of ["/products?", "/products/search?q=mesa&"]) {
    const found = async (query: string) =>
      call("GET", `${API}${path}${query}`, { token: odd.admin.token }).then(({ status, body }) =>
        status === 200 ? body.data.length : body.errors,
      );
    expect(await found("price_min=100&price_max=100")).toBe(1);
    expect(await found("price_min=101")).toBe(0);
    expect(await found("price_max=99")).toBe(0);
    expect(await found("price_min=101&price_max=100")).toMatchObject([
      { pointer: "#/query/price_min", detail: "must not exceed price_max" },
    ]);
  }
  const hidden = await call("GET", `${API}/products/search?q=mesa&is_active=false`, {
    token: odd.admin.token,
  });
  expect(hidden.body.errors).toMatchObject([{ pointer: "#/query/is_active" }]);
});

describe("a filter of several values", () => {
  it("accepts a hundred, and rejects more or longer ones", async () => {
    const hundred = Array.from({ length: 100 }, (_, at) => `Author ${at}`);
    expect((await listWith({ author: hundred, limit: 1 })).status).toBe(200);
    for (const [query, pointer] of [
      [{ author: [...hundred, "x"] }, "#/query/author"],
      [{ category: ["a".repeat(101)] }, "#/query/category/0"],
      [{ author: ["a".repeat(1001)] }, "#/query/author/0"],
      [{ language: ["es", "a".repeat(36)] }, "#/query/language/1"],
      [{ price_min: 2, price_max: 1 }, "#/query/price_min"],
      [{ price_min: [1, 2] }, "#/query/price_min"],
      [{ sort: ["price", "title"] }, "#/query/sort"],
      [{ facets: "yes" }, "#/query/facets"],
    ] as const) {
      const response = await listWith(query);
      expect(response.status, textOf(query)).toBe(422);
      expect(response.body.errors[0].pointer).toBe(pointer);
    }
  });

  it("matches an author of the maximum length", async () => {
    const odd = await newShop();
    const author = "a".repeat(1000);
    await newProduct(odd, { author });
    const { body } = await call("GET", `${API}/products?author=${author}`, { token: odd.admin.token });
    expect(body.data).toMatchObject([{ author }]);
  });

  it("matches a language however its tag is spelled; a malformed tag matches nothing", async () => {
    const odd = await newShop();
    for (const language of ["en", "es-MX", "fr"]) await newProduct(odd, { language });
    for (const path of ["/products?", "/products/search?q=book&"])
      for (const [search, expected] of [
        ["language=EN", ["en"]],
        ["language=eng", ["en"]],
        ["language=fra&language=ES-mx", ["es-MX", "fr"]],
        ["language=english", []],
        ["language=es_MX", []],
      ] as const) {
        const { body } = await call("GET", `${API}${path}${search}`, { token: odd.admin.token });
        const languages = body.data.map((each: { language: string }) => each.language);
        expect(languages.toSorted(), `${path}${search}`).toEqual(expected);
      }
  });

  it("is literal text, including quotes", async () => {
    const odd = await newShop();
    const names = ['"', "'", "a,b", '["x"]', "%", "\\"];
    for (const author of names) await newProduct(odd, { author });
    const list = (of: string[]) =>
      call("GET", `${API}/products?${textOf({ author: of })}`, { token: odd.admin.token });
    for (const author of names) expect((await list([author])).body.data).toMatchObject([{ author }]);
    expect((await list(names)).body.data.length).toBe(names.length);
  });
});

describe("a cursor", () => {
  it("is a position in the sort: it continues there under other filters", async () => {
    const query = { sort: "price", limit: 5 };
    const first = await listWith(query);
    const last = first.body.data[4];
    const { body } = await listWith({ ...query, language: "la", cursor: first.body.next_cursor });
    const expected = catalogue
      .filter((product) => matches({ language: ["la"] }, product))
      .toSorted(orders.price)
      .filter(({ price, id }) => price > last.price || (price === last.price && id > last.id));
    expect(body.data.map(({ id }: { id: string }) => id)).toEqual(expected.slice(0, 5).map(({ id }) => id));
  });

  it.each([
    ["price", "price_min"],
    ["-price", "price_max"],
  ] as const)("in the order of %s skips what a %s beyond it excludes", async (sort, filter) => {
    const first = await listWith({ sort, limit: 5 });
    const inOrder = catalogue.filter((product) => matches({}, product)).toSorted(orders[sort]);
    const query = { sort, limit: 5, [filter]: inOrder[20]?.price };
    const { body } = await listWith({ ...query, cursor: first.body.next_cursor });
    expect(body.data.map(({ id }: { id: string }) => id)).toEqual(inOrder.slice(20, 25).map(({ id }) => id));
  });
});
