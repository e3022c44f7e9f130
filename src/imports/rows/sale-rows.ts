// A record of the file -> a sale line, or the reason why not. Nothing is guessed: what cannot be read exactly is refused.
import { dayOf, fromWallClock, isDay } from "../../values/days.ts";
import { divideRound, lineSubtotal, parseDecimal } from "../../values/money.ts";
import { isPlain } from "../../values/text.ts";
import { Refused, type Reading } from "./kind.ts";

/** The public Online Retail layout, and who sold. */
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

/** One line of an invoice. `at` is the instant and `day` the shop's day; amounts in minor units. */
export type SaleRow = {
  invoice: string;
  isRefund: boolean;
  sku: string;
  description: string;
  quantity: number;
  at: string;
  day: string;
  unitPrice: number;
  /** The price as it was written, where minor units cannot hold it. */
  exactPrice: string | null;
  subtotal: number;
  customer: string | null;
  country: string | null;
  seller: string | null;
};

// Ten thousand million in major units: an invoice of nine thousand such lines is still a safe integer.
const MAX_SUBTOTAL = 10 ** 12;

/** Reads one record. @throws Refused */
export function readSaleRow(
  fields: string[],
  columns: Map<SaleColumn, number>,
  width: number,
  reading: Reading,
): SaleRow {
  if (fields.length !== width) throw new Refused(`${fields.length} fields instead of ${width}`);
  const text = (column: SaleColumn, max: number): string => {
    const value = (fields[columns.get(column) ?? -1] ?? "").replace(/[\r\n\t]+/g, " ").trim();
    if (value.length > max) throw new Refused(`${column} has more than ${max} characters`);
    // A description is read by people alone; by the others things are told apart.
    const isGood = column === "Description" ? !/\p{Cc}/u.test(value) : isPlain(value);
    if (!isGood) throw new Refused(`${column} has control or invisible characters`);
    return value;
  };
  const required = (column: SaleColumn, max: number): string => {
    const value = text(column, max);
    if (value === "") throw new Refused(`${column} is empty`);
    return value;
  };
  const invoice = required("InvoiceNo", 64);
  const sku = required("StockCode", 64);
  const quantity = readQuantity(required("Quantity", 32));
  const { at, day } = readInstant(required("InvoiceDate", 64), reading.timezone);
  const price = readPrice(required("UnitPrice", 32), quantity, reading.digits);
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

function readQuantity(text: string): number {
  if (!/^[+-]?\d{1,9}$/.test(text)) throw new Refused(`Quantity is not a whole number: ${text}`);
  const quantity = Number(text);
  if (quantity === 0) throw new Refused("Quantity is 0");
  return quantity;
}

function readPrice(text: string, quantity: number, digits: number) {
  const price = parseDecimal(text);
  if (!price) throw new Refused(`UnitPrice is not a number: ${text}`);
  const subtotal = lineSubtotal(quantity, price, digits);
  const unitPrice = lineSubtotal(1, price, digits);
  if (subtotal === null || unitPrice === null || Math.abs(subtotal) > MAX_SUBTOTAL)
    throw new Refused("the amount is too large");
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

/** Reads the three forms of a date. The lines of an invoice share theirs, so the last one is remembered. */
function readInstant(text: string, timezone: string): { at: string; day: string } {
  if (text === lastText && timezone === lastZone) return lastInstant;
  const instant = parseInstant(text, timezone);
  if (!instant) throw new Refused(`InvoiceDate is not a date with a time, as 2010-12-01 08:26: ${text}`);
  const day = dayOf(instant, timezone);
  [lastText, lastZone, lastInstant] = [text, timezone, { at: instant.toISOString(), day }];
  return lastInstant;
}

function parseInstant(text: string, timezone: string): Date | null {
  const iso = ISO.exec(text);
  const us = US.exec(text);
  const date = iso?.[1] ?? (us && `${us[3]}-${us[1]?.padStart(2, "0")}-${us[2]?.padStart(2, "0")}`);
  // Other years are typing errors, and an instant beyond them has another text form.
  if (!date || !isDay(date) || date < "1900-01-01" || date > "2999-12-31") return null;
  const [hour, minute, second] = (iso ? iso.slice(2, 5) : (us ?? []).slice(4, 7)).map((part) =>
    Number(part ?? 0),
  );
  if (hour === undefined || minute === undefined || hour > 23 || minute > 59 || (second ?? 0) > 59)
    return null;
  const wall = Date.parse(`${date}T00:00:00Z`) + ((hour * 60 + minute) * 60 + (second ?? 0)) * 1000;
  const zone = iso?.[5];
  if (!zone) return fromWallClock(wall, timezone);
  if (zone.toUpperCase() === "Z") return new Date(wall);
  const offset = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  return new Date(wall - (zone.startsWith("-") ? -offset : offset) * 60_000);
}
