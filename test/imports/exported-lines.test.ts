// The lines that this API exported, read without a shop.
import { describe, expect, it } from "vitest";
import { mostradorSaleLines } from "../../src/imports/mapping/presets/mostrador.ts";
import type { Plan } from "../../src/imports/mapping/plan.ts";
import { exportedNumber, parseExportedLine } from "../../src/imports/rows/exported-lines.ts";
import { RowError, SkippedRow } from "../../src/imports/rows/row-importer.ts";
import { EUROS, planOf } from "../support/sale-rows.ts";

const standard = {
  InvoiceNo: "C-1",
  Kind: "sale",
  Status: "completed",
  InvoiceDate: "2026-04-01T10:00:00.000Z",
  Day: "2026-04-01",
  StockCode: "TAZA",
  Quantity: "1",
  Unit: "piece",
  ListPrice: "12.50",
  UnitPrice: "12.50",
  Amount: "12.50",
  Currency: "EUR",
  Payments: "cash=12.50",
};

/** The line of these cells, or why there is none. */
function read(cells: Record<string, string>, decimals: Plan["decimals"] = {}) {
  const all = { ...standard, ...cells };
  const plan = { ...planOf(Object.keys(all)), preset: mostradorSaleLines.name, decimals };
  try {
    return parseExportedLine(Object.values(all), plan, EUROS)[0];
  } catch (error) {
    if (error instanceof RowError || error instanceof SkippedRow) return error.message;
    throw error;
  }
}

describe("an exported line", () => {
  it("is read as it was exported", () => {
    const cells = {
      InvoiceNo: "R-1",
      Kind: "refund",
      Description: "'=Taza",
      Quantity: "-1.5",
      Unit: "kg",
      ListPrice: "13.00",
      UnitPrice: "12.345",
      Discount: "-0.98",
      DiscountReason: "old",
      Tax: "-3.05",
      TaxRate: "IVA",
      TaxPercent: "5.2",
      Amount: "-17.54",
      Barcode: "4006381333931",
      CustomerID: "7",
      Country: "Spain",
      Seller: "Ana@example.com",
      RefundedQuantity: "0.5",
      RefundOf: "C-1",
      Reason: "broken",
      SaleDiscountReason: "friend",
      Payments: " cash=-10.00  my-card=-7.54 ",
      Rounding: "-0.02",
    };
    expect(read(cells)).toEqual({
      invoice: "R-1",
      isRefund: true,
      sku: "TAZA",
      description: "=Taza",
      quantity: -1500,
      at: "2026-04-01T10:00:00.000Z",
      day: "2026-04-01",
      unitPrice: 1235,
      exactPrice: "12.345",
      discount: -98,
      subtotal: -1754,
      tax: -305,
      taxRate: null,
      barcode: "4006381333931",
      isBarcodeSku: false,
      unit: "kg",
      customer: "7",
      customerEmail: null,
      customerName: null,
      country: "Spain",
      seller: "Ana@example.com",
      needsSeller: false,
      payment: null,
      exported: {
        listPrice: 1300,
        discountReason: "old",
        taxName: "IVA",
        taxRate: 5200,
        refunded: 500,
        refundOf: "C-1",
        reason: "broken",
        saleDiscountReason: "friend",
        payments: [
          ["cash", -1000],
          ["my-card", -754],
        ],
        rounding: -2,
      },
    });
  });

  it("may lack whatever a sale may lack", () => {
    expect(read({ Payments: "", Status: "", Barcode: "12", Seller: "", Discount: "" })).toMatchObject({
      isRefund: false,
      description: "",
      discount: 0,
      barcode: null,
      customer: null,
      country: null,
      seller: null,
      exported: {
        discountReason: null,
        taxName: null,
        taxRate: null,
        refunded: 0,
        refundOf: null,
        reason: null,
        saleDiscountReason: null,
        payments: [],
        rounding: 0,
      },
    });
  });

  it.each([
    ["0", 0, null],
    ["12.5000", 1250, null],
    ["0.005", 1, "0.005"],
    ["-0.335", -34, "-0.335"],
    ["10000000000.00", 10 ** 12, null],
    ["-10000000000.00", -(10 ** 12), null],
  ])("has the price %s", (UnitPrice, unitPrice, exactPrice) => {
    expect(read({ UnitPrice })).toMatchObject({ unitPrice, exactPrice });
  });

  it.each<[string, Record<string, string>]>([
    ["Amount has more than 2 decimals: 1.234", { Amount: "1.234" }],
    ["Amount is too large: 10000000000.01", { Amount: "10000000000.01" }],
    ["Amount is too large: -10000000000.01", { Amount: "-10000000000.01" }],
    ["UnitPrice is too large: 10000000000.01", { UnitPrice: "10000000000.01" }],
    ["UnitPrice is too large: -10000000000.01", { UnitPrice: "-10000000000.01" }],
    ["UnitPrice is not a number: ", { UnitPrice: "" }],
    ["Quantity has more than 3 decimals: 1.2345", { Quantity: "1.2345" }],
    ["Unit is not a unit: box", { Unit: "box" }],
    ["Payments is not a list such as cash=20.00 card=5.00: cash", { Payments: "cash" }],
    ["Payments is not a list such as cash=20.00 card=5.00: cash=", { Payments: "cash=" }],
    ["InvoiceNo has more than 64 characters: ", { InvoiceNo: "x".repeat(65) }],
    ["Description has characters that cannot be stored: ", { Description: "a\u0000b" }],
    ["status is draft, so the row is no sale", { Status: "draft" }],
    ["Day is not the day of the sale: 2026-04-04", { Day: "2026-04-04" }],
    ["Day is not the day of the sale: 2026-03-29", { Day: "2026-03-29" }],
    ["Day is in the future: 2026-11-23", { InvoiceDate: "2026-11-22T20:00:00Z", Day: "2026-11-23" }],
    ["InvoiceDate is not a time such as ", { InvoiceDate: "2026-13-01T10:00:00.000Z" }],
    ["InvoiceDate is not a time such as ", { InvoiceDate: "yesterday" }],
  ])("is refused: %s%j", (reason, cells) => {
    expect(read(cells)).toContain(reason);
  });

  it("has a number of up to 64 characters, and the largest amount", () => {
    expect(read({ InvoiceNo: "x".repeat(64), Amount: "-10000000000.00" })).toMatchObject({
      invoice: "x".repeat(64),
      subtotal: -(10 ** 12),
    });
  });

  it("has the decimal separator of its column, where columns differ", () => {
    const cells = { Amount: "1.255", ListPrice: "1250.00" };
    expect(read(cells, { Amount: "comma" })).toMatchObject({
      subtotal: 125_500,
      exported: { listPrice: 125_000 },
    });
    expect(read(cells)).toBe("Amount has more than 2 decimals: 1.255");
  });

  it("has the number of its sale even if it is refused, unless its cell is empty", () => {
    const plan = { ...planOf(["Kind", "InvoiceNo"]), preset: mostradorSaleLines.name };
    expect([exportedNumber(["sale", "C-1"], plan), exportedNumber(["sale", ""], plan)]).toEqual([
      "C-1",
      null,
    ]);
  });

  it("is of the day that it states, up to today, else of the day of its instant", () => {
    const dayOf = (InvoiceDate: string, Day: string) => {
      const line = read({ InvoiceDate, Day });
      return typeof line === "string" ? line : line?.day;
    };
    expect(dayOf("2026-11-22T20:00:00Z", "2026-11-22")).toBe("2026-11-22");
    expect(dayOf("2026-04-01T23:30:00Z", "2026-04-02")).toBe("2026-04-02");
    expect(dayOf("2026-04-01T23:30:00Z", "")).toBe("2026-04-01");
    expect(dayOf("2026-04-01 10:00", "2026-04-01")).toBe("2026-04-01");
  });
});
