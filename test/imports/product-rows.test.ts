// The product of a row by its cells.
import { describe, expect, it } from "vitest";
import { mostradorProducts } from "../../src/imports/mapping/presets/mostrador.ts";
import { parseProducts } from "../../src/imports/rows/product-rows.ts";
import { EUROS, planOf } from "../support/sale-rows.ts";

describe("a row of products", () => {
  type Options = Parameters<typeof planOf>[1] & { preset?: string };

  /** The product of each row, or why there is none. */
  function read(rows: Record<string, string>[], { preset, ...options }: Options = {}) {
    const all = rows.map((row) => ({ sku: "A", title: "A thing", price: "1", ...row }));
    const fields = [...new Set(all.flatMap((row) => Object.keys(row)))];
    const plan = { ...planOf(fields, options), preset: preset ?? null };
    const records = all.map((row, at) => {
      const cells = new Map(Object.entries(row));
      return { row: at, value: fields.map((field) => cells.get(field) ?? "") };
    });
    const { rows: products, rejected, skipped } = parseProducts(records, plan, EUROS);
    return [...products, ...[...rejected, ...skipped].map(({ row, reason }) => ({ row, value: reason }))]
      .toSorted((a, b) => a.row - b.row)
      .map(({ value }) => value);
  }

  it("leaves the stock and unit of an empty cell, and clears other fields", () => {
    const [product] = read([
      { stock: "", unit: "", description: "", barcodes: "", tax_rate: "", is_active: "1" },
    ]);
    expect(product).toEqual({
      sku: "A",
      title: "A thing",
      price: 100,
      description: null,
      barcodes: [],
      tax_rate: null,
      is_active: true,
    });
    expect(read([{}])[0]).toEqual({ sku: "A", title: "A thing", price: 100, tax_rate: undefined });
  });

  it("has constants in the place of columns", () => {
    const constants = { category: "Tea", tax_rate: "IVA", stock: "5" };
    expect(read([{}], { constants })).toMatchObject([{ category: "Tea", tax_rate: "IVA", stock: 5000 }]);
  });

  it("costs its sale price, else its regular price", () => {
    const rows = [
      { price: "9", RegularPrice: "12" },
      { price: "", RegularPrice: "12" },
      { price: "", RegularPrice: "" },
    ];
    expect(read(rows)).toMatchObject([{ price: 900 }, { price: 1200 }, "price is empty"]);
    expect(read([{ price: "", RegularPrice: "12", category: "" }])).toMatchObject([{ category: null }]);
    const columns = ["sku", "title", "RegularPrice"];
    const { rows: regular } = parseProducts(
      [{ row: 2, value: ["A", "A thing", "12"] }],
      planOf(columns),
      EUROS,
    );
    expect(regular).toMatchObject([{ value: { price: 1200 } }]);
  });

  it("has whole numbers and codes as spreadsheets write them, and other texts as they are", () => {
    const cells = { sku: "123.0", title: "7.0", pages: "300.0", publication_year: "1967.00" };
    expect(read([cells])).toMatchObject([{ sku: "123", title: "7.0", pages: 300, publication_year: 1967 }]);
    expect(read([{ title: "1E+5" }, { title: "#REF!" }])).toMatchObject([
      { title: "1E+5" },
      { title: "#REF!" },
    ]);
    expect(
      read([{ sku: "#REF!" }, { barcodes: "9.78E+12" }, { pages: "many" }, { is_active: "maybe" }]),
    ).toEqual([
      "sku is an error of the spreadsheet: #REF!",
      expect.stringContaining("barcodes is in scientific notation"),
      "pages is not a whole number: many",
      "is_active is neither true nor false: maybe",
    ]);
  });

  it("that this API exported has its codes as they are", () => {
    const preset = mostradorProducts.name;
    expect(read([{ sku: "9.78E+12" }, { sku: "#REF!" }, { sku: "7.0" }], { preset })).toMatchObject([
      { sku: "9.78E+12" },
      { sku: "#REF!" },
      { sku: "7.0" },
    ]);
    const neutralised = { sku: "'=1+1", title: "''=Taza", description: "'-5" };
    expect(read([neutralised, { title: "N/A" }], { preset })).toMatchObject([
      { sku: "=1+1", title: "'=Taza", description: "-5" },
      { title: "N/A" },
    ]);
  });

  it("has nothing where another program writes a word for it", () => {
    expect(read([{ Currency: "n/a" }, { title: "N/A" }, { Currency: "eur" }])).toMatchObject([
      { sku: "A" },
      "title is empty",
      { sku: "A" },
    ]);
  });

  it("has its unit by any name of it", () => {
    const units = ["Litros", "Stück", "m²", "KG"];
    expect(read(units.map((unit) => ({ unit })))).toMatchObject([
      { unit: "l" },
      { unit: "piece" },
      { unit: "m2" },
      { unit: "kg" },
    ]);
  });

  it("has several barcodes, however they are divided", () => {
    const codes = ["4006381333931", "96385074", "5012345678900"];
    expect(read([{ barcodes: "4006381333931, 96385074;5012345678900" }])).toMatchObject([
      { barcodes: codes },
    ]);
  });

  it("of another program is a variant of the product above it, by their handle", () => {
    const variant = (Handle: string, title: string, sku: string, price = "1", Option = "") => ({
      Handle,
      title,
      sku,
      price,
      Option,
    });
    const titles = read([
      variant("tee", "Tee", "T1", "1", "Red"),
      variant("tee", "", "T2", "1", "Blue"),
      variant("tee", "", "", ""),
      variant("tee", "", "T3", ""),
      variant("tee", "", "", "5"),
      variant("tee", "Other tee", "T4"),
      variant("mug", "", "M"),
      variant("", "Lamp", "L"),
      variant("", "", "N"),
    ]).map((found) => (typeof found === "string" ? found : found.title));
    expect(titles).toEqual([
      "Tee - Red",
      "Tee - Blue",
      "the row has no variant of its product",
      "price is empty",
      "sku is empty",
      "Other tee",
      "title is empty",
      "Lamp",
      "title is empty",
    ]);
  });

  it("of another program groups others if its type says so", () => {
    const types = ["variable", "Grouped", "simple", "variable subscription", ""];
    expect(read(types.map((Type) => ({ Type }))).map((found) => typeof found)).toEqual([
      "string",
      "string",
      "object",
      "object",
      "object",
    ]);
  });
});
