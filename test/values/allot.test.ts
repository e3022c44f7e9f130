import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allot } from "../../src/values/allot.ts";

const weights = fc.array(fc.oneof(fc.integer({ min: 0, max: 20 }), fc.nat(10 ** 12)), {
  minLength: 1,
  maxLength: 100,
});

const sumOf = (values: number[]): number => values.reduce((sum, value) => sum + value, 0);

/** Weights with a total that does not exceed their sum. */
const splits = weights.chain((some) => fc.tuple(fc.constant(some), fc.nat(sumOf(some))));

describe("the shares of an allotment", () => {
  it("add up to the total, and none exceeds its weight", () => {
    fc.assert(
      fc.property(splits, ([some, total]) => {
        const shares = allot(total, some);
        expect(sumOf(shares)).toBe(sumOf(some) === 0 ? 0 : total);
        expect(shares.every((share, index) => share >= 0 && share <= (some[index] ?? 0))).toBe(true);
      }),
      { seed: 1, numRuns: 3000 },
    );
  });

  it("differ from the exact proportion by less than one, also where the total exceeds the weights", () => {
    fc.assert(
      fc.property(weights, fc.nat(10 ** 12), (some, total) => {
        fc.pre(sumOf(some) > 0);
        const sum = BigInt(sumOf(some));
        for (const [index, share] of allot(total, some).entries()) {
          const off = BigInt(share) * sum - BigInt(total) * BigInt(some[index] ?? 0);
          expect(off < sum && off > -sum).toBe(true);
        }
      }),
      { seed: 2, numRuns: 1000 },
    );
  });

  it("give what is left to the largest fractions, and among equal ones to the first", () => {
    expect(allot(100, [1, 1, 1])).toEqual([34, 33, 33]);
    expect(allot(101, [1, 1, 1])).toEqual([34, 34, 33]);
    expect(allot(10, [15, 15, 70])).toEqual([2, 1, 7]);
    expect(allot(1, [1, 2, 3])).toEqual([0, 0, 1]);
  });

  it("of weights that are all zero are zero", () => {
    expect(allot(5, [0, 0])).toEqual([0, 0]);
    expect(allot(0, [])).toEqual([]);
  });
});
