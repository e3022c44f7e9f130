// The amounts of a sale, in integers: minor units, thousandths and hundred-thousandths. Each amount is rounded once, half away
// from zero, so a line is the same wherever it is computed, and the amounts of a sale are sums over its lines.
import { allot } from "../values/allot.ts";
import { divideRound } from "../values/money.ts";

const HUNDRED_PERCENT = 100_000n;

/** A percentage in hundred-thousandths, or an amount in minor units. */
export type Discount = { percent: number; reason: string } | { amount: number; reason: string };

/** What is sold: `quantity` in thousandths, `unit_price` in minor units, `tax_rate` in hundred-thousandths. */
export type PriceableLine = {
  quantity: number;
  unit_price: number;
  tax_rate: number | null;
  discount?: Discount | undefined;
};

/**
 * The amounts of a line in minor units. `undiscounted` is the quantity at the unit price, `discount` what the line's own discount
 * and its share of the sale's take off it, `subtotal` the gross amount of which `tax` is a part.
 */
export type LineAmounts = { undiscounted: number; discount: number; tax: number; subtotal: number };

/** Thrown if a discount exceeds what it is taken from; `line` is the index of the line, or null for the sale's discount. */
export class DiscountTooLarge extends Error {
  readonly line: number | null;

  constructor(line: number | null) {
    super("the discount exceeds the amount");
    this.line = line;
  }
}

/** The price of a quantity (thousandths), in minor units. */
export const amountOf = (price: number, quantity: number): number =>
  Number(divideRound(BigInt(price) * BigInt(quantity), 1000n));

/** A share of an amount, in hundred-thousandths, rounded half away from zero. */
export const percentOf = (amount: number, percent: number): number =>
  Number(divideRound(BigInt(amount) * BigInt(percent), HUNDRED_PERCENT));

function discountOn(amount: number, discount: Discount | undefined, line: number | null): number {
  if (!discount) return 0;
  const reduction = "percent" in discount ? percentOf(amount, discount.percent) : discount.amount;
  if (reduction > amount) throw new DiscountTooLarge(line);
  return reduction;
}

/** The tax in a gross amount, or on a net one. */
function taxOn(amount: number, rate: number, isGross: boolean): number {
  const base = isGross ? HUNDRED_PERCENT + BigInt(rate) : HUNDRED_PERCENT;
  return Number(divideRound(BigInt(amount) * BigInt(rate), base));
}

/**
 * Prices the lines of a sale. The discount of the sale is spread over the lines in proportion to their amounts by the largest
 * remainder, so the shares add up to it. @throws DiscountTooLarge
 */
export function priceLines(
  lines: PriceableLine[],
  pricesIncludeTax: boolean,
  saleDiscount?: Discount,
): LineAmounts[] {
  const priced = lines.map((line, index) => {
    const undiscounted = amountOf(line.unit_price, line.quantity);
    const discount = discountOn(undiscounted, line.discount, index);
    return { ...line, undiscounted, discount, amount: undiscounted - discount };
  });
  const amounts = priced.map(({ amount }) => amount);
  const total = amounts.reduce((sum, amount) => sum + amount, 0);
  const shares = allot(discountOn(total, saleDiscount, null), amounts);
  return priced.map((line, index) => {
    const share = shares[index] ?? 0;
    const amount = line.amount - share;
    const tax = taxOn(amount, line.tax_rate ?? 0, pricesIncludeTax);
    return {
      undiscounted: line.undiscounted,
      discount: line.discount + share,
      tax,
      subtotal: pricesIncludeTax ? amount : amount + tax,
    };
  });
}

/** A line that was sold: `quantity` in thousandths, amounts in minor units. */
type SoldLine = { quantity: number; unit_price: number; discount: number; net: number; subtotal: number };

/**
 * Whether prices included tax when these lines were sold: the shop may have changed its rule since. What the prices and
 * discounts add up to is then the gross amount, otherwise the net amount.
 */
export function includedTax(lines: SoldLine[]): boolean {
  const sumOf = (amountOfLine: (line: SoldLine) => number): number =>
    lines.reduce((sum, line) => sum + amountOfLine(line), 0);
  const charged = sumOf(({ quantity, unit_price, discount }) => amountOf(unit_price, quantity) - discount);
  const distanceTo = (field: "net" | "subtotal"): number => Math.abs(charged - sumOf((line) => line[field]));
  return distanceTo("subtotal") <= distanceTo("net");
}
