// The link in a mail about an order opens the page of that order, and is nowhere but in the mail.
import { describe, expect, it } from "vitest";
import { newId } from "../../../src/values/ids.ts";
import { API, call } from "../../support/client.ts";
import { rowsOf } from "../../support/d1.ts";
import { mailsTo } from "../../support/mails.ts";
import { bookshop, buyOne, confirm } from "../../support/purchases.ts";
import { newProduct, newShop } from "../../support/shops.ts";

const tokenOf = (text = ""): string => /\/order\?token=([\w.-]+)/.exec(text)?.[1] ?? "";

describe("the link in a mail about an order", () => {
  it("opens the order, from every mail about it, and its token is stored as a hash only", async () => {
    const { shop, buyer, book } = await bookshop();
    const { body } = await buyOne(buyer.token, book.id);
    const [placed] = await mailsTo(shop, buyer.email);
    await confirm(shop, body.id);
    const [, paid] = await mailsTo(shop, buyer.email);
    const tokens = [placed, paid].map((mail) => tokenOf(mail?.text));
    expect(new Set(tokens).size).toBe(2);
    for (const token of tokens) {
      expect(token).toHaveLength(36 + 1 + 36 + 1 + 43);
      const read = await call("GET", `${API}/purchases/${body.id}`, { headers: { "x-order": token } });
      expect([read.status, read.body.number]).toEqual([200, body.number]);
      const page = await call("GET", `/order?token=${token}`);
      expect([page.status, page.headers.get("referrer-policy")]).toEqual([200, "no-referrer"]);
      const secret = token.slice(-43);
      for (const table of ["mails", "order_tokens", "audit_log", "events", "idempotency_keys"])
        expect(
          JSON.stringify(await rowsOf(`SELECT * FROM ${table} WHERE tenant_id = ?`, shop.tenant.id)),
        ).not.toContain(secret);
    }
  });

  it("goes to a guest, at the address of the checkout, in the same words as to everybody else", async () => {
    const shop = await newShop({ name: "Librería Sol" });
    const { id } = await newProduct(shop, { title: "Rayuela", price: 1000, stock: 5 });
    const cart = await call("POST", `${API}/carts`, { headers: { "x-tenant": shop.tenant.slug } });
    const headers = { "x-cart": cart.body.cart_token };
    await call("POST", `${API}/cart/items`, { headers, json: { product_id: id, quantity: 1 } });
    const placed = await call("POST", `${API}/purchases/checkout`, {
      headers: { ...headers, "idempotency-key": newId() },
      json: { payment_method: "transfer", email: "Nora@Example.com", name: "Nora Vega" },
    });
    expect(placed.status).toBe(201);
    const [mail] = await mailsTo(shop, "nora@example.com");
    expect(mail?.subject).toBe(`Librería Sol: tu pedido ${placed.body.number}`);
    const token = tokenOf(mail?.text);
    const read = await call("GET", `${API}/purchases/${placed.body.id}`, { headers: { "x-order": token } });
    expect(read.status).toBe(200);
    expect(mail?.html).toContain(`/order?token=${token}`);
  });
});
