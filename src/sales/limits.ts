// The limits of an EMPLOYEE at the counter, as a calculation that the till of the web app shares.
import { divideUp } from "../values/money.ts";

/** `max_discount_percent` in hundred-thousandths. */
export type Rules = { max_discount_percent: number; allow_price_override: boolean };

/** A priced line in minor units; its discount includes the share of the sale's. */
export type RuledLine = { list_price: number; unit_price: number; undiscounted: number; discount: number };

// The share of a line in the sale's discount may exceed its exact value by less than one minor unit.
const SPREAD = 1;

/** The largest discount on an amount (minor units) without an approval: the percentage (hundred-thousandths), rounded up. */
const allowed = (amount: number, percent: number): number =>
  Number(divideUp(BigInt(amount) * BigInt(percent), 100_000n));

/** What in the priced lines needs an approval, or null. */
export function exceededLimit(
  lines: RuledLine[],
  rules: Rules,
  hasSaleDiscount: boolean,
): "price" | "discount" | null {
  if (!rules.allow_price_override && lines.some((line) => line.unit_price !== line.list_price))
    return "price";
  const { max_discount_percent: max } = rules;
  const spread = hasSaleDiscount ? SPREAD : 0;
  // A limit for each line, so that discounts that are rounded up line by line do not exceed the limit of the sale.
  const excess = lines.map(({ undiscounted, discount }) => discount - allowed(undiscounted, max));
  const isTooLarge = excess.reduce((sum, each) => sum + each, 0) > 0 || excess.some((each) => each > spread);
  return isTooLarge ? "discount" : null;
}
