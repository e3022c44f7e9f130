// Nothing is guessed: a row that cannot be read exactly is rejected.
import { countryByCodeOrName, countryInNameCase } from "../../values/countries.ts";
import { dayOf } from "../../values/days.ts";
import { divideRound, lineSubtotal, parseDecimal, type Decimal } from "../../values/money.ts";
import { isPlain } from "../../values/text.ts";
import { cleanCell, isScientific, withoutFloat } from "../formats/cells.ts";
import { readInstant } from "../formats/dates.ts";
import { currencyIn, readNumber } from "../formats/numbers.ts";
import type { SaleField } from "../mapping/fields.ts";
import { labelOf, type Plan } from "../mapping/plan.ts";
import { isCancelled, isRefundStatus, isStatus } from "../mapping/statuses.ts";
import { padded, RowError, SkippedRow, type ShopFormat } from "./row-importer.ts";

/** One line of an invoice. `at` is an ISO instant in UTC and `day` the shop's local day; amounts are in minor units. */
export type SaleRow = {
  invoice: string;
  isRefund: boolean;
  sku: string;
  description: string;
  /** Thousandths. */
  quantity: number;
  at: string;
  day: string;
  unitPrice: number;
  /** The exact price in major units, or null if minor units represent it. */
  exactPrice: string | null;
  subtotal: number;
  customer: string | null;
  country: string | null;
  seller: string | null;
};

// The total of nine thousand such lines is still a safe integer.
const MAX_SUBTOTAL = 10 ** 12;

/** Reads the cells of a record by field. */
export function cellsOf(fields: string[], plan: Plan) {
  const label = (field: SaleField): string => labelOf(plan, field);
  const cell = (field: SaleField): string => {
    const at = plan.columns[field];
    return cleanCell(at === undefined ? (plan.constants[field] ?? "") : (fields[at] ?? ""));
  };
  const text = (field: SaleField, max: number): string => {
    const value = cell(field).replace(/[\r\n\t]+/g, " ");
    if (value.length > max) throw new RowError(`${label(field)} has more than ${max} characters`);
    // Invisible characters are harmless in a description, but other columns are compared.
    const isValid = field === "Description" ? !/\p{Cc}/u.test(value) : isPlain(value);
    if (!isValid) throw new RowError(`${label(field)} has control or invisible characters`);
    return value;
  };
  const code = (field: SaleField, max: number): string => {
    const value = text(field, max);
    if (isScientific(value))
      throw new RowError(
        `${label(field)} is in scientific notation, which has lost its digits: ${value}. Format the column as text and export the file again`,
      );
    return withoutFloat(value);
  };
  const required = (field: SaleField, value: string): string => {
    if (value === "") throw new RowError(`${label(field)} is empty`);
    return value;
  };
  const decimal = (field: SaleField, value: string): string | null =>
    readNumber(value, plan.decimals[field] ?? plan.decimal);
  /** An amount in major units; null if the cell is empty. */
  const amount = (field: SaleField, currency: string): { text: string; value: Decimal } | null => {
    const value = cell(field);
    if (value === "") return null;
    const read = value.length > 32 ? null : decimal(field, value);
    const parsed = read === null ? null : parseDecimal(read);
    if (read === null || !parsed) throw new RowError(`${label(field)} is not a number: ${value.slice(0, 100)}`);
    const named = currencyIn(value);
    if (named !== null && named !== currency)
      throw new RowError(`${label(field)} is in ${named}, and the shop's currency is ${currency}: ${value}`);
    return { text: read, value: parsed };
  };
  return { label, cell, text, code, required, decimal, amount };
}

export type SaleCells = ReturnType<typeof cellsOf>;

/** Parses a row that is a line of a sale; a row that was refunded in part becomes a second line. @throws RowError, SkippedRow */
export function parseSaleRow(fields: string[], plan: Plan, format: ShopFormat): SaleRow[] {
  const cells = cellsOf(padded(fields, plan.header.length), plan);
  checkSold(cells, plan, format);
  const line = parseLine(cells, plan, format);
  const extras = plan.rules.adds_tax ? shippingOf(cells, line, format) : [];
  const refunded = refundOf(cells, line, format);
  return [line, ...extras, ...(refunded ? [refunded] : [])];
}

/** Whether the row is of a sale in the shop's currency. @throws RowError, SkippedRow */
export function checkSold(cells: SaleCells, { columns, rules }: Plan, { currency }: ShopFormat): void {
  const status = cells.text("Status", 100);
  if (status !== "") {
    if (isStatus(status, rules.skip_statuses) || isCancelled(status))
      throw new SkippedRow(`${cells.label("Status")} is ${status}, so the row is no sale`);
    const isExplained =
      columns["KeptQuantity"] !== undefined ||
      columns["RefundedAmount"] !== undefined ||
      isStatus(status, rules.refund_statuses);
    if (isRefundStatus(status) && !isExplained)
      throw new RowError(
        `${cells.label("Status")} is ${status}: say in the mapping whether such rows are refunds (refund_statuses) or no sales (skip_statuses)`,
      );
  }
  const named = cells.text("Currency", 10).toUpperCase();
  if (named !== "" && named !== currency)
    throw new RowError(`${cells.label("Currency")} is ${named}, and the shop's currency is ${currency}`);
}

/** @throws RowError */
export function parseLine(cells: SaleCells, plan: Plan, format: ShopFormat): SaleRow {
  const invoice = cells.required("InvoiceNo", cells.code("InvoiceNo", 64));
  const description = cells.text("Description", 500);
  const code = cells.code("StockCode", 64);
  // Tills without codes sell by name.
  const sku =
    code === "" && (plan.columns["StockCode"] === undefined || plan.rules.by_order) && description !== ""
      ? description.slice(0, 64).trim()
      : cells.required("StockCode", code);
  const quantity = parseQuantity(cells);
  const { at, day } = parseDate(cells, plan, format);
  if (day > format.today) throw new RowError(`${cells.label("InvoiceDate")} is in the future: ${day}`);
  const price = parseAmounts(cells, plan, quantity, format);
  const isStated = isStatedRefund(invoice, cells.text("Status", 100), plan);
  // Amounts of refunds are negative, whether or not the file has a sign.
  const isUnsigned = isStated && quantity > 0 && price.subtotal > 0;
  return {
    invoice,
    isRefund: isStated || isSignedRefund(invoice, quantity, price.subtotal, plan),
    sku,
    description,
    at,
    day,
    ...price,
    quantity: isUnsigned ? -quantity : quantity,
    subtotal: isUnsigned ? -price.subtotal : price.subtotal,
    customer: cells.code("CustomerID", 100) || null,
    country: countryOf(cells.text("Country", 60), plan),
    seller: cells.text("Seller", 254).normalize("NFC").toLowerCase() || null,
  };
}

/** Exports of other programs have codes; the layout of this API has names. */
const countryOf = (text: string, { preset }: Plan): string | null =>
  (preset === "online-retail" ? countryInNameCase(text) : countryByCodeOrName(text)) || null;

const isStatedRefund = (invoice: string, status: string, { rules }: Plan): boolean =>
  (status !== "" && isStatus(status, rules.refund_statuses)) ||
  rules.refund_prefixes.some((prefix) => invoice.startsWith(prefix));

function isSignedRefund(invoice: string, quantity: number, subtotal: number, { rules }: Plan): boolean {
  // Online Retail has corrections of the stock (negative quantities at a price of 0) and of debts (negative prices) that are neither.
  if (rules.refund === "online-retail") return quantity < 0 && (invoice.startsWith("C") || subtotal < 0);
  return quantity < 0 || subtotal < 0;
}

function parseQuantity(cells: SaleCells): number {
  const text = cells.required("Quantity", cells.text("Quantity", 32));
  const read = cells.decimal("Quantity", text);
  if (read === null || !/^[+-]?\d{1,9}(?:\.\d{1,3}0*)?$/.test(read))
    throw new RowError(`${cells.label("Quantity")} is not a number with at most three decimals: ${text}`);
  const quantity = Math.round(Number(read) * 1000);
  if (quantity === 0) throw new RowError(`${cells.label("Quantity")} is 0`);
  return quantity;
}

type Amounts = Pick<SaleRow, "unitPrice" | "exactPrice" | "subtotal">;

function parseAmounts(cells: SaleCells, plan: Plan, quantity: number, { digits, currency }: ShopFormat): Amounts {
  const price = cells.amount("UnitPrice", currency);
  const total = cells.amount("Amount", currency);
  const tax = plan.rules.adds_tax ? cells.amount("Tax", currency) : null;
  const discount = plan.rules.by_order ? null : discountOf(cells, currency);
  const amount = total && tax ? plus(total.value, tax.value) : total?.value;
  if (!price) {
    if (!amount) throw new RowError(`${cells.label(plan.columns["Amount"] === undefined ? "UnitPrice" : "Amount")} is empty`);
    return ofAmount(amount, quantity, digits);
  }
  const exact = ofPrice(price, quantity, digits);
  const net = discount && discount.value.digits !== 0n ? discounted(exact, discount, quantity, digits) : exact;
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
function discounted({ subtotal }: Amounts, { value, isPercent }: Discount, quantity: number, digits: number): Amounts {
  const off = isPercent
    ? Number(divideRound(BigInt(subtotal) * value.digits, 100n * 10n ** BigInt(value.scale)))
    : Math.sign(subtotal) * Math.abs(minorUnits(value, digits));
  return ofAmount({ digits: BigInt(subtotal - off), scale: digits }, quantity, digits);
}

const plus = (a: Decimal, b: Decimal): Decimal => {
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
export function ofAmount(amount: Decimal, quantity: number, digits: number): Amounts {
  const subtotal = minorUnits(amount, digits);
  if (!Number.isSafeInteger(subtotal) || Math.abs(subtotal) > MAX_SUBTOTAL) throw new RowError("the amount is too large");
  // The quantity of a refund may be negative and its amount positive, or the other way around.
  const signed = Math.sign(quantity) < 0 && subtotal > 0 ? -subtotal : subtotal;
  const scaled = BigInt(signed) * 1000n * 10n ** BigInt(QUOTIENT_DECIMALS);
  const exact = divideRound(quantity < 0 ? -scaled : scaled, BigInt(Math.abs(quantity)) * 10n ** BigInt(digits));
  const price = { digits: exact, scale: QUOTIENT_DECIMALS };
  const unitPrice = minorUnits(price, digits);
  const isExact = divideRound(BigInt(unitPrice) * BigInt(quantity), 1000n) === BigInt(signed);
  return { unitPrice, exactPrice: isExact ? null : decimalText(price), subtotal: signed };
}

function decimalText({ digits, scale }: Decimal): string {
  const absolute = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, "0");
  return `${digits < 0n ? "-" : ""}${absolute.slice(0, -scale)}.${absolute.slice(-scale)}`.replace(/\.?0+$/, "");
}

/** A line of an amount that is no product of its own: shipping, a discount of the order, a refund of money. */
export const amountLine = (line: SaleRow, sku: string, amount: number): SaleRow => ({
  ...line,
  sku,
  description: sku,
  quantity: 1000,
  unitPrice: amount,
  exactPrice: null,
  subtotal: amount,
});

function shippingOf(cells: SaleCells, line: SaleRow, { digits, currency }: ShopFormat): SaleRow[] {
  const shipping = cells.amount("Shipping", currency);
  const tax = cells.amount("ShippingTax", currency);
  const zero = { digits: 0n, scale: 0 };
  const amount = minorUnits(plus(shipping?.value ?? zero, tax?.value ?? zero), digits);
  return amount === 0 ? [] : [amountLine(line, "Shipping", amount)];
}

/** The refund of a line that states what of it remains, or how much was paid back. It has the date of the sale. */
function refundOf(cells: SaleCells, line: SaleRow, { digits, currency }: ShopFormat): SaleRow | null {
  const remains = cells.cell("KeptQuantity");
  const refund = { ...line, invoice: `${line.invoice}-R`, isRefund: true };
  if (remains !== "") {
    const read = cells.decimal("KeptQuantity", remains);
    const left = read === null ? Number.NaN : Math.round(Number(read) * 1000);
    if (!(left >= 0 && left <= line.quantity))
      throw new RowError(`${cells.label("KeptQuantity")} is not between 0 and the quantity: ${remains}`);
    if (left === line.quantity) return null;
    const price = parseDecimal(line.exactPrice ?? String(line.unitPrice));
    const quantity = left - line.quantity;
    const subtotal = price && lineSubtotal(quantity, price, line.exactPrice === null ? 0 : digits);
    return subtotal === null ? null : { ...refund, quantity, subtotal };
  }
  const refunded = cells.amount("RefundedAmount", currency);
  const amount = refunded ? minorUnits(refunded.value, digits) : 0;
  return amount === 0 ? null : { ...amountLine(refund, "Refund", -Math.abs(amount)), quantity: -1000, unitPrice: Math.abs(amount) };
}

let lastText = "";
let lastPlan: Plan | null = null;
let lastZone = "";
let lastInstant = { at: "", day: "" };

/** The last date is cached, because the lines of an invoice share theirs. */
function parseDate(cells: SaleCells, plan: Plan, { timezone }: ShopFormat): { at: string; day: string } {
  const date = cells.required("InvoiceDate", cells.text("InvoiceDate", 64));
  const time = plan.columns["Time"] === undefined ? "" : cells.text("Time", 32);
  const text = time === "" ? date : `${date.replace(/[ T]0?0:00(?::00)?$/, "")} ${time}`;
  if (text === lastText && plan === lastPlan && timezone === lastZone) return lastInstant;
  const instant = readInstant(text, plan.dates, plan.rules.timezone ?? timezone);
  if (!instant)
    throw new RowError(`${cells.label("InvoiceDate")} is not a date and time such as 2010-12-01 08:26: ${text}`);
  const day = dayOf(instant, timezone);
  [lastText, lastPlan, lastZone, lastInstant] = [text, plan, timezone, { at: instant.toISOString(), day }];
  return lastInstant;
}
