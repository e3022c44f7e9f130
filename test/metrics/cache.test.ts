import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { change } from "../support/change.ts";
import { API, call, costOf } from "../support/client.ts";
import { fileOf, importFile } from "../support/imports.ts";
import { until } from "../support/queues.ts";
import { newPerson, newProduct, newShop, sellOne, type Shop } from "../support/shops.ts";
import { callWith } from "../support/variant.ts";

const PATHS = ["kpis", "series", "top-countries", "top-countries/Spain", "sales-summary"];

const getMetric = (shop: Shop, path: string) =>
  call("GET", `${API}/metrics/${path}`, { token: shop.admin.token });

const isHit = (response: { headers: Headers }): boolean =>
  (response.headers.get("server-timing") ?? "").includes('kv;desc="hit"');

/** Repeats the request until it is answered from the cache, which is filled after the response was sent. */
const warmCache = (shop: Shop, path: string) => until(async () => isHit(await getMetric(shop, path)));

async function shopWithSale(price: string): Promise<Shop> {
  const shop = await newShop();
  await importFile(shop, fileOf([{ invoice: "1", price, country: "Spain" }]));
  return shop;
}

describe("a figure that was requested before", () => {
  it.each([...PATHS, "top-products", "top-customers", "rfm"])(
    "is served from the cache, and takes one round trip each time: %s",
    async (path) => {
      const shop = await shopWithSale("5");
      const first = await getMetric(shop, path);
      expect(first.headers.get("server-timing")).toContain('kv;desc="miss"');
      expect(costOf(first).queries).toBe(1);
      await warmCache(shop, path);
      const cached = await getMetric(shop, path);
      expect(costOf(cached).queries).toBe(1);
      const { as_of, ...figures } = cached.body;
      expect(figures).toEqual({ ...first.body, as_of: undefined });
      // Age counts whole seconds since the figures were calculated; as_of is a day in those of customers.
      const seconds = (Date.now() - Date.parse(figures.calculated_at ?? as_of)) / 1000;
      expect(cached.headers.get("age")).toMatch(/^\d+$/);
      expect(Number(cached.headers.get("age"))).toBeLessThanOrEqual(seconds);
    },
  );

  it("is recalculated right after a sale, a refund and an import", async () => {
    const shop = await newShop();
    const product = await newProduct(shop, { price: 500 });
    const total = async () => (await getMetric(shop, "kpis")).body.total_revenue;
    expect(await total()).toBe(0);
    await warmCache(shop, "kpis");
    const { body: sale } = await sellOne(shop.admin.token, product.id, 2);
    expect(await total()).toBe(1000);
    await warmCache(shop, "kpis");
    const json = { items: [{ product_id: product.id, quantity: 1 }], reason: "late" };
    await call("POST", `${API}/sales/${sale.id}/refunds`, { token: shop.admin.token, json });
    expect(await total()).toBe(500);
    await warmCache(shop, "kpis");
    await importFile(shop, fileOf([{ price: "3" }]));
    expect(await total()).toBe(800);
  });

  it("takes a second round trip if it was cached before a sale of which this isolate learns only now", async () => {
    const shop = await shopWithSale("5");
    await warmCache(shop, "kpis");
    await change("UPDATE tenants SET revision = revision + 1 WHERE id = ?", shop.tenant.id);
    const [outdated, next] = [await getMetric(shop, "kpis"), await getMetric(shop, "series")];
    expect(isHit(outdated)).toBe(false);
    expect([costOf(outdated).queries, costOf(next).queries]).toEqual([2, 1]);
  });

  it("has the whole seconds since it was calculated as its age", async () => {
    const shop = await shopWithSale("5");
    await warmCache(shop, "kpis");
    const as_of = new Date(Date.now() - 40_600).toISOString();
    const { keys } = await env.CACHE.list({ prefix: `metrics:${shop.tenant.id}:` });
    for (const { name, expiration } of keys) {
      // It is forgotten after a minute.
      expect(expiration).toBeLessThanOrEqual(Math.floor(Date.now() / 1000) + 60);
      const stored = await env.CACHE.get<Record<string, unknown>>(name, "json");
      await env.CACHE.put(name, JSON.stringify({ ...stored, as_of }));
    }
    const cached = await getMetric(shop, "kpis");
    expect([isHit(cached), cached.body.as_of]).toEqual([true, as_of]);
    const age = Number(cached.headers.get("age"));
    expect(age).toBeGreaterThanOrEqual(40);
    expect(age).toBeLessThanOrEqual((Date.now() - Date.parse(as_of)) / 1000);
  });

  it("is calculated while the cache fails, which is logged", async () => {
    const shop = await shopWithSale("5");
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    const CACHE = new Proxy(env.CACHE, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (name === "get") return async () => Promise.reject(new Error("the cache is down"));
        return typeof member === "function" ? member.bind(target) : member;
      },
    });
    const read = (changes: Partial<Env>) =>
      callWith(changes, "GET", `${API}/metrics/kpis`, { token: shop.admin.token });
    // The first request learns the revision of the shop.
    await read({});
    const answer = await read({ CACHE });
    const lines = logged.mock.calls.flat().map(String);
    logged.mockRestore();
    expect([answer.status, JSON.parse(answer.text).total_revenue, isHit(answer)]).toEqual([200, 500, false]);
    expect(lines).toEqual([expect.stringContaining('"what":"cache"')]);
  });

  it("never comes from another shop", async () => {
    const [one, two] = [await shopWithSale("5"), await shopWithSale("7")];
    for (const path of PATHS) await warmCache(one, path);
    expect((await getMetric(two, "kpis")).body.total_revenue).toBe(700);
    expect((await getMetric(two, "series")).body.data[0].revenue).toBe(700);
    expect((await getMetric(two, "top-countries")).body.data[0].revenue).toBe(700);
    expect((await getMetric(two, "top-countries/Spain")).body.revenue).toBe(700);
    expect((await getMetric(two, "sales-summary")).body.data[0].total_sales).toBe(700);
    expect((await getMetric(one, "kpis")).body.total_revenue).toBe(500);
  });

  it("never comes from another query", async () => {
    const shop = await shopWithSale("5");
    await warmCache(shop, "kpis");
    expect((await getMetric(shop, "kpis?from=2026-03-03")).body.total_revenue).toBe(0);
    await warmCache(shop, "top-countries?sort=units");
    expect(isHit(await getMetric(shop, "top-countries?sort=revenue"))).toBe(false);
    await warmCache(shop, "sales-summary?format=json");
    expect((await getMetric(shop, "sales-summary?format=csv")).text).toContain("date,num_sales");
  });
});

describe("the figures", () => {
  it.each([...PATHS, "page"])("of %s are for staff only", async (path) => {
    const shop = await shopWithSale("5");
    const [clerk, customer] = [
      await newPerson(shop.tenant, "EMPLOYEE"),
      await newPerson(shop.tenant, "CUSTOMER"),
    ];
    expect((await call("GET", `${API}/metrics/${path}`, { token: clerk.token })).status).toBe(200);
    expect((await call("GET", `${API}/metrics/${path}`, { token: customer.token })).status).toBe(403);
    expect((await call("GET", `${API}/metrics/${path}`)).status).toBe(401);
  });

  it("of a shop without sales are zeros and empty lists", async () => {
    const shop = await newShop({ currency: "JPY" });
    expect((await getMetric(shop, "kpis")).body).toMatchObject({
      currency: "JPY",
      total_revenue: 0,
      total_products_sold: 0,
      average_products_sold: 0,
      sales: 0,
      refunds: 0,
      average_sale: 0,
      customers: 0,
    });
    for (const path of ["series", "top-countries", "sales-summary", "page"])
      expect((await getMetric(shop, path)).body.data).toEqual([]);
    expect((await getMetric(shop, "top-countries/Spain")).status).toBe(404);
    expect((await getMetric(shop, "sales-summary?format=csv")).text).toBe(
      "date,num_sales,total_sales,currency\r\n",
    );
    const { body } = await call("GET", `${API}/reports/dashboard`, { token: shop.admin.token });
    expect(body.totals).toEqual({ employees: 1, on_shift: 0, hours: 0, orders: 0, revenue: 0 });
  });
});
