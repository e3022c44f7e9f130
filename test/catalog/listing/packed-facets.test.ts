// Facets count stored rows, which must follow every change of a product.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packFacets } from "../../../src/catalog/listing/packed-facets.ts";
import { runSweep } from "../../../src/platform/sweeps.ts";
import { change } from "../../support/change.ts";
import { API, call } from "../../support/client.ts";
import { count, rowsOf } from "../../support/d1.ts";
import { storeCatalogue } from "../../support/large-catalogue.ts";
import { base, newProduct, newShop, type Shop } from "../../support/shops.ts";

const pack = () => runSweep(base(), packFacets, "stale-facets");

const facetsOf = async (shop: Shop, filters = "") =>
  (await call("GET", `${API}/products?facets=true&limit=1${filters}`, { token: shop.admin.token })).body
    .facets;

/** The facets of all products, read from the products themselves. */
async function unpackedFacetsOf(shop: Shop, filters: string) {
  const rows = await rowsOf(
    "SELECT first_id, products FROM product_facets WHERE tenant_id = ?",
    shop.tenant.id,
  );
  await change("UPDATE product_facets SET products = NULL WHERE tenant_id = ?", shop.tenant.id);
  const facets = await facetsOf(shop, filters);
  await change(
    "UPDATE product_facets SET products = (SELECT value ->> 'products' FROM json_each(?2) WHERE value ->> 'first_id' = first_id) WHERE tenant_id = ?1",
    shop.tenant.id,
    JSON.stringify(rows),
  );
  return facets;
}

const edits = [
  "category = 'Changed'",
  "category = NULL",
  "author = 'Somebody Else'",
  "language = 'eu'",
  "price = price + 13",
  "is_active = 1 - is_active",
  "stock = 0",
  "stock = NULL",
  "stock = 3000",
  "is_active = 0, removed_at = '2026-01-01T00:00:00.000Z'",
];

const FILTERS = [
  "",
  "&is_active=false",
  "&in_stock=true",
  "&in_stock=false&language=la",
  "&category=C0&category=Changed&price_max=2000",
];

describe("packed facets", () => {
  it("are those of the products after any change, packed again or not", async () => {
    const shop = await newShop();
    await storeCatalogue(shop, 1_200);
    await pack();
    const step = fc.tuple(
      fc.constantFrom(...edits),
      fc.integer({ min: 0, max: 1_199 }),
      fc.constantFrom(...FILTERS),
      fc.boolean(),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 4 }), async (steps) => {
        for (const [edit, at, filters, isPacked] of steps) {
          await change(
            `UPDATE products SET ${edit} WHERE tenant_id = ? AND sku = ?`,
            shop.tenant.id,
            `S-${at}`,
          );
          if (isPacked) await pack();
          expect(await facetsOf(shop, filters)).toEqual(await unpackedFacetsOf(shop, filters));
        }
      }),
      { numRuns: 12 },
    );
  });

  it("include a product that was just created, and none of another shop; a row never has more than 500 products", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    await storeCatalogue(shop, 1_700);
    await storeCatalogue(other, 20);
    await pack();
    const sizes = await rowsOf(
      "SELECT json_array_length(products) AS products FROM product_facets WHERE tenant_id = ? ORDER BY first_id",
      shop.tenant.id,
    );
    expect(sizes.map(({ products }) => products)).toEqual([500, 500, 500, 200]);
    await newProduct(shop, { category: "Just created" });
    expect((await facetsOf(shop)).category).toContainEqual({ value: "Just created", count: 1 });
    expect(
      await count(
        "SELECT count(*) n FROM product_facets WHERE products IS NULL AND tenant_id = ?",
        shop.tenant.id,
      ),
    ).toBe(1);
    expect((await facetsOf(other)).category).not.toContainEqual({ value: "Just created", count: 1 });
    await pack();
    expect((await facetsOf(shop)).category).toContainEqual({ value: "Just created", count: 1 });
  });

  it("of parts that grow and shrink are stored in rows of at most 500 products again", async () => {
    const shop = await newShop();
    const sizes = async () =>
      (
        await rowsOf(
          "SELECT json_array_length(products) AS products FROM product_facets WHERE tenant_id = ? ORDER BY first_id",
          shop.tenant.id,
        )
      ).map(({ products }) => products);
    await storeCatalogue(shop, 501);
    await pack();
    expect(await sizes()).toEqual([500, 1]);
    await change(
      "DELETE FROM products WHERE tenant_id = ?1 AND id = (SELECT min(id) FROM products WHERE tenant_id = ?1)",
      shop.tenant.id,
    );
    await change("UPDATE products SET sku = 'old ' || sku WHERE tenant_id = ?", shop.tenant.id);
    await storeCatalogue(shop, 500);
    await pack();
    expect(await sizes()).toEqual([499, 500, 1]);
    expect(await facetsOf(shop)).toEqual(await unpackedFacetsOf(shop, ""));
  });

  it("of more parts than a page of the sweep has are all stored", async () => {
    const shop = await newShop();
    await change(
      `INSERT INTO product_facets (tenant_id, first_id)
        WITH RECURSIVE n(at) AS (SELECT 1 UNION ALL SELECT at + 1 FROM n WHERE at < 25) SELECT ?, 'part ' || at FROM n`,
      shop.tenant.id,
    );
    await pack();
    const rows = "SELECT first_id, products FROM product_facets WHERE tenant_id = ?";
    expect(await rowsOf(rows, shop.tenant.id)).toEqual([{ first_id: "", products: "[]" }]);
  });

  it("are written only where they are stale", async () => {
    const shop = await newShop();
    await newProduct(shop);
    const { id } = await newProduct(shop);
    await change(
      "INSERT INTO product_facets (tenant_id, first_id, products) VALUES (?, ?, '[]')",
      shop.tenant.id,
      id,
    );
    await pack();
    const rows = await rowsOf(
      "SELECT first_id, json_array_length(products) AS n FROM product_facets WHERE tenant_id = ? ORDER BY 1",
      shop.tenant.id,
    );
    expect(rows).toEqual([
      { first_id: "", n: 1 },
      { first_id: id, n: 0 },
    ]);
  });

  it("lose the rows of deleted and removed products, and count what is created in their range", async () => {
    const shop = await newShop();
    await storeCatalogue(shop, 1_700);
    await pack();
    const stored = "SELECT count(*) n FROM product_facets WHERE tenant_id = ?";
    const second = (
      await rowsOf(
        "SELECT first_id FROM product_facets WHERE tenant_id = ? ORDER BY first_id LIMIT 1 OFFSET 1",
        shop.tenant.id,
      )
    )[0]?.["first_id"];
    await change(
      "UPDATE products SET is_active = 0, removed_at = '2026-01-01T00:00:00.000Z' WHERE tenant_id = ? AND id >= ? AND CAST(substr(sku, 3) AS INTEGER) % 2 = 0",
      shop.tenant.id,
      second ?? "",
    );
    await change(
      "DELETE FROM products WHERE tenant_id = ? AND id >= ? AND removed_at IS NULL",
      shop.tenant.id,
      second ?? "",
    );
    await pack();
    expect(await count(stored, shop.tenant.id)).toBe(1);
    const created = await newProduct(shop, { category: "Just created" });
    for (const isPacked of [false, true]) {
      if (isPacked) await pack();
      expect((await facetsOf(shop)).category).toContainEqual({ value: "Just created", count: 1 });
      expect(await facetsOf(shop)).toEqual(await unpackedFacetsOf(shop, ""));
    }
    await change("DELETE FROM products WHERE tenant_id = ? AND id = ?", shop.tenant.id, created.id);
    expect((await facetsOf(shop)).category).not.toContainEqual({ value: "Just created", count: 1 });
  });
});
