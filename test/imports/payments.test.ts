// How the invoices of a file were paid, by the words of the file.
import { describe, expect, it } from "vitest";
import { methodOf } from "../../src/imports/rows/payment-methods.ts";
import type { Existing } from "../../src/imports/rows/sale-existing.ts";
import { paymentsOf, singleMethod } from "../../src/imports/rows/sale-payments.ts";
import { unitOf } from "../../src/imports/rows/units.ts";
import { NOTHING_STORED, readRows, storedInvoice } from "../support/sale-rows.ts";

const custom = [
  { method: "bizum", name: "Bizum" },
  { method: "voucher", name: "Cheque regalo" },
];

it("a method is known by its code, its name or a word for it", () => {
  const names = ["BIZUM", "cheque regalo", "voucher", "Efectivo", "Überweisung", "card", "PayPal", ""];
  expect(names.map((name) => methodOf(name, custom))).toEqual([
    "bizum",
    "voucher",
    "voucher",
    "cash",
    "transfer",
    "card",
    "other",
    "other",
  ]);
});

it("a method of the shop comes before a built-in one of the same name, and before other words", () => {
  const own = [
    { method: "terminal", name: "Card" },
    { method: "safe", name: "Efectivo" },
  ];
  expect(["CARD", "tarjeta", "efectivo", "cash"].map((name) => methodOf(name, own))).toEqual([
    "terminal",
    "card",
    "safe",
    "cash",
  ]);
});

it("a unit is known by a word for it", () => {
  expect(["KG", "litros", "m²", "Stück", "box", ""].map(unitOf)).toEqual([
    "kg",
    "l",
    "m2",
    "piece",
    null,
    null,
  ]);
});

describe("the payments of an invoice", () => {
  const none: Existing = { ...NOTHING_STORED, customMethods: custom };
  const stored = (payment_method: string | null, has_payments: boolean): Existing => ({
    ...none,
    invoices: new Map([["1", storedInvoice({ payment_method, has_payments })]]),
  });
  const linesOf = (...methods: string[]) =>
    readRows(methods.map((PaymentMethod, at) => ({ UnitPrice: String(at + 1), PaymentMethod }))).rows.map(
      ({ value }) => value,
    );
  const paid = (existing: Existing, ...methods: string[]) =>
    paymentsOf("1", linesOf(...methods), existing).map(({ method, amount }) => [method, amount]);

  it("are of the method of each line, or that of another where it names none", () => {
    expect(paid(none, "", "card", "cash", "card")).toEqual([
      ["card", 100 + 200 + 400],
      ["cash", 300],
    ]);
    expect(paid(none, "", "")).toEqual([]);
  });

  it("go on as they began in an earlier chunk", () => {
    expect(paid(stored("card", true), "", "cash")).toEqual([
      ["card", 100],
      ["cash", 200],
    ]);
    expect(paid(stored(null, true), "cash")).toEqual([["cash", 100]]);
    expect(paid(stored(null, true), "")).toEqual([]);
    expect(paid(stored(null, false), "cash")).toEqual([]);
  });

  it("have a number for each method, the same in all chunks", () => {
    const numbersOf = (...methods: string[]) =>
      new Map(paymentsOf("1", linesOf(...methods), none).map(({ no, method }) => [method, no]));
    const all = numbersOf("bizum", "cash", "card", "PayPal");
    expect(new Set(all.values()).size).toBe(4);
    expect(Math.min(...all.values())).toBeGreaterThan(0);
    expect(numbersOf("card")).toEqual(new Map([["card", all.get("card")]]));
  });

  it("are one method, or several", () => {
    const single = (...methods: string[]) => singleMethod(paymentsOf("1", linesOf(...methods), none));
    expect([single("cash"), single("cash", "cash"), single("cash", "card"), single("")]).toEqual([
      "cash",
      "cash",
      null,
      null,
    ]);
  });
});
