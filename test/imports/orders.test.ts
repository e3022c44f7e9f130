// The amounts that an order has as a whole, and those of its lines.
import { describe, expect, it } from "vitest";
import { countWholeOrders, parseOrders } from "../../src/imports/rows/sale-orders.ts";
import type { SaleRow } from "../../src/imports/rows/sale-rows.ts";
import { EUROS, planOf, readRows } from "../support/sale-rows.ts";

/** The lines of an order: SKU, subtotal and tax. The cells of the order are in its first row. */
function linesOf(order: Record<string, string>, ...lines: Record<string, string>[]) {
  const rows = lines.map((line, at) => (at === 0 ? { ...order, ...line } : line));
  const read = readRows(rows, { rules: { by_order: true } });
  if (read.rejected[0]) return read.rejected[0].reason;
  return read.rows.map(({ value: { sku, subtotal, tax } }) => [sku, subtotal, tax]);
}

const price = (UnitPrice: string, more: Record<string, string> = {}) => ({ UnitPrice, ...more });

describe("the tax of an order", () => {
  it.each<[string, Record<string, string>, string[], unknown[]]>([
    [
      "that its lines include is in each line",
      { Tax: "6.30", Total: "36.30" },
      ["12.10", "24.20"],
      [
        ["A", 1210, 210],
        ["A", 2420, 420],
      ],
    ],
    ["of one cent, too", { Tax: "0.01", Total: "1.00" }, ["1.00"], [["A", 100, 1]]],
    [
      "that is added to its lines is a line",
      { Tax: "6.30", Total: "36.30" },
      ["10.00", "20.00"],
      [
        ["A", 1000, null],
        ["A", 2000, null],
        ["Tax", 630, 630],
      ],
    ],
    [
      "is in the lines that cost something",
      { Tax: "1.00", Total: "5.00" },
      ["-5.00", "10.00"],
      [
        ["A", -500, 0],
        ["A", 1000, 100],
      ],
    ],
    ["may be all of its lines", { Tax: "5.00", Total: "5.00" }, ["5.00"], [["A", 500, 500]]],
    ["is in none of them if it is more", { Tax: "5.01", Total: "5.00" }, ["5.00"], [["A", 500, null]]],
    ["that is 0 leaves its lines their rates", { Tax: "0.00", Total: "5.00" }, ["5.00"], [["A", 500, null]]],
  ])("%s", (_, order, prices, lines) => {
    expect(linesOf(order, ...prices.map((each) => price(each)))).toEqual(lines);
  });

  it.each<[string, string, string[], unknown[]]>([
    [
      "in each line that includes it",
      "-36.30",
      ["-12.10", "-24.20"],
      [
        ["A", -1210, -210],
        ["A", -2420, -420],
      ],
    ],
    [
      "in the lines that give something back",
      "-41.30",
      ["5.00", "-46.30"],
      [
        ["A", 500, 0],
        ["A", -4630, -630],
      ],
    ],
    [
      "a line if it is added to them",
      "-36.30",
      ["-10.00", "-20.00"],
      [
        ["A", -1000, null],
        ["A", -2000, null],
        ["Tax", -630, -630],
      ],
    ],
    ["in none of them if it is more", "-5.00", ["-5.00"], [["A", -500, null]]],
  ])("that is given back is %s", (_, Total, prices, lines) => {
    expect(linesOf({ Tax: "-6.30", Total }, ...prices.map((each) => price(each)))).toEqual(lines);
  });

  it("is that of the order as a whole where a rule says that it is added", () => {
    const rows = [
      { UnitPrice: "10.00", Tax: "2.10", Total: "12.10" },
      { UnitPrice: "5.00", Tax: "1.05", Total: "5.00", InvoiceNo: "2" },
    ];
    const { rows: lines, rejected } = readRows(rows, { rules: { by_order: true, adds_tax: true } });
    expect(lines.map(({ value: { sku, subtotal, tax } }) => [sku, subtotal, tax])).toEqual([
      ["A", 1000, null],
      ["Tax", 210, 210],
    ]);
    expect(rejected.map(({ row }) => row)).toEqual([3]);
  });

  it("that the marketplace collects may be in the total", () => {
    expect(linesOf({ CollectedTax: "2.10", Total: "12.10" }, price("10.00"))).toEqual([["A", 1000, null]]);
    expect(linesOf({ CollectedTax: "2.10", Total: "10.00" }, price("10.00"))).toEqual([["A", 1000, null]]);
  });
});

describe("the total of an order", () => {
  it.each<[string, unknown]>([
    ["20.02", 2],
    ["19.98", -2],
    ["20.03", null],
    ["19.97", null],
    ["-20.00", null],
  ])("differs from its two lines by a cent of rounding each: %s", (Total, rounding) => {
    expect(linesOf({ Total }, price("10.00"), price("10.00"))).toEqual(
      rounding === null
        ? `the lines, discount, shipping and taxes of the order do not add up to its Total of ${Total}`
        : [
            ["A", 1000, null],
            ["A", 1000, null],
            ["Rounding", rounding, null],
          ],
    );
  });

  it.each([
    ["2.00", "1.00"],
    ["-2.00", "-1.00"],
  ])(
    "has its discount (%s) and that of its shipping (%s) taken off, whatever their signs",
    (discount, free) => {
      const order = {
        Discount: discount,
        Shipping: "3.00",
        ShippingTax: "0.50",
        ShippingDiscount: free,
        Total: "10.50",
      };
      expect(linesOf(order, price("10.00"))).toEqual([
        ["A", 1000, null],
        ["Discount", -200, null],
        ["Shipping", 250, null],
      ]);
    },
  );

  it("shows whether the discounts of its lines are parts of its own", () => {
    const line = price("10.00", { LineDiscount: "2.00" });
    expect(linesOf({ Discount: "2.00", Total: "8.00" }, line)).toEqual([
      ["A", 1000, null],
      ["Discount", -200, null],
    ]);
    expect(linesOf({ Discount: "2.00", Total: "6.00" }, line)).toEqual([
      ["A", 800, null],
      ["Discount", -200, null],
    ]);
    expect(linesOf({ Discount: "0.00", Total: "8.00" }, line)).toEqual([["A", 800, null]]);
  });

  it("is that of its lines where it states none", () => {
    expect(linesOf({ Shipping: "3.00", Total: "" }, price("10.00"))).toEqual([
      ["A", 1000, null],
      ["Shipping", 300, null],
    ]);
  });
});

describe("the refund of an order", () => {
  it.each<[string, Record<string, string>, number | null]>([
    ["is what was paid back", { RefundedAmount: "4.00" }, -400],
    ["is what was paid back, with a sign", { RefundedAmount: "-4.00" }, -400],
    ["is what is not left of it", { KeptTotal: "4.00" }, -600],
    ["is what is not left of it, down to a cent", { KeptTotal: "0.01" }, -999],
    ["is none where nothing says what is left", { KeptTotal: "" }, null],
    ["is none where all of it is left", { KeptTotal: "10.00" }, null],
    ["is none where nothing was paid back", { RefundedAmount: "0.00" }, null],
  ])("%s", (_, order, amount) => {
    expect(linesOf({ Total: "10.00", ...order }, price("10.00"))).toEqual([
      ["A", 1000, null],
      ...(amount === null ? [] : [["Refund", amount, null]]),
    ]);
  });
});

describe("the rows of an order", () => {
  it("have its number, in whichever column, or none", () => {
    const rows = [
      { Description: "x", InvoiceNo: "1", UnitPrice: "1.00" },
      { Description: "y", InvoiceNo: "", UnitPrice: "2.00" },
      { Description: "x", InvoiceNo: "2", UnitPrice: "4.00" },
    ];
    const plan = planOf(["Description", "InvoiceNo"], { rules: { by_order: true } });
    const records = rows.map(({ Description, InvoiceNo }) => [Description, InvoiceNo]);
    expect(countWholeOrders(records, plan)).toBe(1);
    const read = readRows(rows, { rules: { by_order: true } });
    expect(read.rows.map(({ row, value: { invoice, subtotal } }) => [row, invoice, subtotal])).toEqual([
      [2, "1", 100],
      [3, "1", 200],
      [4, "2", 400],
    ]);
  });

  it("are of one order by their number alone, wherever its column is", () => {
    const fields = ["UnitPrice", "Total", "InvoiceNo", "StockCode", "Quantity", "InvoiceDate"];
    const value = (number: string) => ["1.00", "1.00", number, "A", "1", "2026-04-03"];
    const records = [
      { row: 2, value: value("1") },
      { row: 3, value: value("2") },
    ];
    const { rows, rejected } = parseOrders(records, planOf(fields, { rules: { by_order: true } }), EUROS);
    expect([rows.map(({ value: { invoice } }) => invoice), rejected]).toEqual([["1", "2"], []]);
  });

  it("have the names of their goods as codes where they have none", () => {
    expect(linesOf({}, price("1.00", { StockCode: "", Description: "Mug" }))).toEqual([["Mug", 100, null]]);
  });

  it.each<[string, string, Partial<SaleRow>]>([
    ["InvoiceDate", "2026-04-05", { day: "2026-04-05" }],
    ["Time", "18:30", { at: "2026-04-03T18:30:00.000Z" }],
    ["CustomerID", "C-7", { customer: "C-7" }],
    ["CustomerEmail", "eva@example.com", { customerEmail: "eva@example.com" }],
    ["CustomerName", "Eva Gil", { customerName: "Eva Gil" }],
    ["Country", "ES", { country: "Spain" }],
    ["Seller", "Ana", { seller: "ana" }],
    ["PaymentMethod", "card", { payment: "card" }],
  ])("have the %s of the order from any of them", (field, text, expected) => {
    const rows = (at: number) =>
      [0, 1, 2].map((nth) => ({
        UnitPrice: "10.00",
        ...(field === "InvoiceDate" && { InvoiceDate: "" }),
        [field]: nth === at ? text : "",
      }));
    for (const at of [0, 1, 2]) {
      const { rows: lines, rejected } = readRows(rows(at), { rules: { by_order: true } });
      expect([rejected, lines.length]).toEqual([[], 3]);
      for (const { value } of lines) expect(value).toMatchObject(expected);
    }
  });

  it.each([
    ["Currency", "USD", "Currency is USD, and the shop's currency is EUR", "rejected"],
    ["Status", "cancelled", "Status is cancelled, so the row is no sale", "skipped"],
  ] as const)("have the %s of the order from a later row", (field, text, reason, outcome) => {
    const rows = ["", text].map((cell) => ({ UnitPrice: "10.00", [field]: cell }));
    const read = readRows(rows, { rules: { by_order: true } });
    expect(read.rows).toEqual([]);
    expect(read[outcome]).toEqual([2, 3].map((row) => ({ row, reason })));
  });

  it("are lines by their type, where the rules name one", () => {
    const rows = [
      { LineType: "item", UnitPrice: "1.00" },
      { LineType: "payment", InvoiceNo: "", UnitPrice: "" },
    ];
    const { rows: lines, skipped } = readRows(rows, { rules: { by_order: true, line_types: ["Item"] } });
    expect([lines.map(({ row }) => row), skipped]).toEqual([
      [2],
      [{ row: 3, reason: "the row describes its sale or a payment" }],
    ]);
  });
});
