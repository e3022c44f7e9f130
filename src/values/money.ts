// Money is an integer of minor units (cents). Exact prices from outside are decimals of major units, as text.

/** Beyond this an integer is not exact in JSON (2^53 - 1). */
export const MAX_AMOUNT = Number.MAX_SAFE_INTEGER;

// ISO 4217, of the currencies whose minor unit has not two decimals. The runtime's Intl follows CLDR, which leaves decimals
// out where people no longer use the coins.
const NOT_TWO = new Map(
  Object.entries({
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
  }).flatMap(([digits, codes]) => codes.split(" ").map((code) => [code, Number(digits)] as const)),
);

/** More than anybody sells at once, and so little that the sums of a shop's sales stay exact; a trigger keeps it. */
export const MAX_TOTAL = 10 ** 12;

/** More than any drawer holds, and so little that what a drawer should hold stays exact. */
export const MAX_CASH = 10 ** 12;

/** How many decimals the minor unit has: 2 for EUR, 0 for JPY, 3 for KWD. */
export const minorDigits = (currency: string): number => NOT_TWO.get(currency) ?? 2;

const currencies = new Set(Intl.supportedValuesOf("currency"));

/** Whether this is a currency code of ISO 4217. */
export const isCurrency = (code: string): boolean => currencies.has(code);

/** A decimal as `digits` / 10^`scale`, exact. */
export type Decimal = { digits: bigint; scale: number };

const DECIMAL = /^([+-]?)(\d{1,15})?(?:\.(\d{0,10}))?$/;

/** Reads `12.5`, `-0.001`, `.5`; null where the text is no plain decimal of at most 15 digits before and 10 after the point. */
export function parseDecimal(text: string): Decimal | null {
  const match = DECIMAL.exec(text);
  const whole = match?.[2] ?? "";
  const fraction = match?.[3] ?? "";
  if (!match || whole + fraction === "") return null;
  const digits = BigInt(whole + fraction);
  return { digits: match[1] === "-" ? -digits : digits, scale: fraction.length };
}

/** `numerator / denominator` (above 0), rounded half away from zero. */
export function divideRound(numerator: bigint, denominator: bigint): bigint {
  const absolute = numerator < 0n ? -numerator : numerator;
  const rounded = (absolute * 2n + denominator) / (denominator * 2n);
  return numerator < 0n ? -rounded : rounded;
}

/** `quantity` times an exact price in minor units, rounded half away from zero; null where it is not a safe integer. */
export function lineSubtotal(quantity: number, price: Decimal, digits: number): number | null {
  const exact = BigInt(quantity) * price.digits * 10n ** BigInt(digits);
  const subtotal = Number(divideRound(exact, 10n ** BigInt(price.scale)));
  return Number.isSafeInteger(subtotal) ? subtotal : null;
}

/** The mean in minor units, rounded half away from zero; 0 of nothing. */
export const mean = (total: number, count: number): number =>
  count === 0 ? 0 : Number(divideRound(BigInt(total), BigInt(count)));

/** A ratio for people: six decimals. */
export const ratio = (value: number): number => Math.round(value * 1e6) / 1e6;
