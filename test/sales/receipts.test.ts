import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { change } from "../support/change.ts";
import { API, call, costOf } from "../support/client.ts";
import { changeShop, insertSale, newRate, type Rate, receiptOf } from "../support/receipts.ts";
import { newPerson, newProduct, newShop, type Shop } from "../support/shops.ts";

const erase = (shop: Shop, id: string) =>
  env.DB.prepare(
    `UPDATE users SET email = id || '@erased.invalid', first_name = 'Erased', last_name = 'account', password_hash = 'erased',
       preferences = '{}', is_active = 0, erased_at = '2026-11-23T00:00:00.000Z' WHERE tenant_id = ? AND id = ?`,
  )
    .bind(shop.tenant.id, id)
    .run();

describe("the receipt of a sale", () => {
  let shop: Shop;
  let general: Rate;
  let books: Rate;

  beforeAll(async () => {
    shop = await newShop();
    general = await newRate(shop, "General", 21_000);
    books = await newRate(shop, "Books", 4000);
  });

  it("has the shop, the seller, the lines, the tax by rate and the payments with the change", async () => {
    await changeShop(shop, { legal_name: "Sol, S. L.", tax_id: "B12345678", locale: "es-ES" });
    const id = await insertSale(shop, {
      fields: { number: 7, discount_reason: "regular" },
      lines: [
        { description: "A book", quantity: 2000, price: 1040, discount: 80, rate: books },
        { description: "Another book", price: 1040, rate: books },
        { description: "Sweets", quantity: 250, unit: "kg", price: 1210, list: 1500, rate: general },
      ],
      payments: [
        { method: "card", amount: 2000 },
        { method: "cash", amount: 1343, tendered: 2000 },
      ],
    });
    const { status, body } = await receiptOf(shop, id);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      kind: "sale",
      is_void: false,
      number: "C-000007",
      locale: "es-ES",
      currency: "EUR",
      seller: "First",
      customer: null,
      refund_of: null,
      prices_include_tax: true,
      shop: { name: "Test shop", legal_name: "Sol, S. L.", tax_id: "B12345678" },
      discount: 80,
      discount_reason: "regular",
      net: 3173,
      tax: 170,
      total: 3343,
    });
    expect(body.items).toMatchObject([
      {
        quantity: 2,
        unit: "piece",
        unit_price: 1040,
        discount: 80,
        amount: 2000,
        tax_mark: "B",
        tax_rate: 4000,
      },
      { quantity: 1, amount: 1040, tax_mark: "B" },
      { quantity: 0.25, unit: "kg", list_price: 1500, unit_price: 1210, amount: 303, tax_mark: "A" },
    ]);
    expect(body.taxes).toEqual([
      { mark: "A", name: "General", rate: 21_000, net: 250, tax: 53, gross: 303 },
      { mark: "B", name: "Books", rate: 4000, net: 2923, tax: 117, gross: 3040 },
    ]);
    expect(body.payments).toEqual([
      { method: "card", name: "Tarjeta", amount: 2000, tendered: null },
      { method: "cash", name: "Efectivo", amount: 1343, tendered: 2000 },
    ]);
    expect(body.change).toBe(657);
  });

  it("agrees with the sale and its refund as they were made over HTTP", async () => {
    await changeShop(shop, { cash_rounding: 5 });
    const { token } = shop.admin;
    const book = await newProduct(shop, { price: 1999, tax_rate_id: books.id });
    const cheese = await newProduct(shop, { price: 2350, unit: "kg", tax_rate_id: general.id });
    const items = [
      { product_id: book.id, quantity: 3, discount: { percent: 10, reason: "worn" } },
      { product_id: cheese.id, quantity: 0.335, unit_price: 2000 },
    ];
    const discount = { amount: 101, reason: "regular" };
    const sale = await call("POST", `${API}/sales`, { token, json: { items, discount } });
    const refund = await call("POST", `${API}/sales/${sale.body.id}/refunds`, {
      token,
      json: { items: [{ product_id: book.id, quantity: 1 }], reason: "torn" },
    });
    for (const { status, body } of [sale, refund]) {
      expect(status).toBe(201);
      const receipt = await receiptOf(shop, body.id);
      const { number, kind, net, tax, total, rounding, change, placed_at } = body;
      expect(receipt.body).toMatchObject({ number, kind, net, tax, total, rounding, change, placed_at });
      expect(receipt.body.discount).toBe(body.discount);
      expect(receipt.body.payments).toMatchObject(body.payments);
      const lineFields = [
        "quantity",
        "unit",
        "list_price",
        "unit_price",
        "discount",
        "tax_rate",
        "net",
        "tax",
        "subtotal",
      ];
      for (const [index, item] of receipt.body.items.entries())
        for (const name of lineFields) expect(item[name], name).toBe(body.items[index][name]);
    }
    expect((await receiptOf(shop, sale.body.id)).body.refunds).toMatchObject([
      { id: refund.body.id, number: refund.body.number, total: refund.body.total, is_void: false },
    ]);
    await changeShop(shop, { cash_rounding: 0 });
  });

  it("with prices without tax has net amounts in its lines, whatever the rule of the shop is now", async () => {
    const id = await insertSale(shop, {
      includesTax: false,
      lines: [
        { description: "A chair", quantity: 3000, price: 1000, discount: 100, rate: general },
        { description: "A book", price: 999, rate: books },
      ],
    });
    const { body } = await receiptOf(shop, id);
    expect(body).toMatchObject({ prices_include_tax: false, net: 3899, tax: 649, total: 4548 });
    expect(body.items).toMatchObject([{ amount: 2900 }, { amount: 999 }]);
    const { text } = await receiptOf(shop, id, "format=text&width=32");
    expect(text).toMatch(/Subtotal +38,99\nImpuestos +6,49\nTOTAL +45,48 €\n/);
  });

  it("of a refund of a part has prices as the sale had them, also where the part has no tax", async () => {
    const line = { description: "A sticker", price: 1, rate: general };
    const id = await insertSale(shop, { includesTax: false, lines: [{ ...line, quantity: 3000 }] });
    const refund = await insertSale(shop, {
      includesTax: false,
      fields: { kind: "refund", refund_of: id },
      lines: [{ ...line, quantity: -1000 }],
    });
    for (const each of [id, refund])
      expect((await receiptOf(shop, each)).body.prices_include_tax).toBe(false);
  });

  it("tells the list price of what was sold for another, unless its price is entered at the counter", async () => {
    const id = await insertSale(shop, {
      lines: [
        { description: "A book", price: 900, list: 1000 },
        { description: "A service", price: 700, list: 0 },
        { description: "A pen", price: 200 },
      ],
    });
    const { text } = await receiptOf(shop, id, "format=text&width=48");
    expect(text.match(/Precio habitual .*/g)).toEqual(["Precio habitual 10,00"]);
  });

  it("without tax has its total alone, as if the prices included it", async () => {
    const id = await insertSale(shop, { lines: [{ description: "A book", price: 900 }] });
    expect((await receiptOf(shop, id)).body).toMatchObject({
      prices_include_tax: true,
      net: 900,
      total: 900,
    });
    const { text } = await receiptOf(shop, id, "format=text&width=48");
    expect(text).toMatch(/TOTAL +9,00/);
    expect(text).not.toMatch(/Subtotal|Impuestos +0,00/);
  });

  it("has the tax of each rate by itself, also of rates of one percentage, of one without a name, of 0 % and of none", async () => {
    const food = await newRate(shop, "Food", 4000);
    const exempt = await newRate(shop, "Course", 0);
    const id = await insertSale(shop, {
      lines: [
        { description: "A voucher", price: 500 },
        { description: "A course", price: 700, rate: exempt },
        { description: "A book", price: 1040, rate: books },
        { description: "Bread", price: 2080, rate: food },
        { description: "Milk", price: 4160, rate: food },
      ],
    });
    await change("UPDATE sale_lines SET tax_rate_id = NULL WHERE sale_id = ? AND line_no = 5", id);
    const { body } = await receiptOf(shop, id);
    expect(body.taxes).toEqual([
      { mark: "A", name: "Books", rate: 4000, net: 1000, tax: 40, gross: 1040 },
      { mark: "B", name: "Food", rate: 4000, net: 2000, tax: 80, gross: 2080 },
      { mark: "C", name: null, rate: 4000, net: 4000, tax: 160, gross: 4160 },
      { mark: "D", name: "Course", rate: 0, net: 700, tax: 0, gross: 700 },
      { mark: "E", name: null, rate: null, net: 500, tax: 0, gross: 500 },
    ]);
    expect(body.items.map(({ tax_mark }: { tax_mark: string }) => tax_mark)).toEqual([
      "E",
      "D",
      "A",
      "B",
      "C",
    ]);
    expect((await receiptOf(shop, id, "format=text")).text).toMatch(/\nB Food 4\s%\n.*\nC 4\s%\n/);
  });

  it("marks its rates by letters, and by numbers after the twenty-sixth", async () => {
    const { id: rate } = await newRate(shop, "Special", 99_000);
    const lines = Array.from({ length: 27 }, (_, index) => ({
      description: `Item ${index}`,
      price: 1000,
      rate: { id: rate, rate: 90_000 - index },
    }));
    const { body } = await receiptOf(shop, await insertSale(shop, { lines }));
    const letters = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    expect(body.taxes.map(({ mark }: { mark: string }) => mark)).toEqual([...letters, "27"]);
  });

  it("names the shop's payment methods as the shop does", async () => {
    const methods = JSON.stringify([{ method: "bizum", name: "Bizum móvil" }]);
    await changeShop(shop, { payment_methods: methods });
    const lines = [{ description: "A book", price: 1000 }];
    const id = await insertSale(shop, {
      lines,
      payments: [
        { method: "bizum", amount: 600 },
        { method: "voucher", amount: 400 },
      ],
    });
    const { body } = await receiptOf(shop, id);
    expect(body.payments).toMatchObject([{ name: "Bizum móvil" }, { name: "voucher" }]);
  });

  it("lists its refunds, and is marked when it was voided", async () => {
    const id = await insertSale(shop, {
      fields: { number: 20 },
      lines: [{ description: "A book", quantity: 2000, price: 500 }],
    });
    const refundWith = (fields: Record<string, string | number>) =>
      insertSale(shop, {
        fields: { kind: "refund", refund_of: id, ...fields },
        lines: [{ description: "A book", quantity: -1000, price: 500 }],
      });
    const first = await refundWith({ number: 45, placed_at: "2026-11-23T10:00:00.000Z" });
    const before = await receiptOf(shop, id);
    expect(before.body).toMatchObject({
      is_void: false,
      refunds: [{ id: first, number: "R-000045", placed_at: "2026-11-23T10:00:00.000Z", total: -500 }],
    });
    const second = await refundWith({ number: 46, placed_at: "2026-11-23T11:00:00.000Z", is_void: 1 });
    const after = await receiptOf(shop, id);
    expect(after.body).toMatchObject({
      is_void: true,
      refunds: [{ id: first }, { id: second, is_void: true }],
    });
    expect((await receiptOf(shop, id, "format=text")).text).toContain("ANULADO");
    const voiding = await receiptOf(shop, second);
    expect(voiding.body).toMatchObject({
      kind: "refund",
      is_void: true,
      reason: null,
      number: "R-000046",
      refund_of: { id, number: "C-000020" },
      total: -500,
    });
    const { text } = await receiptOf(shop, second, "format=text");
    expect(text).toContain("Anulación R-000046");
    expect(text).not.toContain("ANULADO");
  });

  it("says the reason of a discount once if it is that of the line and of the sale", async () => {
    const id = await insertSale(shop, {
      fields: { number: 31, discount_reason: "regular" },
      lines: [{ description: "A book", price: 500, discount: 50, discount_reason: "regular" }],
    });
    expect((await receiptOf(shop, id, "format=text")).text).toContain("Descuento (regular)");
  });

  it("has the days of its refunds on the clock of the shop", async () => {
    const lines = [{ description: "A book", price: 500 }];
    const id = await insertSale(shop, { fields: { number: 30 }, lines });
    for (const [number, placed_at] of [
      [60, "2026-11-24T22:59:59.000Z"],
      [61, "2026-11-24T23:00:00.000Z"],
    ] as const)
      await insertSale(shop, {
        fields: { kind: "refund", refund_of: id, number, placed_at },
        lines: [{ description: "A book", quantity: -500, price: 500 }],
      });
    const { text } = await receiptOf(shop, id, "format=text");
    expect(text).toMatch(/R-000060 24\/11\/2026 /);
    expect(text).toMatch(/R-000061 25\/11\/2026 /);
  });

  it("of an online purchase has its order number, and of an imported sale the number of the file", async () => {
    const lines = [{ description: "A book", price: 1000 }];
    const online = await insertSale(shop, { fields: { channel: "online", number: 10_432 }, lines });
    const imported = await insertSale(shop, {
      fields: { channel: "import", external_ref: "536365", seller_id: null },
      lines,
      payments: [],
    });
    expect((await receiptOf(shop, online)).body.number).toBe("A-10432");
    expect((await receiptOf(shop, imported)).body).toMatchObject({
      number: "536365",
      seller: null,
      payments: [],
    });
  });

  it("is 409 no-receipt while the sale is pending or after it was cancelled", async () => {
    const lines = [{ description: "A book", price: 1000 }];
    for (const status of ["pending", "cancelled"]) {
      const id = await insertSale(shop, { fields: { channel: "online", status }, lines, payments: [] });
      const answer = await receiptOf(shop, id, "format=html");
      expect([answer.status, answer.body.type]).toEqual([409, "/problems/no-receipt"]);
    }
  });

  it("names neither an erased seller nor an erased customer", async () => {
    const seller = await newPerson(shop.tenant, "EMPLOYEE");
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    const id = await insertSale(shop, {
      fields: { seller_id: seller.id, customer_id: customer.id },
      lines: [{ description: "A book", price: 1000 }],
    });
    expect((await receiptOf(shop, id)).body).toMatchObject({ seller: "First", customer: "First Last" });
    await change("UPDATE customers SET tax_id = '12345678Z' WHERE id = ?", customer.id);
    expect((await receiptOf(shop, id, "format=text")).text).toContain(
      "\nLe atendió: First\nCliente: First Last\nId. fiscal: 12345678Z\n",
    );
    await erase(shop, seller.id);
    await erase(shop, customer.id);
    expect((await receiptOf(shop, id)).body).toMatchObject({ seller: null, customer: null });
    expect((await receiptOf(shop, id, "format=text")).text).not.toContain("Erased");
  });

  it("is for staff and the buyer, and 404 for everybody else", async () => {
    const buyer = await newPerson(shop.tenant, "CUSTOMER");
    const stranger = await newPerson(shop.tenant, "CUSTOMER");
    const employee = await newPerson(shop.tenant, "EMPLOYEE");
    const other = await newShop();
    const id = await insertSale(shop, {
      fields: { customer_id: buyer.id },
      lines: [{ description: "A book", price: 1000 }],
    });
    const refund = await insertSale(shop, {
      fields: { kind: "refund", refund_of: id, customer_id: buyer.id },
      lines: [{ description: "A book", quantity: -1000, price: 1000 }],
    });
    const statusOf = async (sale: string, token: string) => (await receiptOf(shop, sale, "", token)).status;
    for (const sale of [id, refund]) {
      expect(await statusOf(sale, buyer.token)).toBe(200);
      expect(await statusOf(sale, employee.token)).toBe(200);
      expect(await statusOf(sale, stranger.token)).toBe(404);
      expect(await statusOf(sale, other.admin.token)).toBe(404);
    }
    expect((await call("GET", `${API}/sales/${id}/receipt`)).status).toBe(401);
  });

  it("is refused in an unknown format or width", async () => {
    const id = await insertSale(shop, { lines: [{ description: "A book", price: 1000 }] });
    for (const query of ["format=pdf", "format=text&width=40", "width=32.0", "copy=1"])
      expect((await receiptOf(shop, id, query)).status, query).toBe(422);
  });

  it("makes one round trip and reads only what it shows", async () => {
    const lines = [{ description: "A book", price: 1000, rate: books }];
    const id = await insertSale(shop, { lines });
    await insertSale(shop, { lines });
    const before = costOf(await receiptOf(shop, id));
    expect(before.queries).toBe(1);
    for (let index = 0; index < 20; index += 1) await insertSale(shop, { lines });
    const after = costOf(await receiptOf(shop, id));
    expect(after.read).toBe(before.read);
    expect(after.read).toBeLessThan(20);
  });
});
