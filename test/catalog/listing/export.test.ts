import { describe, expect, it } from "vitest";
import { change } from "../../support/change.ts";
import { API, call } from "../../support/client.ts";
import { bytesOf, importWhole, firstCellsOf, rowsOf } from "../../support/exports.ts";
import { importFile } from "../../support/imports.ts";
import { storeCatalogue } from "../../support/large-catalogue.ts";
import { newTaxRate } from "../../support/taxes.ts";
import { newPerson, newProduct, newShop, type Shop } from "../../support/shops.ts";

const productsOf = async (shop: Shop, query = "") =>
  rowsOf(await bytesOf(shop.admin.token, `/products?format=csv${query}`), {});

async function shopOfThree(): Promise<Shop> {
  const shop = await newShop();
  const { id, name } = await newTaxRate(shop, { name: "IVA 4 %", rate: 4000 });
  expect(name).toBe("IVA 4 %");
  await newProduct(shop, {
    sku: "00123",
    title: "=Rayuela",
    price: 1850,
    cost: 990,
    tax_rate_id: id,
    stock: 7,
    low_stock_threshold: 2,
    category: "Novela",
    description: "Primera línea\n-segunda; =1",
    barcodes: ["4006381333931", "96385074"],
    isbn: "9788437604947",
    author: "Julio Cortázar",
    publisher: "Sudamericana",
    pages: 635,
    cover_image_url: "https://example.com/rayuela.jpg",
    series: "Biblioteca",
    rating: 4.5,
    publication_year: 1963,
    language: "es",
  });
  await newProduct(shop, {
    sku: "Q",
    title: "Queso",
    price: 1990,
    unit: "kg",
    stock: 1.335,
    category: "Comida",
  });
  const hidden = await newProduct(shop, {
    sku: "H",
    title: "Oculto",
    price: 5,
    cost: 333,
    unit: "kg",
    stock: 0.5,
    low_stock_threshold: 0.125,
  });
  await call("DELETE", `${API}/products/${hidden.id}`, { token: shop.admin.token });
  return shop;
}

describe("the export of products", () => {
  it("has the columns of a product file, oldest first, hidden products included", async () => {
    const rows = await productsOf(await shopOfThree());
    expect(rows.map((row) => [row["sku"], row["is_active"]])).toEqual([
      ["00123", "true"],
      ["Q", "true"],
      ["H", "false"],
    ]);
    expect(rows[0]).toMatchObject({
      title: "'=Rayuela",
      price: "18.50",
      cost: "9.90",
      unit: "piece",
      tax_rate: "IVA 4 %",
      stock: "7",
      low_stock_threshold: "2",
      description: "Primera línea\n'-segunda; =1",
      category: "Novela",
      isbn: "9788437604947",
      barcodes: "4006381333931 96385074",
      author: "Julio Cortázar",
      publisher: "Sudamericana",
      language: "es",
      pages: "635",
      publication_year: "1963",
      cover_image_url: "https://example.com/rayuela.jpg",
      rating: "4.5",
      series: "Biblioteca",
      is_active: "true",
      currency: "EUR",
    });
    expect(rows[1]).toMatchObject({ unit: "kg", stock: "1.335", tax_rate: "", cost: "" });
  });

  it("takes the filters of the list", async () => {
    const shop = await shopOfThree();
    const skus = async (query: string) => (await productsOf(shop, query)).map((row) => row["sku"]);
    expect(await skus("&is_active=true")).toEqual(["00123", "Q"]);
    expect(await skus("&is_active=false")).toEqual(["H"]);
    expect(await skus("&category=Novela&category=Comida")).toEqual(["00123", "Q"]);
    expect(await skus("&price_max=1000")).toEqual(["H"]);
    expect(await skus("&in_stock=false")).toEqual([]);
    expect(await skus("&updated_since=2020-01-01T00:00:00Z")).toHaveLength(3);
    expect(
      await skus(`&updated_since=${encodeURIComponent(new Date(Date.now() + 60_000).toISOString())}`),
    ).toEqual([]);
  });

  it("is for staff", async () => {
    const { tenant } = await newShop();
    const customer = await newPerson(tenant, "CUSTOMER");
    const employee = await newPerson(tenant, "EMPLOYEE");
    const status = async (token?: string) =>
      (await call("GET", `${API}/products?format=csv&tenant=${tenant.slug}`, { token })).status;
    expect([await status(), await status(customer.token), await status(employee.token)]).toEqual([
      401, 403, 200,
    ]);
  });

  it("imported again changes nothing, and a product that was hidden is hidden in a fresh shop", async () => {
    const shop = await shopOfThree();
    const bytes = await bytesOf(shop.admin.token, "/products?format=csv&decimal=comma");
    const before = await productsOf(shop);
    await importWhole(shop, "products", bytes, {});
    expect(await productsOf(shop)).toEqual(before);
    const fresh = await newShop();
    await newTaxRate(fresh, { name: "IVA 4 %", rate: 4000 });
    await importWhole(fresh, "products", bytes, {});
    const visible = await call("GET", `${API}/products`, { token: fresh.admin.token });
    expect(visible.body.data.map(({ sku }: { sku: string }) => sku)).toEqual(["Q", "00123"]);
    expect(visible.body.data[1]).toMatchObject({
      title: "=Rayuela",
      description: "Primera línea\n-segunda; =1",
    });
  });
});

describe("a product file", () => {
  it("in another currency is rejected, row by row", async () => {
    const shop = await newShop();
    const file = "sku,title,price,currency\nA,A,1.00,USD\nB,B,2.00,eur\n";
    const done = await importFile(shop, file, "products");
    expect(done).toMatchObject({ rows_accepted: 1, rows_rejected: 1 });
    const { text } = await call("GET", `${API}/imports/${done.id}/rejects`, { token: shop.admin.token });
    expect(text).toContain("the file is in USD, and the shop's currency is EUR");
  });

  it("shows and hides products by is_active", async () => {
    const shop = await newShop();
    const file = "sku,title,price,is_active\nA,A,1.00,false\nB,B,2.00,TRUE\nC,C,2.00,perhaps\n";
    expect(await importFile(shop, file, "products")).toMatchObject({ rows_accepted: 2, rows_rejected: 1 });
    expect((await productsOf(shop)).map((row) => row["is_active"])).toEqual(["false", "true"]);
    await importFile(shop, "sku,title,price,is_active\nA,A,1.00,1\n", "products");
    expect((await productsOf(shop, "&is_active=true")).map((row) => row["sku"])).toEqual(["A", "B"]);
  });
});

describe("the export of the stock", () => {
  it("has what is tracked, hidden products included, with its value at cost", async () => {
    const shop = await shopOfThree();
    await newProduct(shop, { sku: "FREE", stock: 3, cost: 0 });
    const rows = rowsOf(await bytesOf(shop.admin.token, "/stock?decimal=comma"), { decimal: "comma" });
    expect(rows).toMatchObject([
      {
        sku: "00123",
        stock: "7",
        unit: "piece",
        low_stock_threshold: "2",
        cost: "9,90",
        value: "69,30",
        currency: "EUR",
        is_active: "true",
      },
      { sku: "Q", stock: "1,335", unit: "kg", cost: "", value: "", is_active: "true" },
      {
        sku: "H",
        title: "Oculto",
        category: "",
        stock: "0,5",
        low_stock_threshold: "0,125",
        price: "0,05",
        cost: "3,33",
        value: "1,67",
        is_active: "false",
      },
      { sku: "FREE", stock: "3", cost: "0,00", value: "0,00" },
    ]);
  });
});

it("an export of more than a page has each product once", async () => {
  const shop = await newShop();
  const products = (await storeCatalogue(shop, 760)).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const skusOf = (path: string) => firstCellsOf(shop.admin.token, path, products.length);
  const tracked = products.filter(({ stock }) => stock !== null);
  expect(tracked.length).toBeGreaterThan(500);
  expect(await skusOf("/products?format=csv")).toEqual(products.map(({ sku }) => sku));
  expect(await skusOf("/stock")).toEqual(tracked.map(({ sku }) => sku));
});

it("an export since an instant has what was changed at it", async () => {
  const shop = await newShop();
  await newProduct(shop);
  const at = "2026-03-02T10:00:00.000Z";
  await change("UPDATE products SET updated_at = ? WHERE tenant_id = ?", at, shop.tenant.id);
  const since = async (instant: string) =>
    rowsOf(await bytesOf(shop.admin.token, `/products?format=csv&updated_since=${instant}`), {}).length;
  expect([await since(at), await since("2026-03-02T10:00:00.001Z")]).toEqual([1, 0]);
});
