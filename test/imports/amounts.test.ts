// The amounts of rows whose signs, taxes and discounts are written in the ways that people and programs write them.
import { describe, expect, it } from "vitest";
import { rowsOf } from "../support/d1.ts";
import { importFile } from "../support/imports.ts";
import { dryRunOf } from "../support/layouts.ts";
import { readRows } from "../support/sale-rows.ts";
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

/** The quantity, price, discount, subtotal and tax of the lines of a row; or why there are none. */
function amountsOf(cells: Record<string, string>, options?: Parameters<typeof readRows>[1]) {
  const { rows, rejected, skipped } = readRows([cells], options);
  const [fault] = [...rejected, ...skipped];
  return (
    fault?.reason ??
    rows.map(({ value: { quantity, unitPrice, discount, subtotal, tax } }) => [
      quantity / 1000,
      unitPrice,
      discount,
      subtotal,
      tax,
    ])
  );
}

describe("a row", () => {
  it.each<[string, Record<string, string>, number[] | string]>([
    ["may be free after its discount", { UnitPrice: "5", Discount: "5.00" }, [1, 500, 500, 0]],
    ["may be free after a percentage", { UnitPrice: "5", Discount: "100%" }, [1, 500, 500, 0]],
    ["may be free by its total", { UnitPrice: "5", Discount: "5", Amount: "0" }, [1, 500, 500, 0]],
    [
      "may be free after a percentage that only its total shows",
      { UnitPrice: "500", Discount: "100", Amount: "0.00" },
      [1, 50_000, 50_000, 0],
    ],
    [
      "has an amount as its discount where a percentage would make the total but for a cent",
      { UnitPrice: "100.10", Discount: "10", Amount: "90.10" },
      [1, 10_010, 1000, 9010],
    ],
    [
      "of a refund has its discount",
      { Quantity: "-2", UnitPrice: "10", Discount: "3" },
      [-2, 1000, -300, -1700],
    ],
    [
      "of a refund by its total has its discount",
      { UnitPrice: "10", Discount: "2", Amount: "-8.00" },
      [-1, 1000, -200, -800],
    ],
    [
      "of a refund has no discount of more",
      { Quantity: "-1", UnitPrice: "5", Discount: "10" },
      "Discount is more than the amount of the row, -5.00: 10",
    ],
    ["has a total without a discount of 0", { Amount: "10", Discount: "0.00" }, [1, 1000, 0, 1000]],
    ["may differ from its total by a cent", { UnitPrice: "10.01", Amount: "10.00" }, [1, 1001, 0, 1001]],
    [
      "does not differ from its total by two cents",
      { UnitPrice: "10.02", Amount: "10.00" },
      "Amount is 10.00, but Quantity and UnitPrice make 10.02",
    ],
    [
      "does not cost less than its price makes",
      { Quantity: "2", UnitPrice: "10", Amount: "15.00" },
      "Amount is 15.00, but Quantity and UnitPrice make 20.00",
    ],
    [
      "of a refund may have a total without a sign",
      { Quantity: "-2", UnitPrice: "10", Amount: "20" },
      [-2, 1000, 0, -2000],
    ],
    ["of a refund may have only such a total", { Quantity: "-1", Amount: "0.01" }, [-1, 1, 0, -1]],
    [
      "of a negative price has a negative total, even of a cent",
      { UnitPrice: "-0.01", Amount: "0.01" },
      "Amount is 0.01, but Quantity and UnitPrice make -0.01",
    ],
    ["costs up to ten thousand million", { Amount: "10000000000.00" }, [1, 10 ** 12, 0, 10 ** 12]],
    ["costs no cent more", { Amount: "10000000000.01" }, "the amount is too large"],
    ["gives back no cent more", { Amount: "-10000000000.01" }, "the amount is too large"],
  ])("%s", (_, cells, expected) => {
    expect(amountsOf(cells)).toEqual(typeof expected === "string" ? expected : [[...expected, null]]);
  });

  it("has no discount where the cell of its percentage is empty", () => {
    const names = { Discount: "Discount percent" };
    expect(amountsOf({ UnitPrice: "5", Discount: "" }, { names })).toEqual([[1, 500, 0, 500, null]]);
    expect(amountsOf({ UnitPrice: "5", Discount: "10" }, { names })).toEqual([[1, 500, 50, 450, null]]);
    expect(amountsOf({ UnitPrice: "5", Discount: "ten" }, { names })).toBe(
      "Discount percent is not a number: ten",
    );
  });
});

describe("the tax of a row", () => {
  it.each<[string, Record<string, string>, number[]]>([
    ["is in its price", { UnitPrice: "12.10", Tax: "2.10", TaxRate: "21" }, [1, 1210, 0, 1210, 210]],
    [
      "is added where its rate shows it",
      { UnitPrice: "10", Tax: "2.10", TaxRate: "21" },
      [1, 1210, 0, 1210, 210],
    ],
    [
      "is in its price if no rate shows more",
      { UnitPrice: "10", Tax: "2.10", TaxRate: "" },
      [1, 1000, 0, 1000, 210],
    ],
    ["may be 0", { UnitPrice: "10", Tax: "0", TaxRate: "21" }, [1, 1000, 0, 1000, 0]],
    [
      "is added to a refund by its total",
      { Quantity: "-2", UnitPrice: "10", Amount: "-24.20", Tax: "-4.20" },
      [-2, 1210, 0, -2420, -420],
    ],
  ])("%s", (_, cells, line) => {
    expect(amountsOf(cells, { names: { Tax: "Tax amount" } })).toEqual([line]);
  });

  it("is a percentage in a column of either only with its sign", () => {
    const of = (Tax: string) =>
      amountsOf({ Quantity: "2", UnitPrice: "10", Amount: "24.20", Tax }, { names: { Tax: "IVA" } });
    expect([of("21%"), of("4.20")]).toEqual([[[2, 1210, 0, 2420, 420]], [[2, 1210, 0, 2420, 420]]]);
  });

  it.each<[string, Record<string, string>, number[]]>([
    ["and its price", { Quantity: "2", UnitPrice: "10", Tax: "4.20" }, [2, 1210, 0, 2420, 420]],
    ["and its total", { Quantity: "2", Amount: "20", Tax: "4.20" }, [2, 1210, 0, 2420, 420]],
    [
      "and the total of a refund",
      { Quantity: "-1", Amount: "-10.00", Tax: "-2.10" },
      [-1, 1210, 0, -1210, -210],
    ],
    ["less its discount", { Amount: "10.00", Tax: "2.10", Discount: "2.10" }, [1, 1210, 210, 1000, 210]],
  ])("is added to it by a rule: the tax %s", (_, cells, line) => {
    expect(amountsOf(cells, { rules: { adds_tax: true } })).toEqual([line]);
  });
});

describe("a row of a refund that a rule states", () => {
  const rules = { refund_prefixes: ["R"] };

  it.each<[string, Record<string, string>, number[]]>([
    ["has a discount", { UnitPrice: "10", Discount: "2" }, [-1, 1000, -200, -800]],
    ["may have its sign in the quantity", { Quantity: "-2", UnitPrice: "5" }, [-2, 500, 0, -1000]],
    ["may have its sign in the price", { Quantity: "2", UnitPrice: "-5" }, [-2, 500, 0, -1000]],
    ["may be free", { Quantity: "2", UnitPrice: "0" }, [2, 0, 0, 0]],
  ])("%s", (_, cells, line) => {
    expect(amountsOf({ InvoiceNo: "R1", ...cells }, { rules })).toEqual([[...line, null]]);
  });

  it("has its exact price without the sign", () => {
    const [line] = readRows([{ InvoiceNo: "R1", Quantity: "2", UnitPrice: "-0.335" }], { rules }).rows;
    expect(line?.value).toMatchObject({ quantity: -2000, unitPrice: 34, exactPrice: "0.335", subtotal: -67 });
  });
});

describe("a row of which a part was kept", () => {
  it.each<[string, Record<string, string>, number[] | string | null]>([
    ["has a refund of all", { KeptQuantity: "0" }, [-2, 1210, 0, -2420, -420]],
    ["has a refund of its share", { KeptQuantity: "1" }, [-1, 1210, 0, -1210, -210]],
    ["has a refund of thousandths", { KeptQuantity: "1.001" }, [-0.999, 1210, 0, -1209, -210]],
    ["has none where all was kept", { KeptQuantity: "2" }, null],
    [
      "has kept no more than was sold",
      { KeptQuantity: "2.001" },
      "KeptQuantity is not between 0 and the quantity: 2.001",
    ],
    [
      "has kept no less than nothing",
      { KeptQuantity: "-1" },
      "KeptQuantity is not between 0 and the quantity: -1",
    ],
    ["has kept a number", { KeptQuantity: "some" }, "KeptQuantity is not between 0 and the quantity: some"],
    [
      "has a refund of what was paid back",
      { KeptQuantity: "", RefundedAmount: "-4.00" },
      [-1, 400, 0, -400, null],
    ],
    ["has none of nothing", { KeptQuantity: "", RefundedAmount: "0" }, null],
  ])("%s", (_, cells, refund) => {
    const sold = [2, 1210, 0, 2420, 420];
    expect(
      amountsOf(
        { Quantity: "2", UnitPrice: "12.10", Tax: "4.20", ...cells },
        { names: { Tax: "Tax amount" } },
      ),
    ).toEqual(typeof refund === "string" ? refund : [sold, ...(refund === null ? [] : [refund])]);
  });

  it("has a refund by its exact price, which is of another invoice", () => {
    const { rows } = readRows([{ Quantity: "3", UnitPrice: "0.335", KeptQuantity: "1" }]);
    expect(rows.map(({ value: { invoice, isRefund, subtotal } }) => [invoice, isRefund, subtotal])).toEqual([
      ["1", false, 101],
      ["1-R", true, -67],
    ]);
  });
});

describe("the shipping of a row", () => {
  it.each<[Record<string, string>, number[]]>([
    [{ Shipping: "3.00", ShippingTax: "0.50" }, [350, 50]],
    [{ Shipping: "", ShippingTax: "0.50" }, [50, 50]],
    [{ Shipping: "3.00", ShippingTax: "" }, [300, 0]],
  ])("is a line with its tax: %j", (cells, [amount = 0, tax = 0]) => {
    const lines = amountsOf({ Amount: "10.00", ...cells }, { rules: { adds_tax: true } });
    expect(lines[1]).toEqual([1, amount, 0, amount, cells["ShippingTax"] === "" ? null : tax]);
  });

  it("of nothing is no line", () => {
    const cells = { Amount: "10.00", Shipping: "3.00", ShippingDiscount: "3.00" };
    expect(amountsOf(cells, { rules: { adds_tax: true } })).toHaveLength(1);
  });
});

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
  ["their names", "Customer name", "Ana", { CustomerID: "Customer name" }],
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
