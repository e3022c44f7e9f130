import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  divideRound,
  divideUp,
  isCurrency,
  lineSubtotal,
  mean,
  minorDigits,
  parseDecimal,
  ratio,
  roundCash,
} from "../../src/values/money.ts";

const subtotal = (quantity: number, price: string, digits = 2): number | null => {
  const decimal = parseDecimal(price);
  if (!decimal) throw new Error(`${price} is not a decimal`);
  return lineSubtotal(Math.round(quantity * 1000), decimal, digits);
};

describe("a line's subtotal", () => {
  it("is rounded half away from zero, once, after multiplying the exact price", () => {
    expect(subtotal(3, "0.335")).toBe(101);
    expect(subtotal(1, "0.335")).toBe(34);
    expect(subtotal(1, "0.334")).toBe(33);
    expect(subtotal(1, "1.005")).toBe(101);
    expect(subtotal(-1, "1.005")).toBe(-101);
    expect(subtotal(1, "-1.005")).toBe(-101);
    expect(subtotal(-1, "-1.005")).toBe(101);
    expect(subtotal(1, "0.001")).toBe(0);
    expect(subtotal(1000, "0.001")).toBe(100);
    expect(subtotal(0.335, "18.90")).toBe(633);
    expect(subtotal(0.5, "0.01")).toBe(1);
    expect(subtotal(-0.5, "0.01")).toBe(-1);
    expect(subtotal(0.499, "0.01")).toBe(0);
    // A price that was rounded first would make 33 and 1.
    expect(subtotal(1.005, "0.334")).toBe(34);
    expect(subtotal(0.005, "0.999")).toBe(0);
  });

  it("has the decimals of the currency: none for JPY, three for KWD", () => {
    expect(subtotal(2, "150.5", minorDigits("JPY"))).toBe(301);
    expect(subtotal(1, "150.5", minorDigits("JPY"))).toBe(151);
    expect(subtotal(1, "1.2345", minorDigits("KWD"))).toBe(1235);
    expect(subtotal(1, "12.5", minorDigits("EUR"))).toBe(1250);
  });

  it("beyond 2^53 - 1 is null", () => {
    expect(subtotal(1, "90071992547409.91")).toBe(Number.MAX_SAFE_INTEGER);
    expect(subtotal(1, "90071992547409.92")).toBeNull();
    expect(subtotal(-2, "90071992547409.91")).toBeNull();
  });

  it("equals exact arithmetic in thousandths, for any quantity and price", () => {
    const quantity = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 });
    const thousandths = fc.integer({ min: -9_999_999, max: 9_999_999 });
    fc.assert(
      fc.property(quantity, thousandths, (amount, price) => {
        const sign = price < 0 ? "-" : "";
        const text = String(Math.abs(price)).padStart(4, "0");
        const exact = BigInt(amount) * BigInt(price);
        const size = exact < 0n ? -exact : exact;
        const cents = size / 10_000n + (size % 10_000n >= 5000n ? 1n : 0n);
        // Adding 0 turns -0 into 0.
        expect((subtotal(amount / 1000, `${sign}${text.slice(0, -3)}.${text.slice(-3)}`) ?? NaN) + 0).toBe(
          Number(exact < 0n ? -cents : cents),
        );
      }),
      { numRuns: 1000 },
    );
  });
});

describe("rounding a quotient", () => {
  it("is off by at most a half, and rounds a half away from zero", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }),
        fc.bigInt({ min: 1n, max: 10n ** 6n }),
        (top, bottom) => {
          const twice = 2n * (divideRound(top, bottom) * bottom - top);
          expect(twice <= bottom && twice >= -bottom).toBe(true);
          if (twice === bottom) expect(top > 0n).toBe(true);
          if (twice === -bottom) expect(top < 0n).toBe(true);
        },
      ),
    );
  });
});

it("a quotient of whole numbers that is rounded up is exact if it can be", () => {
  const quotients = [0n, 1n, 4n, 5n, 6n, 10n].map((numerator) => divideUp(numerator, 5n));
  expect(quotients).toEqual([0n, 1n, 1n, 1n, 2n, 2n]);
});

describe("an amount in cash", () => {
  it("is a multiple of the smallest coin, a half away from zero, and is exact without one", () => {
    expect([1202, 1203, -1202, -1203].map((amount) => roundCash(amount, 5))).toEqual([
      1200, 1205, -1200, -1205,
    ]);
    expect([1205, -1205].map((amount) => roundCash(amount, 10))).toEqual([1210, -1210]);
    expect([0, 1, 2].map((coin) => roundCash(1203, coin))).toEqual([1203, 1203, 1204]);
  });
});

describe("a decimal", () => {
  it.each([
    ["12.5", 125n, 1],
    ["-0.001", -1n, 3],
    [".5", 5n, 1],
    ["5.", 5n, 0],
    ["+7", 7n, 0],
    ["007.10", 710n, 2],
    ["-.5", -5n, 1],
    ["999999999999999.9999999999", 9999999999999999999999999n, 10],
  ])("%s is parsed exactly", (text, digits, scale) => {
    expect(parseDecimal(text)).toEqual({ digits, scale });
  });

  it.each([
    "",
    ".",
    "-",
    "+.",
    "1e3",
    "1,5",
    "1.2.3",
    "0x10",
    " 1",
    "1 ",
    "NaN",
    "Infinity",
    "--1",
    "1_000",
    "1234567890123456",
    "0.12345678901",
    "١",
  ])("%j is not one", (text) => {
    expect(parseDecimal(text)).toBeNull();
  });
});

describe("a currency", () => {
  it("has the number of decimals that ISO 4217 defines", () => {
    expect(["EUR", "GBP", "JPY", "KRW", "KWD", "CLP"].map(minorDigits)).toEqual([2, 2, 0, 0, 3, 0]);
    // Where the coins are no longer in use, and units of account.
    expect(["HUF", "COP", "ISK", "UGX", "IQD", "CLF", "UYW", "UYI"].map(minorDigits)).toEqual([
      2, 2, 0, 0, 3, 4, 4, 0,
    ]);
  });

  it("is identified by its code in upper case", () => {
    expect(["EUR", "JPY", "eur", "XYZ", ""].map(isCurrency)).toEqual([true, true, false, false, false]);
  });
});

describe("a mean", () => {
  it("is rounded half away from zero, and is 0 for a count of 0", () => {
    expect(mean(5, 2)).toBe(3);
    expect(mean(-5, 2)).toBe(-3);
    expect(mean(1, 3)).toBe(0);
    expect(mean(37636092, 100_000)).toBe(376);
    expect(mean(0, 0)).toBe(0);
  });

  it("as a ratio has six decimals", () => {
    expect(ratio(1 / 3)).toBe(0.333333);
    expect(ratio(2 / 3)).toBe(0.666667);
  });
});
