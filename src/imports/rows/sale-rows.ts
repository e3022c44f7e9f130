// Nothing is guessed: a row that cannot be parsed exactly is rejected.
import { dayOf, fromWallClock, isDay } from "../../values/days.ts";
import { divideRound, lineSubtotal, parseDecimal } from "../../values/money.ts";
import { isPlain } from "../../values/text.ts";
import { RowError, type ShopFormat } from "./row-importer.ts";

/** The columns of the public Online Retail data set, and the seller. */
export const saleLayout = {
  required: [
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
  ],
  optional: ["Seller"],
} as const;

export type SaleColumn = (typeof saleLayout)["required" | "optional"][number];

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
  /** The price as written in the file, or null if minor units represent it exactly. */
  exactPrice: string | null;
  subtotal: number;
  customer: string | null;
  country: string | null;
  seller: string | null;
};

// The total of nine thousand such lines is still a safe integer.
const MAX_SUBTOTAL = 10 ** 12;

/** Parses a row. @throws RowError */
export function parseSaleRow(
  fields: string[],
  columns: Map<SaleColumn, number>,
  width: number,
  format: ShopFormat,
): SaleRow {
  if (fields.length !== width) throw new RowError(`${fields.length} fields instead of ${width}`);
  const text = (column: SaleColumn, max: number): string => {
    const value = (fields[columns.get(column) ?? -1] ?? "").replace(/[\r\n\t]+/g, " ").trim();
    if (value.length > max) throw new RowError(`${column} has more than ${max} characters`);
    // Invisible characters are harmless in a description, but other columns are compared.
    const isValid = column === "Description" ? !/\p{Cc}/u.test(value) : isPlain(value);
    if (!isValid) throw new RowError(`${column} has control or invisible characters`);
    return value;
  };
  const required = (column: SaleColumn, max: number): string => {
    const value = text(column, max);
    if (value === "") throw new RowError(`${column} is empty`);
    return value;
  };
  const invoice = required("InvoiceNo", 64);
  const sku = required("StockCode", 64);
  const quantity = parseQuantity(required("Quantity", 32));
  const { at, day } = parseLocalInstant(required("InvoiceDate", 64), format.timezone);
  if (day > format.today) throw new RowError(`InvoiceDate is in the future: ${day}`);
  const price = parsePrice(required("UnitPrice", 32), quantity, format.digits);
  return {
    invoice,
    isRefund: invoice.startsWith("C"),
    sku,
    description: text("Description", 500),
    quantity,
    at,
    day,
    ...price,
    customer: text("CustomerID", 100) || null,
    country: text("Country", 60) || null,
    seller: text("Seller", 254).normalize("NFC").toLowerCase() || null,
  };
}

function parseQuantity(text: string): number {
  if (!/^[+-]?\d{1,9}(?:\.\d{1,3})?$/.test(text))
    throw new RowError(`Quantity is not a number with at most three decimals: ${text}`);
  const quantity = Math.round(Number(text) * 1000);
  if (quantity === 0) throw new RowError("Quantity is 0");
  return quantity;
}

function parsePrice(text: string, quantity: number, digits: number) {
  const price = parseDecimal(text);
  if (!price) throw new RowError(`UnitPrice is not a number: ${text}`);
  const subtotal = lineSubtotal(quantity, price, digits);
  const unitPrice = lineSubtotal(1000, price, digits);
  if (subtotal === null || unitPrice === null || Math.abs(subtotal) > MAX_SUBTOTAL)
    throw new RowError("the amount is too large");
  const scaled = price.digits * 10n ** BigInt(digits);
  const divisor = 10n ** BigInt(price.scale);
  const isExact = divideRound(scaled, divisor) * divisor === scaled;
  return { unitPrice, exactPrice: isExact ? null : text, subtotal };
}

const ISO =
  /^(\d{4}-\d{2}-\d{2})[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)?$/i;
const US = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d{2})(?::(\d{2}))?$/;

let lastText = "";
let lastZone = "";
let lastInstant = { at: "", day: "" };

/** The last date is cached, because the lines of an invoice share theirs. */
function parseLocalInstant(text: string, timezone: string): { at: string; day: string } {
  if (text === lastText && timezone === lastZone) return lastInstant;
  const instant = parseInstant(text, timezone);
  if (!instant) throw new RowError(`InvoiceDate is not a date and time such as 2010-12-01 08:26: ${text}`);
  const day = dayOf(instant, timezone);
  [lastText, lastZone, lastInstant] = [text, timezone, { at: instant.toISOString(), day }];
  return lastInstant;
}

function parseInstant(text: string, timezone: string): Date | null {
  const iso = ISO.exec(text);
  const us = US.exec(text);
  const date = iso?.[1] ?? (us && `${us[3]}-${us[1]?.padStart(2, "0")}-${us[2]?.padStart(2, "0")}`);
  // Later years are typing errors.
  if (!date || !isDay(date) || date > "2999-12-31") return null;
  const [hour, minute, second] = (iso ? iso.slice(2, 5) : (us ?? []).slice(4, 7)).map((digits) =>
    Number(digits ?? 0),
  );
  if (hour === undefined || minute === undefined || hour > 23 || minute > 59 || (second ?? 0) > 59)
    return null;
  const wallClock = Date.parse(`${date}T00:00:00Z`) + ((hour * 60 + minute) * 60 + (second ?? 0)) * 1000;
  const zone = iso?.[5];
  if (!zone) return fromWallClock(wallClock, timezone);
  if (zone.toUpperCase() === "Z") return new Date(wallClock);
  const offset = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  return new Date(wallClock - (zone.startsWith("-") ? -offset : offset) * 60_000);
}
