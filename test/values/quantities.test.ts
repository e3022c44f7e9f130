import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromThousandths, isWholeEnough, LineQuantity, toThousandths } from "../../src/values/quantities.ts";

describe("a quantity", () => {
  it("with at most three decimals is the same number after it was stored in thousandths", () => {
    fc.assert(
      fc.property(fc.integer({ min: -(10 ** 12), max: 10 ** 12 }), (thousandths) => {
        const sign = thousandths < 0 ? "-" : "";
        const digits = String(Math.abs(thousandths)).padStart(4, "0");
        const quantity = Number(`${sign}${digits.slice(0, -3)}.${digits.slice(-3)}`);
        // Adding 0 turns -0 into 0.
        expect((toThousandths(quantity) ?? NaN) + 0).toBe(thousandths);
        expect(fromThousandths(thousandths)).toBe(quantity + 0);
      }),
      { seed: 1, numRuns: 5000 },
    );
  });

  it("with a fourth decimal is rejected, not rounded", () => {
    fc.assert(
      fc.property(fc.nat(10 ** 9), fc.integer({ min: 1, max: 9 }), (thousandths, digit) => {
        expect(toThousandths(Number(`${thousandths}${digit}e-4`))).toBeNull();
      }),
      { seed: 2, numRuns: 2000 },
    );
    for (const quantity of [0.0001, 1.0005, 0.1 + 0.2, 1e-9, Infinity, NaN, 2 ** 60])
      expect(toThousandths(quantity)).toBeNull();
  });

  it("of a line is from 0.001 to 1,000,000", () => {
    expect(LineQuantity.parse(0.001)).toBe(1);
    expect(LineQuantity.parse(0.335)).toBe(335);
    expect(LineQuantity.parse(1.005)).toBe(1005);
    expect(LineQuantity.parse(1_000_000)).toBe(10 ** 9);
    for (const quantity of [0, -1, 0.0005, 1.0005, 1_000_000.001, "1", null])
      expect(LineQuantity.safeParse(quantity).success).toBe(false);
  });

  it("of a piece is whole, and of any other unit has thousandths", () => {
    expect(isWholeEnough("piece", 3000)).toBe(true);
    expect(isWholeEnough("piece", 3001)).toBe(false);
    expect(isWholeEnough("kg", 1)).toBe(true);
  });
});
