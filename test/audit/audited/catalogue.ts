// Products, their stock and covers.
import { API, type Sent } from "../../support/client.ts";
import { image } from "../../support/images.ts";
import { newProduct, newShop } from "../../support/shops.ts";
import type { Change, Case } from "./case.ts";

/** A change of a product of a new shop by its ADMIN. */
async function ofProduct(
  method: string,
  path: string,
  sent: Sent,
  states: { before: unknown; after: unknown },
  fields: Record<string, unknown> = {},
): Promise<Change> {
  const shop = await newShop();
  const { id } = await newProduct(shop, fields);
  return {
    shop,
    method,
    path: `${API}/products/${id}${path}`,
    sent: { token: shop.admin.token, ...sent },
    told: () => ({ entity_id: id, ...states }),
  };
}

export const catalogue: Record<string, Case> = {
  addProduct: {
    action: "product.added",
    make: async () => {
      const shop = await newShop();
      return {
        shop,
        method: "POST",
        path: `${API}/products`,
        sent: { token: shop.admin.token, json: { sku: "1", title: "A book", price: 100, stock: 3 } },
        told: (body) => ({ entity_id: body.id, before: null, after: body }),
      };
    },
  },
  changeProduct: {
    action: "product.changed",
    make: () =>
      ofProduct(
        "PATCH",
        "",
        { json: { title: "A book", price: 900, author: "Ana Sol", rating: 4.5 } },
        {
          before: { price: 1000, author: null, rating: null },
          after: { price: 900, author: "Ana Sol", rating: 4.5 },
        },
      ),
  },
  hideProduct: {
    action: "product.hidden",
    make: () => ofProduct("DELETE", "", {}, { before: { is_active: true }, after: { is_active: false } }),
  },
  moveStock: {
    action: "product.stock_moved",
    make: () =>
      ofProduct(
        "POST",
        "/stock",
        { json: { delta: 3, reason: "received" } },
        { before: { stock: 2 }, after: { stock: 5 } },
        { stock: 2 },
      ),
  },
  putCover: {
    action: "product.changed",
    make: async () => {
      const made = await ofProduct("PUT", "/cover", { raw: image("png") }, { before: null, after: null });
      return {
        ...made,
        told: ({ id, cover_image_url }) => ({
          entity_id: id,
          before: { cover_image_url: null },
          after: { cover_image_url },
        }),
      };
    },
  },
  removeCover: {
    action: "product.changed",
    make: () => {
      const cover_image_url = "https://example.com/cover.png";
      const states = { before: { cover_image_url }, after: { cover_image_url: null } };
      return ofProduct("DELETE", "/cover", {}, states, { cover_image_url });
    },
  },
};
