// What is sold beyond the stock: the stock becomes 0, and what is missing stays open until a count.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { newSecretKey } from "../support/api-keys.ts";
import { change } from "../support/change.ts";
import { API, call, costOf } from "../support/client.ts";
import { count, rowsOf } from "../support/d1.ts";
import { bytesOf, rowsOf as rowsOfCsv } from "../support/exports.ts";
import { importFile } from "../support/imports.ts";
import { pagesOf } from "../support/pages.ts";
import { newPerson, newProduct, newShop, type Shop } from "../support/shops.ts";

type Item = { product_id: string; quantity: number };

const sellOffline = (shop: Shop, items: Item[], fields: Record<string, unknown> = {}) =>
  call("POST", `${API}/sales`, { token: shop.admin.token, json: { items, offline: true, ...fields } });
const discrepancies = (shop: Shop, query = "") =>
  call("GET", `${API}/stock/discrepancies${query}`, { token: shop.admin.token });
const alerts = (shop: Shop, query = "?open=true") =>
  call("GET", `${API}/alerts${query}`, { token: shop.admin.token });
const changeStock = (shop: Shop, productId: string, json: Record<string, unknown>) =>
  call("POST", `${API}/products/${productId}/stock`, { token: shop.admin.token, json });
const stockOf = async (shop: Shop, productId: string) =>
  (await call("GET", `${API}/products/${productId}`, { token: shop.admin.token })).body.stock;
const eventsOf = async (shop: Shop) =>
  (
    await rowsOf(
      "SELECT payload FROM events WHERE tenant_id = ? AND type = 'stock.discrepancy'",
      shop.tenant.id,
    )
  ).map(({ payload }) => JSON.parse(String(payload)));

/** Fails unless the moves of each product with tracked stock add up to it. */
const expectMovesToAddUp = async (shop: Shop) =>
  expect(
    await rowsOf(
      `SELECT p.sku, p.stock, (SELECT coalesce(sum(m.delta), 0) FROM stock_moves m
         WHERE m.tenant_id = p.tenant_id AND m.product_id = p.id) AS moved
       FROM products p WHERE p.tenant_id = ? AND p.stock IS NOT NULL AND p.stock <> moved`,
      shop.tenant.id,
    ),
  ).toEqual([]);

const allowOversell = (shop: Shop) =>
  change("UPDATE tenants SET oversell = 'allow' WHERE id = ?", shop.tenant.id);

describe("an offline sale", () => {
  it("of a product that was hidden since is accepted, and one at the counter is not", async () => {
    const shop = await newShop();
    const product = await newProduct(shop, { stock: 2 });
    await call("DELETE", `${API}/products/${product.id}`, { token: shop.admin.token });
    const items = [{ product_id: product.id, quantity: 1 }];
    const refused = await call("POST", `${API}/sales`, { token: shop.admin.token, json: { items } });
    expect([refused.status, refused.body.type]).toEqual([404, "/problems/unknown-product"]);
    expect((await sellOffline(shop, items)).body).toMatchObject({ offline: true, total: 1000 });
    expect(await count("SELECT stock / 1000 n FROM products WHERE id = ?", product.id)).toBe(1);
    await change("UPDATE products SET removed_at = created_at WHERE id = ?", product.id);
    expect((await sellOffline(shop, items)).body.type).toBe("/problems/unknown-product");
  });

  it("beyond the stock empties it, and records what is missing with its product and sale", async () => {
    const shop = await newShop();
    const { id, sku } = await newProduct(shop, { stock: 2 });
    const sale = await sellOffline(shop, [{ product_id: id, quantity: 5 }]);
    expect(sale.status).toBe(201);
    expect(sale.body).toMatchObject({ offline: true, units: 5, total: 5000 });
    expect(await stockOf(shop, id)).toBe(0);
    const moves = await call("GET", `${API}/products/${id}/stock-moves?reason=sale`, {
      token: shop.admin.token,
    });
    expect(moves.body.data).toMatchObject([{ delta: -2, reference: sale.body.id }]);
    await expectMovesToAddUp(shop);
    const { body } = await discrepancies(shop);
    expect(body).toEqual({
      data: [
        {
          id: expect.any(String),
          product_id: id,
          sku,
          title: "A book",
          unit: "piece",
          missing: 3,
          sale_id: sale.body.id,
          sale_number: sale.body.number,
          created_at: sale.body.created_at,
          resolved_at: null,
          resolved_by: null,
        },
      ],
      next_cursor: null,
    });
  });

  it("within the stock records no discrepancy and no event", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 2 });
    expect((await sellOffline(shop, [{ product_id: id, quantity: 2 }])).status).toBe(201);
    expect((await discrepancies(shop)).body.data).toEqual([]);
    expect(await eventsOf(shop)).toEqual([]);
    expect(await stockOf(shop, id)).toBe(0);
    await expectMovesToAddUp(shop);
  });

  it("with a product on several lines records one discrepancy of it, and moves that add up", async () => {
    const shop = await newShop();
    const scarce = await newProduct(shop, { stock: 3 });
    const plenty = await newProduct(shop, { stock: 30 });
    const items = [2, 4, 1].map((quantity) => ({ product_id: scarce.id, quantity }));
    const sale = await sellOffline(shop, [...items, { product_id: plenty.id, quantity: 4 }]);
    expect(sale.body.units).toBe(11);
    expect((await discrepancies(shop)).body.data).toMatchObject([{ product_id: scarce.id, missing: 4 }]);
    expect(
      await rowsOf(
        "SELECT delta FROM stock_moves WHERE product_id = ? AND reason = 'sale' ORDER BY id",
        scarce.id,
      ),
    ).toEqual([{ delta: -2000 }, { delta: -1000 }]);
    expect(await stockOf(shop, plenty.id)).toBe(26);
    await expectMovesToAddUp(shop);
  });

  it("of an empty stock moves nothing and misses everything", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 0 });
    await sellOffline(shop, [{ product_id: id, quantity: 2 }]);
    await sellOffline(shop, [{ product_id: id, quantity: 1 }]);
    expect((await discrepancies(shop)).body.data.map((each: { missing: number }) => each.missing)).toEqual([
      1, 2,
    ]);
    expect(await count("SELECT count(*) n FROM stock_moves WHERE product_id = ?", id)).toBe(0);
  });

  it("of a product whose stock is not tracked misses nothing", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop);
    expect((await sellOffline(shop, [{ product_id: id, quantity: 9 }])).status).toBe(201);
    expect((await discrepancies(shop)).body.data).toEqual([]);
    expect(await stockOf(shop, id)).toBeNull();
    expect(await count("SELECT count(*) n FROM stock_moves WHERE product_id = ?", id)).toBe(0);
  });

  it("of a weighed product misses a part of a kilogram", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { unit: "kg", stock: 0.75 });
    await sellOffline(shop, [{ product_id: id, quantity: 1.005 }]);
    expect((await discrepancies(shop)).body.data).toMatchObject([{ unit: "kg", missing: 0.255 }]);
    expect(await stockOf(shop, id)).toBe(0);
    await expectMovesToAddUp(shop);
    expect((await eventsOf(shop))[0].discrepancies).toMatchObject([{ unit: "kg", missing: 0.255 }]);
  });

  it("is the sale that its event names, after others", async () => {
    const shop = await newShop();
    const { id: product_id } = await newProduct(shop, { stock: 1 });
    const items = [{ product_id, quantity: 1 }];
    await sellOffline(shop, items);
    const { body } = await sellOffline(shop, items);
    expect(await eventsOf(shop)).toMatchObject([{ sale_id: body.id, number: "C-000002" }]);
  });

  it("has in its event what it misses itself, not what others miss", async () => {
    const shop = await newShop();
    const { id: product_id } = await newProduct(shop, { stock: 0 });
    for (const quantity of [2, 3]) await sellOffline(shop, [{ product_id, quantity }]);
    const missing = (await eventsOf(shop)).map(({ discrepancies: each }) =>
      each.map((one: { missing: number }) => one.missing),
    );
    expect(missing).toEqual([[2], [3]]);
  });

  it("emits one event of everything that it misses", async () => {
    const shop = await newShop();
    const first = await newProduct(shop, { stock: 1, title: "First" });
    const second = await newProduct(shop, { stock: 0, title: "Second" });
    const sale = await sellOffline(shop, [
      { product_id: first.id, quantity: 3 },
      { product_id: second.id, quantity: 1 },
    ]);
    const { data } = (await discrepancies(shop)).body;
    const idOf = (productId: string) =>
      data.find((each: { product_id: string }) => each.product_id === productId).id;
    expect(await eventsOf(shop)).toEqual([
      {
        sale_id: sale.body.id,
        number: sale.body.number,
        placed_at: sale.body.placed_at,
        discrepancies: [
          {
            id: idOf(first.id),
            product_id: first.id,
            sku: first.sku,
            title: "First",
            unit: "piece",
            missing: 2,
          },
          {
            id: idOf(second.id),
            product_id: second.id,
            sku: second.sku,
            title: "Second",
            unit: "piece",
            missing: 1,
          },
        ],
      },
    ]);
  });

  it("sent twenty times at once for ten units leaves no stock, and every unit is moved or missing", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 10 });
    const sent = await Promise.all(
      Array.from({ length: 20 }, () => sellOffline(shop, [{ product_id: id, quantity: 3 }])),
    );
    expect(sent.map(({ status }) => status)).toEqual(sent.map(() => 201));
    expect(await stockOf(shop, id)).toBe(0);
    await expectMovesToAddUp(shop);
    expect(await count("SELECT sum(missing) n FROM stock_discrepancies WHERE product_id = ?", id)).toBe(
      50000,
    );
    expect((await eventsOf(shop)).length).toBe((await discrepancies(shop)).body.data.length);
  });
});

describe("a shop that allows overselling", () => {
  it("accepts every counter sale beyond the stock, and refuses it again when the rule is off", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 1 });
    const sell = () => sellOffline(shop, [{ product_id: id, quantity: 2 }], { offline: false });
    expect((await sell()).body.type).toBe("/problems/out-of-stock");
    await allowOversell(shop);
    expect((await sell()).body).toMatchObject({ offline: false, units: 2 });
    expect((await discrepancies(shop)).body.data).toMatchObject([{ product_id: id, missing: 1 }]);
    await change("UPDATE tenants SET oversell = 'refuse' WHERE id = ?", shop.tenant.id);
    expect((await sell()).body.type).toBe("/problems/out-of-stock");
  });

  it("does not accept a checkout beyond the stock", async () => {
    const shop = await newShop();
    await allowOversell(shop);
    const { token } = await newPerson(shop.tenant, "CUSTOMER");
    const { id } = await newProduct(shop, { stock: 1 });
    await call("POST", `${API}/cart/items`, { token, json: { product_id: id, quantity: 1 } });
    await sellOffline(shop, [{ product_id: id, quantity: 1 }]);
    const answer = await call("POST", `${API}/purchases/checkout`, {
      token,
      headers: { "idempotency-key": "k" },
      json: { payment_method: "card" },
    });
    expect(answer.body.type).toBe("/problems/out-of-stock");
    expect((await discrepancies(shop)).body.data).toEqual([]);
  });
});

describe("a discrepancy", () => {
  it("is resolved by the next count of its product, whatever the reason, with the one who counted", async () => {
    const shop = await newShop();
    const employee = await newPerson(shop.tenant, "EMPLOYEE");
    const other = await newProduct(shop, { stock: 0 });
    await sellOffline(shop, [{ product_id: other.id, quantity: 1 }]);
    for (const reason of ["count", "correction"]) {
      const { id } = await newProduct(shop, { stock: 1 });
      await sellOffline(shop, [{ product_id: id, quantity: 3 }]);
      await sellOffline(shop, [{ product_id: id, quantity: 1 }]);
      const counted = await call("POST", `${API}/products/${id}/stock`, {
        token: employee.token,
        json: { count: 4, reason },
      });
      expect(counted.status).toBe(201);
      const open: { product_id: string }[] = (await discrepancies(shop)).body.data;
      expect(open.map(({ product_id }) => product_id)).toEqual([other.id]);
      const resolved = (await discrepancies(shop, `?open=false&product_id=${id}`)).body.data;
      expect(resolved).toMatchObject([
        { missing: 1, resolved_at: counted.body.created_at, resolved_by: employee.id },
        { missing: 2, resolved_at: counted.body.created_at, resolved_by: employee.id },
      ]);
    }
    await expectMovesToAddUp(shop);
  });

  it("is resolved by the first count after it, and later counts change nothing of that", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 1 });
    await sellOffline(shop, [{ product_id: id, quantity: 3 }]);
    await changeStock(shop, id, { count: 4, reason: "count" });
    const resolved = (await discrepancies(shop, "?open=false")).body;
    await changeStock(shop, id, { count: 5, reason: "count" });
    expect((await discrepancies(shop, "?open=false")).body).toEqual(resolved);
    await sellOffline(shop, [{ product_id: id, quantity: 6 }]);
    expect((await discrepancies(shop)).body.data).toMatchObject([{ missing: 1 }]);
  });

  it("is resolved by an import of products that has a stock of its product, also if it is the same", async () => {
    const shop = await newShop();
    const [counted, other] = [await newProduct(shop, { stock: 0 }), await newProduct(shop, { stock: 0 })];
    const items = [counted, other].map(({ id }) => ({ product_id: id, quantity: 1 }));
    await sellOffline(shop, items);
    await importFile(
      shop,
      `sku,title,price,stock\n${counted.sku},A book,10.00,0\n${other.sku},A book,10.00,\n`,
      "products",
    );
    expect((await discrepancies(shop)).body.data).toMatchObject([{ product_id: other.id }]);
    expect((await discrepancies(shop, "?open=false")).body.data).toMatchObject([
      { product_id: counted.id, resolved_at: expect.any(String), resolved_by: null },
    ]);
  });

  it("is resolved by a count of 0, which confirms the stock", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 1 });
    await sellOffline(shop, [{ product_id: id, quantity: 3 }]);
    await changeStock(shop, id, { count: 0, reason: "count" });
    expect((await discrepancies(shop)).body.data).toEqual([]);
  });

  it("stays open after a delivery, a rejected count, and a count of another product or shop", async () => {
    const shop = await newShop();
    const [product, other] = [await newProduct(shop, { stock: 1 }), await newProduct(shop, { stock: 1 })];
    const stranger = await newShop();
    const foreign = await newProduct(stranger, { stock: 1 });
    await sellOffline(shop, [{ product_id: product.id, quantity: 3 }]);
    await sellOffline(stranger, [{ product_id: foreign.id, quantity: 3 }]);
    await changeStock(shop, product.id, { delta: 10, reason: "received" });
    expect((await changeStock(shop, product.id, { count: 9, version: 1, reason: "count" })).status).toBe(409);
    await changeStock(shop, other.id, { count: 9, reason: "count" });
    expect((await discrepancies(shop)).body.data).toMatchObject([{ product_id: product.id, missing: 2 }]);
    await changeStock(shop, product.id, { count: 9, reason: "count" });
    expect((await discrepancies(shop)).body.data).toEqual([]);
    expect((await discrepancies(stranger)).body.data).toMatchObject([{ product_id: foreign.id, missing: 2 }]);
  });

  it("is listed newest first, by product, in pages", async () => {
    const shop = await newShop();
    const [a, b] = [await newProduct(shop, { stock: 0 }), await newProduct(shop, { stock: 0 })];
    const ids: string[] = [];
    for (const { id } of [a, b, a, a])
      ids.unshift((await sellOffline(shop, [{ product_id: id, quantity: 1 }])).body.id);
    const pages = await pagesOf(
      async (cursor) =>
        (await discrepancies(shop, `?limit=1${cursor === null ? "" : `&cursor=${cursor}`}`)).body,
    );
    expect(pages.flatMap(({ data }) => data.map((each: { sale_id: string }) => each.sale_id))).toEqual(ids);
    const ofA = (await discrepancies(shop, `?product_id=${a.id}`)).body.data;
    expect(ofA.map((each: { sale_id: string }) => each.sale_id)).toEqual([ids[0], ids[1], ids[3]]);
  });

  it("is a line of a CSV, in as many pages as it takes, open or resolved, of all products or one", async () => {
    const shop = await newShop();
    const [a, b] = [
      await newProduct(shop, { stock: 0, unit: "kg", title: "=Ham", sku: `=${crypto.randomUUID()}` }),
      await newProduct(shop, { stock: 0 }),
    ];
    const sale = (await sellOffline(shop, [{ product_id: a.id, quantity: 0.5 }])).body;
    await sellOffline(shop, [{ product_id: b.id, quantity: 2 }]);
    const lines = async (query = "") =>
      rowsOfCsv(await bytesOf(shop.admin.token, `/stock/discrepancies?format=csv${query}`), {});
    expect(await lines()).toMatchObject([
      { sku: b.sku, missing: "2", unit: "piece", sale_number: "C-000002", resolved_at: "", resolved_by: "" },
      { sku: `'${a.sku}`, title: "'=Ham", missing: "0.5", unit: "kg", product_id: a.id, sale_id: sale.id },
    ]);
    expect(await lines(`&product_id=${a.id}`)).toMatchObject([{ product_id: a.id }]);
    expect(await lines("&open=false")).toEqual([]);
    await changeStock(shop, b.id, { count: 4, reason: "count" });
    expect(await lines()).toMatchObject([{ product_id: a.id }]);
    expect(await lines("&open=false")).toMatchObject([{ sku: b.sku, resolved_by: shop.admin.id }]);
    await change(
      `INSERT INTO stock_discrepancies (tenant_id, id, product_id, sale_id, missing, created_at)
        SELECT ?, printf('00000000-0000-7000-8000-%012d', value), ?, ?, 1000 * value, '2026-01-01T00:00:00.000Z'
        FROM json_each(?)`,
      shop.tenant.id,
      b.id,
      sale.id,
      JSON.stringify(Array.from({ length: 600 }, (_, index) => index + 1)),
    );
    expect((await lines()).map(({ missing }) => Number(missing))).toEqual([
      0.5,
      ...Array.from({ length: 600 }, (_, index) => 600 - index),
    ]);
  });

  it("costs the same to list and to resolve, however many were resolved before", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 0 });
    const sale = await sellOffline(shop, [{ product_id: id, quantity: 1 }]);
    const read = async () => [
      costOf(await discrepancies(shop)).read,
      costOf(await discrepancies(shop, `?product_id=${id}`)).read,
      costOf(await alerts(shop)).read,
    ];
    const before = await read();
    await env.DB.prepare(
      `INSERT INTO stock_discrepancies (tenant_id, id, product_id, sale_id, missing, created_at, resolved_at)
       SELECT ?, printf('00000000-0000-7000-8000-%012d', value), ?, ?, 1000, '2027-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'
       FROM json_each(?)`,
    )
      .bind(
        shop.tenant.id,
        id,
        sale.body.id,
        JSON.stringify(Array.from({ length: 300 }, (_, index) => index)),
      )
      .run();
    expect(await read()).toEqual(before);
    expect(costOf(await changeStock(shop, id, { count: 5, reason: "count" })).read).toBeLessThan(40);
  });
});

describe("the alerts of a shop", () => {
  it("name each open discrepancy until a count resolves it, in the order of the alerts of shifts", async () => {
    const shop = await newShop();
    const seller = await newPerson(shop.tenant, "EMPLOYEE");
    const shift = (await call("POST", `${API}/shifts/start`, { token: seller.token })).body;
    const { id } = await newProduct(shop, { stock: 1 });
    const store = (minutes: number) => {
      const alertId = crypto.randomUUID();
      const at = new Date(Date.now() + minutes * 60_000).toISOString();
      return change(
        "INSERT INTO alerts (tenant_id, id, kind, shift_id, user_id, opened_at) VALUES (?, ?, ?, ?, ?, ?)",
        shop.tenant.id,
        alertId,
        minutes < 0 ? "idle" : "overlong",
        shift.id,
        seller.id,
        at,
      ).then(() => alertId);
    };
    const [earlier, later] = [await store(-5), await store(5)];
    const sale = await call("POST", `${API}/sales`, {
      token: seller.token,
      json: { items: [{ product_id: id, quantity: 2 }], offline: true },
    });
    const [discrepancy] = (await discrepancies(shop)).body.data;
    const alert = {
      id: discrepancy.id,
      kind: "stock_discrepancy",
      shift_id: shift.id,
      user_id: seller.id,
      product_id: id,
      opened_at: sale.body.created_at,
      closed_at: null,
    };
    // The sale is activity, so it closes the idle alert.
    const idsOf = async (query: string) =>
      (await alerts(shop, query)).body.data.map((each: { id: string }) => each.id);
    expect((await alerts(shop)).body.data).toMatchObject([{ id: later, product_id: null }, alert]);
    expect(await idsOf("")).toEqual([later, discrepancy.id, earlier]);
    expect(await idsOf("?kind=stock_discrepancy")).toEqual([discrepancy.id]);
    expect(await idsOf("?kind=overlong")).toEqual([later]);
    expect(await idsOf(`?user_id=${shop.admin.id}`)).toEqual([]);
    expect(await idsOf(`?user_id=${seller.id}`)).toEqual([later, discrepancy.id, earlier]);
    expect(await idsOf(`?user_id=${seller.id}&kind=stock_discrepancy&open=true`)).toEqual([discrepancy.id]);
    const first = (await alerts(shop, "?limit=2")).body;
    expect(await idsOf(`?limit=2&cursor=${first.next_cursor}`)).toEqual([earlier]);
    await changeStock(shop, id, { count: 3, reason: "count" });
    expect(await idsOf("?open=true")).toEqual([later]);
    expect(await idsOf("?open=false")).toEqual([discrepancy.id, earlier]);
    expect(await idsOf(`?open=false&user_id=${seller.id}`)).toEqual([discrepancy.id, earlier]);
    expect(await idsOf(`?open=false&user_id=${shop.admin.id}`)).toEqual([]);
  });

  it("of a sale by an API key that names nobody is of no user", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 1 });
    const { key } = await newSecretKey(shop, "sales:write");
    const items = [{ product_id: id, quantity: 2 }];
    await call("POST", `${API}/sales`, { token: key, json: { items, offline: true } });
    const { body } = await alerts(shop);
    expect(body.data).toMatchObject([{ product_id: id, shift_id: null, user_id: null }]);
    expect((await call("GET", `${API}/metrics/overview`, { token: shop.admin.token })).status).toBe(200);
  });
});

describe("a void of an offline sale", () => {
  it("leaves the stock as it was before, resolves what was missing, and a count in between stands", async () => {
    const shop = await newShop();
    const { token } = shop.admin;
    await call("POST", `${API}/shifts/start`, { token, json: {} });
    const [book, tea] = [await newProduct(shop, { stock: 2 }), await newProduct(shop, { stock: 5 })];
    const items = [
      { product_id: book.id, quantity: 1 },
      { product_id: tea.id, quantity: 3 },
      { product_id: book.id, quantity: 100 },
    ];
    const voidSale = (id: string) => call("POST", `${API}/sales/${id}/void`, { token, json: {} });
    const first = await sellOffline(shop, items);
    expect((await discrepancies(shop)).body.data).toMatchObject([{ missing: 99 }]);
    expect(await voidSale(first.body.id)).toMatchObject({ status: 201, body: { units: -104 } });
    expect([await stockOf(shop, book.id), await stockOf(shop, tea.id)]).toEqual([2, 5]);
    expect((await discrepancies(shop)).body.data).toEqual([]);
    expect((await discrepancies(shop, "?open=false")).body.data).toMatchObject([
      { missing: 99, resolved_by: shop.admin.id },
    ]);
    const second = await sellOffline(shop, items);
    await changeStock(shop, book.id, { count: 7, reason: "count" });
    expect((await voidSale(second.body.id)).status).toBe(201);
    expect(await stockOf(shop, book.id)).toBe(9);
    await expectMovesToAddUp(shop);
  });

  it("resolves what was missing no earlier than it was recorded, where the clock is behind", async () => {
    const shop = await newShop();
    const { token } = shop.admin;
    await call("POST", `${API}/shifts/start`, { token, json: {} });
    const { id } = await newProduct(shop, { stock: 0 });
    const { body } = await sellOffline(shop, [{ product_id: id, quantity: 1 }]);
    const recorded = new Date(Date.now() + 60_000).toISOString();
    await change(
      "UPDATE stock_discrepancies SET created_at = ? WHERE tenant_id = ?",
      recorded,
      shop.tenant.id,
    );
    expect((await call("POST", `${API}/sales/${body.id}/void`, { token, json: {} })).status).toBe(201);
    expect((await discrepancies(shop, "?open=false")).body.data).toMatchObject([
      { created_at: recorded, resolved_at: recorded },
    ]);
  });

  it("resolves what that sale misses, not what others miss, nor again what a count has resolved", async () => {
    const shop = await newShop();
    const { token } = shop.admin;
    await call("POST", `${API}/shifts/start`, { token, json: {} });
    const [book, tea] = [await newProduct(shop, { stock: 0 }), await newProduct(shop, { stock: 0 })];
    const counted = await sellOffline(shop, [{ product_id: book.id, quantity: 1 }]);
    await changeStock(shop, book.id, { count: 4, reason: "count" });
    const resolved = (await discrepancies(shop, "?open=false")).body;
    const [one, other] = [
      await sellOffline(shop, [{ product_id: tea.id, quantity: 2 }]),
      await sellOffline(shop, [{ product_id: tea.id, quantity: 3 }]),
    ];
    const voidSale = (id: string) => call("POST", `${API}/sales/${id}/void`, { token, json: {} });
    expect((await voidSale(counted.body.id)).status).toBe(201);
    expect((await discrepancies(shop, "?open=false")).body).toEqual(resolved);
    expect((await voidSale(one.body.id)).status).toBe(201);
    expect((await discrepancies(shop)).body.data).toMatchObject([{ sale_id: other.body.id, missing: 3 }]);
  });

  it("of which nothing was in stock moves nothing", async () => {
    const shop = await newShop();
    const { token } = shop.admin;
    await call("POST", `${API}/shifts/start`, { token, json: {} });
    const { id } = await newProduct(shop, { stock: 0 });
    const sale = await sellOffline(shop, [{ product_id: id, quantity: 2 }]);
    expect((await call("POST", `${API}/sales/${sale.body.id}/void`, { token, json: {} })).status).toBe(201);
    expect(await stockOf(shop, id)).toBe(0);
    expect(await count("SELECT count(*) n FROM stock_moves WHERE product_id = ?", id)).toBe(0);
  });
});
