// Staff take an order on behalf of a customer.
import { describe, expect, it } from "vitest";
import { forgetOffers } from "../../../src/sales/remembered-offer.ts";
import { PIN, storePin } from "../../support/approvals.ts";
import { change } from "../../support/change.ts";
import { API, call, costOf } from "../../support/client.ts";
import { shopWith, storeRate, unbalancedStock } from "../../support/commerce.ts";
import { count, rowsOf } from "../../support/d1.ts";
import { readOrder, takeOrder } from "../../support/orders.ts";
import { bookshop, confirm } from "../../support/purchases.ts";
import { newPerson, newProduct, newShop } from "../../support/shops.ts";
import { withStripe } from "../../support/stripe.ts";
import { callWith } from "../../support/variant.ts";

const address = {
  name: "Begoña Núñez",
  lines: ["Calle Mayor 1"],
  city: "Madrid",
  postal_code: "28013",
  country: "ES",
};

describe("an order that staff take", () => {
  it("is a pending online sale of the next number, in the name of its seller, and takes the stock", async () => {
    const { shop, book } = await bookshop();
    const seller = await newPerson(shop.tenant, "EMPLOYEE");
    const answer = await takeOrder(seller.token, book.id, {
      items: [{ product_id: book.id, quantity: 2 }],
      shipping_address: address,
      note: "Rings twice",
    });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      number: "A-10001",
      status: "pending",
      channel: "online",
      total: 2000,
      country: "Spain",
      seller_id: seller.id,
      version: 1,
      note: "Rings twice",
      payment_terms: "on_delivery",
      payment_method: "cash",
      shipping_address: address,
      customer: { name: "Begoña Núñez", email: null },
      payment: { provider: "manual", status: "pending", client_secret: null, url: null },
    });
    expect(answer.headers.get("etag")).toBe('"v1"');
    expect(costOf(answer).queries).toBe(2);
    expect(await count("SELECT stock / 1000 n FROM products WHERE id = ?", book.id)).toBe(8);
    expect(await unbalancedStock(shop)).toEqual([]);
    const read = await readOrder(shop.admin.token, answer.body.id);
    expect([read.body, read.headers.get("etag")]).toEqual([answer.body, '"v1"']);
  });

  it("is to the country that staff name, or else that of its address, and not offline", async () => {
    const { shop, book } = await bookshop();
    const countryOf = async (fields: Record<string, unknown>) => {
      const { id } = (await takeOrder(shop.admin.token, book.id, fields)).body;
      const { body } = await call("GET", `${API}/sales/${id}`, { token: shop.admin.token });
      return [body.country, body.offline];
    };
    expect(await countryOf({ shipping_address: address, country: "Portugal" })).toEqual(["Portugal", false]);
    expect(await countryOf({ shipping_address: address })).toEqual(["Spain", false]);
    expect(await countryOf({})).toEqual([null, false]);
  });

  it("takes one round trip where its products are remembered, at their prices and for the customer of the shop now", async () => {
    const { shop, book } = await bookshop({ price: 1000 });
    const customer = { name: "Begoña", email: "bego@example.com" };
    const take = () => takeOrder(shop.admin.token, book.id, { customer });
    const [first, again] = [await take(), await take()];
    expect([again.body.customer.id, costOf(again).queries]).toEqual([first.body.customer.id, 1]);
    const bySomebody = () => takeOrder(shop.admin.token, book.id);
    const remembered = await bySomebody();
    expect([remembered.body.total, costOf(remembered).queries]).toEqual([1000, 1]);
    await change("UPDATE products SET price = 1200 WHERE id = ?", book.id);
    expect((await bySomebody()).body.total).toBe(1200);
    await change("UPDATE tenants SET max_discount_percent = 100000 WHERE id = ?", shop.tenant.id);
    const seller = await newPerson(shop.tenant, "EMPLOYEE");
    const half = { discount: { percent: 50, reason: "friend" } };
    expect((await takeOrder(seller.token, book.id, half)).body.total).toBe(600);
    await change("UPDATE tenants SET max_discount_percent = 0 WHERE id = ?", shop.tenant.id);
    expect(await takeOrder(seller.token, book.id, half)).toMatchObject({ status: 403 });
    expect(await unbalancedStock(shop)).toEqual([]);
  });

  it("is confirmed to its customer by mail, if they have an address", async () => {
    const { shop, book } = await bookshop();
    await takeOrder(shop.admin.token, book.id);
    const customer = { name: "Begoña", email: "bego@example.com" };
    const { body } = await takeOrder(shop.admin.token, book.id, { customer });
    const mails = "SELECT kind, recipient, subject_id FROM mails WHERE tenant_id = ?";
    expect(await rowsOf(mails, shop.tenant.id)).toEqual([
      { kind: "order.placed", recipient: "bego@example.com", subject_id: body.id },
    ]);
  });

  it("holds its stock as long as its payment may take, or until the day that staff name", async () => {
    const { shop, book } = await bookshop();
    const daysOf = async (fields: object) => {
      const { body } = await takeOrder(shop.admin.token, book.id, { ...fields });
      return Math.round((Date.parse(body.hold_expires_at) - Date.parse(body.created_at)) / 86_400_000);
    };
    expect(await daysOf({})).toBe(30);
    expect(await daysOf({ payment: "transfer" })).toBe(7);
    const at = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
    expect(await daysOf({ hold_until: at(5) })).toBe(5);
    for (const days of [-1, 91]) {
      const { status, body } = await takeOrder(shop.admin.token, book.id, { hold_until: at(days) });
      expect([status, body.errors[0].pointer]).toEqual([422, "#/hold_until"]);
    }
  });

  it("is completed by the staff who take the money, and counts for its seller", async () => {
    const { shop, book } = await bookshop();
    const { body } = await takeOrder(shop.admin.token, book.id);
    expect((await confirm(shop, body.id)).body.status).toBe("completed");
    const sale = await call("GET", `${API}/sales/${body.id}`, { token: shop.admin.token });
    expect(sale.body).toMatchObject({
      status: "completed",
      seller_id: shop.admin.id,
      payment_method: "cash",
    });
  });

  it("is confirmed only for the total that was paid", async () => {
    const { shop, book } = await bookshop();
    const { body } = await takeOrder(shop.admin.token, book.id);
    const path = `${API}/purchases/${body.id}/confirm`;
    const { token } = shop.admin;
    const wrong = await call("POST", path, { token, json: { expected_total: 900 } });
    expect(wrong.body).toMatchObject({ type: "/problems/price-changed", total: 1000 });
    await takeOrder(token, book.id, { items: [{ product_id: book.id, quantity: 2 }] });
    const ofOther = await call("POST", path, { token, json: { expected_total: 2000 } });
    expect(ofOther.body).toMatchObject({ type: "/problems/price-changed", total: 1000 });
    expect((await call("POST", path, { token, json: { expected_total: 1000 } })).status).toBe(200);
  });

  it("that is completed owes nothing for a second payment, whatever became of another order", async () => {
    const { shop, book } = await bookshop();
    const { token } = shop.admin;
    const first = await takeOrder(token, book.id);
    expect((await call("POST", `${API}/orders/${first.body.id}/cancel`, { token, json: {} })).status).toBe(
      200,
    );
    const { body } = await takeOrder(token, book.id);
    const confirm = (payment_method: string) =>
      call("POST", `${API}/purchases/${body.id}/confirm`, { token, json: { payment_method } });
    expect((await confirm("card")).status).toBe(200);
    expect((await confirm("cash")).body.type).toBe("/problems/not-confirmable");
    expect(
      await count("SELECT count(*) n FROM payments WHERE sale_id = ? AND status = 'refund_due'", body.id),
    ).toBe(0);
  });

  it("that is confirmed is not confirmed with another total under the same key", async () => {
    const { shop, book } = await bookshop();
    const { body } = await takeOrder(shop.admin.token, book.id);
    const confirmWith = (json: object) =>
      call("POST", `${API}/purchases/${body.id}/confirm`, {
        token: shop.admin.token,
        json: { payment_method: "cash", ...json },
        headers: { "idempotency-key": "confirm" },
      });
    expect((await confirmWith({ expected_total: 1000 })).status).toBe(200);
    expect((await confirmWith({})).body.type).toBe("/problems/idempotency-mismatch");
  });

  it("is priced with taxes and discounts as over the counter, also twice the same product", async () => {
    const shop = await shopWith({ includesTax: false });
    const rate = await storeRate(shop, 21_000, true);
    const { id } = await newProduct(shop, { price: 999, stock: 10 });
    const items = [
      { product_id: id, quantity: 1, discount: { percent: 33.3, reason: "torn" } },
      { product_id: id, quantity: 2, unit_price: 950 },
    ];
    const discount = { amount: 77, reason: "regular" };
    const { body } = await takeOrder(shop.admin.token, id, { items, discount });
    const sale = await call("POST", `${API}/sales`, { token: shop.admin.token, json: { items, discount } });
    for (const field of ["net", "tax", "total", "discount", "items", "discount_reason"])
      expect(body[field]).toEqual(sale.body[field]);
    expect(body.items[0].tax_rate_id).toBe(rate);
    expect(await unbalancedStock(shop)).toEqual([]);
    const cancelled = await call("POST", `${API}/orders/${body.id}/cancel`, { token: shop.admin.token });
    expect(cancelled.body.status).toBe("cancelled");
    expect(await count("SELECT stock / 1000 n FROM products WHERE id = ?", id)).toBe(7);
  });

  it("beyond the rules of the shop needs the approval of an ADMIN", async () => {
    const shop = await shopWith({ maxDiscountPercent: 5000, allowPriceOverride: false });
    await storePin(shop.tenant, shop.admin);
    const seller = await newPerson(shop.tenant, "EMPLOYEE");
    const { id } = await newProduct(shop, { price: 1000, stock: 5 });
    const items = [{ product_id: id, quantity: 1, unit_price: 800 }];
    expect((await takeOrder(seller.token, id, { items })).body.type).toBe("/problems/approval-required");
    const approval = { user_id: shop.admin.id, pin: PIN };
    const take = (changed: object) =>
      takeOrder(
        seller.token,
        id,
        { items, approval: { ...approval, ...changed } },
        { "idempotency-key": "k" },
      );
    const { body } = await take({});
    expect(body).toMatchObject({ total: 800, approved_by: shop.admin.id });
    // The approver is part of the request, the PIN is not.
    expect((await take({ pin: "00000000" })).body.id).toBe(body.id);
    expect((await take({ user_id: seller.id })).body.type).toBe("/problems/idempotency-mismatch");
    expect(
      await count(
        "SELECT count(*) n FROM audit_log WHERE entity_id = ? AND action = 'sale.approved'",
        body.id,
      ),
    ).toBe(1);
  });

  it("of more than the stock, or of a product that is not sold, changes nothing", async () => {
    const { shop, book } = await bookshop();
    const order = (items: object[]) => takeOrder(shop.admin.token, book.id, { items });
    const { body } = await order([{ product_id: book.id, quantity: 11 }]);
    expect(body).toMatchObject({ type: "/problems/out-of-stock", items: [{ requested: 11, available: 10 }] });
    await call("DELETE", `${API}/products/${book.id}`, { token: shop.admin.token });
    expect((await order([{ product_id: book.id, quantity: 1 }])).body.type).toBe("/problems/unknown-product");
    expect(await count("SELECT count(*) n FROM sales WHERE tenant_id = ?", shop.tenant.id)).toBe(0);
    expect(
      await count(
        "SELECT count(*) n FROM customers WHERE tenant_id = ? AND name LIKE 'Beg%'",
        shop.tenant.id,
      ),
    ).toBe(0);
  });

  it("by link is refused where no payment provider has links", async () => {
    const { shop, book } = await bookshop();
    const { status, body } = await takeOrder(shop.admin.token, book.id, { payment: "link" });
    expect([status, body.type]).toEqual([409, "/problems/no-payment-link"]);
    const { id } = (await takeOrder(shop.admin.token, book.id)).body;
    const { token } = shop.admin;
    const renewed = await call("POST", `${API}/orders/${id}/payment-link`, { token });
    expect(renewed.body).toMatchObject({ type: body.type, detail: body.detail });
    const withoutPage = { ...withStripe, PUBLIC_URL: "" };
    const refused = await callWith(withoutPage, "POST", `${API}/orders/${id}/payment-link`, { token });
    expect(JSON.parse(refused.text)).toMatchObject({ type: body.type, detail: body.detail });
  });

  it("of a part of what is sold by the piece is refused, whether or not the offer is remembered", async () => {
    // Whose stock, if it were counted, would not take a part either.
    const { shop, book } = await bookshop({ stock: null });
    const items = [{ product_id: book.id, quantity: 1.5 }];
    const half = async () => {
      const { status, body } = await takeOrder(shop.admin.token, book.id, { items });
      return [status, body.errors[0].pointer];
    };
    expect(await half()).toEqual([422, "#/items/0/quantity"]);
    expect((await takeOrder(shop.admin.token, book.id)).status).toBe(201);
    expect(await half()).toEqual([422, "#/items/0/quantity"]);
  });

  it("reserves the stock though the shop sells beyond it over the counter", async () => {
    const shop = await shopWith({ oversell: "allow" });
    const { id } = await newProduct(shop, { price: 1000, stock: 1 });
    const items = [{ product_id: id, quantity: 2 }];
    expect((await takeOrder(shop.admin.token, id, { items })).body.type).toBe("/problems/out-of-stock");
  });
});

describe("the customer of an order", () => {
  const customersOf = (tenantId: string) =>
    rowsOf("SELECT id, name, email FROM customers WHERE tenant_id = ? ORDER BY id", tenantId);

  it("is stored with it, and found by e-mail the next time, however it is written", async () => {
    const { shop, book } = await bookshop();
    const customer = { name: "Begoña", email: "Bego@Example.com", phone: "+34 600 11 22 33" };
    const first = await takeOrder(shop.admin.token, book.id, { customer });
    const again = await takeOrder(shop.admin.token, book.id, {
      customer: { name: "Someone else", email: "bego@example.COM" },
    });
    forgetOffers();
    const later = await takeOrder(shop.admin.token, book.id, { customer });
    expect([again.body.customer, later.body.customer]).toEqual([first.body.customer, first.body.customer]);
    expect(first.body.customer).toMatchObject({ name: "Begoña", email: "bego@example.com" });
    expect((await customersOf(shop.tenant.id)).filter(({ email }) => email !== null).length).toBe(1);
  });

  it("is stored with their phone and language, whether or not the offer is remembered", async () => {
    const { shop, book } = await bookshop();
    const contact = { phone: "+34 600 11 22 33", language: "de" };
    for (const email of ["one@example.com", "two@example.com", undefined])
      await takeOrder(shop.admin.token, book.id, { customer: { name: "Begoña", email, ...contact } });
    await takeOrder(shop.admin.token, book.id, { customer: { name: "Begoña" } });
    expect(
      await rowsOf(
        "SELECT email, phone, language FROM customers WHERE tenant_id = ? AND name = 'Begoña' ORDER BY created_at, id",
        shop.tenant.id,
      ),
    ).toEqual([
      { email: "one@example.com", ...contact },
      { email: "two@example.com", ...contact },
      { email: null, ...contact },
      { email: null, phone: null, language: null },
    ]);
  });

  it("is stored once if ten orders with a new e-mail arrive at once", async () => {
    const { shop, book } = await bookshop();
    const customer = { name: "Begoña", email: "bego@example.com" };
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => takeOrder(shop.admin.token, book.id, { customer })),
    );
    expect(new Set(answers.map(({ body }) => body.customer_id)).size).toBe(1);
    expect(answers.every(({ status }) => status === 201)).toBe(true);
  });

  it("may be an account, or a record that was merged into another", async () => {
    const { shop, buyer, book } = await bookshop();
    const { body } = await takeOrder(shop.admin.token, book.id, {
      customer: undefined,
      customer_id: buyer.id,
    });
    expect(body.customer).toMatchObject({ id: buyer.id, email: buyer.email });
    const mine = await call("GET", `${API}/purchases/${body.id}`, { token: buyer.token });
    expect(mine.body).toMatchObject({ number: body.number, total: 1000 });
    const other = await takeOrder(shop.admin.token, book.id);
    await change("UPDATE customers SET merged_into = ? WHERE id = ?", buyer.id, other.body.customer_id);
    const merged = await takeOrder(shop.admin.token, book.id, {
      customer: undefined,
      customer_id: other.body.customer_id,
    });
    expect(merged.body.customer_id).toBe(buyer.id);
    const audited =
      "SELECT after ->> 'customer_id' AS id FROM audit_log WHERE entity_id = ? AND action = 'purchase.placed'";
    expect(await rowsOf(audited, merged.body.id)).toEqual([{ id: buyer.id }]);
    const entry =
      "SELECT json_remove(after, '$.customer_id') AS after FROM audit_log WHERE entity_id = ? AND action = 'purchase.placed'";
    expect(await rowsOf(entry, merged.body.id)).toEqual([
      { after: '{"payment":"on_delivery","total":1000,"lines":1}' },
    ]);
  });

  it("is shown as the record that replaced it, also before its orders are moved there", async () => {
    const { shop, book } = await bookshop();
    const { token } = shop.admin;
    const { body } = await takeOrder(token, book.id, { customer: { name: "N. Vega", phone: "600112233" } });
    const json = { name: "Nora Vega", phone: "600445566", email: "nora@example.com" };
    const { id } = (await call("POST", `${API}/customers`, { token, json })).body;
    await change(
      "UPDATE customers SET merged_into = ? WHERE tenant_id = ? AND id = ?",
      id,
      shop.tenant.id,
      body.customer_id,
    );
    const order = await call("GET", `${API}/orders/${body.id}`, { token });
    const list = await call("GET", `${API}/orders`, { token });
    expect([order.body.customer, list.body.data[0].customer]).toEqual([
      { id, ...json },
      { id, ...json },
    ]);
  });

  it("is named by id or by name, and not by both", async () => {
    const { shop, buyer, book } = await bookshop();
    for (const json of [{ customer_id: buyer.id }, { customer: undefined }]) {
      const { status, body } = await takeOrder(shop.admin.token, book.id, json);
      expect([status, body.errors[0].pointer]).toEqual([422, "#/customer"]);
    }
  });

  it("of another shop, or erased, is unknown, whether or not the offer is remembered", async () => {
    const { shop, buyer, book } = await bookshop();
    const stranger = await newPerson((await newShop()).tenant, "CUSTOMER");
    const take = async (customer_id: string) => {
      const { status, body } = await takeOrder(shop.admin.token, book.id, {
        customer: undefined,
        customer_id,
      });
      return [status, body.type];
    };
    const unknown = [404, "/problems/unknown-customer"];
    expect(await take(stranger.id)).toEqual(unknown);
    expect((await takeOrder(shop.admin.token, book.id)).status).toBe(201);
    await change("UPDATE users SET erased_at = created_at WHERE id = ?", buyer.id);
    expect([await take(stranger.id), await take(buyer.id)]).toEqual([unknown, unknown]);
    forgetOffers();
    expect(await take(buyer.id)).toEqual(unknown);
  });
});
