// What an EMPLOYEE may do without an approval, by the rules of the shop.
import { approvalRequired } from "../auth/approvals/approve.ts";
import type { ActorCtx } from "../platform/context.ts";
import { divideUp } from "../values/money.ts";

export type Rules = { max_discount_percent: number; allow_price_override: boolean };

type RuledLine = { list_price: number; unit_price: number; undiscounted: number; discount: number };

// The share of a line in the sale's discount may exceed its exact value by less than one minor unit.
const SPREAD = 1;

/** The largest discount on an amount (minor units) without an approval: the percentage (hundred-thousandths), rounded up. */
const allowed = (amount: number, percent: number): number =>
  Number(divideUp(BigInt(amount) * BigInt(percent), 100_000n));

/** What in the priced lines needs an approval, or null. */
function exceeded(lines: RuledLine[], rules: Rules, hasSaleDiscount: boolean): string | null {
  if (!rules.allow_price_override && lines.some((line) => line.unit_price !== line.list_price))
    return "Another price than that of the product needs the approval of an ADMIN.";
  const { max_discount_percent: max } = rules;
  const spread = hasSaleDiscount ? SPREAD : 0;
  // A limit for each line, so that discounts that are rounded up line by line do not exceed the limit of the sale.
  const excess = lines.map(({ undiscounted, discount }) => discount - allowed(undiscounted, max));
  const isTooLarge = excess.reduce((sum, each) => sum + each, 0) > 0 || excess.some((each) => each > spread);
  return isTooLarge ? `A discount of more than ${max / 1000} % needs the approval of an ADMIN.` : null;
}

/** Checks what an EMPLOYEE sells against the rules of the shop. @throws Problem approval-required */
export function requireWithinRules(
  ctx: ActorCtx,
  lines: RuledLine[],
  rules: Rules,
  hasSaleDiscount: boolean,
): void {
  const detail = ctx.actor.role === "ADMIN" ? null : exceeded(lines, rules, hasSaleDiscount);
  if (detail !== null) throw approvalRequired(detail);
}
