// How a refund is part from the lines of a sale. Whatever the refunds of a line, each of its amounts is given back to the last
// minor unit: a refund gives the difference between the shares of what is refunded after it and before it. The tax is a share of
// the refunded gross amount, not of the quantity, so that no part has more tax than gross.
import { divideRound } from "../values/money.ts";
import { fromThousandths } from "../values/quantities.ts";
import { Problem } from "../platform/problem.ts";

/** A line of a sale: quantities in thousandths, amounts in minor units. */
export type RefundableLine = {
  line_no: number;
  product_id: string;
  quantity: number;
  refunded: number;
  discount: number;
  tax: number;
  subtotal: number;
  /** Null if it is not known. */
  cost: number | null;
};

/** What a refund takes from a line, as positive amounts. */
export type RefundedLine<L> = {
  line: L;
  quantity: number;
  discount: number;
  tax: number;
  subtotal: number;
  cost: number | null;
};

/** The share of an amount that `part` of `whole` makes up, in minor units. Imported lines may have a negative gross amount. */
const shareOf = (amount: number, part: number, whole: number): number =>
  whole === 0
    ? 0
    : Number(divideRound(BigInt(amount) * BigInt(part) * BigInt(Math.sign(whole)), BigInt(Math.abs(whole))));

/** What the first `quantity` thousandths of a line make up of its amounts. */
function sharesOf(line: RefundableLine, quantity: number) {
  const subtotal = shareOf(line.subtotal, quantity, line.quantity);
  return {
    discount: shareOf(line.discount, quantity, line.quantity),
    tax: shareOf(line.tax, subtotal, line.subtotal),
    subtotal,
    cost: shareOf(line.cost ?? 0, quantity, line.quantity),
  };
}

function take<L extends RefundableLine>(line: L, quantity: number): RefundedLine<L> {
  const [before, after] = [sharesOf(line, line.refunded), sharesOf(line, line.refunded + quantity)];
  return {
    line,
    quantity,
    discount: after.discount - before.discount,
    tax: after.tax - before.tax,
    subtotal: after.subtotal - before.subtotal,
    cost: line.cost === null ? null : after.cost - before.cost,
  };
}

/**
 * Spreads the requested quantities (thousandths) over the lines that still have something to refund, in their order.
 * @throws Problem refund-exceeds-sale
 */
export function allocateRefund<L extends RefundableLine>(
  lines: L[],
  items: { product_id: string; quantity: number }[],
): RefundedLine<L>[] {
  const allocated = new Map<number, number>();
  const excess: { product_id: string; requested: number; refundable: number }[] = [];
  for (const { product_id, quantity } of items) {
    let missing = quantity;
    for (const line of lines) {
      if (line.product_id !== product_id) continue;
      const before = allocated.get(line.line_no) ?? 0;
      const part = Math.min(missing, Math.max(line.quantity, 0) - line.refunded - before);
      if (part > 0) allocated.set(line.line_no, before + part);
      missing -= Math.max(part, 0);
    }
    if (missing > 0)
      excess.push({
        product_id,
        requested: fromThousandths(quantity),
        refundable: fromThousandths(quantity - missing),
      });
  }
  if (excess.length > 0)
    throw new Problem("refund-exceeds-sale", "Some products have fewer units left to refund.", {
      items: excess,
    });
  return lines.flatMap((line) => {
    const quantity = allocated.get(line.line_no);
    return quantity === undefined ? [] : [take(line, quantity)];
  });
}

/**
 * The methods by which an amount is paid back if none is named: those of the sale, in their order, each up to what is left of it;
 * what exceeds them all goes to the last.
 */
export function defaultPayments(
  paid: { method: string; left: number }[],
  amount: number,
): { method: string; amount: number }[] {
  let rest = amount;
  const payments = paid.map(({ method, left }, index) => {
    const isLast = index === paid.length - 1;
    const part = isLast ? rest : Math.min(rest, Math.max(left, 0));
    rest -= part;
    return { method, amount: part };
  });
  const used = payments.filter((payment) => payment.amount > 0);
  return used.length > 0 ? used : payments.slice(0, 1);
}
