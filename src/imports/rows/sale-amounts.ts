// The amounts of a line by its price, by its total, or by both where they agree.
import { divideRound, lineSubtotal, parseDecimal, type Decimal } from "../../values/money.ts";
import type { Plan } from "../mapping/plan.ts";
import { foldedName } from "../formats/cells.ts";
import { isVagueTax } from "../mapping/fields.ts";
import { RowError, type ShopFormat } from "./row-importer.ts";
import type { SaleCells } from "./sale-cells.ts";
import { addedTax, includedTax, rateOf } from "./tax-rates.ts";

// The total of nine thousand such lines is still a safe integer.
const MAX_SUBTOTAL = 10 ** 12;

/** The amounts of a line in minor units, and its exact price in major units where minor units do not represent it. */
export type Amounts = {
  unitPrice: number;
  exactPrice: string | null;
  /** What the price times the quantity exceeds the subtotal by, with the sign of the subtotal. */
  discount: number;
  subtotal: number;
  /** The tax in the subtotal as the file states it; null if it states none. */
  tax: number | null;
};

/** The amounts of a line of this quantity in thousandths and of this tax rate. @throws RowError */
export function parseAmounts(
  cells: SaleCells,
  plan: Plan,
  quantity: number,
  rate: number | null,
  { digits, currency }: ShopFormat,
): Amounts {
  const price = cells.amount("UnitPrice", currency);
  const total = cells.amount("Amount", currency);
  if (plan.rules.adds_tax && !plan.rules.by_order)
    return withAddedTax(cells, price, total, quantity, { digits, currency });
  const isProductNegative = price !== null && price.value.digits < 0n !== quantity < 0;
  if (!price || price.value.digits === 0n || !total || total.value.digits >= 0n || isProductNegative)
    return parseWithSigns(cells, plan, quantity, rate, { digits, currency, price, total });
  // A negative amount is a refund although its quantity and price make a positive one.
  const amounts = parseWithSigns(cells, plan, Math.abs(quantity), rate, {
    digits,
    currency,
    price: { text: price.text.replace(/^-/, ""), value: absolute(price.value) },
    total: { ...total, value: absolute(total.value) },
  });
  return asReturned(amounts);
}

const absolute = (value: Decimal): Decimal => ({
  ...value,
  digits: value.digits < 0n ? -value.digits : value.digits,
});

/** A line as a refund of it. */
const asReturned = ({ subtotal, discount, tax, ...line }: Amounts): Amounts => ({
  ...line,
  // Not -0, which JSON and comparisons show.
  subtotal: 0 - subtotal,
  discount: 0 - discount,
  tax: tax === null ? null : 0 - tax,
});

type StatedAmounts = Pick<ShopFormat, "digits" | "currency"> & { price: Money | null; total: Money | null };

function parseWithSigns(
  cells: SaleCells,
  plan: Plan,
  quantity: number,
  rate: number | null,
  { digits, currency, price, total }: StatedAmounts,
): Amounts {
  if (price && price.value.digits < 0n && quantity < 0)
    throw new RowError(
      `${cells.label("Quantity")} and ${cells.label("UnitPrice")} are both negative, so the row may be a sale or a refund: ${cells.cell("UnitPrice")}`,
    );
  const field = plan.rules.by_order ? "LineDiscount" : "Discount";
  const discount = discountOf(cells, field, currency);
  const tax = plan.rules.by_order ? null : taxOf(cells, currency, digits);
  if (!price) {
    if (!total) throw emptyAmount(cells, plan);
    if (discount)
      throw new RowError(
        `without a price nothing shows whether ${cells.label("Amount")} is before or after ${cells.label(field)}: state in the mapping that ${field} is null if it is after, or name a column of amounts after discounts: ${cells.cell(field)}`,
      );
    return taxed(ofAmount(total.value, quantity, digits), tax, rate, quantity, digits);
  }
  const exact = ofPrice(price, quantity, digits);
  if (!total) {
    if (discount && !discount.isPercent && VAGUE_DISCOUNT.test(foldedName(cells.label(field))))
      throw new RowError(
        `${cells.label(field)} may be an amount or a percentage: call the column Discount or Discount %: ${cells.cell(field)}`,
      );
    return taxed(discounted(cells, field, exact, discount, digits), tax, rate, quantity, digits);
  }
  const stated = minorUnits(total.value, digits);
  const line = discountedTo(stated, cells, field, exact, discount, digits);
  if (isEqual(stated, line.subtotal) && !(stated > 0 && quantity > 0 && line.subtotal < 0))
    return taxed(line, tax, rate, quantity, digits);
  // The price is net and the amount gross.
  const added = [
    tax?.amount,
    rate === null ? null : addedTax(line.subtotal, rate),
    tax?.addedByRate(line.subtotal),
  ];
  const found = added.find((each) => typeof each === "number" && isEqual(stated, line.subtotal + each));
  if (typeof found === "number")
    return { ...ofAmount(total.value, quantity, digits), tax: Math.sign(line.subtotal) * Math.abs(found) };
  throw new RowError(
    `${cells.label("Amount")} is ${cells.cell("Amount")}, but ${cells.label("Quantity")} and ${cells.label("UnitPrice")} make ${major(line.subtotal, digits)}`,
  );
}

const emptyAmount = (cells: SaleCells, plan: Plan): RowError =>
  new RowError(`${cells.label(plan.columns["Amount"] === undefined ? "UnitPrice" : "Amount")} is empty`);

/** Whether amounts are equal but for rounding. The sign of an amount may be that of the line, or absent. */
const isEqual = (one: number, other: number): boolean => Math.abs(Math.abs(one) - Math.abs(other)) <= 1;

type Money = { text: string; value: Decimal };

/** A line whose tax comes on top of its price and amount. */
function withAddedTax(
  cells: SaleCells,
  price: Money | null,
  total: Money | null,
  quantity: number,
  { digits, currency }: Pick<ShopFormat, "digits" | "currency">,
): Amounts {
  const tax = cells.amount("Tax", currency);
  const net = total?.value ?? (price && ofQuantity(price, quantity, digits));
  if (!net) throw new RowError(`${cells.label("Amount")} is empty`);
  const gross = ofAmount(tax ? plus(net, tax.value) : net, quantity, digits);
  const discount = discountOf(cells, "Discount", currency);
  const line = discounted(cells, "Discount", gross, discount, digits);
  return { ...line, tax: tax ? Math.sign(line.subtotal) * Math.abs(minorUnits(tax.value, digits)) : null };
}

const ofQuantity = (price: Money, quantity: number, digits: number): Decimal => ({
  digits: BigInt(ofPrice(price, quantity, digits).subtotal),
  scale: digits,
});

type StatedTax = {
  /** Minor units. */
  amount: number;
  /** Whether the column may have a rate instead. */
  isVague: boolean;
  /** The tax on a net amount if the cell is a percentage. */
  addedByRate: (net: number) => number | null;
};

/** What a column of taxes says. Where it is only called `IVA` or `VAT`, it may have amounts or rates. */
function taxOf(cells: SaleCells, currency: string, digits: number): StatedTax | null {
  const text = cells.cell("Tax");
  if (text === "") return null;
  const rate = rateOf(text);
  const isVague = isVagueTax(cells.label("Tax"));
  const amount = isVague && text.endsWith("%") ? null : cells.amount("Tax", currency);
  return {
    amount: amount ? minorUnits(amount.value, digits) : 0,
    isVague,
    addedByRate: (net) => (isVague && rate !== null ? addedTax(net, rate) : null),
  };
}

/** The line with its tax, which is added where price, tax and rate show that the price is net. */
function taxed(
  line: Amounts,
  stated: StatedTax | null,
  rate: number | null,
  quantity: number,
  digits: number,
): Amounts {
  if (!stated || stated.isVague) return line;
  const tax = Math.sign(line.subtotal) * Math.abs(stated.amount);
  if (rate !== null && tax !== 0 && !isEqual(tax, includedTax(line.subtotal, rate))) {
    if (isEqual(tax, addedTax(line.subtotal, rate))) {
      const gross = { digits: BigInt(line.subtotal + tax), scale: digits };
      return { ...ofAmount(gross, quantity, digits), tax };
    }
  }
  return { ...line, tax };
}

type Discount = { value: Decimal; isPercent: boolean };
type DiscountField = "Discount" | "LineDiscount";

/** What discounts are called that are percentages as often as amounts. */
const VAGUE_DISCOUNT = /^(?:dto|rabatt|remise)$/;

const PERCENT_NAME = /percent|prozent|pourcent|porcentaje|porcentagem/;

/** The discount of a row; null if it has none. */
function discountOf(cells: SaleCells, field: DiscountField, currency: string): Discount | null {
  const text = cells.cell(field);
  if (text === "") return null;
  const isPercent = text.endsWith("%") || PERCENT_NAME.test(foldedName(cells.label(field)));
  if (!isPercent) {
    const amount = cells.amount(field, currency);
    return amount && amount.value.digits !== 0n ? { value: amount.value, isPercent } : null;
  }
  const read = cells.decimal(field, text.replace(/%$/, "").trim());
  const value = read === null ? null : parseDecimal(read);
  if (!value) throw new RowError(`${cells.label(field)} is not a number: ${text.slice(0, 100)}`);
  return value.digits === 0n ? null : { value, isPercent };
}

/** The amounts of a line whose discount is not in its price. A discount of a refund has the sign of the refund. @throws RowError */
function discounted(
  cells: SaleCells,
  field: DiscountField,
  line: Amounts,
  discount: Discount | null,
  digits: number,
): Amounts {
  if (!discount) return line;
  const magnitude = absolute(discount.value);
  const amount = discount.isPercent
    ? Number(divideRound(BigInt(line.subtotal) * magnitude.digits, 100n * 10n ** BigInt(magnitude.scale)))
    : Math.sign(line.subtotal) * minorUnits(magnitude, digits);
  if (Math.abs(amount) > Math.abs(line.subtotal))
    throw new RowError(
      `${cells.label(field)} is more than the amount of the row, ${major(line.subtotal, digits)}: ${cells.cell(field)}`,
    );
  return { ...line, discount: amount, subtotal: line.subtotal - amount };
}

/** The line with its discount as an amount, or as a percentage where only that makes the stated amount. @throws RowError */
function discountedTo(
  stated: number,
  cells: SaleCells,
  field: DiscountField,
  line: Amounts,
  discount: Discount | null,
  digits: number,
): Amounts {
  if (
    discount &&
    !discount.isPercent &&
    absolute(discount.value).digits <= 100n * 10n ** BigInt(discount.value.scale)
  ) {
    const byPercent = discounted(cells, field, line, { ...discount, isPercent: true }, digits);
    const byAmount = Math.abs(line.subtotal) - minorUnits(absolute(discount.value), digits);
    if (isEqual(stated, byPercent.subtotal) && !isEqual(stated, byAmount)) return byPercent;
  }
  return discounted(cells, field, line, discount, digits);
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
  return { unitPrice, exactPrice: isExact ? null : price.text, discount: 0, subtotal, tax: null };
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
  return {
    unitPrice,
    exactPrice: isExact ? null : decimalText(price),
    discount: 0,
    subtotal: signed,
    tax: null,
  };
}

function decimalText({ digits, scale }: Decimal): string {
  const absolute = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, "0");
  return `${digits < 0n ? "-" : ""}${absolute.slice(0, -scale)}.${absolute.slice(-scale)}`.replace(
    /\.?0+$/,
    "",
  );
}
