import { describe, expect, it } from "vitest";
import { changeCover } from "../../../src/catalog/products/products.ts";
import { setMissingSkuKeys } from "../../../src/catalog/products/sku-keys.ts";
import { checkDigitOf } from "../../../src/catalog/products/barcode.ts";
import { indexPending } from "../../../src/catalog/search/indexing.ts";
import { runImport } from "../../../src/imports/consume.ts";
import { change } from "../../support/change.ts";
import { API, call, costOf } from "../../support/client.ts";
import { count, rowsOf } from "../../support/d1.ts";
import { importFile, storeImport } from "../../support/imports.ts";
import { storeCatalogue } from "../../support/large-catalogue.ts";
import { base, newPerson, newProduct, newShop, type Shop } from "../../support/shops.ts";
import { giveRate, newTaxRate } from "../../support/taxes.ts";
import { addTwins, changeTwins } from "../../support/twins.ts";

/** Adds twins whose products a scan finds before those of the shop. */
async function addEarlierTwins({ tenant }: Shop): Promise<void> {
  await addTwins(tenant);
  await changeTwins("products", "rowid = -rowid");
}

const patch = (shop: Shop, id: string, json: Record<string, unknown>) =>
  call("PATCH", `${API}/products/${id}`, { token: shop.admin.token, json });

describe("beside shops whose products have the same ids", () => {
  it("the event of a change has the product of this shop", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { title: "Rayuela" });
    await addEarlierTwins(shop);
    const { body } = await patch(shop, id, { price: 900 });
    const [event] = await rowsOf(
      "SELECT payload FROM events WHERE tenant_id = ? AND type = 'product.updated'",
      shop.tenant.id,
    );
    expect(JSON.parse(String(event?.["payload"]))).toEqual(body);
    expect(body.title).toBe("Rayuela");
  });

  it("a change of nothing returns the product of this shop", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { title: "Rayuela" });
    await addEarlierTwins(shop);
    expect((await patch(shop, id, {})).body).toMatchObject({ title: "Rayuela", price: 1000 });
  });

  it("a barcode that is taken names the product of this shop", async () => {
    const shop = await newShop();
    const { sku, id } = await newProduct(shop, { title: "Rayuela", barcodes: ["96385074"] });
    const other = await newProduct(shop);
    await addEarlierTwins(shop);
    const { body } = await patch(shop, other.id, { barcodes: ["96385074"] });
    expect(body).toMatchObject({
      type: "/problems/barcode-taken",
      product: { id, sku, title: "Rayuela" },
    });
  });

  it("a tax rate in use is refused with the number of products of this shop", async () => {
    const shop = await newShop();
    const rate = await newTaxRate(shop);
    const { id } = await newProduct(shop);
    await giveRate(shop, id, rate.id);
    await addTwins(shop.tenant);
    const { body } = await call("PATCH", `${API}/tax-rates/${rate.id}`, {
      token: shop.admin.token,
      json: { is_active: false },
    });
    expect(body).toMatchObject({ type: "/problems/tax-rate-in-use", products: 1 });
  });

  it("a code that a scale printed is unknown to customers if the product is hidden here", async () => {
    const shop = await newShop();
    const layout = { prefix: "21", item_digits: 5, value: "weight", decimals: 3 };
    const ean = (digits: string): string => `${digits}${checkDigitOf(digits)}`;
    await call("PATCH", `${API}/shop`, { token: shop.admin.token, json: { scale_codes: [layout] } });
    const { id } = await newProduct(shop, { barcodes: [ean("210004200000")] });
    const { token } = await newPerson(shop.tenant, "CUSTOMER");
    const lookUp = () => call("GET", `${API}/products/lookup?code=${ean("210004200335")}`, { token });
    expect((await lookUp()).body).toMatchObject({ id, matched: "scale" });
    await patch(shop, id, { is_active: false });
    await addEarlierTwins(shop);
    await changeTwins("products", "is_active = 1");
    expect((await lookUp()).body.type).toBe("/problems/unknown-code");
  });

  it("a SKU without a key is recorded once as ambiguous", async () => {
    const shop = await newShop();
    const [first, second] = [await newProduct(shop, { sku: "É-1" }), await newProduct(shop)];
    await change("UPDATE products SET sku = 'é-1', sku_key = NULL WHERE id = ?", second.id);
    await change("UPDATE products SET sku_key = NULL WHERE id = ?", first.id);
    await addTwins(shop.tenant);
    await setMissingSkuKeys(base());
    const ambiguous = await rowsOf(
      "SELECT entity_id FROM audit_log WHERE tenant_id = ? AND action = 'product.sku_ambiguous'",
      shop.tenant.id,
    );
    expect(ambiguous).toEqual([{ entity_id: second.id }]);
  });

  it("a new cover replaces that of this shop", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { cover_image_url: "https://example.com/1.png" });
    await addEarlierTwins(shop);
    await changeTwins("products", "cover_image_url = 'https://example.com/twin.png'");
    const changed = await changeCover(shop.admin.ctx(), id, "https://example.com/2.png", undefined);
    expect(changed).toMatchObject({
      product: { cover_image_url: "https://example.com/2.png" },
      previous: "https://example.com/1.png",
    });
  });

  it("a file of products finds a SKU in other letter case here", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { sku: "a-1", stock: 2 });
    const other = await newProduct(shop, { sku: "b-1", stock: 2 });
    await addEarlierTwins(shop);
    await changeTwins("products", "sku_key = 'c-1' || id");
    await changeTwins("products", "sku_key = iif(id = ?1, 'a-1', sku_key)", other.id);
    await importFile(shop, "sku,title,price,stock\nA-1,Rayuela,1,7\n", "products");
    const moves = await rowsOf(
      "SELECT product_id, delta FROM stock_moves WHERE tenant_id = ? AND reason = 'count'",
      shop.tenant.id,
    );
    expect(moves).toEqual([{ product_id: id, delta: 5000 }]);
  });
});

describe("however many products and moves of stock other shops have,", () => {
  async function addManyProducts(other: Shop): Promise<void> {
    await storeCatalogue(other, 300);
    await change(
      `INSERT INTO stock_moves (tenant_id, product_id, id, delta, reason, created_at)
        SELECT tenant_id, id, id, 1000, 'count', created_at FROM products WHERE tenant_id = ?`,
      other.tenant.id,
    );
  }

  it("hiding a product reads the same number of rows", async () => {
    const shop = await newShop();
    const hide = async () => {
      const { id } = await newProduct(shop);
      return costOf(await call("DELETE", `${API}/products/${id}`, { token: shop.admin.token })).read;
    };
    const before = await hide();
    await addManyProducts(await newShop());
    expect(await hide()).toBe(before);
  });

  it("importing a product reads the same number of rows, and hardly more beside many of its shop", async () => {
    const importInto = async (shop: Shop) => {
      const importId = await storeImport(
        shop.admin.ctx(),
        "sku,title,price,stock\nA,Rayuela,1,7\n",
        "products",
      );
      const ctx = base();
      await runImport(ctx, shop.tenant, importId);
      const moves = "SELECT count(*) n FROM stock_moves WHERE tenant_id = ? AND delta = 7000";
      expect(await count(moves, shop.tenant.id)).toBe(1);
      return ctx.db.cost.read;
    };
    const before = await importInto(await newShop());
    await addManyProducts(await newShop());
    expect(await importInto(await newShop())).toBe(before);
    const large = await newShop();
    await addManyProducts(large);
    await indexPending(base(), large.tenant.id);
    expect(await importInto(large)).toBeLessThan(before + 100);
  });
});
