// Which rows of a chunk are stored, known or refused, by what the shop has of their invoices.
import { describe, expect, it } from "vitest";
import type { ExportedLine } from "../../src/imports/rows/exported-lines.ts";
import type { Existing, StoredInvoice } from "../../src/imports/rows/sale-existing.ts";
import { judgeInvoices } from "../../src/imports/rows/sale-invoices.ts";
import { NOTHING_STORED, readRows, storedInvoice } from "../support/sale-rows.ts";

const EXPORTED: ExportedLine = {
  listPrice: 100,
  discountReason: null,
  taxName: null,
  taxRate: null,
  refunded: 0,
  refundOf: null,
  reason: null,
  saleDiscountReason: null,
  payments: [],
  rounding: 0,
};

describe("an invoice of which the shop has a part", () => {
  const stored = (fields: Partial<StoredInvoice>): Existing => ({
    ...NOTHING_STORED,
    invoices: new Map([["1", storedInvoice({ customer_ref: "7", country: "Spain", ...fields })]]),
  });
  const rowsOfFile = (...rows: Record<string, string>[]) =>
    readRows(rows.map((row) => ({ UnitPrice: "1", ...row }))).rows;
  const reasonsFor = (existing: Existing, ...rows: Record<string, string>[]) =>
    judgeInvoices(rowsOfFile(...rows), [], existing).rejected.map(({ reason }) => reason);

  it.each([
    ["day", { InvoiceDate: "2026-04-04" }, "the day 2026-04-03 in another row, and 2026-04-04"],
    ["customer", { CustomerID: "8" }, "the customer 7 in another row, and 8"],
    ["country", { Country: "France" }, "the country Spain in another row, and France"],
  ])("from an earlier chunk keeps its %s", (_, cells, reason) => {
    expect(reasonsFor(stored({}), cells)).toEqual([`invoice 1 has ${reason} in this one`]);
    expect(reasonsFor(NOTHING_STORED, cells)).toEqual([]);
  });

  it("has rows without its customer and country, and gets them from a row if it has none", () => {
    expect(reasonsFor(stored({}), {}, { CustomerID: "7", Country: "Spain" })).toEqual([]);
    expect(
      reasonsFor(stored({ customer_ref: null, country: null }), { CustomerID: "8", Country: "France" }),
    ).toEqual([]);
  });

  it("from another import is known where only one of both names a customer", () => {
    const rows = rowsOfFile({ CustomerID: "8" }, {});
    const key = (customer_ref: string | null) => {
      const existing = stored({ is_own: false, customer_ref, country: null });
      const lines = new Map([["1", new Map([[JSON.stringify(["a", 1000, 100]), 2]])]]);
      return judgeInvoices(rows, [], { ...existing, lines });
    };
    expect(key(null)).toMatchObject({ known: [2, 3], rejected: [] });
    expect(key("8")).toMatchObject({ known: [2, 3], rejected: [] });
    expect(key("9")).toMatchObject({ known: [3], rejected: [{ row: 2 }] });
  });

  it("is held back by its first bad row, whether that could be read or not", () => {
    const rows = rowsOfFile({}, { TaxRate: "Special" });
    const heldWith = (row: number) => [
      ...judgeInvoices(rows, [{ row, reason: "Quantity is 0", group: "1" }], NOTHING_STORED).held.values(),
    ];
    expect([heldWith(4), heldWith(1)]).toEqual([
      ["held: row 3 of invoice 1 was rejected"],
      ["held: row 1 of invoice 1 was rejected"],
    ]);
  });

  it("is held back by no bad row of which the number is not legible", () => {
    const { held, accepted } = judgeInvoices(
      rowsOfFile({}),
      [{ row: 3, reason: "Quantity is 0", group: null }],
      NOTHING_STORED,
    );
    expect([[...held], accepted.length]).toEqual([[], 1]);
  });

  it("has sellers whom the shop knows, if its layout or their address says so", () => {
    const [line] = rowsOfFile({ Seller: "Ana" });
    if (!line) throw new Error("There is no line.");
    const judge = (fields: Partial<typeof line.value>) =>
      judgeInvoices([{ ...line, value: { ...line.value, ...fields } }], [], NOTHING_STORED).rejected.length;
    expect([
      judge({}),
      judge({ needsSeller: true }),
      judge({ seller: "ana@example.com" }),
      judge({ seller: null, needsSeller: true }),
      judge({ seller: "ana@example.com", exported: EXPORTED }),
    ]).toEqual([0, 1, 1, 0, 0]);
  });

  it("that this API exported has tax rates that the shop has", () => {
    const [line] = rowsOfFile({});
    if (!line) throw new Error("There is no line.");
    const reasonsOf = (taxName: string | null) => {
      const value = { ...line.value, exported: { ...EXPORTED, taxName, taxRate: 5200 } };
      return judgeInvoices([{ ...line, value }], [], NOTHING_STORED).rejected.map(({ reason }) => reason);
    };
    expect([reasonsOf(null), reasonsOf("IVA")]).toEqual([
      [],
      ["this shop has no tax rate IVA of 5.2 %: add it, and import the rejected rows"],
    ]);
  });
});
