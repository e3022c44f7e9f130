// The catalogue: products, their stock and covers, listing, search and recommendations.
import { API, call, type Sent } from "../../support/client.ts";
import { count } from "../../support/d1.ts";
import { image } from "../../support/images.ts";
import { newProduct, newShop, type Shop } from "../../support/shops.ts";
import type { AuditedRequest, Content, Entries } from "./entry.ts";

export const productId = async (shop: Shop): Promise<string> => (await newProduct(shop, { stock: 5 })).id;

const png: Content = { raw: image("png"), headers: { "content-type": "image/png" } };

/** A change of a product of a new shop by its ADMIN. */
async function productChange(
  path: string,
  sent: Sent,
  states: { before: unknown; after: unknown },
  fields: Record<string, unknown> = {},
): Promise<AuditedRequest> {
  const shop = await newShop();
  const { id } = await newProduct(shop, fields);
  return {
    shop,
    path: `${API}/products/${id}${path}`,
    sent: { token: shop.admin.token, ...sent },
    expected: () => ({ entity_id: id, ...states }),
  };
}

export const products: Entries = {
  listProducts: { role: "public" },
  listCategories: { role: "public" },
  searchProducts: { role: "public", query: "q=book" },
  suggestProducts: { role: "public", query: "q=bo" },
  lookUpProduct: {
    role: "public",
    query: "code=1",
    request: async (shop) => ({ path: `${API}/products/lookup?code=${(await newProduct(shop)).sku}` }),
  },
  getProduct: { role: "public", resource: productId },
  listSimilarProducts: { role: "public", resource: productId },
  listRecommendations: { role: "CUSTOMER" },
  createProduct: {
    role: "EMPLOYEE",
    idempotency: {
      prepare: async () => {
        const shop = await newShop();
        const json = { sku: "1", title: "A book", price: 100, stock: 3 };
        const otherJson = { ...json, price: 101 };
        return { shop, path: `${API}/products`, token: shop.admin.token, json, otherJson };
      },
      count: ({ tenant }) =>
        count("SELECT sum(delta) / 3000.0 n FROM stock_moves WHERE tenant_id = ?", tenant.id),
    },
    audit: {
      action: "product.added",
      prepare: async () => {
        const shop = await newShop();
        const json = { sku: "1", title: "A book", price: 100, stock: 3 };
        return {
          shop,
          path: `${API}/products`,
          sent: { token: shop.admin.token, json },
          expected: (body) => ({ entity_id: body.id, before: null, after: body }),
        };
      },
    },
  },
  updateProduct: {
    role: "EMPLOYEE",
    resource: productId,
    content: { json: { price: 5 } },
    audit: {
      action: "product.changed",
      prepare: () =>
        productChange(
          "",
          { json: { title: "A book", price: 900, author: "Ana Sol", rating: 4.5 } },
          {
            before: { price: 1000, author: null, rating: null },
            after: { price: 900, author: "Ana Sol", rating: 4.5 },
          },
        ),
    },
  },
  replaceBarcodes: {
    role: "EMPLOYEE",
    resource: productId,
    content: { json: { barcodes: ["4006381333931"] } },
    // The search index is updated after the commit.
    audit: {
      action: "product.changed",
      prepare: () =>
        productChange(
          "/barcodes",
          { json: { barcodes: ["036000291452", "96385074"] } },
          { before: { barcodes: ["4006381333931"] }, after: { barcodes: ["0036000291452", "96385074"] } },
          { barcodes: ["4006381333931"] },
        ),
    },
  },
  hideProduct: {
    role: "EMPLOYEE",
    resource: productId,
    // The search index is updated after the commit.
    audit: {
      action: "product.hidden",
      prepare: () => productChange("", {}, { before: { is_active: true }, after: { is_active: false } }),
    },
  },
  moveStock: {
    role: "EMPLOYEE",
    resource: productId,
    content: { json: { delta: 1, reason: "received" } },
    idempotency: {
      prepare: async () => {
        const shop = await newShop();
        const { id } = await newProduct(shop, { stock: 0 });
        const json = { delta: 5, reason: "received" };
        const path = `${API}/products/${id}/stock`;
        return { shop, path, token: shop.admin.token, json, otherJson: { ...json, delta: 6 } };
      },
      count: ({ tenant }) =>
        count("SELECT sum(stock) / 5000.0 n FROM products WHERE tenant_id = ?", tenant.id),
    },
    audit: {
      action: "product.stock_moved",
      prepare: () =>
        productChange(
          "/stock",
          { json: { delta: 3, reason: "received" } },
          { before: { stock: 2 }, after: { stock: 5 } },
          { stock: 2 },
        ),
    },
  },
  exportStock: { role: "EMPLOYEE" },
  listStockMoves: { role: "EMPLOYEE", resource: productId },
  getCover: {
    role: "public",
    sharedPath: "Covers are public, and the path is the whole key of one.",
    requires: ["files"],
    request: async (shop) => {
      const { id } = await newProduct(shop);
      const { body } = await call("PUT", `${API}/products/${id}/cover`, { token: shop.admin.token, ...png });
      return { path: new URL(body.cover_image_url).pathname };
    },
  },
  replaceCover: {
    role: "EMPLOYEE",
    resource: productId,
    content: png,
    requires: ["files"],
    audit: {
      action: "product.changed",
      prepare: async () => ({
        ...(await productChange("/cover", { raw: image("png") }, { before: null, after: null })),
        expected: ({ id, cover_image_url }) => ({
          entity_id: id,
          before: { cover_image_url: null },
          after: { cover_image_url },
        }),
      }),
    },
  },
  removeCover: {
    role: "EMPLOYEE",
    resource: productId,
    audit: {
      action: "product.changed",
      prepare: () => {
        const cover_image_url = "https://example.com/cover.png";
        const states = { before: { cover_image_url }, after: { cover_image_url: null } };
        return productChange("/cover", {}, states, { cover_image_url });
      },
    },
  },
};
