// The amounts of a line by its price, by its total, or by both where they agree.
import { divideRound, lineSubtotal, parseDecimal, type Decimal } from "../../values/money.ts";
import type { Plan } from "../mapping/plan.ts";
import { RowError, type ShopFormat } from "./row-importer.ts";
import type { SaleCells } from "./sale-cells.ts";

// The total of nine thousand such lines is still a safe integer.
const MAX_SUBTOTAL = 10 ** 12;

/** The amounts of a line in minor units, and its exact price in major units where minor units do not represent it. */
type Amounts = { unitPrice: number; exactPrice: string | null; subtotal: number };

/** The amounts of a line of this quantity in thousandths. @throws RowError */
export function parseAmounts(
  cells: SaleCells,
  plan: Plan,
  quantity: number,
  { digits, currency }: ShopFormat,
): Amounts {
  const price = cells.amount("UnitPrice", currency);
  const total = cells.amount("Amount", currency);
  const tax = plan.rules.adds_tax ? cells.amount("Tax", currency) : null;
  const discount = plan.rules.by_order ? null : discountOf(cells, currency);
  const amount = total && tax ? plus(total.value, tax.value) : total?.value;
  if (!price) {
    if (!amount)
      throw new RowError(
        `${cells.label(plan.columns["Amount"] === undefined ? "UnitPrice" : "Amount")} is empty`,
      );
    return ofAmount(amount, quantity, digits);
  }
  const exact = ofPrice(price, quantity, digits);
  const net =
    discount && discount.value.digits !== 0n ? discounted(exact, discount, quantity, digits) : exact;
  if (amount) {
    const stated = minorUnits(amount, digits);
    // The sign of an amount may be that of the line, or absent.
    if (Math.abs(Math.abs(stated) - Math.abs(net.subtotal)) > 1)
      throw new RowError(
        `${cells.label("Amount")} is ${cells.cell("Amount")}, but ${cells.label("Quantity")} and ${cells.label("UnitPrice")} make ${major(net.subtotal, digits)}`,
      );
  }
  return net;
}

type Discount = { value: Decimal; isPercent: boolean };

function discountOf(cells: SaleCells, currency: string): Discount | null {
  const text = cells.cell("Discount");
  const isPercent = text.endsWith("%");
  if (!isPercent) {
    const amount = cells.amount("Discount", currency);
    return amount && { value: amount.value, isPercent };
  }
  const read = cells.decimal("Discount", text.slice(0, -1).trim());
  const value = read === null ? null : parseDecimal(read);
  if (!value) throw new RowError(`${cells.label("Discount")} is not a number: ${text.slice(0, 100)}`);
  return { value, isPercent };
}

/** The amounts of a line whose discount is not in its price. A discount of a refund has the sign of the refund. */
function discounted(
  { subtotal }: Amounts,
  { value, isPercent }: Discount,
  quantity: number,
  digits: number,
): Amounts {
  const off = isPercent
    ? Number(divideRound(BigInt(subtotal) * value.digits, 100n * 10n ** BigInt(value.scale)))
    : Math.sign(subtotal) * Math.abs(minorUnits(value, digits));
  return ofAmount({ digits: BigInt(subtotal - off), scale: digits }, quantity, digits);
}

/** The sum of two decimals. */
export const plus = (a: Decimal, b: Decimal): Decimal => {
  const scale = Math.max(a.scale, b.scale);
  const scaled = (each: Decimal) => each.digits * 10n ** BigInt(scale - each.scale);
  return { digits: scaled(a) + scaled(b), scale };
};

/** A decimal of the currency in minor units, rounded half away from zero. */
export const minorUnits = (value: Decimal, digits: number): number =>
  Number(divideRound(value.digits * 10n ** BigInt(digits), 10n ** BigInt(value.scale)));

const major = (minor: number, digits: number): string => (minor / 10 ** digits).toFixed(digits);

function ofPrice(price: { text: string; value: Decimal }, quantity: number, digits: number): Amounts {
  const subtotal = lineSubtotal(quantity, price.value, digits);
  const unitPrice = lineSubtotal(1000, price.value, digits);
  if (subtotal === null || unitPrice === null || Math.abs(subtotal) > MAX_SUBTOTAL)
    throw new RowError("the amount is too large");
  const scaled = price.value.digits * 10n ** BigInt(digits);
  const divisor = 10n ** BigInt(price.value.scale);
  const isExact = divideRound(scaled, divisor) * divisor === scaled;
  return { unitPrice, exactPrice: isExact ? null : price.text, subtotal };
}

const QUOTIENT_DECIMALS = 10;

/** The amounts of a line by its total, whose price is the total divided by the quantity. */
function ofAmount(amount: Decimal, quantity: number, digits: number): Amounts {
  const subtotal = minorUnits(amount, digits);
  if (!Number.isSafeInteger(subtotal) || Math.abs(subtotal) > MAX_SUBTOTAL)
    throw new RowError("the amount is too large");
  // The quantity of a refund may be negative and its amount positive, or the other way around.
  const signed = Math.sign(quantity) < 0 && subtotal > 0 ? -subtotal : subtotal;
  const scaled = BigInt(signed) * 1000n * 10n ** BigInt(QUOTIENT_DECIMALS);
  const exact = divideRound(
    quantity < 0 ? -scaled : scaled,
    BigInt(Math.abs(quantity)) * 10n ** BigInt(digits),
  );
  const price = { digits: exact, scale: QUOTIENT_DECIMALS };
  const unitPrice = minorUnits(price, digits);
  const isExact = divideRound(BigInt(unitPrice) * BigInt(quantity), 1000n) === BigInt(signed);
  return { unitPrice, exactPrice: isExact ? null : decimalText(price), subtotal: signed };
}

function decimalText({ digits, scale }: Decimal): string {
  const absolute = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, "0");
  return `${digits < 0n ? "-" : ""}${absolute.slice(0, -scale)}.${absolute.slice(-scale)}`.replace(
    /\.?0+$/,
    "",
  );
}
