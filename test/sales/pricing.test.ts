// The amounts of thousands of random sales, compared with exact rational arithmetic.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DiscountTooLarge, type PriceableLine, priceLines } from "../../src/sales/pricing.ts";
import { sumOf } from "../support/commerce.ts";

const RUNS = 3000;

const discount = fc.option(
  fc.oneof(
    fc.integer({ min: 1, max: 100_000 }).map((percent) => ({ percent, reason: "sale" })),
    fc.integer({ min: 1, max: 2000 }).map((amount) => ({ amount, reason: "sale" })),
  ),
  { nil: undefined },
);

const price = fc.oneof(fc.nat(20), fc.nat(20_000), fc.nat(10 ** 9));

const line: fc.Arbitrary<PriceableLine> = fc.record({
  quantity: fc.oneof(
    fc.integer({ min: 1, max: 9 }).map((units) => units * 1000),
    fc.integer({ min: 1, max: 20_000 }),
  ),
  unit_price: price,
  tax_rate: fc.constantFrom(null, 0, 4000, 5200, 10_000, 21_000, 100_000),
  discount,
});

const sale = fc.record({
  lines: fc.array(line, { minLength: 1, maxLength: 12 }),
  includesTax: fc.boolean(),
  discount,
});

type Case = { lines: PriceableLine[]; includesTax: boolean; discount: PriceableLine["discount"] };

/** The priced lines, or null where a discount exceeds its amount. */
function priced({ lines, includesTax, discount: onSale }: Case) {
  try {
    return priceLines(lines, includesTax, onSale);
  } catch (error) {
    if (error instanceof DiscountTooLarge) return null;
    throw error;
  }
}

/** Whether an integer is a non-negative fraction rounded to the nearest, a half upwards. */
const isRounded = (value: number, top: bigint, bottom: bigint): boolean => {
  const twice = 2n * (BigInt(value) * bottom - top);
  return twice > -bottom && twice <= bottom;
};

/** What a line costs before the discount of the sale. */
function amountOf({ quantity, unit_price, discount: own }: PriceableLine): { amount: number; own: number } {
  const gross = Number((BigInt(quantity) * BigInt(unit_price) * 2n + 1000n) / 2000n);
  if (!own) return { amount: gross, own: 0 };
  const reduction =
    "amount" in own ? own.amount : Number((BigInt(gross) * BigInt(own.percent) * 2n + 100_000n) / 200_000n);
  return { amount: gross - reduction, own: reduction };
}

describe("the amounts of a sale", () => {
  it("have in each line the tax of the formula, rounded once, of prices with and without tax", () => {
    let checked = 0;
    fc.assert(
      fc.property(sale, (input) => {
        for (const [index, { tax, subtotal }] of (priced(input) ?? []).entries()) {
          const rate = BigInt(input.lines[index]?.tax_rate ?? 0);
          const base = BigInt(input.includesTax ? subtotal : subtotal - tax);
          expect(isRounded(tax, base * rate, input.includesTax ? 100_000n + rate : 100_000n)).toBe(true);
          expect(tax >= 0 && tax <= subtotal).toBe(true);
          checked += 1;
        }
      }),
      { seed: 1, numRuns: RUNS },
    );
    expect(checked).toBeGreaterThan(RUNS);
  });

  it("spread the discount of the sale over the lines exactly, and no line below zero", () => {
    let spread = 0;
    fc.assert(
      fc.property(sale, (input) => {
        const amounts = priced(input);
        if (!amounts) return;
        const before = input.lines.map(amountOf);
        const total = sumOf(before, "amount");
        const shares = amounts.map(({ discount: all }, index) => all - (before[index]?.own ?? 0));
        const onSale = input.discount;
        const isExact =
          onSale === undefined
            ? sumOf(shares) === 0
            : "amount" in onSale
              ? sumOf(shares) === onSale.amount
              : isRounded(sumOf(shares), BigInt(total) * BigInt(onSale.percent), 100_000n);
        expect(isExact).toBe(true);
        for (const [index, share] of shares.entries()) {
          const amount = before[index]?.amount ?? 0;
          expect(share >= 0 && share <= amount).toBe(true);
          const { subtotal = -1, tax = 0 } = amounts[index] ?? {};
          expect(input.includesTax ? subtotal : subtotal - tax).toBe(amount - share);
        }
        if (sumOf(shares) > 0) spread += 1;
      }),
      { seed: 2, numRuns: RUNS },
    );
    expect(spread).toBeGreaterThan(RUNS / 4);
  });

  it("are refused exactly if a discount exceeds what it is taken from", () => {
    fc.assert(
      fc.property(sale, (input) => {
        const before = input.lines.map(amountOf);
        const onSale = input.discount;
        const isTooLarge =
          before.some(({ amount }) => amount < 0) ||
          (onSale !== undefined && "amount" in onSale && onSale.amount > sumOf(before, "amount"));
        expect(priced(input) === null).toBe(isTooLarge);
      }),
      { seed: 3, numRuns: RUNS },
    );
  });

  it("name the line whose discount is too large, or none for the sale's", () => {
    const cheap = { quantity: 1000, unit_price: 100, tax_rate: null };
    const failure = (run: () => unknown) => {
      try {
        run();
      } catch (error) {
        return error;
      }
      return null;
    };
    const tooMuch = { amount: 101, reason: "old" };
    expect(failure(() => priceLines([cheap, { ...cheap, discount: tooMuch }], true))).toMatchObject({
      line: 1,
    });
    expect(failure(() => priceLines([cheap], true, tooMuch))).toMatchObject({ line: null });
    expect(failure(() => priceLines([cheap, cheap], true, tooMuch))).toBeNull();
  });

  it("match examples that are worked out by hand", () => {
    const at = (unit_price: number, tax_rate: number, quantity = 1000) => ({
      quantity,
      unit_price,
      tax_rate,
    });
    expect(priceLines([at(1210, 21_000)], true)).toMatchObject([{ tax: 210, subtotal: 1210 }]);
    expect(priceLines([at(1000, 21_000)], false)).toMatchObject([{ tax: 210, subtotal: 1210 }]);
    // 12.95 with 4 %: 0.498 of tax. 0.335 kg at 8.99: 3.01.
    expect(priceLines([at(1295, 4000)], true)).toMatchObject([{ tax: 50, subtotal: 1295 }]);
    expect(priceLines([at(899, 10_000, 335)], true)).toMatchObject([{ tax: 27, subtotal: 301 }]);
    // A half: 10 % on 0.05 is 0.005.
    expect(priceLines([at(5, 10_000)], false)).toMatchObject([{ tax: 1, subtotal: 6 }]);
  });
});
