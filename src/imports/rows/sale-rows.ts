// Nothing is guessed: a row that cannot be read exactly is rejected.
import { countryByCodeOrName, countryInNameCase } from "../../values/countries.ts";
import { dayOf } from "../../values/days.ts";
import { isBarcode, toEan } from "../../catalog/products/barcode.ts";
import { emailIn } from "../../customers/named.ts";
import { divideRound, lineSubtotal, parseDecimal } from "../../values/money.ts";
import { readInstant } from "../formats/dates.ts";
import type { Plan } from "../mapping/plan.ts";
import { isStatus } from "../mapping/statuses.ts";
import { padded, RowError, type ShopFormat } from "./row-importer.ts";
import type { ExportedLine } from "./exported-lines.ts";
import { minorUnits, parseAmounts, plus, type Amounts } from "./sale-amounts.ts";
import { cellsOf, type SaleCells } from "./sale-cells.ts";
import { checkLine, checkSold } from "./sale-checks.ts";
import { rateOf } from "./tax-rates.ts";
import { unitOf } from "./units.ts";

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
  /** What the price times the quantity exceeds the subtotal by, with the sign of the subtotal. */
  discount: number;
  subtotal: number;
  /** The tax in the subtotal as the file states it, else null. */
  tax: number | null;
  /** A tax rate as the file has it: a percentage or a name. */
  taxRate: string | null;
  /** A GTIN with a correct check digit. */
  barcode: string | null;
  /** Whether the SKU is only the barcode, since the row has no other code. */
  isBarcodeSku: boolean;
  unit: string | null;
  /** The text of the file that identifies the customer: their e-mail or a reference. */
  customer: string | null;
  /** The e-mail of the customer, if the file has it besides; folded. */
  customerEmail: string | null;
  customerName: string | null;
  country: string | null;
  /** An e-mail or a name. */
  seller: string | null;
  /** Whether a seller that the shop does not have is a fault, as in the layout of this API. */
  needsSeller: boolean;
  payment: string | null;
  /** For lines that this API exported. */
  exported?: ExportedLine;
};

/** Parses a row that is a line of a sale; a row that was refunded in part becomes a second line. @throws RowError, SkippedRow */
export function parseSaleRow(fields: string[], plan: Plan, format: ShopFormat): SaleRow[] {
  const cells = cellsOf(padded(fields, plan.header.length), plan);
  checkLine(cells);
  checkSold(cells, plan, format);
  const line = parseLine(cells, plan, format);
  const extras = plan.rules.adds_tax ? shippingOf(cells, line, format) : [];
  const refunded = refundOf(cells, line, format);
  return [line, ...extras, ...(refunded ? [refunded] : [])];
}

/** Whether lines of an invoice are a refund together: in an exchange the sum of returned and sold goods decides. */
export function isRefundOf(lines: Pick<SaleRow, "isRefund" | "subtotal">[]): boolean {
  const refunds = lines.filter(({ isRefund }) => isRefund).length;
  return (
    refunds === lines.length || (refunds > 0 && lines.reduce((sum, { subtotal }) => sum + subtotal, 0) < 0)
  );
}

/** @throws RowError */
export function parseLine(cells: SaleCells, plan: Plan, format: ShopFormat): SaleRow {
  const invoice = cells.required("InvoiceNo", cells.code("InvoiceNo", 64));
  const goods = parseGoods(cells, plan);
  const quantity = parseQuantity(cells);
  const { at, day } = parseDate(cells, plan, format);
  if (day > format.today) throw new RowError(`${cells.label("InvoiceDate")} is in the future: ${day}`);
  const taxRate = cells.has("TaxRate") ? cells.text("TaxRate", 100) : "";
  const price = parseAmounts(cells, plan, quantity, taxRate === "" ? null : rateOf(taxRate), format);
  const statuses = (["Status", "Type"] as const).map((field) =>
    cells.has(field) ? cells.text(field, 100) : "",
  );
  const isStated = isStatedRefund(invoice, statuses, plan);
  const isReturned = quantity > 0 && price.unitPrice > 0 && price.subtotal < 0;
  const isRefund = isStated || isSignedRefund(invoice, quantity, price.subtotal, plan);
  const customerEmail = cells.has("CustomerEmail") ? withoutNone(cells.text("CustomerEmail", 254)) : "";
  return {
    invoice: isRefund && plan.rules.shares_numbers ? `${invoice}-R-${day}` : invoice,
    isRefund,
    ...goods,
    at,
    day,
    ...price,
    ...(isStated ? asRefund({ ...price, quantity }) : { quantity: isReturned ? -quantity : quantity }),
    taxRate: taxRate || null,
    unit: cells.has("Unit") ? unitOf(cells.text("Unit", 60)) : null,
    customer: withoutNone(cells.code("CustomerID", 100)) || customerEmail || null,
    customerEmail: emailIn(customerEmail),
    customerName: cells.has("CustomerName") ? withoutNone(cells.text("CustomerName", 200)) || null : null,
    country: countryOf(withoutNone(cells.text("Country", 60)), plan),
    seller: cells.text("Seller", 254).normalize("NFC").toLowerCase() || null,
    needsSeller: plan.preset === "online-retail",
    payment: cells.has("PaymentMethod") ? cells.text("PaymentMethod", 200) || null : null,
  };
}

// How Python writes that there is nobody; for a tax rate it means something.
const withoutNone = (text: string): string => (text === "None" ? "" : text);

/** What was sold: by its code, its barcode or its name. @throws RowError */
function parseGoods(cells: SaleCells, { columns, rules }: Plan) {
  const text = cells.text("Description", 500);
  const [, bracketed = "", name = text] = rules.codes_in_brackets
    ? (/^\[([^\]]{1,64})\]\s*(.*)$/.exec(text) ?? [])
    : [];
  const stockCode = cells.code("StockCode", 64) || bracketed;
  const barcode = cells.has("Barcode") ? toEan(cells.code("Barcode", 64)) : "";
  const code = stockCode || barcode;
  const description = name || text;
  const sellsByName = columns["StockCode"] === undefined || rules.by_order || rules.names_as_codes;
  return {
    sku:
      code === "" && sellsByName && description !== ""
        ? description.slice(0, 64).trim()
        : cells.required("StockCode", code),
    description,
    barcode: isBarcode(barcode) ? barcode : null,
    isBarcodeSku: stockCode === "" && barcode !== "",
  };
}

/** The amounts of a refund that a rule states: negative, whichever of quantity and amount the file has a sign for. */
function asRefund({
  quantity,
  unitPrice,
  exactPrice,
  subtotal,
  discount,
  tax,
}: Amounts & { quantity: number }) {
  if (quantity > 0 && subtotal > 0)
    return {
      quantity: -quantity,
      subtotal: -subtotal,
      // Not -0, which JSON and comparisons show.
      discount: 0 - discount,
      tax: tax === null ? null : 0 - tax,
    };
  if (quantity < 0 || subtotal >= 0) return { quantity };
  return {
    quantity: -quantity,
    unitPrice: Math.abs(unitPrice),
    exactPrice: exactPrice === null ? null : exactPrice.replace(/^-/, ""),
  };
}

/** Exports of other programs have codes; the layout of this API has names. */
const countryOf = (text: string, { preset }: Plan): string | null =>
  (preset === "online-retail" ? countryInNameCase(text) : countryByCodeOrName(text)) || null;

const isStatedRefund = (invoice: string, statuses: string[], { rules }: Plan): boolean =>
  statuses.some((status) => status !== "" && isStatus(status, rules.refund_statuses)) ||
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

/** A line of an amount that is no product of its own: shipping, a discount of the order, a refund of money. */
export const amountLine = (line: SaleRow, sku: string, amount: number): SaleRow => ({
  ...line,
  sku,
  description: sku,
  quantity: 1000,
  unitPrice: amount,
  exactPrice: null,
  discount: 0,
  subtotal: amount,
  tax: null,
  taxRate: null,
  barcode: null,
  isBarcodeSku: false,
  unit: null,
});

function shippingOf(cells: SaleCells, line: SaleRow, { digits, currency }: ShopFormat): SaleRow[] {
  const shipping = cells.amount("Shipping", currency);
  const tax = cells.amount("ShippingTax", currency);
  const discount = cells.amount("ShippingDiscount", currency);
  const zero = { digits: 0n, scale: 0 };
  const amount =
    minorUnits(plus(shipping?.value ?? zero, tax?.value ?? zero), digits) -
    Math.abs(minorUnits(discount?.value ?? zero, digits));
  return amount === 0
    ? []
    : [{ ...amountLine(line, "Shipping", amount), tax: tax && minorUnits(tax.value, digits) }];
}

/** The refund of a line that states what of it remains. It has the date of the sale. @throws RowError */
export function keptRefundOf(cells: SaleCells, line: SaleRow, { digits }: ShopFormat): SaleRow | null {
  const remains = cells.cell("KeptQuantity");
  if (remains === "") return null;
  const read = cells.decimal("KeptQuantity", remains);
  const left = read === null ? Number.NaN : Math.round(Number(read) * 1000);
  if (!(left >= 0 && left <= line.quantity))
    throw new RowError(`${cells.label("KeptQuantity")} is not between 0 and the quantity: ${remains}`);
  if (left === line.quantity) return null;
  const price = parseDecimal(line.exactPrice ?? String(line.unitPrice));
  const quantity = left - line.quantity;
  const share = (amount: number): number =>
    0 - Number(divideRound(BigInt(amount) * BigInt(-quantity), BigInt(line.quantity)));
  const subtotal =
    line.discount === 0
      ? price && lineSubtotal(quantity, price, line.exactPrice === null ? 0 : digits)
      : share(line.subtotal);
  if (subtotal === null) return null;
  return {
    ...line,
    invoice: `${line.invoice}-R`,
    isRefund: true,
    quantity,
    subtotal,
    discount: share(line.discount),
    tax: line.tax === null ? null : share(line.tax),
  };
}

/** The refund of an amount. It has the date of the sale. */
export const moneyRefund = (line: SaleRow, amount: number): SaleRow => ({
  ...amountLine({ ...line, invoice: `${line.invoice}-R`, isRefund: true }, "Refund", -amount),
  quantity: -1000,
  unitPrice: amount,
});

/** The refund of a row that states what of it remains, or how much was paid back. @throws RowError */
function refundOf(cells: SaleCells, line: SaleRow, format: ShopFormat): SaleRow | null {
  if (cells.cell("KeptQuantity") !== "") return keptRefundOf(cells, line, format);
  const refunded = cells.amount("RefundedAmount", format.currency);
  const amount = Math.abs(refunded ? minorUnits(refunded.value, format.digits) : 0);
  return amount === 0 ? null : moneyRefund(line, amount);
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
  const zone = plan.rules.timezone ?? timezone;
  const instant =
    readInstant(text, plan.dates, zone) ?? (date.includes(time) ? readInstant(date, plan.dates, zone) : null);
  if (!instant)
    throw new RowError(
      `${cells.label("InvoiceDate")} is not a date and time such as 2010-12-01 08:26: ${text}`,
    );
  const day = dayOf(instant, timezone);
  [lastText, lastPlan, lastZone, lastInstant] = [text, plan, timezone, { at: instant.toISOString(), day }];
  return lastInstant;
}
