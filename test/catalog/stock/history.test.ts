import * as fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { changeStock } from "../../../src/catalog/stock/stock.ts";
import { firstIdAt } from "../../../src/values/ids.ts";
import { change } from "../../support/change.ts";
import { API, call, costOf } from "../../support/client.ts";
import { between, count, failureOf } from "../../support/d1.ts";
import { newProduct, newShop, sellOne, type Shop } from "../../support/shops.ts";

const move = (shop: Shop, id: string, json: Record<string, unknown>) =>
  call("POST", `${API}/products/${id}/stock`, {
    token: shop.admin.token,
    json: { reason: "correction", ...json },
  });

const history = (shop: Shop, id: string, query = "") =>
  call("GET", `${API}/products/${id}/stock-moves?${query}`, { token: shop.admin.token });

/** A context of the ADMIN at this time, which the ids made next have too. */
function at(shop: Shop, time: string) {
  vi.useFakeTimers({ toFake: ["Date"], now: new Date(time) });
  return shop.admin.ctx(new Date(time));
}

afterEach(() => void vi.useRealTimers());

const stockOf = (id: string) => count("SELECT stock / 1000.0 n FROM products WHERE id = ?", id);

describe("the moves of a product", () => {
  it("are listed newest first, with reason, reference and user, in one round trip", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 5 });
    await newProduct(shop, { stock: 9 });
    const received = await move(shop, id, { delta: 4, reason: "received", reference: "note 1" });
    const sale = await sellOne(shop.admin.token, id, 2);
    const json = { items: [{ product_id: id, quantity: 1 }], reason: "back", restock: true };
    const refund = await call("POST", `${API}/sales/${sale.body.id}/refunds`, {
      token: shop.admin.token,
      json,
    });
    const response = await history(shop, id);
    const by = { product_id: id, actor_id: shop.admin.id };
    expect(response.body.data).toMatchObject([
      { ...by, delta: 1, reason: "refund", reference: refund.body.id },
      { ...by, delta: -2, reason: "sale", reference: sale.body.id },
      { ...by, id: received.body.id, delta: 4, reason: "received", reference: "note 1" },
      { ...by, delta: 5, reason: "received", reference: null },
    ]);
    expect(costOf(response)).toEqual({ queries: 1, read: expect.any(Number), written: 0 });
  });

  it("are paged, by reason and by days of the shop", async () => {
    const shop = await newShop({ timezone: "Pacific/Kiritimati" });
    const { id } = await newProduct(shop);
    const times = ["2026-03-01T09:59:59.999Z", "2026-03-01T10:00:00Z", "2026-03-02T09:59:59.999Z"];
    for (const [index, time] of times.entries())
      await changeStock(at(shop, time), id, { count: 1000 * (index + 1), reason: "count" }, undefined);
    await changeStock(at(shop, "2026-03-02T10:00:00Z"), id, { delta: -1000, reason: "damage" }, undefined);
    vi.useRealTimers();
    const deltas = async (query: string) =>
      (await history(shop, id, query)).body.data.map(({ delta }: { delta: number }) => delta);
    expect(await deltas("")).toEqual([-1, 1, 1, 1]);
    expect(await deltas("reason=damage")).toEqual([-1]);
    expect(await deltas("from=2026-03-02&to=2026-03-02")).toEqual([1, 1]);
    expect(await deltas("to=2026-03-01")).toEqual([1]);
    expect(await deltas("from=2026-03-03")).toEqual([-1]);
    const page = await history(shop, id, "to=2026-03-02&limit=1");
    expect(await deltas(`to=2026-03-02&limit=1&cursor=${page.body.next_cursor}`)).toEqual([1]);
    const next = await history(shop, id, `to=2026-03-02&limit=1&cursor=${page.body.next_cursor}`);
    expect(next.body.data[0].id < page.body.data[0].id).toBe(true);
    const first = await history(shop, id, "limit=3");
    expect(await deltas(`limit=3&cursor=${first.body.next_cursor}`)).toEqual([1]);
    const other = await newProduct(shop, { stock: 1 });
    const foreign = await history(shop, other.id, `cursor=${first.body.next_cursor}`);
    expect(foreign.body.type).toBe("/problems/invalid-cursor");
    expect((await history(shop, crypto.randomUUID())).status).toBe(404);
    expect((await history(shop, id, "from=2026-03-03&to=2026-03-02")).status).toBe(422);
  });

  it("are of the day on which they were requested, though their ids are made after midnight", async () => {
    const shop = await newShop({ timezone: "Pacific/Kiritimati" });
    const { id } = await newProduct(shop);
    const ctx = at(shop, "2026-03-01T09:59:59.999Z");
    vi.setSystemTime(new Date("2026-03-01T10:00:00.001Z"));
    await changeStock(ctx, id, { count: 1000, reason: "count" }, undefined);
    vi.useRealTimers();
    expect((await history(shop, id, "from=2026-03-02")).body.data).toEqual([]);
    expect((await history(shop, id, "to=2026-03-01")).body.data).toHaveLength(1);
  });

  it("of a hidden product can be read; hiding and showing it records no move", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 5 });
    await call("DELETE", `${API}/products/${id}`, { token: shop.admin.token });
    await call("PATCH", `${API}/products/${id}`, { token: shop.admin.token, json: { is_active: true } });
    expect((await history(shop, id)).body.data).toMatchObject([{ delta: 5 }]);
    expect(await stockOf(id)).toBe(5);
  });
});

describe("a count at a version", () => {
  it("succeeds at that version, and is rejected without effect at another", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 5 });
    const count = { count: 8, reason: "count" };
    expect((await move(shop, id, { ...count, version: 1 })).body).toMatchObject({ delta: 3, stock: 8 });
    for (const version of [1, 3]) {
      const response = await move(shop, id, { ...count, count: 1, version });
      expect(response.status).toBe(409);
      expect(response.body.type).toBe("/problems/conflict");
    }
    expect(await stockOf(id)).toBe(8);
    expect((await history(shop, id)).body.data.length).toBe(2);
    await call("PATCH", `${API}/products/${id}`, { token: shop.admin.token, json: { price: 1 } });
    expect((await move(shop, id, { ...count, version: 2 })).status).toBe(409);
    expect((await move(shop, id, { ...count, version: 3 })).status).toBe(201);
  });

  it("is rejected if a concurrent request changed the product between its read and its batch, even at the same stock", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 5 });
    const racingCtx = between(shop.admin.ctx(), {
      before: async () => {
        await call("PATCH", `${API}/products/${id}`, { token: shop.admin.token, json: { price: 1 } });
      },
    });
    const input = { count: 9000, reason: "count", version: 1 } as const;
    expect(await failureOf(changeStock(racingCtx, id, input, undefined))).toMatchObject({ slug: "conflict" });
    expect(await stockOf(id)).toBe(5);
    expect((await history(shop, id)).body.data.length).toBe(1);
  });

  it("applies to counts, not to deltas, which add up in any order", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 5 });
    const response = await move(shop, id, { delta: 1, version: 1 });
    expect(response.body.errors[0].pointer).toBe("#/version");
  });
});

const action = fc.oneof(
  fc.record({ kind: fc.constant("delta" as const), product: fc.nat(2), by: fc.integer({ min: -9, max: 9 }) }),
  fc.record({ kind: fc.constant("count" as const), product: fc.nat(2), by: fc.nat(30) }),
  fc.record({ kind: fc.constant("sell" as const), product: fc.nat(2), by: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ kind: fc.constant("refund" as const), product: fc.nat(2), by: fc.nat() }),
  fc.record({ kind: fc.constant("hide" as const), product: fc.nat(2), by: fc.nat(1) }),
);

describe("after any changes of stock", () => {
  it("the moves add up to it, from the initial stock on", async () => {
    const shop = await newShop();
    const { token } = shop.admin;
    const products = [];
    for (const stock of [20, 0, null])
      products.push(await newProduct(shop, { stock, low_stock_threshold: 4 }));
    const sold: { sale: string; product: string }[] = [];
    const done = new Set<string>();
    for (const { kind, product, by } of fc.sample(action, { seed: 99, numRuns: 150 })) {
      const id = products[product]?.id ?? "";
      let status = 0;
      if (kind === "delta") status = (await move(shop, id, { delta: by })).status;
      else if (kind === "count") status = (await move(shop, id, { count: by })).status;
      else if (kind === "sell") {
        // Some sales contain the product twice.
        const items = Array.from({ length: 1 + (by % 2) }, () => ({ product_id: id, quantity: by }));
        const sale = await call("POST", `${API}/sales`, { token, json: { items } });
        status = sale.status;
        if (status === 201) sold.push({ sale: sale.body.id, product: id });
      } else if (kind === "refund") {
        const [back] = sold.splice(by % (sold.length + 1), 1);
        const items = [{ product_id: back?.product ?? id, quantity: 1 }];
        const json = { items, reason: "back", restock: by % 2 === 0 };
        if (back) status = (await call("POST", `${API}/sales/${back.sale}/refunds`, { token, json })).status;
      } else {
        const json = { is_active: by === 1 };
        status = (await call("PATCH", `${API}/products/${id}`, { token, json })).status;
      }
      done.add(`${kind} ${status}`);
      const wrong = await count(
        `SELECT count(*) n FROM products p WHERE tenant_id = ? AND coalesce(stock, 0) <>
          (SELECT coalesce(sum(delta), 0) FROM stock_moves m WHERE m.tenant_id = p.tenant_id AND m.product_id = p.id)`,
        shop.tenant.id,
      );
      expect(wrong, `${kind} ${by}`).toBe(0);
    }
    for (const each of [
      "delta 201",
      "delta 409",
      "count 201",
      "sell 201",
      "sell 409",
      "refund 201",
      "hide 200",
    ])
      expect([...done]).toContain(each);
  });
});

it("the moves of some days are read without those before and after them", async () => {
  const shop = await newShop();
  const { id } = await newProduct(shop);
  // One an hour from the beginning of the year on.
  const moves = Array.from({ length: 400 }, (_, hour) => {
    const time = new Date(Date.UTC(2026, 0, 1, hour));
    return { id: `${firstIdAt(time)}-7000-8000-${String(hour).padStart(12, "0")}`, at: time.toISOString() };
  });
  await change(
    `INSERT INTO stock_moves (tenant_id, product_id, id, delta, reason, created_at)
      SELECT ?, ?, value ->> 'id', 1000, 'count', value ->> 'at' FROM json_each(?)`,
    shop.tenant.id,
    id,
    JSON.stringify(moves),
  );
  for (const [query, listed] of [
    ["from=2026-01-17&limit=50", 17],
    ["to=2026-01-01&limit=50", 23],
    ["from=2026-01-08&to=2026-01-08&limit=50&reason=count", 24],
    ["from=2026-01-08&to=2026-01-08&limit=50&reason=damage", 0],
  ] as const) {
    const response = await history(shop, id, query);
    expect(response.body.data, query).toHaveLength(listed);
    expect(response.body.next_cursor, query).toBeNull();
    expect(costOf(response).read, query).toBeLessThan(300);
  }
});

it("a removed product has no history", async () => {
  const shop = await newShop();
  const { id } = await newProduct(shop, { stock: 2 });
  expect((await history(shop, id)).status).toBe(200);
  await change(
    "UPDATE products SET removed_at = ?, is_active = 0 WHERE id = ?",
    new Date().toISOString(),
    id,
  );
  expect((await history(shop, id)).status).toBe(404);
});
