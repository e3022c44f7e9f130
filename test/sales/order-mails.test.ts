import { expect, it } from "vitest";
import { storeOrderMail } from "../../src/sales/order-mails.ts";
import { newId } from "../../src/values/ids.ts";
import { API, call } from "../support/client.ts";
import { rowsOf } from "../support/d1.ts";
import { takeOrder } from "../support/orders.ts";
import { bookshop, buyOne } from "../support/purchases.ts";
import { newPerson, newProduct, newShop } from "../support/shops.ts";

it("a customer gets a mail about each order that staff take, however many within an hour", async () => {
  const shop = await newShop();
  const { id } = await newProduct(shop, { stock: 20 });
  const customer = { name: "Begoña Núñez", email: "begona@example.com" };
  for (let nth = 0; nth < 11; nth += 1)
    expect((await takeOrder(shop.admin.token, id, { customer })).status).toBe(201);
  const mails = await rowsOf(
    "SELECT recipient FROM mails WHERE tenant_id = ? AND kind = 'order.placed'",
    shop.tenant.id,
  );
  expect(mails).toEqual(Array.from({ length: 11 }, () => ({ recipient: "begona@example.com" })));
});

it("a customer without an address gets no mail about an order", async () => {
  const shop = await newShop();
  const { id } = await newProduct(shop, { stock: 20 });
  const order = await takeOrder(shop.admin.token, id, { customer: { name: "Begoña Núñez" } });
  expect(order.status).toBe(201);
  expect(await rowsOf("SELECT recipient FROM mails WHERE tenant_id = ?", shop.tenant.id)).toEqual([]);
});

it("a customer gets no mail about an order for what was sold over the counter", async () => {
  const shop = await newShop();
  const customer = await newPerson(shop.tenant, "CUSTOMER");
  const { id: product_id } = await newProduct(shop);
  const { body } = await call("POST", `${API}/sales`, {
    token: shop.admin.token,
    json: { items: [{ product_id, quantity: 1 }], customer_id: customer.id },
  });
  const ctx = shop.admin.ctx();
  for (const kind of ["order.placed", "order.refunded"] as const)
    await ctx.db.run(storeOrderMail(ctx, kind, body.id, newId()));
  expect(await rowsOf("SELECT id FROM mails WHERE tenant_id = ?", shop.tenant.id)).toEqual([]);
});

it("a buyer gets at most ten mails an hour about orders that they place, and one about each that is cancelled", async () => {
  const { shop, buyer, book } = await bookshop();
  const { body } = await buyOne(buyer.token, book.id);
  await rowsOf("DELETE FROM mails WHERE tenant_id = ?", shop.tenant.id);
  const kinds = ["order.placed", "order.cancelled"] as const;
  for (const kind of kinds) {
    const ctx = buyer.ctx();
    await ctx.db.batch(Array.from({ length: 12 }, () => storeOrderMail(ctx, kind, body.id, newId())));
  }
  const stored =
    "SELECT kind, count(*) AS mails FROM mails WHERE tenant_id = ? GROUP BY kind ORDER BY kind DESC";
  expect(await rowsOf(stored, shop.tenant.id)).toEqual([
    { kind: "order.placed", mails: 10 },
    { kind: "order.cancelled", mails: 12 },
  ]);
});
