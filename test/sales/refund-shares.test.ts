// How the amounts of a line are shared among its refunds, for thousands of random lines and splits.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allocateRefund, defaultPayments, type RefundableLine } from "../../src/sales/refund-amounts.ts";
import { sumOf } from "../support/commerce.ts";
import { priceLines } from "../../src/sales/pricing.ts";

const RUNS = 2000;

const sold = fc
  .record({
    lines: fc.array(
      fc.record({
        product_id: fc.constantFrom("a", "b", "c"),
        quantity: fc.oneof(
          fc.integer({ min: 1, max: 9 }).map((units) => units * 1000),
          fc.nat(4000),
        ),
        unit_price: fc.oneof(fc.nat(30), fc.nat(50_000)),
        tax_rate: fc.constantFrom(null, 4000, 5200, 10_000, 21_000, 100_000),
      }),
      { minLength: 1, maxLength: 5 },
    ),
    includesTax: fc.boolean(),
    percent: fc.integer({ min: 1, max: 100_000 }),
  })
  .map(({ lines, includesTax, percent }): RefundableLine[] => {
    const items = lines.map((line) => ({ ...line, quantity: line.quantity + 1 }));
    const amounts = priceLines(items, includesTax, { percent, reason: "sale" });
    return items.map(({ product_id, quantity }, index) => {
      const { discount = 0, tax = 0, subtotal = 0 } = amounts[index] ?? {};
      const cost = index % 2 === 0 ? null : quantity * 7 + index;
      return { line_no: index + 1, product_id, quantity, refunded: 0, discount, tax, subtotal, cost };
    });
  });

/** Quantities to refund one after another, as fractions of what is left of a product. */
const cuts = fc.array(fc.tuple(fc.constantFrom("a", "b", "c"), fc.double({ min: 0, max: 1, noNaN: true })), {
  maxLength: 12,
});

/** The parts of all refunds in the order of the cuts; a last refund takes what is left. */
function refundAll(lines: RefundableLine[], order: [string, number][]) {
  let state = lines;
  const parts: ReturnType<typeof allocateRefund<RefundableLine>>[] = [];
  const apply = (part: ReturnType<typeof allocateRefund<RefundableLine>>) => {
    parts.push(part);
    const taken = new Map(part.map(({ line, quantity }) => [line.line_no, quantity]));
    state = state.map((line) => ({ ...line, refunded: line.refunded + (taken.get(line.line_no) ?? 0) }));
  };
  const refund = (product_id: string, share: number) => {
    const left = sumOf(
      state
        .filter((line) => line.product_id === product_id)
        .map(({ quantity, refunded }) => quantity - refunded),
    );
    const quantity = Math.ceil(left * share);
    if (quantity > 0) apply(allocateRefund(state, [{ product_id, quantity }]));
  };
  for (const [product_id, share] of order) refund(product_id, share);
  for (const product_id of new Set(lines.map((line) => line.product_id))) refund(product_id, 1);
  return { parts, state };
}

describe("the refunds of a line, however it is split", () => {
  it("add up to its quantity, discount, tax, net, gross and cost", () => {
    fc.assert(
      fc.property(sold, cuts, (lines, order) => {
        const { parts, state } = refundAll(lines, order);
        for (const line of lines) {
          const own = parts.flat().filter((part) => part.line.line_no === line.line_no);
          const { quantity, discount, tax, subtotal, cost } = line;
          expect(own.every((part) => (part.cost === null) === (cost === null))).toBe(true);
          expect({
            quantity: sumOf(own, "quantity"),
            discount: sumOf(own, "discount"),
            tax: sumOf(own, "tax"),
            subtotal: sumOf(own, "subtotal"),
            cost: own.reduce((sum, part) => sum + (part.cost ?? 0), 0),
          }).toEqual({ quantity, discount, tax, subtotal, cost: cost ?? 0 });
        }
        expect(state.every(({ quantity, refunded }) => quantity === refunded)).toBe(true);
      }),
      { seed: 1, numRuns: RUNS },
    );
  });

  it("never give back a negative amount: no tax without its gross, no net below zero", () => {
    fc.assert(
      fc.property(sold, cuts, (lines, order) => {
        for (const { discount, tax, subtotal } of refundAll(lines, order).parts.flat())
          expect(discount >= 0 && tax >= 0 && subtotal >= tax).toBe(true);
      }),
      { seed: 2, numRuns: RUNS },
    );
  });

  it("give back for a quantity what it cost, to the nearest minor unit", () => {
    fc.assert(
      fc.property(sold, cuts, (lines, order) => {
        for (const { line, quantity, subtotal } of refundAll(lines, order).parts.flat())
          expect(Math.abs(subtotal - (line.subtotal * quantity) / line.quantity)).toBeLessThanOrEqual(1);
      }),
      { seed: 3, numRuns: RUNS },
    );
  });

  it("of two equal units give back half the gross each, and the odd cent of tax to the first", () => {
    const line = {
      line_no: 1,
      product_id: "a",
      quantity: 2000,
      refunded: 0,
      discount: 0,
      tax: 347,
      subtotal: 2000,
      cost: null,
    };
    const { parts } = refundAll([line], [["a", 0.5]]);
    expect(parts.flat()).toMatchObject([
      { subtotal: 1000, tax: 174 },
      { subtotal: 1000, tax: 173 },
    ]);
  });
});

describe("a refund of a line", () => {
  const line = { line_no: 1, product_id: "a", refunded: 0, discount: 0, cost: null };

  it("of which the file of an import has negative amounts gives back its half of them, rounded away from zero", () => {
    const negative = { ...line, quantity: 2000, tax: -17, subtotal: -100 };
    expect(allocateRefund([negative], [{ product_id: "a", quantity: 1000 }])).toMatchObject([
      { subtotal: -50, tax: -9 },
    ]);
  });

  it("is of no more than is left, to a thousandth", () => {
    const weighed = { ...line, quantity: 335, tax: 0, subtotal: 100 };
    const refund = (quantity: number) => () => allocateRefund([weighed], [{ product_id: "a", quantity }]);
    expect(refund(335)()).toMatchObject([{ quantity: 335, subtotal: 100 }]);
    expect(refund(336)).toThrow(
      expect.objectContaining({
        slug: "refund-exceeds-sale",
        extra: { items: [{ product_id: "a", requested: 0.336, refundable: 0.335 }] },
      }),
    );
  });
});

describe("the methods of a refund that names none", () => {
  const paid = fc.array(
    fc.record({
      method: fc.constantFrom("cash", "card", "bizum", "other"),
      // Negative where an earlier refund has named the method.
      left: fc.integer({ min: -1000, max: 5000 }),
    }),
    { minLength: 1, maxLength: 4 },
  );

  it("add up to its total, each within what is left of it as far as the total is", () => {
    fc.assert(
      fc.property(paid, fc.nat(20_000), (some, total) => {
        const back = defaultPayments(some, total);
        expect(sumOf(back, "amount")).toBe(total);
        const left = sumOf(some, "left");
        if (total <= left && total > 0)
          expect(
            back.every(({ amount }) => amount > 0 && amount <= Math.max(...some.map((each) => each.left))),
          ).toBe(true);
      }),
      { seed: 4, numRuns: RUNS },
    );
  });

  it("are those of the sale in their order", () => {
    const some = [
      { method: "card", left: 500 },
      { method: "cash", left: 300 },
    ];
    expect(defaultPayments(some, 400)).toEqual([{ method: "card", amount: 400 }]);
    expect(defaultPayments(some, 800)).toEqual([
      { method: "card", amount: 500 },
      { method: "cash", amount: 300 },
    ]);
    expect(defaultPayments(some, 0)).toEqual([{ method: "card", amount: 0 }]);
    const cent = { method: "card", left: 1 };
    expect(defaultPayments([cent, { method: "cash", left: 300 }], 301)).toEqual([
      { method: "card", amount: 1 },
      { method: "cash", amount: 300 },
    ]);
  });
});
