// How a total is paid: what is left, what is due in cash with rounding, the notes to offer, the change.
import { roundCash } from "../../../../src/values/money.ts";

/** Amounts in minor units. `tendered` is the cash handed over. */
export type Payment = { method: string; amount: number; tendered?: number };

/** What the payments leave of a total, before cash rounding. */
const leftOf = (total: number, payments: readonly Payment[]): number =>
  total - payments.reduce((sum, { amount }) => sum + amount, 0);

/** What is due if the rest is paid in cash. */
const cashDue = (left: number, coin: number): number => Math.max(roundCash(left, coin), 0);

/** What is due if the rest is paid by a method. */
export const dueBy = (method: string, total: number, payments: readonly Payment[], coin: number): number => {
  const left = leftOf(total, payments);
  return method === "cash" ? cashDue(left, coin) : left;
};

const MAX_PAYMENTS = 10;

type Added = { payments: Payment[]; isLast: boolean } | { fault: "none" | "too-much" | "coin" | "too-many" };

/** Adds what was given: cash that exceeds what is due is given back as change, and cash below it is a part in whole coins. */
export function addPayment(
  payments: readonly Payment[],
  { method, given, total, coin }: { method: string; given: number; total: number; coin: number },
): Added {
  const due = dueBy(method, total, payments, coin);
  if (given === 0 && due > 0) return { fault: "none" };
  if (payments.length === MAX_PAYMENTS) return { fault: "too-many" };
  const amount = Math.min(given, due);
  const isLast = amount === due;
  if (method !== "cash")
    return given > due ? { fault: "too-much" } : { payments: [...payments, { method, amount }], isLast };
  // Otherwise the rest would be rounded again.
  if (!isLast && coin > 1 && given % coin !== 0) return { fault: "coin" };
  return { payments: [...payments, { method, amount, tendered: given }], isLast };
}

/** The cash to give back. */
export const changeOf = (payments: readonly Payment[]): number =>
  payments.reduce((sum, { amount, tendered }) => sum + (tendered === undefined ? 0 : tendered - amount), 0);

// The notes of currencies, in major units, where they are not those of the euro.
const NOTES: Partial<Record<string, readonly number[]>> = {
  USD: [1, 5, 10, 20, 50, 100],
  GBP: [5, 10, 20, 50],
  MXN: [20, 50, 100, 200, 500, 1000],
  COP: [2000, 5000, 10_000, 20_000, 50_000, 100_000],
  CLP: [1000, 2000, 5000, 10_000, 20_000],
  ARS: [100, 200, 500, 1000, 2000, 10_000, 20_000],
  PEN: [10, 20, 50, 100, 200],
  CHF: [10, 20, 50, 100, 200],
  JPY: [1000, 2000, 5000, 10_000],
};
const EURO_NOTES = [5, 10, 20, 50, 100, 200];
const OFFERED = 3;

/** What people hand over for a sum beside the exact sum: the next multiples of notes. `scale` is 100 for EUR. */
export function quickNotes(due: number, currency: string, scale: number): number[] {
  const sums = (NOTES[currency] ?? EURO_NOTES).map((note) => Math.ceil(due / (note * scale)) * note * scale);
  return [...new Set(sums)]
    .filter((sum) => sum > due)
    .toSorted((a, b) => a - b)
    .slice(0, OFFERED);
}

/** Coins and notes to count, in minor units, the largest first. Other currencies than these are counted as one sum. */
export function denominationsOf(currency: string): number[] {
  const major = DENOMINATIONS[currency];
  return major ? major.map((value) => Math.round(value * 100)) : [];
}

const EURO = [500, 200, 100, 50, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01];

const DENOMINATIONS: Record<string, number[]> = {
  EUR: EURO,
  USD: [100, 50, 20, 10, 5, 2, 1, 0.5, 0.25, 0.1, 0.05, 0.01],
  GBP: [50, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01],
  MXN: [1000, 500, 200, 100, 50, 20, 10, 5, 2, 1, 0.5],
  CHF: [1000, 200, 100, 50, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05],
};
