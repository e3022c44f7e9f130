// Amounts are integers in minor units (such as cents). Imported prices are exact decimals in major units, as text.

/** The largest integer that is exact in JSON, 2^53 - 1. */
export const MAX_AMOUNT = Number.MAX_SAFE_INTEGER;

// The currencies of ISO 4217 whose minor unit does not have two decimals. The runtime's Intl follows CLDR, which drops
// decimals where the coins are no longer in use.
const MINOR_DIGITS = new Map(
  Object.entries({
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
  }).flatMap(([digits, codes]) => codes.split(" ").map((code) => [code, Number(digits)] as const)),
);

/** The largest total of a sale. It keeps the sums of a shop's sales exact; a trigger enforces it. */
export const MAX_TOTAL = 10 ** 12;

/** The largest cash amount. It keeps the expected balance of a drawer exact. */
export const MAX_CASH = 10 ** 12;

/** The decimals of the minor unit: 2 for EUR, 0 for JPY, 3 for KWD. */
export const minorDigits = (currency: string): number => MINOR_DIGITS.get(currency) ?? 2;

const currencies = new Set(Intl.supportedValuesOf("currency"));

/** Whether this is a currency code of ISO 4217, in upper case. */
export const isCurrency = (code: string): boolean => currencies.has(code);

/** An exact decimal: `digits` / 10^`scale`. */
export type Decimal = { digits: bigint; scale: number };

const DECIMAL = /^([+-]?)(\d{1,15})?(?:\.(\d{0,10}))?$/;

/** Parses `12.5`, `-0.001` or `.5`; null unless the text is a decimal with at most 15 digits before the point and 10 after it. */
export function parseDecimal(text: string): Decimal | null {
  const match = DECIMAL.exec(text);
  const whole = match?.[2] ?? "";
  const fraction = match?.[3] ?? "";
  if (!match || whole + fraction === "") return null;
  const digits = BigInt(whole + fraction);
  return { digits: match[1] === "-" ? -digits : digits, scale: fraction.length };
}

/** `numerator / denominator`, rounded half away from zero; the denominator is positive. */
export function divideRound(numerator: bigint, denominator: bigint): bigint {
  const absolute = numerator < 0n ? -numerator : numerator;
  const rounded = (absolute * 2n + denominator) / (denominator * 2n);
  return numerator < 0n ? -rounded : rounded;
}

/** An amount rounded to a multiple of the smallest coin (minor units; 0 for none), half away from zero. */
export const roundCash = (amount: number, coin: number): number =>
  coin > 1 ? Number(divideRound(BigInt(amount), BigInt(coin))) * coin : amount;

/** `numerator / denominator` of non-negative integers, rounded up; the denominator is positive. */
export const divideUp = (numerator: bigint, denominator: bigint): bigint =>
  (numerator + denominator - 1n) / denominator;

/** A quantity in thousandths times an exact price, in minor units, rounded half away from zero; null if it is not a safe integer. */
export function lineSubtotal(thousandths: number, price: Decimal, digits: number): number | null {
  const exact = BigInt(thousandths) * price.digits * 10n ** BigInt(digits);
  const subtotal = Number(divideRound(exact, 1000n * 10n ** BigInt(price.scale)));
  return Number.isSafeInteger(subtotal) ? subtotal : null;
}

/** The mean in minor units, rounded half away from zero; 0 if there is nothing to divide by. */
export const mean = (total: number, count: number): number =>
  count === 0 ? 0 : Number(divideRound(BigInt(total), BigInt(count)));

/** A ratio, rounded to six decimals for display. */
export const ratio = (value: number): number => Math.round(value * 1e6) / 1e6;
