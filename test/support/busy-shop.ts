// A shop that has rows in most tables.
import { API, call } from "./client.ts";
import { change } from "./change.ts";
import { fileOf, importFile } from "./imports.ts";
import { sellTogether } from "./recommendations.ts";
import { newPerson, newProduct, newShop, sellOne, type Shop } from "./shops.ts";
import { newTaxRate } from "./taxes.ts";

/** A shop with counter sales to two customers, a refund, goals, a cart and saved items of its ADMIN, and an import of other days. */
export async function busyShop(): Promise<Shop> {
  const shop = await newShop();
  const { token } = shop.admin;
  await call("POST", `${API}/shifts/start`, { token, json: {} });
  const { id: tax_rate_id } = await newTaxRate(shop);
  const [first, second] = [
    await newProduct(shop, { stock: 90, category: "Books", price: 1200, cost: 700, tax_rate_id }),
    await newProduct(shop, { stock: 90, category: "Games", price: 800 }),
  ];
  const ids = [first.id, second.id];
  for (const customer of [await newPerson(shop.tenant, "CUSTOMER"), await newPerson(shop.tenant, "CUSTOMER")])
    for (let sales = 0; sales < 3; sales += 1) await sellTogether(shop, ids, customer);
  const sale = await sellOne(token, first.id, 3);
  const json = { items: [{ product_id: first.id, quantity: 1 }], reason: "back" };
  await call("POST", `${API}/sales/${sale.body.id}/refunds`, { token, json });
  await call("POST", `${API}/cart/items`, { token, json: { product_id: second.id, quantity: 2 } });
  await change(
    "UPDATE cart_items SET added_at = '2026-01-02T00:00:00.000Z' WHERE tenant_id = ?",
    shop.tenant.id,
  );
  for (const month of [new Date().toISOString().slice(0, 7), "2026-03"])
    await call("PUT", `${API}/goals`, {
      token,
      json: { month, target: 900, sellers: [{ user_id: shop.admin.id, target: 400 }] },
    });
  await call("PUT", `${API}/favorites/${second.id}`, { token });
  await call("PUT", `${API}/wishlist/${first.id}`, { token, json: { priority: 2 } });
  await importFile(
    shop,
    fileOf(
      ["2026-03-02", "2026-03-03"].map((day, index) => ({
        invoice: `${index + 1}`,
        date: `${day} 10:00:00`,
        customer: "C1",
        country: "France",
      })),
    ),
  );
  return shop;
}
