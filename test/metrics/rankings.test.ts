import { sql } from "drizzle-orm";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { inOrder, pageCandidates } from "../../src/metrics/rankings/ranking.ts";
import { buildNextProductDays } from "../../src/recommendations/days.ts";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { change } from "../support/change.ts";
import { API, call, costOf } from "../support/client.ts";
import { fileOf, importFile, waitForFigures } from "../support/imports.ts";
import { pagesOf, repeatUntil } from "../support/pages.ts";
import { base, newPerson, newProduct, newShop, type Person, sellOne, type Shop } from "../support/shops.ts";

describe("rankings", () => {
  let shop: Shop;
  let employee: Person;
  let customer: Person;
  let novel: { id: string; sku: string };

  const get = (path: string, token = shop.admin.token) => call("GET", `${API}/metrics/${path}`, { token });

  const namesOf = async (path: string, key: string) =>
    (await get(path)).body.data.map((row: Record<string, unknown>) => row[key]);

  beforeAll(async () => {
    shop = await newShop();
    employee = await newPerson(shop.tenant, "EMPLOYEE");
    customer = await newPerson(shop.tenant, "CUSTOMER");
    novel = await newProduct(shop, { sku: "NOVEL", title: "Una novela", price: 1500, category: "Novela" });
    await importFile(
      shop,
      fileOf([
        { invoice: "1", date: "2026-01-10 10:00", sku: "A", price: "10", quantity: 3, customer: "ana" },
        { invoice: "1", date: "2026-01-10 10:00", sku: "B", price: "1", quantity: 9, customer: "ana" },
        { invoice: "2", date: "2026-02-10 10:00", sku: "A", price: "10", customer: "bo" },
        { invoice: "C3", date: "2026-02-11 10:00", sku: "A", price: "10", quantity: -1, customer: "bo" },
        { invoice: "4", date: "2026-02-12 10:00", sku: "C", price: "9" },
      ]),
    );
    const json = { items: [{ product_id: novel.id, quantity: 2 }], customer_id: customer.id };
    await call("POST", `${API}/sales`, { token: employee.token, json });
  });

  it("of products have units, revenue and sales, refunds taken off, ties by id", async () => {
    const { body } = await get("top-products");
    const rows = [
      { sku: "A", title: "A thing", units: 3, revenue: 3000, sales: 2 },
      { sku: "NOVEL", title: "Una novela", units: 2, revenue: 3000, sales: 1 },
      { sku: "B", title: "A thing", units: 9, revenue: 900, sales: 1 },
      { sku: "C", title: "A thing", units: 1, revenue: 900, sales: 1 },
    ];
    expect(body.currency).toBe("EUR");
    expect(body.data.map((row: { revenue: number }) => row.revenue)).toEqual([3000, 3000, 900, 900]);
    expect(body.data).toEqual(expect.arrayContaining(rows.map((row) => expect.objectContaining(row))));
    for (const [first, second] of [
      [0, 1],
      [2, 3],
    ] as const)
      expect(body.data[first].product_id < body.data[second].product_id).toBe(true);
  });

  it("of products are sorted by units or sales, and filtered by days and category", async () => {
    expect(await namesOf("top-products?sort=units&limit=2", "sku")).toEqual(["B", "A"]);
    expect((await namesOf("top-products?sort=sales", "sku"))[0]).toBe("A");
    expect(await namesOf("top-products?category=Novela", "sku")).toEqual(["NOVEL"]);
    expect(await namesOf("top-products?category=novela", "sku")).toEqual([]);
    expect(await namesOf("top-products?from=2026-02-01&to=2026-02-28", "sku")).toEqual(["C", "A"]);
    expect((await get("top-products?from=2026-02-01&to=2026-02-28")).body.data[1]).toMatchObject({
      units: 0,
      revenue: 0,
      sales: 1,
    });
  });

  it("of customers name accounts for an ADMIN only, also when the figures are cached", async () => {
    const ranked = (name: string | null) => [
      {
        customer_id: expect.any(String),
        customer_ref: "ana",
        name: null,
        sales: 1,
        units: 12,
        revenue: 3900,
      },
      { customer_id: customer.id, customer_ref: null, name, sales: 1, units: 2, revenue: 3000 },
      { customer_id: expect.any(String), customer_ref: "bo", name: null, sales: 1, units: 0, revenue: 0 },
    ];
    for (let times = 0; times < 2; times += 1) {
      expect((await get("top-customers")).body.data).toEqual(ranked("First Last"));
      expect((await get("top-customers", employee.token)).body.data).toEqual(ranked(null));
    }
  });

  it("of customers are sorted by units or sales, and filtered by days", async () => {
    expect(await namesOf("top-customers?sort=units", "customer_ref")).toEqual(["ana", null, "bo"]);
    expect(await namesOf("top-customers?sort=sales", "customer_ref")).toEqual([null, "ana", "bo"]);
    expect(await namesOf("top-customers?to=2026-02-10", "customer_ref")).toEqual(["ana", "bo"]);
    expect((await get("top-customers?to=2026-02-10")).body.data[1]).toMatchObject({
      sales: 1,
      revenue: 1000,
    });
    expect(await namesOf("top-customers?from=2026-02-01&to=2026-02-28", "customer_ref")).toEqual(["bo"]);
    expect(await namesOf("top-customers?from=2026-02-11&to=2026-02-11", "customer_ref")).toEqual(["bo"]);
    expect(await namesOf("top-customers?from=2026-01-10&to=2026-01-10", "customer_ref")).toEqual(["ana"]);
  });

  it.each(["top-products", "top-customers"])("by %s continue page by page", async (path) => {
    for (const sort of ["revenue", "units", "sales"]) {
      const all = (await get(`${path}?sort=${sort}`)).body.data;
      const pages = await pagesOf(async (cursor) => {
        const after = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
        return (await get(`${path}?sort=${sort}&limit=1${after}`)).body;
      });
      expect(pages.flatMap((page: { data: unknown[] }) => page.data)).toEqual(all);
    }
    const { next_cursor } = (await get(`${path}?limit=1`)).body;
    expect((await get(`${path}?sort=units&cursor=${encodeURIComponent(next_cursor)}`)).body.type).toBe(
      "/problems/invalid-cursor",
    );
  });

  it.each(["sort=title", "limit=0", "from=2026-02-02&to=2026-02-01", "order=asc"])(
    "reject %s",
    async (query) => {
      for (const path of ["top-products", "top-customers"])
        expect((await get(`${path}?${query}`)).status).toBe(422);
    },
  );

  it("are refused to customers", async () => {
    for (const path of ["top-products", "top-customers", "rfm"])
      expect((await get(path, customer.token)).status).toBe(403);
  });

  it("read the products of clean days from the daily table and the lines of dirty days only", async () => {
    for (const lines of [3, 60]) {
      const other = await newShop();
      const rows = Array.from({ length: lines }, (_, index) => ({
        invoice: String(index),
        date: "2026-03-02 10:00",
        sku: `S${index % 3}`,
      }));
      await importFile(other, fileOf(rows));
      await rebuildDirtyDays(base(), other.tenant.id);
      await repeatUntil(async () => !(await buildNextProductDays(base(), other.tenant.id)));
      await sellOne(other.admin.token, (await newProduct(other)).id);
      await base().db.run(sql`UPDATE tenants SET revision = revision + 1 WHERE id = ${other.tenant.id}`);
      const answer = await call("GET", `${API}/metrics/top-products`, { token: other.admin.token });
      expect(answer.body.data.length).toBe(4);
      expect(costOf(answer).read).toBeLessThan(30);
    }
  });

  describe("of a shop with many products and customers", () => {
    let other: Shop;
    // Of another day each time, since the figures of a day are cached.
    let day: number;

    // A product or customer is known by its number once it is built.
    const sell = async (invoice: string, sku: string, customer: string, date = "2026-01-10 10:00") => {
      await importFile(other, fileOf([{ invoice, sku, customer, date }]));
      await waitForFigures(other);
      await rebuildDirtyDays(base(), other.tenant.id);
      await repeatUntil(async () => !(await buildNextProductDays(base(), other.tenant.id)));
    };

    const read = async (query: string) => {
      day += 1;
      const answer = await call("GET", `${API}/metrics/${query}=2027-01-${day}`, {
        token: other.admin.token,
      });
      expect(costOf(answer).read, query).toBeLessThan(60);
      return { rows: answer.body.data.length, trips: costOf(answer).queries };
    };

    beforeEach(async () => {
      other = await newShop();
      day = 10;
      await sell("1", "A", "a");
      await change(
        "INSERT INTO product_numbers (tenant_id, product_id, number) VALUES (?, 'another', 1000)",
        other.tenant.id,
      );
      await change(
        "INSERT INTO customer_numbers (tenant_id, customer_key, is_account, number) VALUES (?, 'another', 1, 1000)",
        other.tenant.id,
      );
      await change(
        `INSERT INTO products (tenant_id, id, sku, title, price, created_at, updated_at)
          SELECT ?, lower(hex(randomblob(16))), 'X' || value, 'Another', 1, '2020', '2020' FROM json_each(?)`,
        other.tenant.id,
        JSON.stringify(Array.from({ length: 300 }, (_, nth) => nth)),
      );
      await call("GET", `${API}/auth/me`, { token: other.admin.token });
    });

    it("take a second round trip for what the same list did not have before", async () => {
      const paths = ["top-products?to", "top-customers?to", "rfm?as_of"];
      for (const path of paths) {
        expect(await read(path), path).toEqual({ rows: 1, trips: 2 });
        expect(await read(path), path).toEqual({ rows: 1, trips: 1 });
      }
      await sell("2", "B", "b");
      for (const path of paths) {
        expect(await read(path), path).toEqual({ rows: 2, trips: 2 });
        expect(await read(path), path).toEqual({ rows: 2, trips: 1 });
      }
    });

    it("take one round trip for other days whose list was read before", async () => {
      await sell("2", "B", "b", "2026-03-10 10:00");
      for (const path of ["top-products", "top-customers"]) {
        const [all, spring] = [`${path}?from=2026-01-01&to`, `${path}?from=2026-03-01&to`];
        expect(await read(all), path).toEqual({ rows: 2, trips: 2 });
        expect(await read(spring), path).toEqual({ rows: 1, trips: 1 });
        expect(await read(all), path).toEqual({ rows: 2, trips: 1 });
      }
    });
  });
});

it("a product that was given away is listed among those that were sold", async () => {
  const shop = await newShop();
  const gift = await newProduct(shop, { price: 0 });
  await sellOne(shop.admin.token, gift.id);
  const { body } = await call("GET", `${API}/metrics/top-products`, { token: shop.admin.token });
  expect(body.data).toMatchObject([{ sku: gift.sku, revenue: 0 }]);
});

it("a reference of old sales that reads like the id of a customer is not that customer", async () => {
  const shop = await newShop();
  const { token } = shop.admin;
  const [ana, eva] = [await newPerson(shop.tenant, "CUSTOMER"), await newPerson(shop.tenant, "CUSTOMER")];
  await change("UPDATE customers SET name = 'Eva' WHERE id = ?", eva.id);
  const { id } = await newProduct(shop, { price: 100 });
  for (const [customer_id, quantity] of [
    [ana.id, 3],
    [eva.id, 2],
    [undefined, 1],
  ] as const) {
    const json = { items: [{ product_id: id, quantity }], customer_id };
    const { body } = await call("POST", `${API}/sales`, { token, json });
    if (!customer_id) await change("UPDATE sales SET customer_ref = ? WHERE id = ?", ana.id, body.id);
  }
  // By keys and then by numbers, with and without a list that was read before.
  for (const query of ["", "", "built", "", "?limit=50"]) {
    if (query === "built") await rebuildDirtyDays(base(), shop.tenant.id);
    await change("UPDATE tenants SET revision = revision + 1 WHERE id = ?", shop.tenant.id);
    const path = `${API}/metrics/top-customers${query === "built" ? "" : query}`;
    expect((await call("GET", path, { token })).body.data, query).toMatchObject([
      { customer_id: ana.id, customer_ref: null, name: "First Last", units: 3 },
      { customer_id: eva.id, customer_ref: null, name: "Eva", units: 2 },
      { customer_id: null, customer_ref: ana.id, name: null, units: 1 },
    ]);
  }
});

it("a page of a ranking has nothing of the pages before it, whatever the ids", async () => {
  const shop = await newShop();
  const skus: string[] = [];
  for (const units of [2, 3, 1]) {
    const { id, sku } = await newProduct(shop);
    skus.push(sku);
    await sellOne(shop.admin.token, id, units);
  }
  const pages = await pagesOf(async (cursor) => {
    const path = `${API}/metrics/top-products?limit=1${cursor === null ? "" : `&cursor=${cursor}`}`;
    return (await call("GET", path, { token: shop.admin.token })).body;
  });
  expect(pages.flatMap(({ data }) => data.map(({ sku }: { sku: string }) => sku))).toEqual([
    skus[1],
    skus[0],
    skus[2],
  ]);
});

describe("the rows after a rank", () => {
  const rows = [
    { total: 3, sort_key: "z" },
    { total: 2, sort_key: "a" },
    { total: 2, sort_key: "c" },
    { total: 1, sort_key: "a" },
    { total: 2, sort_key: "b" },
  ];
  const totalOf = ({ total }: { total: number }) => total;
  const names = (of: typeof rows) => of.map(({ total, sort_key }) => `${total}${sort_key}`);

  it("have a lower total, or the same and a later key", () => {
    expect(names(inOrder(rows, totalOf, null))).toEqual(["3z", "2a", "2b", "2c", "1a"]);
    expect(names(inOrder(rows, totalOf, [2, "a"]))).toEqual(["2b", "2c", "1a"]);
    expect(names(inOrder(rows, totalOf, [1, "a"]))).toEqual([]);
  });

  it("are read for a page with all that have the total of its last one, and no others", () => {
    const candidates = (after: [number, string] | null, limit: number) =>
      names(pageCandidates(rows, totalOf, after, limit)).toSorted();
    expect(candidates(null, 1)).toEqual(["2a", "2b", "2c", "3z"]);
    expect(candidates([3, "z"], 1)).toEqual(["2a", "2b", "2c", "3z"]);
    expect(candidates([2, "a"], 1)).toEqual(["1a", "2a", "2b", "2c"]);
    expect(candidates([1, "a"], 1)).toEqual(["1a"]);
  });
});
