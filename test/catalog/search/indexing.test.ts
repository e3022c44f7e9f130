import { sql } from "drizzle-orm";
import { describe, expect, it, vi } from "vitest";
import { changeProduct } from "../../../src/catalog/products/products.ts";
import { indexStaleProducts, indexPending } from "../../../src/catalog/search/indexing.ts";
import { newId } from "../../../src/values/ids.ts";
import { API, call, costOf } from "../../support/client.ts";
import { between, count, rowsOf } from "../../support/d1.ts";
import { base, newProduct, newShop, type Shop } from "../../support/shops.ts";

const titles = async (shop: Shop, q: string): Promise<string[]> => {
  const { body } = await call("GET", `${API}/products/search?tenant=${shop.tenant.slug}&q=${q}`);
  return body.data.map((hit: { title: string }) => hit.title);
};

/** A product that is not indexed yet, as after an import. */
const bring = (shop: Shop, title: string) =>
  base().db.run(sql`INSERT INTO products (tenant_id, id, sku, title, price, created_at, updated_at)
    VALUES (${shop.tenant.id}, ${newId()}, ${newId()}, ${title}, 100, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z')`);

const versions = (id: string) =>
  rowsOf("SELECT text_version, indexed_version FROM products WHERE id = ?", id);

const indexed = (id: string) =>
  count("SELECT count(*) n FROM product_search WHERE rowid IN (SELECT rowid FROM products WHERE id = ?)", id);

describe("the index of products", () => {
  it("adds pending products of every shop, and then nothing more", async () => {
    const [one, other] = [await newShop(), await newShop()];
    await bring(one, "Pendiente");
    await bring(other, "Pendiente también");
    expect(await titles(one, "pendiente")).toEqual([]);
    await indexStaleProducts(base());
    expect(await titles(one, "pendiente")).toEqual(["Pendiente"]);
    expect(await titles(other, "pendiente")).toEqual(["Pendiente también"]);
    expect(await indexPending(base(), null)).toBe(0);
  });

  it("adds a thousand products at once, and then the others", async () => {
    const shop = await newShop();
    await base().db.run(sql`INSERT INTO products (tenant_id, id, sku, title, price, created_at, updated_at)
      WITH RECURSIVE n(at) AS (SELECT 1 UNION ALL SELECT at + 1 FROM n WHERE at < 1001)
      SELECT ${shop.tenant.id}, ${shop.tenant.id} || at, at, 'Tornillo', 100, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z' FROM n`);
    const pending = "SELECT count(*) n FROM products WHERE indexed_version < text_version";
    expect(await indexStaleProducts(base())).not.toBeNull();
    expect(await count(pending)).toBe(1);
    expect(await indexStaleProducts(base())).toBeNull();
    expect(await indexPending(base(), null)).toBe(0);
  });

  it("is written for many products at once, and for fewer where their texts are long", async () => {
    const shop = await newShop();
    const batchesOf = async (): Promise<number> => {
      let batches = 0;
      const ctx = between(base(), { before: (nth) => void (batches = nth) });
      await indexPending(ctx, shop.tenant.id);
      return batches;
    };
    for (const title of ["Corto", "Breve", "Conciso"]) await bring(shop, title);
    expect(await batchesOf()).toBe(1);
    const words = Array.from({ length: 1_500 }, (_, at) => `palabra${at}`).join(" ");
    await base().db
      .run(sql`INSERT INTO products (tenant_id, id, sku, title, price, description, created_at, updated_at)
      WITH RECURSIVE n(at) AS (SELECT 1 UNION ALL SELECT at + 1 FROM n WHERE at < 20)
      SELECT ${shop.tenant.id}, ${shop.tenant.id} || at, at, 'Largo', 100, ${words}, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z' FROM n`);
    // One value of D1 has 2 MB at most.
    const batches = await batchesOf();
    expect([batches > 1, batches < 20]).toEqual([true, true]);
    expect(await indexPending(base(), shop.tenant.id)).toBe(0);
  });

  it("does not contain a hidden product, and hiding one costs the same beside many", async () => {
    const shop = await newShop();
    const hide = async () => {
      const { id } = await newProduct(shop, { title: "Oculto" });
      expect(await indexed(id)).toBe(1);
      const answer = await call("DELETE", `${API}/products/${id}`, { token: shop.admin.token });
      expect(answer.status).toBe(204);
      const [row] = await versions(id);
      expect(row?.["indexed_version"]).toBe(row?.["text_version"]);
      expect(await indexed(id)).toBe(0);
      return costOf(answer).read;
    };
    const first = await hide();
    for (let nth = 0; nth < 20; nth += 1) await hide();
    expect(await hide()).toBeLessThan(first + 15);
  });

  it("keeps a product that was not hidden because it had changed", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { title: "Vigente" });
    const headers = { "if-match": '"v9"' };
    const refused = await call("DELETE", `${API}/products/${id}`, { token: shop.admin.token, headers });
    expect(refused.status).toBe(412);
    expect(await indexed(id)).toBe(1);
    expect(await titles(shop, "vigente")).toEqual(["Vigente"]);
  });

  it("follows each field of a product that is searched", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { title: "Libro" });
    for (const [field, text] of Object.entries({
      author: "Zoila",
      series: "Zafiro",
      publisher: "Zenit",
      category: "Zapatos",
      description: "Zarzuela",
      isbn: "9780306406157",
      sku: "ZZ-900",
    })) {
      await call("PATCH", `${API}/products/${id}`, { token: shop.admin.token, json: { [field]: text } });
      expect(await titles(shop, text), field).toEqual(["Libro"]);
    }
    await call("PATCH", `${API}/products/${id}`, { token: shop.admin.token, json: { language: "eu" } });
    expect(await titles(shop, "libro&language=eu")).toEqual(["Libro"]);
  });

  it("is rebuilt if a migration requires it", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { title: "Reindexado" });
    const ctx = base();
    await ctx.db.run(sql`UPDATE products SET indexed_version = 0 WHERE id = ${id}`);
    await ctx.db.run(
      sql`DELETE FROM product_search WHERE rowid = (SELECT rowid FROM products WHERE id = ${id})`,
    );
    expect(await titles(shop, "reindexado")).toEqual([]);
    await indexPending(ctx, shop.tenant.id);
    expect(await titles(shop, "reindexado")).toEqual(["Reindexado"]);
  });

  it("ignores a text that has changed since it was read", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { title: "Viejo" });
    const ctx = base();
    await ctx.db.run(sql`UPDATE products SET indexed_version = 0 WHERE id = ${id}`);
    const racingCtx = between(ctx, {
      before: async () => {
        await call("PATCH", `${API}/products/${id}`, { token: shop.admin.token, json: { title: "Nuevo" } });
      },
    });
    await indexPending(racingCtx, shop.tenant.id, 1);
    expect(await titles(shop, "nuevo")).toEqual(["Nuevo"]);
    expect(await titles(shop, "viejo")).toEqual([]);
  });

  it("has the new text of a product later if it cannot be written after the change", async () => {
    const logged = vi.spyOn(console, "error").mockReturnValue();
    const shop = await newShop();
    const { id } = await newProduct(shop, { title: "Viejo" });
    const ctx = between(shop.admin.ctx(), {
      before: (nth) => (nth === 2 ? Promise.reject(new Error("lost")) : Promise.resolve()),
    });
    expect(await changeProduct(ctx, id, { title: "Nuevo" }, undefined)).toMatchObject({ title: "Nuevo" });
    expect(logged).toHaveBeenCalledOnce();
    logged.mockRestore();
    expect(await titles(shop, "nuevo")).toEqual([]);
    await indexPending(base(), shop.tenant.id);
    expect([await titles(shop, "nuevo"), await titles(shop, "viejo")]).toEqual([["Nuevo"], []]);
  });

  it("is not written by a change of price or stock", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { title: "Estable", stock: 3 });
    const before = await versions(id);
    await call("PATCH", `${API}/products/${id}`, { token: shop.admin.token, json: { price: 1 } });
    expect(await versions(id)).toEqual(before);
  });

  it("costs a few rows per change, however long the description", async () => {
    const shop = await newShop();
    const words = Array.from({ length: 1_500 }, (_, at) => `palabra${at.toString(36)}`).join(" ");
    const { id } = await newProduct(shop, { description: words });
    const json = { title: "Otro título", description: words.toUpperCase() };
    const changed = await call("PATCH", `${API}/products/${id}`, { token: shop.admin.token, json });
    expect(changed.status).toBe(200);
    expect(costOf(changed).written).toBeLessThan(20);
    expect(
      await count("SELECT count(*) AS n FROM products WHERE id = ? AND indexed_version < text_version", id),
    ).toBe(0);
  });
});
