// Purchases over HTTP.
import { newId } from "../../src/values/ids.ts";
import { change } from "./change.ts";
import { API, call } from "./client.ts";
import { newPerson, newProduct, newShop, type Person, type Shop } from "./shops.ts";

export const putInCart = (token: string, productId: string, quantity = 1) =>
  call("POST", `${API}/cart/items`, { token, json: { product_id: productId, quantity } });

/** Checks out under a new idempotency key, unless one is given. */
export const checkOut = (token: string, json: Record<string, unknown> = {}, key = newId()) =>
  call("POST", `${API}/purchases/checkout`, {
    token,
    headers: { "idempotency-key": key },
    json: { payment_method: "card", ...json },
  });

/** Adds a product to the cart and checks out. */
export async function buyOne(
  token: string,
  productId: string,
  quantity = 1,
  json: Record<string, unknown> = {},
) {
  await putInCart(token, productId, quantity);
  return checkOut(token, json);
}

/** A shop with a customer and a book with a stock of ten. */
export async function bookshop(
  fields: Record<string, unknown> = {},
  tenant: Parameters<typeof newShop>[0] = {},
): Promise<{
  shop: Shop;
  buyer: Person;
  book: { id: string };
}> {
  const shop = await newShop(tenant);
  const buyer = await newPerson(shop.tenant, "CUSTOMER");
  const book = await newProduct(shop, { price: 1000, stock: 10, ...fields });
  return { shop, buyer, book };
}

/** Lets buyers of the shop place any number of unpaid orders. */
export const liftOrderLimits = (shop: Shop) =>
  change(
    `UPDATE tenants SET pending_orders_per_customer = 1000000, pending_units_per_customer = 1000000,
      pending_orders_per_address = 1000000, pending_units_per_address = 1000000 WHERE id = ?`,
    shop.tenant.id,
  );

/** Adds `lines` new products to the cart, by one statement; their prices are 1, 2, 3 ... */
export async function fillCart(shop: Shop, buyer: Person, lines: number, quantity = 1): Promise<void> {
  const products = Array.from({ length: lines }, (_, index) => ({ id: newId(), price: index + 1 }));
  const json = JSON.stringify(products);
  await change(
    `INSERT INTO products (tenant_id, id, sku, title, price, stock, created_at, updated_at)
      SELECT ?, value ->> 'id', value ->> 'id', 'A book', value ->> 'price', 1000000, '', '' FROM json_each(?)`,
    shop.tenant.id,
    json,
  );
  await change(
    "INSERT INTO carts (tenant_id, id, created_at) VALUES (?, ?, '') ON CONFLICT DO NOTHING",
    shop.tenant.id,
    buyer.id,
  );
  await change(
    `INSERT INTO cart_items (tenant_id, cart_id, product_id, quantity, price, added_at)
      SELECT ?, ?, value ->> 'id', CAST(? AS INTEGER), value ->> 'price', value ->> 'id' FROM json_each(?)`,
    shop.tenant.id,
    buyer.id,
    quantity * 1000,
    json,
  );
}

export const confirm = (shop: Shop, purchaseId: string) =>
  call("POST", `${API}/purchases/${purchaseId}/confirm`, { token: shop.admin.token });
