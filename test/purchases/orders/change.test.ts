// Staff change an order.
import { describe, expect, it } from "vitest";
import { PIN, storePin } from "../../support/approvals.ts";
import { API, call, costOf } from "../../support/client.ts";
import { change } from "../../support/change.ts";
import { shopWith, unbalancedStock } from "../../support/commerce.ts";
import { count, rowsOf } from "../../support/d1.ts";
import { cancelOrder, changeOrder, orderedBooks, readOrder, takeOrder } from "../../support/orders.ts";
import { bookshop, buyOne, confirm } from "../../support/purchases.ts";
import { newPerson, newProduct, type Shop } from "../../support/shops.ts";

const stockOf = (id: string) => count("SELECT stock / 1000.0 n FROM products WHERE id = ?", id);

const reprice = (shop: Shop, id: string, price: number) =>
  call("PATCH", `${API}/products/${id}`, { token: shop.admin.token, json: { price } });

const address = {
  name: "Begoña Núñez",
  lines: ["Rua Augusta 1"],
  city: "Lisboa",
  postal_code: "1100",
  country: "PT",
};

describe("the lines of a pending order", () => {
  it("are replaced: kept ones have the agreed price, new ones the current, and the stock follows by the difference", async () => {
    const { shop, book, id } = await orderedBooks();
    const pen = await newProduct(shop, { price: 150, stock: 5 });
    await reprice(shop, book.id, 1200);
    const items = [
      { product_id: book.id, quantity: 5 },
      { product_id: pen.id, quantity: 2 },
    ];
    const answer = await changeOrder(shop.admin.token, id, { items }, 1);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      total: 5300,
      version: 2,
      lines: 2,
      units: 7,
      items: [
        { product_id: book.id, unit_price: 1000, list_price: 1000, quantity: 5 },
        { product_id: pen.id, unit_price: 150, quantity: 2 },
      ],
    });
    expect(costOf(answer).queries).toBe(2);
    expect([await stockOf(book.id), await stockOf(pen.id)]).toEqual([5, 3]);
    const fewer = await changeOrder(
      shop.admin.token,
      id,
      { items: [{ product_id: pen.id, quantity: 1 }] },
      2,
    );
    expect(fewer.body).toMatchObject({ total: 150, version: 3 });
    expect([await stockOf(book.id), await stockOf(pen.id)]).toEqual([10, 4]);
    const back = await changeOrder(
      shop.admin.token,
      id,
      { items: [{ product_id: book.id, quantity: 1 }] },
      3,
    );
    expect(back.body).toMatchObject({ total: 1200 });
    expect([await stockOf(book.id), await stockOf(pen.id)]).toEqual([9, 5]);
    await cancelOrder(shop.admin.token, id);
    expect([await stockOf(book.id), await stockOf(pen.id)]).toEqual([10, 5]);
    expect(await unbalancedStock(shop)).toEqual([]);
  });

  it("are edited beside the note, which stays unless another is sent", async () => {
    const { shop, book, id } = await orderedBooks({ note: "Ring twice" });
    const edit = async (quantity: number, note?: string) => {
      const items = [{ product_id: book.id, quantity }];
      const json = note === undefined ? { items } : { items, note };
      return (await changeOrder(shop.admin.token, id, json)).body.note;
    };
    expect([await edit(3), await edit(4, "Urgent"), await edit(5)]).toEqual([
      "Ring twice",
      "Urgent",
      "Urgent",
    ]);
  });

  it("are edited beside the address and the hold", async () => {
    const { shop, book, id } = await orderedBooks();
    const hold_until = new Date(Date.now() + 3_600_000).toISOString();
    const items = [{ product_id: book.id, quantity: 1 }];
    const { body } = await changeOrder(shop.admin.token, id, {
      items,
      shipping_address: address,
      hold_until,
    });
    expect(body).toMatchObject({
      total: 1000,
      shipping_address: address,
      country: "Portugal",
      hold_expires_at: hold_until,
    });
  });

  it("of one product keep each its price, and a further one has the current one or what staff name", async () => {
    const { shop, book } = await bookshop({ price: 1000 });
    const { token } = shop.admin;
    const lines = (...of: object[]) => ({ items: of.map((fields) => ({ product_id: book.id, ...fields })) });
    const placed = await takeOrder(token, book.id, lines({ quantity: 1 }, { quantity: 1, unit_price: 900 }));
    await reprice(shop, book.id, 1200);
    const gift = { percent: 50, reason: "torn" };
    const edited = await changeOrder(
      token,
      placed.body.id,
      lines(
        { quantity: 2 },
        { quantity: 1 },
        { quantity: 1 },
        { quantity: 1, unit_price: 800, discount: gift },
      ),
    );
    expect(edited.body.items).toMatchObject([
      { quantity: 2, list_price: 1000, unit_price: 1000, discount: 0 },
      { quantity: 1, list_price: 1000, unit_price: 900, discount: 0 },
      { quantity: 1, list_price: 1200, unit_price: 1200, discount: 0 },
      { quantity: 1, list_price: 1200, unit_price: 800, discount: 400, discount_reason: "torn" },
    ]);
    const { body } = await changeOrder(token, placed.body.id, lines({ quantity: 1, unit_price: 700 }));
    expect(body.items).toMatchObject([{ list_price: 1000, unit_price: 700 }]);
    expect([body.total, await stockOf(book.id)]).toEqual([700, 9]);
  });

  it("keep their discounts, unless others are sent", async () => {
    const { shop, book, id } = await orderedBooks({
      discount: { percent: 10, reason: "regular" },
    });
    const { token } = shop.admin;
    const more = await changeOrder(token, id, { items: [{ product_id: book.id, quantity: 3 }] });
    expect(more.body).toMatchObject({ total: 2700, discount: 300, discount_reason: "regular" });
    const torn = { amount: 200, reason: "torn" };
    const items = [{ product_id: book.id, quantity: 3, discount: torn }];
    expect((await changeOrder(token, id, { items, discount: null })).body.total).toBe(2800);
    const kept = await changeOrder(token, id, { discount: { amount: 300, reason: "patient" } });
    expect(kept.body).toMatchObject({
      total: 2500,
      discount_reason: "patient",
      items: [{ discount: 500, discount_reason: "torn" }],
    });
    const none = { items: [{ product_id: book.id, quantity: 3, discount: null }], discount: null };
    expect((await changeOrder(token, id, none)).body).toMatchObject({
      total: 3000,
      discount: 0,
      discount_reason: null,
    });
  });

  it("are checked against the rules of the shop, the stock and the products on sale, and then nothing changes", async () => {
    const { shop, book, id } = await orderedBooks();
    const { token } = await newPerson(shop.tenant, "EMPLOYEE");
    await change("UPDATE tenants SET max_discount_percent = 0 WHERE id = ?", shop.tenant.id);
    const other = await newProduct(shop, { stock: 1 });
    const edits: [object, string][] = [
      [{ items: [{ product_id: book.id, quantity: 11 }] }, "out-of-stock"],
      [{ items: [{ product_id: other.id, quantity: 2 }] }, "out-of-stock"],
      [{ items: [{ product_id: id, quantity: 1 }] }, "unknown-product"],
      [{ items: [{ product_id: book.id, quantity: 1.5 }] }, "invalid"],
      [{ discount: { percent: 1, reason: "nice" } }, "approval-required"],
      [{ discount: { amount: 3000, reason: "nice" } }, "invalid"],
      [{}, "invalid"],
      [{ approval: { user_id: shop.admin.id, pin: PIN } }, "invalid"],
    ];
    for (const [json, slug] of edits) {
      const answer = await changeOrder(token, id, { ...json });
      expect([json, answer.body.type]).toEqual([json, `/problems/${slug}`]);
    }
    expect((await readOrder(token, id)).body).toMatchObject({ version: 1, total: 2000 });
    expect(await stockOf(book.id)).toBe(8);
  });

  it("may stay as they are beside others though fewer of them are counted than were ordered", async () => {
    const { shop, book, id } = await orderedBooks();
    const loose = await newProduct(shop, { price: 100 });
    const { token } = shop.admin;
    const edit = async (books: number) => {
      const items = [
        { product_id: book.id, quantity: books },
        { product_id: loose.id, quantity: 3 },
      ];
      return (await changeOrder(token, id, { items })).status;
    };
    expect(await edit(2)).toBe(200);
    await call("POST", `${API}/products/${loose.id}/stock`, { token, json: { count: 1, reason: "count" } });
    expect(await edit(4)).toBe(200);
    expect([await stockOf(book.id), await stockOf(loose.id)]).toEqual([6, 1]);
  });

  it("do not grow beyond the stock, not even by a gram", async () => {
    const { shop, book } = await bookshop({ unit: "kg", stock: 1 });
    const { body } = await takeOrder(shop.admin.token, book.id);
    const items = [{ product_id: book.id, quantity: 1.001 }];
    expect((await changeOrder(shop.admin.token, body.id, { items })).body).toMatchObject({
      type: "/problems/out-of-stock",
      items: [{ requested: 1.001, available: 1 }],
    });
  });

  it("may grow to the whole stock, of which they have a part already", async () => {
    const { shop, book, id } = await orderedBooks();
    const answer = await changeOrder(shop.admin.token, id, {
      items: [{ product_id: book.id, quantity: 10 }],
    });
    expect([answer.status, await stockOf(book.id)]).toEqual([200, 0]);
  });

  it("of a hidden product are kept, and may be fewer", async () => {
    const { shop, book, id } = await orderedBooks();
    await call("DELETE", `${API}/products/${book.id}`, { token: shop.admin.token });
    const { body } = await changeOrder(shop.admin.token, id, {
      items: [{ product_id: book.id, quantity: 1 }],
    });
    expect(body).toMatchObject({ total: 1000, items: [{ description: expect.any(String) }] });
    expect(await stockOf(book.id)).toBe(9);
  });

  it("keep the cost of what was ordered", async () => {
    const { shop, book, id } = await orderedBooks();
    const setCost = (cost: number) =>
      call("PATCH", `${API}/products/${book.id}`, { token: shop.admin.token, json: { cost } });
    await setCost(400);
    const pen = await newProduct(shop, { price: 150, stock: 5 });
    const twoBooks = { product_id: book.id, quantity: 2 };
    await changeOrder(shop.admin.token, id, { items: [{ product_id: book.id, quantity: 3 }] });
    await setCost(500);
    await changeOrder(shop.admin.token, id, {
      items: [
        { product_id: book.id, quantity: 3 },
        { product_id: pen.id, quantity: 1 },
      ],
    });
    expect(await rowsOf("SELECT cost FROM sale_lines WHERE sale_id = ? ORDER BY line_no", id)).toEqual([
      { cost: 1200 },
      { cost: null },
    ]);
    await changeOrder(shop.admin.token, id, { items: [twoBooks] });
    expect(await rowsOf("SELECT cost FROM sale_lines WHERE sale_id = ?", id)).toEqual([{ cost: 1000 }]);
  });

  it("whose stock was not tracked are taken out of it once their quantity changes, and returned by a cancellation", async () => {
    const { shop, book, id } = await orderedBooks();
    const loose = await newProduct(shop, { price: 100 });
    const withLoose = (quantity: number) => ({
      items: [
        { product_id: book.id, quantity: 2 },
        { product_id: loose.id, quantity },
      ],
    });
    const { token } = shop.admin;
    await changeOrder(token, id, withLoose(3));
    await call("POST", `${API}/products/${loose.id}/stock`, { token, json: { count: 20, reason: "count" } });
    await changeOrder(token, id, withLoose(3));
    expect(await stockOf(loose.id)).toBe(20);
    await changeOrder(token, id, withLoose(4));
    expect(await stockOf(loose.id)).toBe(16);
    await cancelOrder(token, id);
    expect([await stockOf(loose.id), await stockOf(book.id)]).toEqual([20, 10]);
  });

  it("that the product is now sold by another unit than may be removed, but not changed", async () => {
    const { shop, book, id } = await orderedBooks();
    await call("PATCH", `${API}/products/${book.id}`, { token: shop.admin.token, json: { unit: "kg" } });
    const pen = await newProduct(shop, { price: 150, stock: 5 });
    const edit = (items: object[]) => changeOrder(shop.admin.token, id, { items });
    const { body } = await edit([{ product_id: book.id, quantity: 1 }]);
    expect(body.errors).toMatchObject([{ pointer: "#/items/0/quantity" }]);
    const kept = await edit([
      { product_id: book.id, quantity: 2 },
      { product_id: pen.id, quantity: 1 },
    ]);
    expect([kept.status, await stockOf(book.id)]).toEqual([200, 8]);
    expect((await edit([{ product_id: pen.id, quantity: 1 }])).status).toBe(200);
    expect(await stockOf(book.id)).toBe(8);
  });

  it("of kilograms are not changed to a gram either, where the product is now sold by the piece", async () => {
    const { shop, book } = await bookshop({ unit: "kg" });
    const { body } = await takeOrder(shop.admin.token, book.id);
    await change("UPDATE products SET unit = 'piece' WHERE id = ?", book.id);
    const edited = await changeOrder(shop.admin.token, body.id, {
      items: [{ product_id: book.id, quantity: 0.001 }],
    });
    expect(edited.body.errors).toMatchObject([{ pointer: "#/items/0/quantity" }]);
  });

  it("are edited beside those of a product that is sold by another unit", async () => {
    const { shop, book, id } = await orderedBooks();
    const cheese = await newProduct(shop, { unit: "kg", price: 2000, stock: 5 });
    const withCheese = (quantity: number) =>
      changeOrder(shop.admin.token, id, {
        items: [
          { product_id: book.id, quantity: 2 },
          { product_id: cheese.id, quantity },
        ],
      });
    expect([(await withCheese(0.5)).status, (await withCheese(0.75)).status]).toEqual([200, 200]);
    expect([await stockOf(book.id), await stockOf(cheese.id)]).toEqual([8, 4.25]);
  });

  it("are edited in a purchase of the web shop too, and its buyer sees the new total", async () => {
    const { shop, buyer, book } = await bookshop();
    const { body } = await buyOne(buyer.token, book.id, 2);
    await changeOrder(shop.admin.token, body.id, { items: [{ product_id: book.id, quantity: 1 }] });
    const mine = await call("GET", `${API}/purchases/${body.id}`, { token: buyer.token });
    expect(mine.body).toMatchObject({ total: 1000, items: [{ quantity: 1 }] });
    expect(await stockOf(book.id)).toBe(9);
  });

  it("cannot be edited where the shop has changed whether its prices include tax", async () => {
    const shop = await shopWith({});
    const { storeRate } = await import("../../support/commerce.ts");
    await storeRate(shop, 21_000, true);
    const { id: product } = await newProduct(shop, { price: 1000, stock: 5 });
    const { body } = await takeOrder(shop.admin.token, product);
    await change("UPDATE tenants SET prices_include_tax = 0 WHERE id = ?", shop.tenant.id);
    const items = [{ product_id: product, quantity: 2 }];
    expect((await changeOrder(shop.admin.token, body.id, { items })).body.type).toBe("/problems/conflict");
    await change("UPDATE tenants SET prices_include_tax = 1 WHERE id = ?", shop.tenant.id);
    expect((await changeOrder(shop.admin.token, body.id, { items })).status).toBe(200);
  });

  it("are edited though the shop has changed whether its prices include tax, if they have none", async () => {
    const { shop, book, id } = await orderedBooks();
    await change("UPDATE tenants SET prices_include_tax = 0 WHERE id = ?", shop.tenant.id);
    const items = [{ product_id: book.id, quantity: 3 }];
    expect((await changeOrder(shop.admin.token, id, { items })).body).toMatchObject({ total: 3000 });
  });

  it("are edited beyond the rules with the approval of an ADMIN, which is in the audit log", async () => {
    const { shop, id } = await orderedBooks();
    await storePin(shop.tenant, shop.admin);
    await change("UPDATE tenants SET max_discount_percent = 0 WHERE id = ?", shop.tenant.id);
    const { token } = await newPerson(shop.tenant, "EMPLOYEE");
    const discount = { percent: 10, reason: "late" };
    const approval = { user_id: shop.admin.id, pin: PIN };
    const { body } = await changeOrder(token, id, { discount, approval });
    expect(body).toMatchObject({ total: 1800, approved_by: shop.admin.id });
    const audited = "SELECT after FROM audit_log WHERE entity_id = ? AND action = ?";
    const [approved] = await rowsOf(audited, id, "sale.approved");
    expect(JSON.parse(String(approved?.["after"]))).toMatchObject({
      approved_by: shop.admin.id,
      discount: 200,
    });
    const [changed] = await rowsOf(audited, id, "purchase.changed");
    expect(JSON.parse(String(changed?.["after"]))).toMatchObject({ fields: ["discount"], total: 1800 });
  });
});

describe("the other orders of a shop", () => {
  it.each<[string, (shop: Shop, id: string, product: string) => Promise<{ status: number }>]>([
    [
      "address and note",
      ({ admin }, id) => changeOrder(admin.token, id, { shipping_address: address, note: "Urgent" }),
    ],
    [
      "items",
      ({ admin }, id, product_id) => changeOrder(admin.token, id, { items: [{ product_id, quantity: 3 }] }),
    ],
    ["payment", (shop, id) => confirm(shop, id)],
    ["cancellation", ({ admin }, id) => cancelOrder(admin.token, id)],
  ])("stay as they were after a change of one: its %s", async (name, act) => {
    const { shop, book, id: otherId } = await orderedBooks({ note: "Ring twice" });
    const { id } = (await takeOrder(shop.admin.token, book.id)).body;
    const rows = () =>
      Promise.all([
        rowsOf("SELECT * FROM sales WHERE id = ?", otherId),
        rowsOf("SELECT * FROM sale_lines WHERE sale_id = ?", otherId),
        rowsOf("SELECT * FROM sale_payments WHERE sale_id = ?", otherId),
        rowsOf("SELECT * FROM order_details WHERE sale_id = ?", otherId),
        rowsOf("SELECT * FROM stock_moves WHERE reference = ?", otherId),
      ]);
    const before = await rows();
    expect((await act(shop, id, book.id)).status).toBe(200);
    expect(await rows()).toEqual(before);
    expect(await rowsOf("SELECT sale_id, amount FROM payments WHERE tenant_id = ?", shop.tenant.id)).toEqual(
      name === "payment" ? [{ sale_id: id, amount: 1000 }] : [],
    );
    expect((await cancelOrder(shop.admin.token, otherId)).status).toBe(200);
    expect(await unbalancedStock(shop)).toEqual([]);
  });
});

describe("a version", () => {
  it("is required to edit lines, and an old one changes nothing", async () => {
    const { shop, book, id } = await orderedBooks();
    const json = { items: [{ product_id: book.id, quantity: 3 }] };
    const without = await call("PATCH", `${API}/orders/${id}`, { token: shop.admin.token, json });
    expect([without.status, without.body.type]).toEqual([428, "/problems/precondition-required"]);
    expect((await changeOrder(shop.admin.token, id, json, 1)).headers.get("etag")).toBe('"v2"');
    const stale = await changeOrder(
      shop.admin.token,
      id,
      { items: [{ product_id: book.id, quantity: 4 }] },
      1,
    );
    expect([stale.status, stale.body.type]).toEqual([412, "/problems/precondition-failed"]);
    expect(await stockOf(book.id)).toBe(7);
  });

  it("grows when the order is paid or cancelled too", async () => {
    const { shop, id } = await orderedBooks();
    await confirm(shop, id);
    expect((await readOrder(shop.admin.token, id)).body.version).toBe(2);
  });
});

describe("the address and the note", () => {
  it("change until the order is cancelled, without If-Match; the country of a paid order stays", async () => {
    const { shop, book, id } = await orderedBooks();
    const patch = (json: object) => call("PATCH", `${API}/orders/${id}`, { token: shop.admin.token, json });
    expect((await patch({ shipping_address: address, note: "Urgent" })).body).toMatchObject({
      shipping_address: address,
      country: "Portugal",
      note: "Urgent",
      version: 2,
    });
    await confirm(shop, id);
    const moved = { ...address, country: "ES" };
    const { body } = await patch({ shipping_address: moved, note: null });
    expect(body).toMatchObject({
      shipping_address: moved,
      country: "Portugal",
      note: null,
      status: "completed",
    });
    expect((await patch({ hold_until: new Date(Date.now() + 1e6).toISOString() })).body.type).toBe(
      "/problems/not-changeable",
    );
    const other = await takeOrder(shop.admin.token, book.id);
    await cancelOrder(shop.admin.token, other.body.id);
    const late = await call("PATCH", `${API}/orders/${other.body.id}`, {
      token: shop.admin.token,
      json: { note: "Late" },
    });
    expect([late.status, late.body.type]).toEqual([409, "/problems/not-changeable"]);
  });

  it("change with an approval that is not needed, also once the order is paid", async () => {
    const { shop, id } = await orderedBooks();
    await storePin(shop.tenant, shop.admin);
    await confirm(shop, id);
    const approval = { user_id: shop.admin.id, pin: PIN };
    const { status, body } = await call("PATCH", `${API}/orders/${id}`, {
      token: shop.admin.token,
      json: { note: "Urgent", approval },
    });
    expect([status, body.status, body.note, body.total]).toEqual([200, "completed", "Urgent", 2000]);
    const audited =
      "SELECT before, after FROM audit_log WHERE entity_id = ? AND action IN ('purchase.changed', 'sale.approved')";
    expect(await rowsOf(audited, id)).toEqual([
      { before: null, after: JSON.stringify({ fields: ["note"] }) },
    ]);
  });

  it("change in one round trip, and in a second one that says why not", async () => {
    const { shop, book, id, order } = await orderedBooks();
    const { token } = shop.admin;
    const changed = async (json: Record<string, unknown>, version?: number) => {
      const answer = await changeOrder(token, id, json, version);
      if (answer.status === 200) expect(answer.body.hold_expires_at).toBe(json["hold_until"] ?? held);
      return [answer.status, costOf(answer).queries];
    };
    const hold_until = new Date(Date.now() + 3_600_000).toISOString();
    let held = order.hold_expires_at;
    await changed({ note: "Ring twice" });
    expect(await changed({ shipping_address: address, note: "Urgent", hold_until }, 2)).toEqual([200, 1]);
    held = hold_until;
    expect(await changed({ note: "Late" }, 2)).toEqual([412, 2]);
    expect(await changed({ note: "Late", hold_until: "2026-01-01T00:00:00Z" }, 3)).toEqual([422, 1]);
    await change("UPDATE tenants SET require_if_match = 1 WHERE id = ?", shop.tenant.id);
    const bare = await call("PATCH", `${API}/orders/${id}`, { token, json: { note: "Late" } });
    expect([bare.status, costOf(bare).queries]).toEqual([428, 2]);
    const items = [{ product_id: book.id, quantity: 1 }];
    expect(await changed({ note: "Fewer", items }, 3)).toEqual([200, 2]);
  });

  it("leave the discounts and the payment as they were agreed", async () => {
    const { shop, book } = await orderedBooks();
    const { token } = shop.admin;
    const discount = { percent: 10, reason: "regular" };
    const order = await takeOrder(token, book.id, { discount, payment: "transfer" });
    const details = () =>
      rowsOf(
        "SELECT payment, payment_no, link_expires_at, discounts FROM order_details WHERE sale_id = ?",
        order.body.id,
      );
    const agreed = await details();
    expect(agreed).toMatchObject([{ payment: "transfer", discounts: expect.stringContaining("regular") }]);
    expect((await changeOrder(token, order.body.id, { note: "Urgent" }, 1)).body.note).toBe("Urgent");
    expect((await changeOrder(token, order.body.id, { note: null }, 2)).body.note).toBeNull();
    expect(await details()).toEqual(agreed);
  });

  it("are in the audit log by name only, the lines by value; each change is an event", async () => {
    const { shop, book, id } = await orderedBooks();
    await call("PATCH", `${API}/orders/${id}`, {
      token: shop.admin.token,
      json: { shipping_address: address, note: "Urgent" },
    });
    await changeOrder(shop.admin.token, id, { items: [{ product_id: book.id, quantity: 1 }] });
    const entries = await rowsOf(
      "SELECT before, after FROM audit_log WHERE entity_id = ? AND action = 'purchase.changed' ORDER BY id",
      id,
    );
    expect(
      entries.map(({ before, after }) => [JSON.parse(String(before)), JSON.parse(String(after))]),
    ).toEqual([
      [null, { fields: ["shipping_address", "note"] }],
      [
        { total: 2000, items: [{ product_id: book.id, quantity: 2, unit_price: 1000, subtotal: 2000 }] },
        {
          fields: ["items"],
          total: 1000,
          items: [{ product_id: book.id, quantity: 1, unit_price: 1000, subtotal: 1000 }],
        },
      ],
    ]);
    expect(
      await rowsOf(
        "SELECT payload ->> 'total' AS total FROM events WHERE tenant_id = ? AND type = 'purchase.changed' ORDER BY id",
        shop.tenant.id,
      ),
    ).toEqual([{ total: 2000 }, { total: 1000 }]);
  });
});

describe("a cancellation by staff", () => {
  it("takes one round trip, and needs no reason", async () => {
    const { shop, id } = await orderedBooks();
    const answer = await cancelOrder(shop.admin.token, id);
    expect([answer.body.status, costOf(answer).queries]).toEqual(["cancelled", 1]);
    const [entry] = await rowsOf(
      "SELECT after FROM audit_log WHERE entity_id = ? AND action = 'purchase.cancelled'",
      id,
    );
    expect(JSON.parse(String(entry?.["after"]))).toEqual({ status: "cancelled" });
  });

  it("returns the goods once and has its reason; a paid order is refunded instead", async () => {
    const { shop, book, id } = await orderedBooks();
    const reason = "the customer changed their mind";
    const { body } = await cancelOrder(shop.admin.token, id, { reason });
    expect(body).toMatchObject({ status: "cancelled", reason, version: 2 });
    const [entry] = await rowsOf(
      "SELECT after FROM audit_log WHERE entity_id = ? AND action = 'purchase.cancelled'",
      id,
    );
    expect(JSON.parse(String(entry?.["after"]))).toEqual({ status: "cancelled", reason });
    expect((await cancelOrder(shop.admin.token, id, { reason })).body).toEqual(body);
    expect(await stockOf(book.id)).toBe(10);
    const paid = await takeOrder(shop.admin.token, book.id);
    await confirm(shop, paid.body.id);
    expect((await cancelOrder(shop.admin.token, paid.body.id)).body.type).toBe("/problems/not-cancellable");
  });
});
