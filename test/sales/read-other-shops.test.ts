// What is read of sales beside shops whose rows have the same ids and other values, and beside other people of the same shop.
import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { personalData } from "../../src/sales/personal-data.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { count, rowsOf } from "../support/d1.ts";
import { bytesOf, rowsOf as csvRows } from "../support/exports.ts";
import { byLink, guestShop } from "../support/guests.ts";
import { readOrder, takeOrder } from "../support/orders.ts";
import { changeShop, newRate } from "../support/receipts.ts";
import { base, newPerson, newProduct, newShop, type Shop } from "../support/shops.ts";
import { addTwins, changeTwins, twinRows } from "../support/twins.ts";

const sell = (shop: Shop, product_id: string, fields: Record<string, unknown> = {}) =>
  call("POST", `${API}/sales`, {
    token: shop.admin.token,
    json: { items: [{ product_id, quantity: 1 }], ...fields },
  });

const receipt = (shop: Shop, id: string) =>
  call("GET", `${API}/sales/${id}/receipt`, { token: shop.admin.token });

/** A shop whose only rate is the default, and a product at 12.10 with it. */
async function taxedShop() {
  const shop = await newShop();
  const rate = await newRate(shop, "General", 21_000);
  const { id } = await newProduct(shop, { price: 1210, stock: 9, tax_rate_id: rate.id });
  return { shop, rate, product: id };
}

describe("beside shops whose rows have the same ids", () => {
  it("an export of lines has the barcodes and sellers of this shop", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { barcodes: ["4006381333931"] });
    await sell(shop, id);
    await addTwins(shop.tenant);
    await changeTwins("products", `barcodes = '["5012345678900"]'`);
    await changeTwins("users", "email = 'twin-' || id || '@example.com'");
    const rows = csvRows(await bytesOf(shop.admin.token, "/sales/lines"), {});
    expect(rows).toMatchObject([{ barcode: "4006381333931", seller: shop.admin.email }]);
  });

  it("a reference that names a customer only there names a sale of this shop", async () => {
    const shop = await newShop();
    const { id: product } = await newProduct(shop);
    const { token } = shop.admin;
    const record = await call("POST", `${API}/customers`, {
      token,
      json: { name: "Ana", external_ref: "C-7" },
    });
    expect(record.status, record.text).toBe(201);
    const sale = (await sell(shop, product, { customer_id: record.body.id })).body;
    await addTwins(shop.tenant);
    await change("UPDATE customers SET external_ref = NULL WHERE tenant_id = ?", shop.tenant.id);
    await change(
      "UPDATE sales SET customer_id = NULL, customer_ref = 'C-7' WHERE tenant_id = ?",
      shop.tenant.id,
    );
    const { body } = await call("GET", `${API}/sales?customer=C-7`, { token });
    expect(body.data.map(({ id }: { id: string }) => id)).toEqual([sale.id]);
  });

  it("a receipt has the lines, the customer and the refunds of this shop", async () => {
    const { shop, product } = await taxedShop();
    const { token } = shop.admin;
    const { body: record } = await call("POST", `${API}/customers`, { token, json: { name: "Ana" } });
    const customer_id = record.id;
    const sale = (await sell(shop, product, { customer_id })).body;
    const other = (await sell(shop, product)).body;
    const items = [{ product_id: product, quantity: 1 }];
    await call("POST", `${API}/sales/${other.id}/refunds`, { token, json: { items, reason: "torn" } });
    await addTwins(shop.tenant);
    await changeTwins("sales", "refund_of = iif(refund_of IS NULL, NULL, ?1)", sale.id);
    await change("DELETE FROM customers WHERE tenant_id = ? AND id = ?", shop.tenant.id, customer_id);
    const { body } = await receipt(shop, sale.id);
    expect(body).toMatchObject({ customer: null, refunds: [], tax: 210 });
    expect(body.items).toHaveLength(1);
    expect(body.taxes).toMatchObject([{ name: "General", tax: 210 }]);
  });

  it("a sale is taxed at the rate of this shop, and marks it alone as used", async () => {
    const { shop, product } = await taxedShop();
    await addTwins(shop.tenant);
    await changeTwins("tax_rates", "rate = 10000, is_used = 0");
    const before = await twinRows();
    const { status, body } = await sell(shop, product);
    expect([status, body.tax]).toEqual([201, 210]);
    expect(await twinRows()).toEqual(before);
  });

  it("a refund returns goods in the unit of this shop", async () => {
    const { shop, product } = await taxedShop();
    const sale = (await sell(shop, product)).body;
    await addTwins(shop.tenant);
    await changeTwins("products", "unit = 'kg', rowid = -rowid");
    const { status, text } = await call("POST", `${API}/sales/${sale.id}/refunds`, {
      token: shop.admin.token,
      json: { items: [{ product_id: product, quantity: 1 }], reason: "torn", restock: true },
    });
    expect(status, text).toBe(201);
    expect(await count("SELECT stock n FROM products WHERE tenant_id = ?", shop.tenant.id)).toBe(9000);
  });

  it("what is missing is listed once", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 1 });
    const items = [{ product_id: id, quantity: 3 }];
    expect((await sell(shop, id, { items, offline: true })).status).toBe(201);
    await addTwins(shop.tenant);
    const { body } = await call("GET", `${API}/stock/discrepancies`, { token: shop.admin.token });
    expect(body.data).toMatchObject([{ missing: 2 }]);
    expect(body.data).toHaveLength(1);
  });

  it("no mail about an order leaves a shop that has turned them off", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 9 });
    const buyer = await newPerson(shop.tenant, "CUSTOMER");
    const taken = await takeOrder(shop.admin.token, id, { customer: undefined, customer_id: buyer.id });
    expect(taken.status, taken.text).toBe(201);
    await change("DELETE FROM mails WHERE tenant_id = ?", shop.tenant.id);
    await addTwins(shop.tenant);
    await changeShop(shop, { order_mails: 0 });
    const cancelled = await call("POST", `${API}/orders/${taken.body.id}/cancel`, {
      token: shop.admin.token,
    });
    expect(cancelled.status, cancelled.text).toBe(200);
    expect(await rowsOf("SELECT kind FROM mails WHERE tenant_id = ?", shop.tenant.id)).toEqual([]);
  });
});

describe("beside other people of the shop", () => {
  it("the mail about an order is about that one", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 9 });
    const [ana, bea] = [await newPerson(shop.tenant, "CUSTOMER"), await newPerson(shop.tenant, "CUSTOMER")];
    const orders = [];
    for (const { id: customer_id } of [ana, bea])
      orders.push((await takeOrder(shop.admin.token, id, { customer: undefined, customer_id })).body.id);
    await change("DELETE FROM mails WHERE tenant_id = ?", shop.tenant.id);
    await call("POST", `${API}/orders/${orders[1]}/cancel`, { token: shop.admin.token });
    expect(
      await rowsOf("SELECT kind, recipient, subject_id FROM mails WHERE tenant_id = ?", shop.tenant.id),
    ).toEqual([{ kind: "order.cancelled", recipient: bea.email, subject_id: orders[1] }]);
  });

  it("a receipt of a sale without a customer names none", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop);
    await call("POST", `${API}/customers`, { token: shop.admin.token, json: { name: "Ana" } });
    const sale = (await sell(shop, id)).body;
    expect((await receipt(shop, sale.id)).body).toMatchObject({ customer: null, customer_tax_id: null });
  });

  it("the link of an order shows no receipt of another", async () => {
    const { shop, book, guest } = await guestShop();
    await guest.put(book.id);
    const { body: order } = await guest.checkOut();
    const sale = (await sell(shop, book.id)).body;
    const answer = await byLink("GET", `/purchases/${sale.id}/receipt`, order.order_token);
    expect([answer.status, answer.body.type]).toEqual([404, "/problems/not-found"]);
    expect((await readOrder(shop.admin.token, order.id)).status).toBe(200);
  });

  it("an erasure leaves sales, and mails about them, that only name a person like one of the customer's", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 9 });
    const [ana, bea] = [await newPerson(shop.tenant, "CUSTOMER"), await newPerson(shop.tenant, "CUSTOMER")];
    const order = await takeOrder(shop.admin.token, id, { customer: undefined, customer_id: bea.id });
    const named = (await sell(shop, id)).body;
    await addTwins(shop.tenant);
    await changeTwins("sales", "customer_id = iif(customer_id IS NULL, NULL, ?1)", ana.id);
    await change(
      "UPDATE sales SET customer_ref = ? WHERE tenant_id = ? AND id = ?",
      ana.id,
      shop.tenant.id,
      named.id,
    );
    const mails = () =>
      count(
        "SELECT count(*) n FROM mails WHERE tenant_id = ? AND subject_id = ?",
        shop.tenant.id,
        order.body.id,
      );
    const before = await mails();
    expect(before).toBeGreaterThan(0);
    const erasure = { tenant_id: shop.tenant.id, user_id: ana.id, email: ana.email, after: "" };
    const batch = await personalData.steps?.["sales"]?.(base(), erasure);
    await base().db.batch(batch?.statements ?? expect.fail());
    expect(await mails()).toBe(before);
    expect(
      await rowsOf("SELECT customer_ref FROM sales WHERE tenant_id = ? AND id = ?", shop.tenant.id, named.id),
    ).toEqual([{ customer_ref: ana.id }]);
    const exported = personalData.exported?.["sales"]?.rows({ ...erasure, email: sql`NULL` }, "");
    const rows = await base().db.all(z.object({ key: z.string() }), exported ?? expect.fail());
    expect(rows).toEqual([]);
  });
});
