import type { Entries } from "./entry.ts";
import { productId } from "./products.ts";

const audit = { none: "A list that a person keeps for themselves." };

export const savedItems: Entries = {
  listFavorites: { role: "CUSTOMER" },
  addFavorite: { role: "CUSTOMER", resource: productId, audit },
  dropFavorite: { role: "CUSTOMER", resource: productId, audit },
  listWishes: { role: "CUSTOMER" },
  addWish: { role: "CUSTOMER", resource: productId, content: { json: { priority: 1 } }, audit },
  dropWish: { role: "CUSTOMER", resource: productId, audit },
};
