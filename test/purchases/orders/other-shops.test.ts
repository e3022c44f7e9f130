import { describe, expect, it } from "vitest";
import { change } from "../../support/change.ts";
import { API, call, costOf } from "../../support/client.ts";
import { count } from "../../support/d1.ts";
import { callWithStripe, changeOrder, linkedOrder, orderedBooks, takeOrder } from "../../support/orders.ts";
import { newPerson, newProduct, newShop, type Shop } from "../../support/shops.ts";
import { addTwins, changeTwins, twinRows } from "../../support/twins.ts";

const stockOf = ({ tenant }: Shop, id: string) =>
  count("SELECT stock / 1000 n FROM products WHERE tenant_id = ? AND id = ?", tenant.id, id);

const units = (product: { id: string }, quantity: number) => ({
  items: [{ product_id: product.id, quantity }],
});

describe("beside shops whose orders have the same ids", () => {
  it("a note is changed in this shop", async () => {
    const { shop, id } = await orderedBooks();
    await addTwins(shop.tenant);
    const before = await twinRows();
    expect((await changeOrder(shop.admin.token, id, { note: "Ring twice" })).status).toBe(200);
    expect(await twinRows()).toEqual(before);
  });

  it("an export has the orders of this shop", async () => {
    const { shop } = await orderedBooks();
    await addTwins(shop.tenant);
    const { text } = await call("GET", `${API}/orders?format=csv`, { token: shop.admin.token });
    expect(text.trim().split("\n")).toHaveLength(2);
  });

  it("no order is taken for a customer who was erased in this shop", async () => {
    const { shop, book } = await orderedBooks();
    const { id } = await newPerson(shop.tenant, "CUSTOMER");
    await addTwins(shop.tenant);
    await change(
      "UPDATE users SET erased_at = '2026-01-01' WHERE tenant_id = ? AND id = ?",
      shop.tenant.id,
      id,
    );
    const json = { customer: undefined, customer_id: id };
    expect((await takeOrder(shop.admin.token, book.id, json)).body.type).toBe("/problems/unknown-customer");
  });

  it("an order is taken for a customer who was merged in theirs", async () => {
    const { shop, book } = await orderedBooks();
    const { token } = shop.admin;
    const { body } = await call("POST", `${API}/customers`, { token, json: { name: "Ana" } });
    const other = await call("POST", `${API}/customers`, { token, json: { name: "Eva" } });
    await addTwins(shop.tenant);
    await change(
      "UPDATE customers SET merged_into = ? WHERE tenant_id <> ? AND id = ?",
      other.body.id,
      shop.tenant.id,
      body.id,
    );
    const json = { customer: undefined, customer_id: body.id };
    expect((await takeOrder(token, book.id, json)).status).toBe(201);
  });

  it("a new payment link leaves their order", async () => {
    const { shop, id } = await linkedOrder();
    await change(
      "UPDATE order_details SET link_expires_at = '2026-01-01' WHERE tenant_id = ?",
      shop.tenant.id,
    );
    await addTwins(shop.tenant);
    const before = await twinRows();
    const { token } = shop.admin;
    expect((await callWithStripe("POST", `${API}/orders/${id}/payment-link`, { token })).status).toBe(200);
    expect(await twinRows()).toEqual(before);
  });

  it("an edit returns to stock what the order no longer has, once", async () => {
    const { shop, book, id } = await orderedBooks();
    await addTwins(shop.tenant);
    expect((await changeOrder(shop.admin.token, id, units(book, 1))).status).toBe(200);
    expect(await stockOf(shop, book.id)).toBe(9);
  });

  it("an edit takes all units out of stock if none were taken here, though theirs were", async () => {
    const { shop, book, id } = await orderedBooks();
    await addTwins(shop.tenant);
    await change("DELETE FROM stock_moves WHERE tenant_id = ? AND id = ?", shop.tenant.id, id);
    expect((await changeOrder(shop.admin.token, id, units(book, 3))).status).toBe(200);
    expect(await stockOf(shop, book.id)).toBe(5);
  });

  it("an edit reads no lines of theirs", async () => {
    await newShop();
    const { shop, book, id } = await orderedBooks();
    const other = await newProduct(shop);
    const edit = async (quantity: number) =>
      costOf(await changeOrder(shop.admin.token, id, units(book, quantity))).read;
    await edit(1);
    await edit(2);
    const alone = await edit(1);
    await addTwins(shop.tenant);
    await changeTwins("sale_lines", "product_id = ?1", other.id);
    await edit(2);
    expect(await edit(1)).toBe(alone);
  });
});
