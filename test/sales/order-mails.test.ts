import { expect, it } from "vitest";
import { rowsOf } from "../support/d1.ts";
import { takeOrder } from "../support/orders.ts";
import { newProduct, newShop } from "../support/shops.ts";

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
