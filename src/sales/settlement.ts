// How the total of a sale is paid: by one method or several, with cash rounded to the smallest coin of the shop.
import { invalid, Problem } from "../platform/problem.ts";
import { roundCash } from "../values/money.ts";

/** A payment as it is requested: amounts in minor units, `tendered` the cash handed over. */
export type PaymentInput = { method: string; amount: number; tendered?: number | undefined };

/** A payment as it is stored. */
export type PaymentRow = { method: string; amount: number; tendered: number | null };

/** The payments of a total and what cash rounding adds to it: the amounts of the payments add up to both. */
export type Settlement = { payments: PaymentRow[]; rounding: number };

/** The cash that earlier refunds of a sale have paid back, before and after cash rounding. */
export type CashBack = { due: number; paid: number };

/**
 * What cash rounding adds to an amount in cash. For a refund all cash that is paid back for the sale is rounded together, so that
 * refunding it in parts gives the same.
 */
function roundingOf(due: number, coin: number, back: CashBack): number {
  // A shop that has changed its coin since: the earlier amount cannot be completed in the present coin.
  if (coin > 1 && back.paid % coin !== 0) return roundCash(due, coin) - due;
  return Math.max(roundCash(back.due + due, coin) - back.paid, 0) - due;
}

const NO_CASH_BACK: CashBack = { due: 0, paid: 0 };

/** Pays the whole total by one method; `back` is the cash that earlier refunds have paid back. */
export function settleBy(method: string, total: number, coin: number, back = NO_CASH_BACK): Settlement {
  const rounding = method === "cash" ? roundingOf(total, coin, back) : 0;
  return { payments: [{ method, amount: total + rounding, tendered: null }], rounding };
}

/**
 * Pays a total by several methods. What the other methods leave is due in cash, rounded to the coin; the cash amounts may be given
 * before or after rounding. `back` is as in `settleBy`. @throws Problem payments-mismatch, invalid
 */
export function settle(
  payments: PaymentInput[],
  total: number,
  coin: number,
  back = NO_CASH_BACK,
): Settlement {
  const sumOf = (some: PaymentInput[]): number => some.reduce((sum, { amount }) => sum + amount, 0);
  const cash = payments.filter(({ method }) => method === "cash");
  const due = total - sumOf(payments.filter(({ method }) => method !== "cash"));
  const rounding = cash.length > 0 ? roundingOf(due, coin, back) : 0;
  const isExact = cash.length === 0 ? due === 0 : [due, due + rounding].includes(sumOf(cash));
  if (due < 0 || !isExact)
    throw new Problem("payments-mismatch", mismatch(sumOf(payments), total, rounding), { total, rounding });
  let adjustment = cash.length > 0 ? due + rounding - sumOf(cash) : 0;
  const rows = payments.map(({ method, amount, tendered }) => {
    const change = method === "cash" ? Math.max(adjustment, -amount) : 0;
    adjustment -= change;
    return { method, amount: amount + change, tendered: tendered ?? null };
  });
  assertTendered(rows);
  return { payments: rows, rounding };
}

const mismatch = (paid: number, total: number, rounding: number): string =>
  `The payments add up to ${paid}, but the total is ${total}${rounding === 0 ? "" : ` (${total + rounding} with cash rounding)`}.`;

function assertTendered(rows: PaymentRow[]): void {
  const errors = rows.flatMap(({ method, amount, tendered }, index) => {
    if (tendered === null) return [];
    const pointer = `#/payments/${index}/tendered`;
    if (method !== "cash") return [{ pointer, detail: "is for cash only" }];
    return tendered < amount ? [{ pointer, detail: `is less than the amount of ${amount}` }] : [];
  });
  if (errors.length > 0) throw invalid(errors);
}

/** The one method of the payments, or null if there are several. */
export function singleMethod(payments: PaymentRow[]): string | null {
  const [method, ...others] = new Set(payments.map((payment) => payment.method));
  return method !== undefined && others.length === 0 ? method : null;
}
