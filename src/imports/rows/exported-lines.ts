// The lines that GET /sales/lines exported. Nothing is computed: every amount is stored as the file states it, and texts are those that
// were exported, whatever they look like.
import { isBarcode } from "../../catalog/products/barcode.ts";
import { withoutNeutralising } from "../../values/csv.ts";
import { dayOf, isDay } from "../../values/days.ts";
import { divideRound, parseDecimal, type Decimal } from "../../values/money.ts";
import { Unit } from "../../values/quantities.ts";
import { isStorable } from "../../values/text.ts";
import { readInstant } from "../formats/dates.ts";
import { readNumber } from "../formats/numbers.ts";
import { labelOf, type Plan } from "../mapping/plan.ts";
import { padded, RowError, SkippedRow, type ShopFormat } from "./row-importer.ts";
import type { SaleRow } from "./sale-rows.ts";

/** What an exported line states beyond the fields that all files have. Amounts are in minor units, quantities in thousandths. */
export type ExportedLine = {
  listPrice: number;
  discountReason: string | null;
  taxName: string | null;
  /** Hundred-thousandths. */
  taxRate: number | null;
  refunded: number;
  /** The number of the sale that was refunded. */
  refundOf: string | null;
  reason: string | null;
  saleDiscountReason: string | null;
  payments: [method: string, amount: number][];
  rounding: number;
};

const MAX_TEXT = 1000;
const MAX_AMOUNT = 10 ** 12;
const UTC = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?Z$/;
const PAYMENT = /^([a-z0-9_-]{1,30})=(.+)$/;

function readerOf(fields: string[], plan: Plan, digits: number) {
  const cell = (field: string): string => {
    const at = plan.columns[field];
    return at === undefined ? "" : withoutNeutralising(fields[at] ?? "");
  };
  const fault = (field: string, what: string): RowError =>
    new RowError(`${labelOf(plan, field)} ${what}: ${cell(field).slice(0, 100)}`);
  const text = (field: string, max = MAX_TEXT): string | null => {
    const value = cell(field);
    if (value.length > max) throw fault(field, `has more than ${max} characters`);
    if (!isStorable(value)) throw fault(field, "has characters that cannot be stored");
    return value === "" ? null : value;
  };
  const required = (field: string, max: number): string => {
    const value = text(field, max);
    if (value === null) throw new RowError(`${labelOf(plan, field)} is empty`);
    return value;
  };
  const decimalOf = (field: string, value: string): Decimal => {
    const read = readNumber(value, plan.decimals[field] ?? plan.decimal);
    const decimal = read === null ? null : parseDecimal(read);
    if (!decimal) throw fault(field, "is not a number");
    return decimal;
  };
  /** A number as an integer of this many decimals; null if the cell is empty. */
  const scaled = (field: string, decimals: number, value = cell(field)): number | null => {
    if (value.trim() === "") return null;
    const { digits: all, scale } = decimalOf(field, value.trim());
    const divisor = 10n ** BigInt(scale);
    const exact = all * 10n ** BigInt(decimals);
    if (exact % divisor !== 0n) throw fault(field, `has more than ${decimals} decimals`);
    const result = Number(exact / divisor);
    if (Math.abs(result) > MAX_AMOUNT) throw fault(field, "is too large");
    return result;
  };
  const amount = (field: string, value?: string): number => scaled(field, digits, value) ?? 0;
  return { cell, fault, text, required, decimalOf, scaled, amount };
}

type Reader = ReturnType<typeof readerOf>;

/** The number of the sale of an exported line; null if there is none. */
export const exportedNumber = (fields: string[], plan: Plan): string | null =>
  readerOf(fields, plan, 0).cell("InvoiceNo") || null;

/** Parses an exported line. @throws RowError, SkippedRow */
export function parseExportedLine(fields: string[], plan: Plan, format: ShopFormat): SaleRow[] {
  const read = readerOf(padded(fields, plan.header.length), plan, format.digits);
  const status = read.cell("Status").trim();
  if (status !== "" && status !== "completed")
    throw new SkippedRow(`status is ${status}, so the row is no sale`);
  const currency = read.cell("Currency").trim();
  if (currency !== format.currency)
    throw new RowError(
      `the file is in ${currency || "no currency"}, and the shop's currency is ${format.currency}`,
    );
  const { at, day } = momentOf(read, plan, format);
  const barcode = read.text("Barcode", 40);
  return [
    {
      invoice: read.required("InvoiceNo", 64),
      isRefund: read.cell("Kind").trim() === "refund",
      sku: read.required("StockCode", 200),
      description: read.text("Description") ?? "",
      quantity: quantityOf(read),
      at,
      day,
      ...priceOf(read, format.digits),
      discount: read.amount("Discount"),
      subtotal: read.amount("Amount"),
      tax: read.amount("Tax"),
      taxRate: null,
      barcode: barcode !== null && isBarcode(barcode) ? barcode : null,
      isBarcodeSku: false,
      unit: unitOf(read),
      customer: read.text("CustomerID", 200),
      customerEmail: null,
      customerName: null,
      country: read.text("Country", 200),
      seller: read.text("Seller", 254),
      needsSeller: false,
      payment: null,
      exported: {
        listPrice: read.amount("ListPrice"),
        discountReason: read.text("DiscountReason"),
        taxName: read.text("TaxRate"),
        taxRate: read.scaled("TaxPercent", 3),
        refunded: read.scaled("RefundedQuantity", 3) ?? 0,
        refundOf: read.text("RefundOf", 64),
        reason: read.text("Reason"),
        saleDiscountReason: read.text("SaleDiscountReason"),
        payments: paymentsOf(read),
        rounding: read.amount("Rounding"),
      },
    },
  ];
}

/** The instant is exact, and the day is that of the shop that sold, whatever the time zone of this one. */
function momentOf(read: Reader, plan: Plan, { timezone, today }: ShopFormat): { at: string; day: string } {
  const text = read.cell("InvoiceDate").trim();
  const instant = UTC.test(text) ? new Date(text) : readInstant(text, plan.dates, "UTC");
  if (!instant || Number.isNaN(instant.getTime()))
    throw read.fault("InvoiceDate", "is not a time such as 2026-11-22T10:00:00.000Z");
  const stated = read.cell("Day").trim();
  const day = isDay(stated) ? stated : dayOf(instant, timezone);
  if (Math.abs(Date.parse(day) + 43_200_000 - instant.getTime()) > 2 * 86_400_000)
    throw read.fault("Day", "is not the day of the sale");
  if (day > today) throw read.fault("Day", "is in the future");
  return { at: instant.toISOString(), day };
}

function quantityOf(read: Reader): number {
  const quantity = read.scaled("Quantity", 3);
  if (!quantity) throw read.fault("Quantity", "is 0 or empty");
  return quantity;
}

function unitOf(read: Reader): string {
  const unit = Unit.safeParse(read.cell("Unit").trim());
  if (!unit.success) throw read.fault("Unit", "is not a unit");
  return unit.data;
}

/** The price in minor units, and the exact one where these do not represent it. */
function priceOf(read: Reader, digits: number): { unitPrice: number; exactPrice: string | null } {
  const { digits: all, scale } = read.decimalOf("UnitPrice", read.cell("UnitPrice").trim());
  const divisor = 10n ** BigInt(scale);
  const scaled = all * 10n ** BigInt(digits);
  const unitPrice = Number(divideRound(scaled, divisor));
  if (Math.abs(unitPrice) > MAX_AMOUNT) throw read.fault("UnitPrice", "is too large");
  return { unitPrice, exactPrice: scaled % divisor === 0n ? null : exactText(all, scale) };
}

function exactText(all: bigint, scale: number): string {
  const absolute = String(all < 0n ? -all : all).padStart(scale + 1, "0");
  return `${all < 0n ? "-" : ""}${absolute.slice(0, -scale)}.${absolute.slice(-scale)}`;
}

const paymentsOf = (read: Reader): ExportedLine["payments"] =>
  (read.text("Payments", 500) ?? "")
    .split(/\s+/)
    .filter((part) => part !== "")
    .map((part) => {
      const [, method, amount] = PAYMENT.exec(part) ?? [];
      if (method === undefined || amount === undefined)
        throw read.fault("Payments", "is not a list such as cash=20.00 card=5.00");
      return [method, read.amount("Payments", amount)];
    });
