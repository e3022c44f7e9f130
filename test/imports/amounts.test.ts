// The amounts of rows whose signs, taxes and discounts are written in the ways that people and programs write them.
import { describe, expect, it } from "vitest";
import { rowsOf } from "../support/d1.ts";
import { importFile } from "../support/imports.ts";
import { dryRunOf } from "../support/layouts.ts";
import { newShop, type Shop } from "../support/shops.ts";

const euros = () => newShop({ currency: "EUR", timezone: "UTC" });

/** Imports the rows, expects that none is refused, and returns the lines by invoice. */
async function linesOf(shop: Shop, file: string) {
  expect(await importFile(shop, file)).toMatchObject({ rows_rejected: 0 });
  return rowsOf(
    `SELECT s.external_ref AS ref, s.kind, l.quantity / 1000 AS quantity, l.unit_price, l.subtotal, l.tax FROM sale_lines l
      JOIN sales s ON s.tenant_id = l.tenant_id AND s.id = l.sale_id WHERE l.tenant_id = ? ORDER BY 1`,
    shop.tenant.id,
  );
}

const dryRun = (shop: Shop, file: string, mapping?: Record<string, unknown>) =>
  dryRunOf(
    shop,
    file,
    "sales",
    mapping === undefined ? "" : `&mapping=${encodeURIComponent(JSON.stringify(mapping))}`,
  );

describe("the tax of a refund", () => {
  it.each([
    ["whose total is negative", "2", "12.10", "-24.20", "4.20"],
    ["whose total and tax are negative", "2", "12.10", "-24.20", "-4.20"],
    ["whose quantity is negative", "-2", "12.10", "-24.20", "-4.20"],
    ["whose quantity is negative and whose total is not", "-2", "12.10", "24.20", "4.20"],
  ])("is negative: a row %s", async (_, quantity, price, total, tax) => {
    const file = `Order No,SKU,Qty,Date,Price,Line total,Tax amount,Tax rate\n1,A,${quantity},2026-04-03,${price},${total},${tax},21%\n`;
    expect(await linesOf(await euros(), file)).toEqual([
      { ref: "1", kind: "refund", quantity: -2, unit_price: 1210, subtotal: -2420, tax: -420 },
    ]);
  });

  it("that only the prefix of its number states is negative", async () => {
    const shop = await euros();
    const mapping = { columns: {}, rules: { refund_prefixes: ["R"] } };
    const file =
      "Order No,SKU,Qty,Date,Price,Line total,Tax amount\nR1,A,2,2026-04-03,12.10,24.20,4.20\n2,A,1,2026-04-03,12.10,12.10,2.10\n";
    const { body } = await dryRun(shop, file, mapping);
    expect(body).toMatchObject({ sales: 1, refunds: 1, revenue: -1210, rejects: [] });
  });
});

describe("a line of goods", () => {
  it("that are free is of a sale", async () => {
    const file = "Order No,SKU,Qty,Date,Price\n1,A,1,2026-04-03,0\n2,A,1,2026-04-03,5\n";
    expect((await dryRun(await euros(), file)).body).toMatchObject({ sales: 2, refunds: 0, revenue: 500 });
  });

  it("that were free and came back, or whose price is negative, is of a refund", async () => {
    const file = "Order No,SKU,Qty,Date,Price\n1,A,-1,2026-04-03,0\n2,A,1,2026-04-03,-5\n";
    expect((await dryRun(await euros(), file)).body).toMatchObject({ sales: 0, refunds: 2, revenue: -500 });
  });

  it("may cost a cent more than its price makes, which was rounded", async () => {
    const file = "Order No,SKU,Qty,Date,Price,Line total\n1,A,1,2026-04-03,0.004,0.01\n";
    expect((await dryRun(await euros(), file)).body).toMatchObject({ sales: 1, rejects: [] });
  });

  it("has the negative price of a voucher", async () => {
    const file =
      "Order No,SKU,Qty,Date,Price,Line total\n1,V,1,2026-04-03,-5.00,-5.00\n2,A,2,2026-04-03,12.50,25.00\n";
    expect(await linesOf(await euros(), file)).toMatchObject([
      { ref: "1", quantity: 1, unit_price: -500, subtotal: -500 },
      { ref: "2", quantity: 2, unit_price: 1250, subtotal: 2500 },
    ]);
  });

  it("has a discount of more than a hundred euros as an amount", async () => {
    const file = "Order No,SKU,Qty,Date,Price,Discount,Line total\n1,A,1,2026-04-03,1000.00,150.00,850.00\n";
    expect((await dryRun(await euros(), file)).body).toMatchObject({ revenue: 85_000, rejects: [] });
  });

  it("costs less than what a number can hold", async () => {
    const file = "Order No,SKU,Qty,Date,Line total\n1,A,1,2026-04-03,9999999999999.00\n";
    const { body } = await dryRun(await euros(), file);
    expect(body.rejects).toMatchObject([{ reason: expect.stringContaining("the amount is too large") }]);
  });

  it("has a name where the file has no codes", async () => {
    const file = "Order No,Item,Qty,Date,Price\n1,Mug,1,2026-04-03,5\n2,,1,2026-04-03,5\n";
    const { body } = await dryRun(await euros(), file);
    expect(body).toMatchObject({ sales: 1, rejects: [{ reason: expect.stringContaining("is empty") }] });
  });

  it("of a new product without a name has its code as the title", async () => {
    const shop = await euros();
    await linesOf(shop, "Order No,SKU,Item,Qty,Date,Price\n1,A,,1,2026-04-03,5\n");
    expect(await rowsOf("SELECT sku, title FROM products WHERE tenant_id = ?", shop.tenant.id)).toEqual([
      { sku: "A", title: "A" },
    ]);
  });
});

it("a line of which a part was kept has a refund of its share, after the discount", async () => {
  const file = "Order No,SKU,Qty,Date,Price,Discount,Kept\n1,A,2,2026-04-03,10.00,2.00,1\n";
  const { body } = await dryRun(await euros(), file, { columns: { KeptQuantity: "Kept" } });
  expect(body).toMatchObject({ sales: 1, refunds: 1, revenue: 900, rejects: [] });
});

it("a line that is refused is one row, also where a part of it was kept", async () => {
  const file = "Order No,SKU,Qty,Date,Price,Tax rate,Kept\n1,A,2,2026-04-03,10.00,Special,1\n";
  const { body } = await dryRun(await euros(), file, { columns: { KeptQuantity: "Kept" } });
  expect(body).toMatchObject({ rows: 1, rows_accepted: 0, rows_rejected: 1, rejects: [{ count: 1 }] });
});

describe("an order", () => {
  const base = { columns: {}, rules: { by_order: true } };

  it.each([
    ["a discount of its shipping without a sign", "5.00", "2.00", "13.00"],
    ["a discount of its shipping with a sign", "5.00", "-2.00", "13.00"],
  ])("has %s", async (_, shipping, discount, total) => {
    const columns = { Shipping: "Ship", ShippingDiscount: "Free ship", Total: "Order total" };
    const file = `Order No,SKU,Qty,Date,Price,Ship,Free ship,Order total\n1,A,1,2026-04-03,10.00,${shipping},${discount},${total}\n`;
    const { body } = await dryRun(await euros(), file, { ...base, columns });
    expect(body).toMatchObject({ revenue: 1300, rejects: [] });
    const byRow = await dryRun(await euros(), file, {
      columns: { Shipping: "Ship", ShippingDiscount: "Free ship" },
      rules: { adds_tax: true },
    });
    expect(byRow.body).toMatchObject({ revenue: 1300, rejects: [] });
  });

  it("of which a part was kept has a refund of the rest", async () => {
    const columns = { Total: "Order total", KeptTotal: "Kept" };
    const file = "Order No,SKU,Qty,Date,Price,Order total,Kept\n1,A,1,2026-04-03,10.00,10.00,4.00\n";
    const { body } = await dryRun(await euros(), file, { ...base, columns });
    expect(body).toMatchObject({ sales: 1, refunds: 1, revenue: 400, rejects: [] });
  });
});

describe("a row that is no line", () => {
  it("is a total by its first cell, where it names no goods", async () => {
    const file = "Order No,SKU,Item,Qty,Date,Price\n1,A,Mug,1,2026-04-03,5\nTotal,,,1,,5\n";
    const { body } = await dryRun(await euros(), file);
    expect(body.skipped).toMatchObject([{ reason: "the row is a total: Total" }]);
  });

  it("repeats the header with all of its names", async () => {
    const file = "Order No,SKU,Qty,Date,Price\nOrder No,A,1,2026-04-03,5\nOrder No,SKU,Qty,Date,Price\n";
    const { body } = await dryRun(await euros(), file);
    expect(body).toMatchObject({ sales: 1, skipped: [{ reason: "the row repeats the header", count: 1 }] });
  });
});

it("an invoice that was stored without a country is known with one", async () => {
  const shop = await euros();
  const file = (country: string): string =>
    `Order No,SKU,Qty,Date,Price,Country\n1,A,1,2026-04-03,5,${country}\n`;
  await importFile(shop, file(""));
  expect(await importFile(shop, file("Spain"))).toMatchObject({ rows_known: 1, rows_rejected: 0 });
});

it("a file with numbers and addresses of customers has both", async () => {
  const file =
    "Order No,SKU,Qty,Date,Price,CustomerID,CustomerEmail\n1,A,1,2026-04-03,5,C7,ana@example.com\n";
  const { body } = await dryRun(await euros(), file);
  expect(body.mapping).toMatchObject({ CustomerID: "CustomerID", CustomerEmail: "CustomerEmail" });
});

it.each([
  ["their addresses", "Email", "ana@example.com", { CustomerID: "Email" }],
  [
    "their addresses by the name of the field",
    "CustomerEmail",
    "ana@example.com",
    { CustomerID: "CustomerEmail" },
  ],
  ["their names", "Customer name", "Ana", { CustomerID: "Customer name" }],
  ["their names by the name of the field", "CustomerName", "Ana", { CustomerID: "CustomerName" }],
  [
    "their addresses and names",
    "Email,Customer name",
    "ana@example.com,Ana",
    { CustomerID: "Email", CustomerName: "Customer name" },
  ],
])("a file without numbers of customers has %s", async (_, names, cells, customers) => {
  const file = `Order No,SKU,Qty,Date,Price,${names}\n1,A,1,2026-04-03,5,${cells}\n`;
  const { body } = await dryRun(await euros(), file);
  const goods = {
    InvoiceNo: "Order No",
    StockCode: "SKU",
    Quantity: "Qty",
    InvoiceDate: "Date",
    UnitPrice: "Price",
  };
  expect(body.mapping).toEqual({ ...goods, ...customers });
  expect(body.new_customers).toBe(1);
});
