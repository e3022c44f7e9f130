import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { refundSale } from "../../src/sales/refund.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { between, count, failureOf, rowsOf } from "../support/d1.ts";
import { fileOf, importFile } from "../support/imports.ts";
import { cancelOrder, takeOrder } from "../support/orders.ts";
import { newPerson, newProduct, newShop, sellOne, type Shop } from "../support/shops.ts";
import { newTaxRate } from "../support/taxes.ts";

type Items = { product_id: string; quantity: number }[];

const refund = (token: string, saleId: string, items: Items, fields: Record<string, unknown> = {}) =>
  call("POST", `${API}/sales/${saleId}/refunds`, { token, json: { items, reason: "damaged", ...fields } });

const sellItems = async (shop: Shop, items: Items) =>
  (await call("POST", `${API}/sales`, { token: shop.admin.token, json: { items, country: "Spain" } })).body;

describe("a refund", () => {
  it("of some units is a separate sale with negative amounts, and the sale keeps its total", async () => {
    const shop = await newShop();
    const product = await newProduct(shop, { price: 1295, stock: 10 });
    const sale = await sellItems(shop, [{ product_id: product.id, quantity: 3 }]);
    const answer = await refund(shop.admin.token, sale.id, [{ product_id: product.id, quantity: 2 }]);
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      kind: "refund",
      status: "completed",
      refund_of: sale.id,
      reason: "damaged",
    });
    expect(answer.body).toMatchObject({
      total: -2590,
      units: -2,
      lines: 1,
      payment_method: "cash",
      country: "Spain",
    });
    expect(answer.body.items[0]).toMatchObject({
      quantity: -2,
      unit_price: 1295,
      subtotal: -2590,
      refunded: 0,
    });
    const after = await call("GET", `${API}/sales/${sale.id}`, { token: shop.admin.token });
    expect(after.body).toEqual({ ...sale, items: [{ ...sale.items[0], refunded: 2 }] });
  });

  it("of the whole sale leaves nothing to refund", async () => {
    const shop = await newShop();
    const [one, two] = [await newProduct(shop), await newProduct(shop, { price: 50 })];
    const items = [
      { product_id: one.id, quantity: 2 },
      { product_id: two.id, quantity: 1 },
    ];
    const sale = await sellItems(shop, items);
    expect((await refund(shop.admin.token, sale.id, items)).body).toMatchObject({
      total: -2050,
      units: -3,
      lines: 2,
    });
    const again = await refund(shop.admin.token, sale.id, [{ product_id: two.id, quantity: 1 }]);
    expect(again.status).toBe(409);
    expect(again.body).toMatchObject({
      type: "/problems/refund-exceeds-sale",
      items: [{ product_id: two.id, requested: 1, refundable: 0 }],
    });
  });

  it("is none of an order that is pending or cancelled, however the money would be paid back", async () => {
    const shop = await newShop();
    const { token } = shop.admin;
    const book = await newProduct(shop, { stock: 9 });
    const { body } = await takeOrder(token, book.id);
    const one = [{ product_id: book.id, quantity: 1 }];
    const refused = async () => (await refund(token, body.id, one, { payment_method: "card" })).body;
    const ofPending = await refused();
    expect(ofPending).toMatchObject({ type: "/problems/not-refundable", status: 409 });
    expect((await cancelOrder(token, body.id)).status).toBe(200);
    expect(await refused()).toMatchObject({ type: "/problems/not-refundable", status: 409 });
    expect(await count("SELECT count(*) n FROM sales WHERE refund_of = ?", body.id)).toBe(0);
  });

  it("of more than was sold, or of a product that was not sold, changes nothing", async () => {
    const shop = await newShop();
    const [sold, other] = [await newProduct(shop, { stock: 9 }), await newProduct(shop, { stock: 9 })];
    const sale = await sellItems(shop, [{ product_id: sold.id, quantity: 2 }]);
    for (const items of [
      [{ product_id: sold.id, quantity: 3 }],
      [{ product_id: other.id, quantity: 1 }],
      [
        { product_id: sold.id, quantity: 1 },
        { product_id: sold.id, quantity: 2 },
      ],
      [
        { product_id: sold.id, quantity: 1 },
        { product_id: other.id, quantity: 1 },
      ],
    ])
      expect((await refund(shop.admin.token, sale.id, items, { restock: true })).status).toBe(409);
    expect(await count("SELECT count(*) n FROM sales WHERE tenant_id = ?", shop.tenant.id)).toBe(1);
    expect(
      await count("SELECT sum(refunded) / 1000.0 n FROM sale_lines WHERE tenant_id = ?", shop.tenant.id),
    ).toBe(0);
    expect(await count("SELECT stock / 1000.0 n FROM products WHERE id = ?", sold.id)).toBe(7);
  });

  it("sent twenty times at once for one unit of ten succeeds ten times, once for each unit", async () => {
    const shop = await newShop();
    const product = await newProduct(shop, { price: 333, stock: 10 });
    const sale = await sellItems(shop, [{ product_id: product.id, quantity: 10 }]);
    const one = [{ product_id: product.id, quantity: 1 }];
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => refund(shop.admin.token, sale.id, one, { restock: true })),
    );
    const statuses = Map.groupBy(answers, (answer) => answer.status);
    expect(statuses.get(201)?.length).toBe(10);
    expect(statuses.get(409)?.length).toBe(10);
    expect(await count("SELECT sum(total) n FROM sales WHERE tenant_id = ?", shop.tenant.id)).toBe(0);
    expect(await count("SELECT refunded / 1000.0 n FROM sale_lines WHERE sale_id = ?", sale.id)).toBe(10);
    expect(await count("SELECT stock / 1000.0 n FROM products WHERE id = ?", product.id)).toBe(10);
    expect(
      await count("SELECT sum(delta) / 1000.0 n FROM stock_moves WHERE product_id = ?", product.id),
    ).toBe(10);
  });

  it("and a void leave the other sales of the shop as they were", async () => {
    const shop = await newShop();
    const { token } = shop.admin;
    await call("POST", `${API}/shifts/start`, { token, json: {} });
    const product = await newProduct(shop, { stock: 9, cost: 400 });
    const one = [{ product_id: product.id, quantity: 1 }];
    const [older, refunded, voided, newer] = [
      await sellItems(shop, one),
      await sellItems(shop, one),
      await sellItems(shop, one),
      await sellItems(shop, one),
    ];
    const others = async () => ({
      sales: await rowsOf("SELECT * FROM sales WHERE id IN (?, ?) ORDER BY id", older.id, newer.id),
      lines: await rowsOf(
        "SELECT * FROM sale_lines WHERE sale_id IN (?, ?) ORDER BY 1, 2",
        older.id,
        newer.id,
      ),
      payments: await rowsOf(
        "SELECT * FROM sale_payments WHERE sale_id IN (?, ?) ORDER BY 1, 2",
        older.id,
        newer.id,
      ),
    });
    const before = await others();
    const back = await refund(token, refunded.id, one, { restock: true });
    expect(back.body).toMatchObject({ total: -1000, payments: [{ method: "cash", amount: -1000 }] });
    const undone = await call("POST", `${API}/sales/${voided.id}/void`, { token, json: {} });
    expect(undone.body).toMatchObject({ total: -1000, lines: 1, payments: [{ amount: -1000 }] });
    expect(await others()).toEqual(before);
    const entries = await rowsOf(
      "SELECT entity_id, after FROM audit_log WHERE tenant_id = ? AND action IN ('sale.refunded', 'sale.voided') ORDER BY id",
      shop.tenant.id,
    );
    expect(entries.map(({ entity_id, after }) => [entity_id, JSON.parse(String(after))])).toEqual([
      [refunded.id, { refund_id: back.body.id, total: -1000, units: -1 }],
      [voided.id, { refund_id: undone.body.id, total: -1000, units: -1 }],
    ]);
    expect(await count("SELECT stock / 1000.0 n FROM products WHERE id = ?", product.id)).toBe(7);
  });

  it("is paid back by what is left of its own payments, whatever was refunded of other sales", async () => {
    const shop = await newShop();
    const product = await newProduct(shop);
    const one = [{ product_id: product.id, quantity: 1 }];
    const payments = ["card", "transfer", "cash"].map((method) => ({ method, amount: 1000 }));
    const sold = async () => {
      const items = [{ product_id: product.id, quantity: 3 }];
      return (await call("POST", `${API}/sales`, { token: shop.admin.token, json: { items, payments } }))
        .body;
    };
    const [first, second] = [await sold(), await sold()];
    for (const sale of [first, second])
      for (const { method } of payments)
        expect((await refund(shop.admin.token, sale.id, one)).body.payments).toMatchObject([
          { method, amount: -1000 },
        ]);
  });

  it("of a product on two lines uses the first line first, and never more than both", async () => {
    const shop = await newShop();
    const product = await newProduct(shop, { price: 100 });
    const two = { product_id: product.id, quantity: 2 };
    const sale = await sellItems(shop, [two, { product_id: product.id, quantity: 3 }]);
    const first = await refund(shop.admin.token, sale.id, [{ product_id: product.id, quantity: 3 }]);
    expect(first.body.items).toMatchObject([
      { line_no: 1, quantity: -2 },
      { line_no: 2, quantity: -1 },
    ]);
    expect(
      (await refund(shop.admin.token, sale.id, [two, { product_id: product.id, quantity: 1 }])).status,
    ).toBe(409);
    const second = await refund(shop.admin.token, sale.id, [two]);
    expect([second.status, second.body.items]).toMatchObject([201, [{ line_no: 1, quantity: -2 }]]);
    const after = await call("GET", `${API}/sales/${sale.id}`, { token: shop.admin.token });
    expect(after.body.items.map((item: { refunded: number }) => item.refunded)).toEqual([2, 3]);
  });

  it("returns units to stock only with restock", async () => {
    const shop = await newShop();
    const product = await newProduct(shop, { stock: 10 });
    const sale = await sellItems(shop, [{ product_id: product.id, quantity: 4 }]);
    const one = [{ product_id: product.id, quantity: 1 }];
    await refund(shop.admin.token, sale.id, one);
    expect(await count("SELECT stock / 1000.0 n FROM products WHERE id = ?", product.id)).toBe(6);
    const restocked = await refund(shop.admin.token, sale.id, [{ product_id: product.id, quantity: 2 }], {
      restock: true,
    });
    expect(await count("SELECT stock / 1000.0 n FROM products WHERE id = ?", product.id)).toBe(8);
    const moves =
      "SELECT sum(delta) / 1000.0 n FROM stock_moves WHERE product_id = ? AND reason = 'refund' AND reference = ?";
    expect(await count(moves, product.id, restocked.body.id)).toBe(2);
  });

  it("with restock of a product whose stock is not counted leaves it uncounted", async () => {
    const shop = await newShop();
    const product = await newProduct(shop);
    const sale = await sellItems(shop, [{ product_id: product.id, quantity: 1 }]);
    expect(
      (await refund(shop.admin.token, sale.id, [{ product_id: product.id, quantity: 1 }], { restock: true }))
        .status,
    ).toBe(201);
    expect(await count("SELECT count(*) n FROM products WHERE id = ? AND stock IS NULL", product.id)).toBe(1);
    expect(await count("SELECT count(*) n FROM stock_moves WHERE product_id = ?", product.id)).toBe(0);
  });

  it("of a refund is rejected, and one of another shop's sale or of no sale is not found", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    const product = await newProduct(shop);
    const one = [{ product_id: product.id, quantity: 1 }];
    const sale = await sellItems(shop, one);
    const first = await refund(shop.admin.token, sale.id, one);
    expect((await refund(shop.admin.token, first.body.id, one)).body.type).toBe("/problems/not-refundable");
    expect((await refund(other.admin.token, sale.id, one)).status).toBe(404);
    expect((await refund(shop.admin.token, product.id, one)).status).toBe(404);
    expect((await refund(shop.admin.token, "nothing", one)).status).toBe(404);
    expect(await count("SELECT count(*) n FROM sales WHERE kind = 'refund' AND refund_of = ?", sale.id)).toBe(
      1,
    );
  });

  it("and a void have the prices, discounts and tax of the lines that they take back, with the amounts negative", async () => {
    const shop = await newShop();
    const { token } = shop.admin;
    await call("POST", `${API}/shifts/start`, { token, json: {} });
    const { id: tax_rate_id } = await newTaxRate(shop, { rate: 21_000 });
    const { id: product_id } = await newProduct(shop, { title: "Tea", price: 1500, tax_rate_id });
    const items = [
      { product_id, quantity: 1, unit_price: 1210, discount: { amount: 121, reason: "dented" } },
    ];
    const back = async (path: string, json: object) => {
      const sale = (await call("POST", `${API}/sales`, { token, json: { items } })).body;
      const made = (await call("POST", `${API}/sales/${sale.id}/${path}`, { token, json })).body;
      return made.items;
    };
    const line = {
      sku: expect.any(String),
      description: "Tea",
      unit: "piece",
      quantity: -1,
      list_price: 1500,
      unit_price: 1210,
      discount: -121,
      discount_reason: "dented",
      tax_rate_id,
      tax_rate: 21_000,
      net: -900,
      tax: -189,
      subtotal: -1089,
    };
    const one = [{ product_id, quantity: 1 }];
    expect(await back("refunds", { items: one, reason: "torn" })).toMatchObject([line]);
    expect(await back("void", {})).toMatchObject([line]);
  });

  it("of a part of a piece is refused where it is asked for, and one of a part of a kilogram is not", async () => {
    const shop = await newShop();
    const [cheese, book] = [await newProduct(shop, { unit: "kg" }), await newProduct(shop)];
    const items = [cheese, book].map(({ id }) => ({ product_id: id, quantity: 1 }));
    const sale = await sellItems(shop, items);
    const half = (each: Items) => each.map((item) => ({ ...item, quantity: 0.5 }));
    const refused = await refund(shop.admin.token, sale.id, half(items));
    expect([refused.status, refused.body.errors]).toEqual([
      422,
      [{ pointer: "#/items/1/quantity", detail: "must be whole: it was sold by the piece" }],
    ]);
    expect((await refund(shop.admin.token, sale.id, half(items.slice(0, 1)))).body.total).toBe(-500);
  });

  it("by a method that the shop does not have is refused where it is named", async () => {
    const shop = await newShop();
    const product = await newProduct(shop);
    const one = [{ product_id: product.id, quantity: 1 }];
    const sale = await sellItems(shop, one);
    const pointerOf = async (fields: Record<string, unknown>) => {
      const { status, body } = await refund(shop.admin.token, sale.id, one, fields);
      return [status, body.errors?.[0].pointer];
    };
    expect(await pointerOf({ payment_method: "shells" })).toEqual([422, "#/payment_method"]);
    const payments = [
      { method: "card", amount: 500 },
      { method: "shells", amount: 500 },
    ];
    expect(await pointerOf({ payments })).toEqual([422, "#/payments/1/method"]);
  });

  it("of a sale that is deleted meanwhile, with the import that has added it, is not found", async () => {
    const shop = await newShop();
    const { id: product_id } = await newProduct(shop);
    const sale = await sellItems(shop, [{ product_id, quantity: 1 }]);
    const ctx = between(shop.admin.ctx(), {
      before: async (nth) => {
        if (nth !== 2) return;
        for (const table of ["sale_lines", "sale_payments"])
          await change(`DELETE FROM ${table} WHERE sale_id = ?`, sale.id);
        await change("DELETE FROM sales WHERE id = ?", sale.id);
      },
    });
    const input = { items: [{ product_id, quantity: 1000 }], reason: "late", restock: false };
    expect(await failureOf(refundSale(ctx, sale.id, input, undefined))).toMatchObject({ slug: "not-found" });
  });

  it("is for staff, names its seller and accepts another payment method", async () => {
    const shop = await newShop();
    const [clerk, customer] = [
      await newPerson(shop.tenant, "EMPLOYEE"),
      await newPerson(shop.tenant, "CUSTOMER"),
    ];
    const product = await newProduct(shop);
    const one = [{ product_id: product.id, quantity: 1 }];
    const sale = await sellItems(shop, one);
    expect((await refund(customer.token, sale.id, one)).status).toBe(403);
    const answer = await refund(clerk.token, sale.id, one, { payment_method: "card" });
    expect(answer.body).toMatchObject({ seller_id: clerk.id, payment_method: "card" });
  });

  it("of a sale without a payment method requires one, so that the drawer can be counted", async () => {
    const shop = await newShop();
    await importFile(shop, fileOf([{ invoice: "7", sku: "A", quantity: 3, price: "2" }]));
    const { body } = await call("GET", `${API}/sales`, { token: shop.admin.token });
    const [{ id }] = body.data;
    const sale = await call("GET", `${API}/sales/${id}`, { token: shop.admin.token });
    const items = [{ product_id: sale.body.items[0].product_id, quantity: 1 }];
    const rejected = await refund(shop.admin.token, id, items);
    expect(rejected.status).toBe(422);
    expect(rejected.body.errors[0].pointer).toBe("#/payment_method");
    expect(await count("SELECT count(*) n FROM sales WHERE tenant_id = ?", shop.tenant.id)).toBe(1);
    expect(await count("SELECT sum(refunded) / 1000.0 n FROM sale_lines WHERE sale_id = ?", id)).toBe(0);
    const refunded = await refund(shop.admin.token, id, items, { payment_method: "cash" });
    expect(refunded.body).toMatchObject({ payment_method: "cash", total: -200 });
  });

  it("is replayed under its Idempotency-Key, not made twice", async () => {
    const shop = await newShop();
    const product = await newProduct(shop);
    const { body: sale } = await sellOne(shop.admin.token, product.id, 1);
    const json = { items: [{ product_id: product.id, quantity: 1 }], reason: "damaged" };
    const send = () =>
      call("POST", `${API}/sales/${sale.id}/refunds`, {
        token: shop.admin.token,
        json,
        headers: { "idempotency-key": "k" },
      });
    const [first, second] = [await send(), await send()];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.headers.get("idempotent-replayed")).toBe("true");
    expect(second.body).toEqual(first.body);
  });

  it("records its event in the outbox after that of the sale", async () => {
    const shop = await newShop();
    const product = await newProduct(shop);
    const { body: sale } = await sellOne(shop.admin.token, product.id, 1);
    const refunded = await refund(shop.admin.token, sale.id, [{ product_id: product.id, quantity: 1 }]);
    const { results } = await env.DB.prepare(
      "SELECT type, payload FROM events WHERE tenant_id = ? AND type LIKE 'sale.%' ORDER BY id",
    )
      .bind(shop.tenant.id)
      .all<{ type: string; payload: string }>();
    const { warnings: _, ...refundSale } = refunded.body;
    expect(results.map(({ type, payload }) => [type, JSON.parse(payload)])).toEqual([
      ["sale.completed", sale],
      ["sale.refunded", refundSale],
    ]);
  });
});
