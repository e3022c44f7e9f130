// Files with weights, units and tax rates.
import { describe, expect, it } from "vitest";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { rowsOf } from "../support/d1.ts";
import { fileOf, importFile, rejectsOf } from "../support/imports.ts";
import { newProduct, newShop, type Shop } from "../support/shops.ts";

const importProducts = (shop: Shop, file: string) => importFile(shop, file, "products");

const reasonsOf = async (shop: Shop, id: string): Promise<string[]> =>
  (await rejectsOf(shop.admin.token, id))
    .trim()
    .split("\r\n")
    .slice(1)
    .map((line) => line.split('","')[0] ?? "");

const productsOf = async (shop: Shop) =>
  (await call("GET", `${API}/products?sort=title&limit=100`, { token: shop.admin.token })).body.data;

const newTaxRate = (shop: Shop, id: string, rate: number, isActive = 1) =>
  change(
    "INSERT INTO tax_rates (tenant_id, id, name, rate, is_active, created_at) VALUES (?, ?, ?, ?, ?, '')",
    shop.tenant.id,
    `00000000-0000-7000-8000-${id.length.toString().padStart(12, "0")}`,
    id,
    rate,
    isActive,
  );

describe("a file of products with units", () => {
  it("has stock and thresholds with decimals where the unit is not the piece", async () => {
    const shop = await newShop();
    const { id } = await importProducts(
      shop,
      "sku,title,price,unit,stock,low_stock_threshold\n1,A,1,KG,1.25,0.5\n2,B,1,m²,3,\n3,C,1,,2,1\n4,D,1,,2.5,\n5,E,1,lb,1,\n6,F,1,kg,1.2345,\n7,G,1,piece,1,0.5\n",
    );
    expect(await productsOf(shop)).toMatchObject([
      { sku: "1", unit: "kg", stock: 1.25, low_stock_threshold: 0.5 },
      { sku: "2", unit: "m2", stock: 3, low_stock_threshold: null },
      { sku: "3", unit: "piece", stock: 2, low_stock_threshold: 1 },
    ]);
    expect(await reasonsOf(shop, id)).toEqual([
      '5,"stock must be whole, because the product is counted in pieces',
      expect.stringContaining('6,"unit: Invalid option'),
      '7,"stock: must have at most three decimals',
      '8,"low_stock_threshold must be whole, because the product is counted in pieces',
    ]);
    expect(
      await rowsOf(
        "SELECT delta, reason FROM stock_moves WHERE tenant_id = ? ORDER BY delta",
        shop.tenant.id,
      ),
    ).toEqual([
      { delta: 1250, reason: "count" },
      { delta: 2000, reason: "count" },
      { delta: 3000, reason: "count" },
    ]);
  });

  it("counts a known product in its unit, with or without the column", async () => {
    const shop = await newShop();
    await newProduct(shop, { sku: "1", title: "A", unit: "kg", stock: 2, low_stock_threshold: 1 });
    await newProduct(shop, { sku: "2", title: "B", unit: "kg", stock: 2 });
    const { rows_accepted } = await importProducts(
      shop,
      "sku,title,price,stock,low_stock_threshold\n1,A,1,1.75,0.25\n2,B,1,0.335,\n",
    );
    expect(rows_accepted).toBe(2);
    await importProducts(shop, "sku,title,price,unit,stock\n1,A,1,,1.5\n2,B,1,g,335\n");
    expect(await productsOf(shop)).toMatchObject([
      { unit: "kg", stock: 1.5, low_stock_threshold: 0.25 },
      { unit: "g", stock: 335 },
    ]);
  });

  it("makes no piece of a product whose stock or threshold is a fraction", async () => {
    const shop = await newShop();
    await newProduct(shop, { sku: "1", title: "A", unit: "kg", stock: 1.25 });
    await newProduct(shop, { sku: "2", title: "B", unit: "kg", stock: 1, low_stock_threshold: 0.5 });
    await newProduct(shop, { sku: "3", title: "C", unit: "kg", stock: 1.25 });
    const { id } = await importProducts(
      shop,
      "sku,title,price,unit,stock\n1,A,1,piece,\n2,B,1,piece,1\n3,C,1,piece,2\n",
    );
    expect(await productsOf(shop)).toMatchObject([
      { unit: "kg", stock: 1.25 },
      { unit: "kg", stock: 1 },
      { unit: "piece", stock: 2 },
    ]);
    expect(await reasonsOf(shop, id)).toEqual([
      '2,"unit cannot become piece while the stock is 1.25',
      '3,"unit cannot become piece while the low stock threshold is 0.5',
    ]);
  });
});

describe("a file of products with tax rates", () => {
  it("names an active rate of the shop, or its percentage if that is one rate's", async () => {
    const shop = await newShop();
    await newTaxRate(shop, "IVA", 21_000);
    await newTaxRate(shop, "reduced", 5200);
    await newTaxRate(shop, "one of two", 4000);
    await newTaxRate(shop, "other of two", 4000);
    await newTaxRate(shop, "replaced rate", 18_000, 0);
    await newTaxRate(await newShop(), "of another shop", 7000);
    const cells = ["iva", "21", "21%", "21.0 %", "5.2%", "", "4", "18", "7%", "none", "2.1"];
    const { id } = await importProducts(
      shop,
      `sku,title,price,tax_rate\n${cells.map((cell, at) => `${at},${String.fromCharCode(65 + at)},1,${cell}\n`).join("")}`,
    );
    const rates = await rowsOf("SELECT id, name FROM tax_rates WHERE tenant_id = ?", shop.tenant.id);
    const nameOf = new Map(rates.map((rate) => [rate["id"], rate["name"]]));
    expect(
      (await productsOf(shop)).map(({ tax_rate_id }: { tax_rate_id: string | null }) =>
        nameOf.get(tax_rate_id),
      ),
    ).toEqual(["IVA", "IVA", "IVA", "IVA", "reduced", undefined]);
    expect(await reasonsOf(shop, id)).toEqual([
      '8,"tax_rate 4 is the percentage of several tax rates: use a name',
      '9,"tax_rate 18 is not a tax rate of this shop',
      '10,"tax_rate 7% is not a tax rate of this shop',
      '11,"tax_rate none is not a tax rate of this shop',
      '12,"tax_rate 2.1 is not a tax rate of this shop',
    ]);
  });

  it("clears the rate by an empty cell, and leaves it without the column", async () => {
    const shop = await newShop();
    await newTaxRate(shop, "IVA", 21_000);
    await importProducts(shop, "sku,title,price,tax_rate\n1,A,1,IVA\n2,B,1,IVA\n");
    await importProducts(shop, "sku,title,price\n1,A,2\n");
    await importProducts(shop, "sku,title,price,tax_rate\n2,B,2,\n");
    expect(await productsOf(shop)).toMatchObject([
      { tax_rate_id: expect.any(String) },
      { tax_rate_id: null },
    ]);
  });
});

describe("a file of sales by weight", () => {
  const linesOf = (shop: Shop) =>
    rowsOf(
      `SELECT sku, quantity, unit, list_price, unit_price, exact_price, subtotal, tax, discount FROM sale_lines
        WHERE tenant_id = ? ORDER BY sale_id, line_no`,
      shop.tenant.id,
    );

  it("has quantities with three decimals, and amounts that are rounded once", async () => {
    const shop = await newShop();
    const { rows_accepted } = await importFile(
      shop,
      fileOf([
        { invoice: "1", sku: "CHEESE", quantity: "0.335", price: "18.90" },
        { invoice: "1", sku: "CUP", quantity: 2, price: "0.055" },
        { invoice: "C1", sku: "CHEESE", quantity: "-0.335", price: "18.90" },
        { invoice: "2", sku: "CHEESE", quantity: "0.5", price: "0.01" },
      ]),
    );
    expect(rows_accepted).toBe(4);
    const line = { tax: 0, discount: 0 };
    const ofCheese = { sku: "CHEESE", unit: "kg", list_price: 1890, unit_price: 1890, exact_price: null };
    expect(await linesOf(shop)).toEqual([
      { ...line, ...ofCheese, quantity: 335, subtotal: 633 },
      {
        ...line,
        sku: "CUP",
        unit: "piece",
        quantity: 2000,
        list_price: 6,
        unit_price: 6,
        exact_price: "0.055",
        subtotal: 11,
      },
      { ...line, ...ofCheese, quantity: -335, subtotal: -633 },
      { ...line, ...ofCheese, quantity: 500, list_price: 1, unit_price: 1, subtotal: 1 },
    ]);
    const { token } = shop.admin;
    expect((await call("GET", `${API}/metrics/kpis`, { token })).body).toMatchObject({
      total_products_sold: 2.5,
      average_products_sold: 0.625,
      total_revenue: 12,
    });
    expect(
      (await productsOf(shop)).map(({ sku, unit }: { sku: string; unit: string }) => [sku, unit]),
    ).toEqual(
      expect.arrayContaining([
        ["CHEESE", "kg"],
        ["CUP", "piece"],
      ]),
    );
  });

  it("stores a fraction of a product by the piece as kg, and leaves the product", async () => {
    const shop = await newShop();
    await newProduct(shop, { sku: "LOAF", stock: 5 });
    await importFile(
      shop,
      fileOf([
        { sku: "LOAF", quantity: "0.5" },
        { sku: "LOAF", quantity: 1 },
      ]),
    );
    expect(await linesOf(shop)).toMatchObject([
      { quantity: 500, unit: "kg" },
      { quantity: 1000, unit: "piece" },
    ]);
    expect(await productsOf(shop)).toMatchObject([{ sku: "LOAF", unit: "piece", stock: 5 }]);
  });
});
