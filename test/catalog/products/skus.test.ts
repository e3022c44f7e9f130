import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { setMissingSkuKeys } from "../../../src/catalog/products/sku-keys.ts";
import { change } from "../../support/change.ts";
import { API, call, costOf } from "../../support/client.ts";
import { count, rowsOf } from "../../support/d1.ts";
import { importFile } from "../../support/imports.ts";
import { base, newProduct, newShop, type Shop } from "../../support/shops.ts";

const COMPOSED = "CAF\u00c9-1";
const DECOMPOSED = "cafe\u0301-1";

const add = (shop: Shop, sku: string) =>
  call("POST", `${API}/products`, { token: shop.admin.token, json: { sku, title: "A book", price: 1 } });
const lookUp = (shop: Shop, code: string) =>
  call("GET", `${API}/products/lookup?code=${encodeURIComponent(code)}`, { token: shop.admin.token });
const productsOf = (shop: Shop) =>
  rowsOf(
    "SELECT sku, price, stock / 1000.0 AS stock FROM products WHERE tenant_id = ? ORDER BY id",
    shop.tenant.id,
  );

/** Two products whose SKUs differ in case only, as before keys were unique. */
async function shopOfTwins(one: string, other: string) {
  const shop = await newShop();
  const first = await newProduct(shop, { sku: one });
  const second = await newProduct(shop, { sku: "other" });
  await change("UPDATE products SET sku = ?, sku_key = NULL WHERE id = ?", other, second.id);
  await change("UPDATE products SET sku_key = NULL WHERE id = ?", first.id);
  return { shop, first, second };
}

const ambiguous = (shop: Shop) =>
  rowsOf(
    "SELECT entity_id, after FROM audit_log WHERE tenant_id = ? AND action = 'product.sku_ambiguous'",
    shop.tenant.id,
  );

describe("a SKU", () => {
  it("is unique without regard to case and Unicode form, and is stored as first written", async () => {
    const shop = await newShop();
    expect((await add(shop, COMPOSED)).body.sku).toBe(COMPOSED);
    expect((await add(shop, DECOMPOSED)).status).toBe(409);
    const { id } = await newProduct(shop, { sku: "b-1" });
    const patch = (sku: string) =>
      call("PATCH", `${API}/products/${id}`, { token: shop.admin.token, json: { sku } });
    expect((await patch(DECOMPOSED)).body.type).toBe("/problems/sku-taken");
    expect((await patch("B-1")).body.sku).toBe("B-1");
    expect((await add(shop, "b-1")).status).toBe(409);
    expect((await patch("C-1")).status).toBe(200);
    expect((await add(shop, "b-1")).status).toBe(201);
  });

  it("is looked up without regard to case and Unicode form, by one row", async () => {
    const shop = await newShop();
    await add(shop, COMPOSED);
    for (const code of [COMPOSED, DECOMPOSED, "caf\u00e9-1"]) {
      const path = `${API}/products/lookup?code=${encodeURIComponent(code)}&tenant=${shop.tenant.slug}`;
      const answer = await call("GET", path);
      expect(answer.body).toMatchObject({ sku: COMPOSED, matched: "sku" });
      // One row is that of the shop.
      expect(costOf(answer).read).toBe(2);
    }
  });

  it("in a file of products is the product of any spelling, and appears once", async () => {
    const shop = await newShop();
    await newProduct(shop, { sku: COMPOSED, stock: 1, barcodes: ["96385074"] });
    const done = await importFile(
      shop,
      `sku,title,price,stock,barcodes\n${DECOMPOSED},A,2,5,96385074\nNew,B,1,1,\nNEW,C,1,1,\n`,
      "products",
    );
    expect(done).toMatchObject({ rows_accepted: 2, rows_rejected: 1 });
    expect(await productsOf(shop)).toEqual([
      { sku: COMPOSED, price: 200, stock: 5 },
      { sku: "New", price: 100, stock: 1 },
    ]);
  });

  it("in a file of sales is one product in any spelling, and each line has its spelling", async () => {
    const shop = await newShop();
    const line = (sku: string) => `1,${sku},Lamp,1,2011-01-01 10:00:00,2.50,,Spain`;
    const header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";
    await importFile(shop, `${[header, line("85123A"), line("85123a")].join("\n")}\n`, "sales");
    expect((await productsOf(shop)).map(({ sku }) => sku)).toEqual(["85123A"]);
    const lines = await rowsOf(
      "SELECT sku FROM sale_lines WHERE tenant_id = ? ORDER BY line_no",
      shop.tenant.id,
    );
    expect(lines).toEqual([{ sku: "85123A" }, { sku: "85123a" }]);
  });
});

describe("products whose SKUs differed in case only before", () => {
  it.each([
    ["PEN", "pen", "the migration"],
    [COMPOSED, DECOMPOSED, "the job of each minute"],
  ])(
    "remain separate: %j and %j get keys from %s, and the audit log lists the newer one",
    async (one, other, by) => {
      const { shop, first, second } = await shopOfTwins(one, other);
      if (by === "the migration") {
        const migration = env.TEST_MIGRATIONS.find(({ name }) => name === "0024_sku_keys_of_ascii.sql");
        await applyD1Migrations(env.DB, migration ? [{ ...migration, name: `again-${shop.tenant.id}` }] : []);
      } else expect(await setMissingSkuKeys(base())).toBeNull();
      expect(await count("SELECT count(*) n FROM products WHERE sku_key IS NULL")).toBe(0);
      expect(await ambiguous(shop)).toEqual([
        { entity_id: second.id, after: JSON.stringify({ sku: other, same_as: one }) },
      ]);
      expect((await lookUp(shop, one)).body.id).toBe(first.id);
      expect((await lookUp(shop, other)).body.id).toBe(second.id);
      await importFile(shop, `sku,title,price\n${one},A,3\n${other},B,4\n`, "products");
      expect(await productsOf(shop)).toMatchObject([
        { sku: one, price: 300 },
        { sku: other, price: 400 },
      ]);
      const keep = { token: shop.admin.token, json: { sku: other, price: 7 } };
      expect((await call("PATCH", `${API}/products/${second.id}`, keep)).status).toBe(200);
      expect(
        (await call("GET", `${API}/audit?action=product.sku_ambiguous`, { token: shop.admin.token })).status,
      ).toBe(200);
    },
  );
});
