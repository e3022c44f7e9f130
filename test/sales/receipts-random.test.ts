import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatsOf } from "../../src/sales/receipts/formats.ts";
import { layoutOf } from "../../src/sales/receipts/layout.ts";
import { Receipt } from "../../src/sales/receipts/schema.ts";
import { receiptText } from "../../src/sales/receipts/text.ts";
import { wordsOf } from "../../src/sales/receipts/words.ts";
import { printable, widthOf } from "../../src/values/fixed-width.ts";
import { changeShop, insertSale, newRate, receiptOf, type SoldLine } from "../support/receipts.ts";
import { newShop } from "../support/shops.ts";

const WIDTHS = [32, 42, 48];
const LOCALES = [
  "es-ES",
  "en-US",
  "de-CH",
  "fr-FR",
  "pt-PT",
  "it-IT",
  "ca-ES",
  "ja-JP",
  "ar-EG-u-nu-arab",
  "es-u-ca-buddhist",
];

const description = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 120 }),
  fc.constantFrom(
    "ספר על שפת הים",
    "كتاب عن البحر",
    "海辺の本と長い長い題名の本",
    "👨‍👩‍👧 book",
    "a\tb\r\nc\u202Ed",
    "W".repeat(100),
  ),
);

const line = fc.record({
  description,
  quantity: fc.integer({ min: 1, max: 500_000 }),
  unit: fc.constantFrom("kg", "m2", "h", "l"),
  price: fc.integer({ min: 0, max: 2_000_000 }),
  list: fc.integer({ min: 0, max: 2_000_000 }),
  percent: fc.integer({ min: 0, max: 100 }),
  discount_reason: fc.option(fc.constantFrom("worn cover", "a long reason ".repeat(8).trim()), {
    nil: undefined,
  }),
  rate: fc.integer({ min: -1, max: 3 }),
});

const sale = fc.record({
  lines: fc.array(line, { minLength: 1, maxLength: 12 }),
  includesTax: fc.boolean(),
  sign: fc.constantFrom(1, -1),
  locale: fc.constantFrom(...LOCALES),
  tendered: fc.boolean(),
  rounding: fc.integer({ min: -2, max: 2 }),
});

/** The amounts of the model, as its locale writes them. */
function amountsOf(receipt: ReturnType<typeof Receipt.parse>): string[] {
  const formats = formatsOf(receipt, wordsOf(receipt.locale).formats);
  const { items, taxes, payments, total, rounding, change, discount } = receipt;
  const shown = [
    ...items.flatMap(({ amount, unit_price, discount: off }) => [
      amount,
      unit_price,
      ...(off === 0 ? [] : [-off]),
    ]),
    ...taxes.flatMap(({ net, tax, gross }) => [net, tax, gross]),
    ...payments.flatMap(({ amount, tendered }) => (tendered === null ? [amount] : [amount, tendered])),
    ...[rounding, change, discount].filter((amount) => amount !== 0),
  ];
  return [...shown.map(formats.amount), formats.money(total), formats.money(total + rounding)].map(printable);
}

const sumOf = <K extends string>(rows: Record<K, number>[], name: K): number =>
  rows.reduce((sum, row) => sum + row[name], 0);

describe("the receipts of random sales", () => {
  it.each(["EUR", "JPY", "KWD"])("in %s add up, show every amount and fit the paper", async (currency) => {
    const shop = await newShop({ currency });
    const rates = await Promise.all(
      [21_000, 4000, 0, 5200].map((rate, index) => newRate(shop, `Rate ${index}`, rate)),
    );
    await fc.assert(
      fc.asyncProperty(sale, async ({ lines, includesTax, sign, locale, tendered, rounding }) => {
        await changeShop(shop, { locale });
        const sold = lines.map(({ percent, rate, ...each }): SoldLine => {
          const quantity = each.quantity * sign;
          const discount = Math.trunc((quantity * each.price * percent) / 100_000);
          const { discount_reason, ...rest } = each;
          const reason = discount_reason === undefined ? {} : { discount_reason };
          return { ...rest, ...reason, quantity, discount, rate: rates[rate] ?? null };
        });
        const id = await insertSale(shop, {
          lines: sold,
          includesTax,
          fields: { rounding, kind: sign === 1 ? "sale" : "refund" },
          payments: [tendered ? { method: "cash", tendered: 10 ** 12 } : { method: "card" }],
        });
        const receipt = Receipt.parse((await receiptOf(shop, id)).body);
        const { items, taxes, payments } = receipt;
        expect(receipt.net + receipt.tax).toBe(receipt.total);
        for (const rows of [items.map((item) => ({ ...item, gross: item.subtotal })), taxes]) {
          expect(sumOf(rows, "net")).toBe(receipt.net);
          expect(sumOf(rows, "tax")).toBe(receipt.tax);
          expect(sumOf(rows, "gross")).toBe(receipt.total);
        }
        expect(sumOf(items, "discount")).toBe(receipt.discount);
        expect(sumOf(payments, "amount")).toBe(receipt.total + receipt.rounding);
        expect(sumOf(items, "amount")).toBe(includesTax ? receipt.total : receipt.net);
        for (const width of WIDTHS) {
          const text = receiptText(receipt, width);
          for (const row of text.split("\n")) expect(widthOf(row), row).toBeLessThanOrEqual(width);
          for (const amount of amountsOf(receipt)) expect(text).toContain(amount);
        }
        const { sections } = layoutOf(receipt);
        expect(sections.every((blocks) => blocks.length > 0)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it("has a hundred lines", async () => {
    const shop = await newShop();
    const lines = Array.from({ length: 100 }, (_, index) => ({ description: `Book ${index}`, price: index }));
    const id = await insertSale(shop, { lines });
    const { text } = await receiptOf(shop, id, "format=text&width=48");
    for (const { description } of lines) expect(text).toContain(`${description}\n`);
    expect((await receiptOf(shop, id, "format=html")).text.match(/class="description"/g)).toHaveLength(100);
  });

  it.each([
    ["JPY", "1,234", "JP¥1,234"],
    ["EUR", "12.34", "€12.34"],
    ["KWD", "1.234", "KWD 1.234"],
    ["ISK", "1,234", "ISK 1,234"],
    ["IQD", "1.234", "IQD 1.234"],
  ])("has the minor digits of %s", async (currency, amount, money) => {
    const shop = await newShop({ currency });
    await changeShop(shop, { locale: "en-GB" });
    const id = await insertSale(shop, { lines: [{ description: "A book", price: 1234 }] });
    const { text } = await receiptOf(shop, id, "format=text&width=32");
    expect(text).toMatch(new RegExp(`1 x ${amount} +${amount} A\n`));
    expect(text).toMatch(new RegExp(`TOTAL +${money}\n`));
  });
});
