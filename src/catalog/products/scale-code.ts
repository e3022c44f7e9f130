// Barcodes that a shop's scales print: an EAN-13 from 20 to 29 with an item number and a weight or price, by a layout that the
// shop sets for the two digits of the prefix. The till of the web app shares this file.
import { divideRound, minorDigits } from "../../values/money.ts";
import { checkDigitOf, isBarcode } from "./barcode.ts";

const SCALE_CODE = /^2\d{12}$/;
const PREFIX_DIGITS = 2;
/** Prefix, item number and value: all digits before the check digit. */
const BODY_DIGITS = 12;

/** What the digits of a code are, as the shop has set it for its prefix. */
type Layout = {
  item_digits: number;
  value: "weight" | "price";
  decimals: number;
  value_check_digit: boolean;
};

/** What a code names if its item number has so many digits. */
type Item = {
  item_digits: number;
  /** The item number as printed, and without leading zeros. */
  item: string;
  number: string;
  /** The code of the item with the value 0. */
  barcode: string;
};

/** The prefix of a code that a scale may have printed, and its item by each length of item numbers; null for any other text. */
export function itemsOf(code: string): { prefix: string; items: Item[] } | null {
  if (!SCALE_CODE.test(code) || !isBarcode(code)) return null;
  const items = [4, 5, 6].map((item_digits) => {
    const end = PREFIX_DIGITS + item_digits;
    const item = code.slice(PREFIX_DIGITS, end);
    const body = code.slice(0, end).padEnd(BODY_DIGITS, "0");
    return { item_digits, item, number: String(Number(item)), barcode: `${body}${checkDigitOf(body)}` };
  });
  return { prefix: code.slice(0, PREFIX_DIGITS), items };
}

/** The weight in units of the product, or the price in minor units, that a code of this layout contains. */
export function scaleValueOf(
  code: string,
  { item_digits, value, decimals, value_check_digit }: Layout,
  currency: string,
): { quantity: number } | { price: number } {
  const start = PREFIX_DIGITS + item_digits + Number(value_check_digit);
  const digits = code.slice(start, BODY_DIGITS);
  if (value === "weight") return { quantity: Number(digits) / 10 ** decimals };
  const price = BigInt(digits) * 10n ** BigInt(minorDigits(currency));
  return { price: Number(divideRound(price, 10n ** BigInt(decimals))) };
}
