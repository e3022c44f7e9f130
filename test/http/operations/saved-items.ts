import { API, call } from "../../support/client.ts";
import type { Shop } from "../../support/shops.ts";
import type { Entries } from "./entry.ts";
import { productId } from "./products.ts";

const audit = { none: "A list that a person keeps for themselves." };

/** The path of an item that the ADMIN has saved to this list. */
async function savedPath(shop: Shop, list: "favorites" | "wishlist"): Promise<string> {
  const path = `${API}/${list}/${await productId(shop)}`;
  await call("PUT", path, { token: shop.admin.token, ...(list === "wishlist" && { json: { priority: 1 } }) });
  return path;
}

export const savedItems: Entries = {
  listFavorites: { role: "CUSTOMER" },
  addFavorite: { role: "CUSTOMER", resource: productId, audit },
  removeFavorite: {
    role: "CUSTOMER",
    resource: productId,
    request: async (shop) => ({ path: await savedPath(shop, "favorites") }),
    audit,
  },
  listWishes: { role: "CUSTOMER" },
  addWish: { role: "CUSTOMER", resource: productId, content: { json: { priority: 1 } }, audit },
  removeWish: {
    role: "CUSTOMER",
    resource: productId,
    request: async (shop) => ({ path: await savedPath(shop, "wishlist") }),
    audit,
  },
};
