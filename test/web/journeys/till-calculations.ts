// What the till computes itself, against what the server computes of the same sale.
import { deepStrictEqual, ok } from "node:assert";
import { test } from "node:test";
import { array, assert, constantFrom, integer, property, record } from "fast-check";
import { settle } from "../../../src/sales/settlement.ts";
import { addProduct, EMPTY_CART, priceOfPacket, totalsOf } from "../../../web/src/screens/till/cart.ts";
import { createCatalogue, type TillProduct } from "../../../web/src/screens/till/catalogue.ts";
import { escPos } from "../../../web/src/screens/till/escpos.ts";
import {
  addPayment,
  changeOf,
  dueBy,
  quickNotes,
  type Payment,
} from "../../../web/src/screens/till/payments.ts";
import { createScanReader } from "../../../web/src/screens/till/scan.ts";
import type { Journeys } from "../support/journeys.ts";

const tea: TillProduct = {
  id: "00000000-0000-4000-8000-000000000001",
  sku: "TEA",
  title: "Té verde",
  author: null,
  category: null,
  price: 4800,
  unit: "kg",
  tax_rate_id: null,
  stock: 4,
  isbn: null,
  barcodes: ["2100042000001"],
  is_active: true,
  updated_at: "2026-01-01T00:00:00.000Z",
};

const total = integer({ min: 0, max: 100_000 });
const coins = constantFrom(0, 1, 5, 10, 100);
const entries = array(
  record({ method: constantFrom("cash", "card", "bizum"), given: integer({ min: 0, max: 60_000 }) }),
  { maxLength: 12 },
);

/** The payments after what was entered, and what was due in cash at last. */
function paid(sum: number, coin: number, entered: { method: string; given: number }[]): Payment[] | null {
  let payments: Payment[] = [];
  for (const entry of entered) {
    const added = addPayment(payments, { ...entry, total: sum, coin });
    if ("fault" in added) continue;
    payments = added.payments;
    if (added.isLast) return payments;
  }
  return null;
}

export const journeys: Journeys = () => {
  void test("payments that the till takes for a whole total are those that the server accepts, also with cash rounding", () => {
    assert(
      property(total, coins, entries, (sum, coin, entered) => {
        const payments = paid(sum, coin, entered);
        if (!payments) return;
        const settlement = settle(payments, sum, coin);
        deepStrictEqual(
          settlement.payments.reduce((all, { amount }) => all + amount, 0),
          sum + settlement.rounding,
        );
        deepStrictEqual(
          settlement.payments.map(({ amount }) => amount),
          payments.map(({ amount }) => amount),
        );
        ok(changeOf(payments) >= 0);
      }),
      { numRuns: 2000 },
    );
  });

  void test("what is due can always be paid at once, by cash and by any other method", () => {
    assert(
      property(total, coins, constantFrom("cash", "card"), (sum, coin, method) => {
        const given = dueBy(method, sum, [], coin);
        const added = addPayment([], { method, given, total: sum, coin });
        ok("isLast" in added && added.isLast);
      }),
    );
  });

  void test("the amounts that are offered are notes above what is due", () => {
    deepStrictEqual(quickNotes(1250, "EUR", 100), [1500, 2000, 5000]);
    deepStrictEqual(quickNotes(5000, "EUR", 100), [6000, 10_000, 20_000]);
    deepStrictEqual(quickNotes(1200, "JPY", 1), [2000, 5000, 10_000]);
  });

  void test("a packet with a printed price costs what is printed", () => {
    const prices = integer({ min: 1, max: 10_000 });
    assert(
      property(prices, integer({ min: 1, max: 10_000 }), (price, printed) => {
        const product = { ...tea, price };
        const { quantity, unitPrice } = priceOfPacket(product, printed, true);
        const { cart } = addProduct(EMPTY_CART, product, { quantity, unitPrice, taxRate: null });
        // Up to ten kilos.
        if (printed <= 10 * price) deepStrictEqual(totalsOf(cart, true)?.total, printed);
      }),
      { numRuns: 5000 },
    );
  });

  void test("a code of the shop's scale names the product and its weight without a request", () => {
    const catalogue = createCatalogue();
    catalogue.put([tea]);
    const scale = [{ prefix: "21", item_digits: 5, value: "weight", decimals: 3 }] as const;
    deepStrictEqual(catalogue.findCode("2100042003354", scale, "EUR"), {
      product: tea,
      scale: { quantity: 335 },
    });
    deepStrictEqual(catalogue.findCode("2100043003353", scale, "EUR"), null);
  });

  void test("fast keys that end with Enter are a scan, and those of a person are not", () => {
    const type = (code: string, gap: number): string | null => {
      const read = createScanReader();
      return [...code.split(""), "Enter"].reduce<string | null>(
        (_, key, index) => read({ key, at: index * gap }),
        null,
      );
    };
    deepStrictEqual(type("9520000000011", 8), "9520000000011");
    deepStrictEqual(type("C-000123", 8), "C-000123");
    deepStrictEqual(type("9520000000011", 90), null);
    deepStrictEqual(type("12", 8), null);
  });

  void test("a receipt printer gets each letter in its code page, the cut, and the drawer only for cash", () => {
    const printed = (text: string): number[] => [...escPos(text, null, false)].slice(5, -6);
    deepStrictEqual(
      printed("Té 5 €\nÑandú"),
      [0x54, 0x82, 0x20, 0x35, 0x20, 0xd5, 0x0a, 0xa5, 0x61, 0x6e, 0x64, 0xa3],
    );
    // No-break spaces of amounts, letters that the page lacks, and other scripts.
    deepStrictEqual(printed("1\u202F0\u00A0ş漢"), [0x31, 0x20, 0x30, 0xff, 0x73, 0x3f]);
    deepStrictEqual([...escPos("", null, false)].includes(0x70), false);
    deepStrictEqual([...escPos("", null, true)].slice(5, 7), [0x1b, 0x70]);
  });

  void test("a receipt printer gets the number of the receipt as a Code 128", () => {
    const bytes = [...escPos("Total\n", "C-000123", false)];
    const centred = [0x1b, 0x61, 1];
    const code128 = [0x1d, 0x6b, 73, 10, ...Buffer.from("{BC-000123")];
    ok(Buffer.from(bytes).includes(Buffer.from(code128)));
    deepStrictEqual(Buffer.from(bytes).indexOf(Buffer.from(centred)), 5 + "Total\n\n".length);
  });
};
