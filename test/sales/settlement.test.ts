import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Problem } from "../../src/platform/problem.ts";
import { settle, settleBy, singleMethod } from "../../src/sales/settlement.ts";
import { roundCash } from "../../src/values/money.ts";
import { sumOf } from "../support/commerce.ts";

const RUNS = 3000;
const COINS = [0, 1, 5, 10, 100, 1000];
const coin = fc.constantFrom(...COINS);

/** A total that is split over methods, where several payments may be in cash. */
const split = fc
  .tuple(
    fc.array(fc.tuple(fc.constantFrom("cash", "card", "bizum"), fc.oneof(fc.nat(12), fc.nat(10 ** 6))), {
      minLength: 1,
      maxLength: 10,
    }),
    coin,
  )
  .map(([pairs, coin]) => ({ payments: pairs.map(([method, amount]) => ({ method, amount })), coin }));

const problemOf = (run: () => unknown): Problem | null => {
  try {
    run();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  return null;
};

const isCash = ({ method }: { method: string }): boolean => method === "cash";

describe("payments by several methods", () => {
  it("add up to the total and its rounding, and only cash is rounded, by at most half a coin", () => {
    fc.assert(
      fc.property(split, ({ payments, coin }) => {
        const total = sumOf(payments, "amount");
        const settled = settle(payments, total, coin);
        expect(sumOf(settled.payments, "amount")).toBe(total + settled.rounding);
        expect(Math.abs(settled.rounding) * 2).toBeLessThanOrEqual(Math.max(coin, 1) - (coin > 1 ? 0 : 1));
        for (const [index, row] of settled.payments.entries()) {
          expect(row.amount).toBeGreaterThanOrEqual(0);
          if (!isCash(row)) expect(row.amount).toBe(payments[index]?.amount);
        }
        const cash = settled.payments.filter(isCash);
        if (coin > 1 && cash.length > 0) expect(sumOf(cash, "amount") % coin).toBe(0);
        if (cash.length === 0) expect(settled.rounding).toBe(0);
      }),
      { seed: 1, numRuns: RUNS },
    );
  });

  it("may name the cash before or after rounding, to the same effect", () => {
    fc.assert(
      fc.property(split, ({ payments, coin }) => {
        const total = sumOf(payments, "amount");
        const settled = settle(payments, total, coin);
        expect(
          settle(
            settled.payments.map(({ method, amount }) => ({ method, amount })),
            total,
            coin,
          ),
        ).toEqual(settled);
      }),
      { seed: 2, numRuns: RUNS },
    );
  });

  it("that do not add up are refused with the total and the rounding, never adjusted", () => {
    fc.assert(
      fc.property(split, fc.integer({ min: -50, max: 50 }), ({ payments, coin }, off) => {
        const total = sumOf(payments, "amount") + off;
        fc.pre(off !== 0 && total >= 0);
        const due =
          total -
          sumOf(
            payments.filter((payment) => !isCash(payment)),
            "amount",
          );
        const hasCash = payments.some(isCash);
        const isAfterRounding = hasCash && due >= 0 && roundCash(due, coin) === due - off;
        const problem = problemOf(() => settle(payments, total, coin));
        if (isAfterRounding) expect(problem).toBeNull();
        else expect(problem).toMatchObject({ slug: "payments-mismatch", extra: { total } });
      }),
      { seed: 3, numRuns: RUNS },
    );
  });

  it("that do not add up are told with the total, and with what cash rounding makes of it", () => {
    const cash = [{ method: "cash", amount: 900 }];
    expect(problemOf(() => settle(cash, 1002, 5))?.message).toContain(
      "The payments add up to 900, but the total is 1002 (1000 with cash rounding).",
    );
    expect(problemOf(() => settle(cash, 1000, 5))?.message).toContain("the total is 1000.");
    const card = [{ method: "card", amount: 900 }];
    expect(problemOf(() => settle(card, 1002, 5))).toMatchObject({
      message: expect.stringContaining("but the total is 1002."),
      extra: { total: 1002, rounding: 0 },
    });
  });

  it("beyond the total by other methods are not given back as change in cash", () => {
    const payments = [
      { method: "card", amount: 1200 },
      { method: "cash", amount: 0 },
    ];
    expect(problemOf(() => settle(payments, 1000, 0))).toMatchObject({ slug: "payments-mismatch" });
  });

  it("of which none is in cash are not rounded, whatever cash was paid back before", () => {
    const card = [{ method: "card", amount: 100 }];
    expect(settle(card, 100, 1, { due: 17, paid: 15 }).rounding).toBe(0);
  });

  it("may have one of nothing in cash beside another of it all", () => {
    const payments = [
      { method: "card", amount: 1000 },
      { method: "cash", amount: 0 },
    ];
    expect(settle(payments, 1000, 5)).toMatchObject({ payments, rounding: 0 });
  });

  it("take tendered cash only for cash, and not less than the rounded amount", () => {
    const cash = (amount: number, tendered: number) =>
      settle([{ method: "cash", amount, tendered }], amount, 5);
    expect(cash(1003, 2000)).toEqual({
      payments: [{ method: "cash", amount: 1005, tendered: 2000 }],
      rounding: 2,
    });
    expect(cash(1003, 1005).payments[0]?.tendered).toBe(1005);
    expect(problemOf(() => cash(1003, 1004))).toMatchObject({
      slug: "invalid",
      extra: { errors: [{ pointer: "#/payments/0/tendered" }] },
    });
    expect(problemOf(() => settle([{ method: "card", amount: 1, tendered: 2 }], 1, 0))).toMatchObject({
      slug: "invalid",
    });
  });

  it("have a single method if all are by the same", () => {
    const by = (...methods: string[]) =>
      singleMethod(methods.map((method) => ({ method, amount: 1, tendered: null })));
    expect([by("card", "card"), by("card", "cash"), by()]).toEqual(["card", null, null]);
  });
});

describe("a payment of the whole total", () => {
  it("is rounded to the coin, half away from zero, in cash only", () => {
    const totals = [0, 1, 2, 3, 1002, 1003, 1005, 1007, 1008];
    expect(totals.map((total) => settleBy("cash", total, 5).rounding + total)).toEqual([
      0, 0, 0, 5, 1000, 1005, 1005, 1005, 1010,
    ]);
    expect(settleBy("cash", 25, 10).payments).toEqual([{ method: "cash", amount: 30, tendered: null }]);
    expect(settleBy("card", 1003, 5)).toEqual({
      payments: [{ method: "card", amount: 1003, tendered: null }],
      rounding: 0,
    });
  });

  it("of a refund completes the cash that was paid back before, and never takes cash back", () => {
    const paid = (due: number, coin: number, back: { due: number; paid: number }) =>
      settleBy("cash", due, coin, back).payments[0]?.amount;
    expect(paid(3, 5, { due: 3, paid: 5 })).toBe(0);
    expect(paid(3, 5, { due: 6, paid: 5 })).toBe(5);
    expect(paid(1, 0, { due: 3, paid: 5 })).toBe(0);
    expect(paid(3, 0, { due: 3, paid: 5 })).toBe(1);
    expect(paid(7, 5, { due: 4, paid: 4 })).toBe(5);
    expect(paid(3, 2, { due: 3, paid: 3 })).toBe(4);
    expect(settleBy("card", 3, 5, { due: 3, paid: 5 }).rounding).toBe(0);
  });

  it("of refunds in any parts adds up to the rounded sum, in coins", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(60), { maxLength: 12 }), coin, (parts, unit) => {
        const back = { due: 0, paid: 0 };
        for (const due of parts) {
          const amount = settleBy("cash", due, unit, back).payments[0]?.amount ?? 0;
          expect(amount).toBeGreaterThanOrEqual(0);
          expect(unit > 1 ? amount % unit : 0).toBe(0);
          back.due += due;
          back.paid += amount;
        }
        expect(back.paid).toBe(roundCash(back.due, unit));
      }),
      { seed: 1, numRuns: RUNS },
    );
  });
});
