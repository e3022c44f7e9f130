// Amounts are integers in minor units, such as cents; quantities have at most three decimals.

// The currencies of ISO 4217 whose minor unit does not have two decimals. Intl drops decimals where coins are out of use.
const DECIMALS: Record<string, string> = {
  0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
  3: "BHD IQD JOD KWD LYD OMR TND",
  4: "CLF UYW",
};

/** The decimals of a currency's minor unit: 2 for EUR, 0 for JPY, 3 for KWD. */
export const decimalsOf = (currency: string): number =>
  Number(Object.entries(DECIMALS).find(([, codes]) => codes.split(" ").includes(currency))?.[0] ?? 2);

type Plain = `${number}`;

/** An integer over a power of ten as an exact decimal, `1234` with 2 as `12.34`. */
function decimal(value: number, decimals: number): Plain {
  const digits = String(Math.abs(value)).padStart(decimals + 1, "0");
  const at = digits.length - decimals;
  const text = decimals === 0 ? digits : `${digits.slice(0, at)}.${digits.slice(at)}`;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- digits with a point are a number
  return `${value < 0 ? "-" : ""}${text}` as Plain;
}

/** An amount in major units with a point, for files and inputs: 1234 EUR is `12.34`. */
export const majorUnits = (minor: number, currency: string): string => decimal(minor, decimalsOf(currency));

/** An amount as people read it, always with grouped thousands: `1.234,50 €`. */
export function formatMoney(
  minor: number,
  currency: string,
  locale?: string,
  options: Intl.NumberFormatOptions = {},
): string {
  const digits = decimalsOf(currency);
  const format = new Intl.NumberFormat(locale, {
    style: "currency",
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    useGrouping: "always",
    ...options,
  });
  return format.format(decimal(minor, digits));
}

/** A quantity as people read it: `1,5`. */
export const formatQuantity = (
  quantity: number,
  locale?: string,
  options: Intl.NumberFormatOptions = {},
): string =>
  new Intl.NumberFormat(locale, { maximumFractionDigits: 3, useGrouping: "always", ...options }).format(
    quantity,
  );

/**
 * Minor units of an amount that a person typed, with a comma or a point before the decimals: `12,5` is 1250 EUR, `1.234,50` is 123450.
 * A single sign before exactly three digits groups thousands unless the currency has three decimals. Null if it is not an amount.
 */
export function parseMoney(text: string, currency: string): number | null {
  const digits = decimalsOf(currency);
  const value = parseDecimal(text, digits);
  return value !== null && Number.isSafeInteger(value) ? value : null;
}

/** A quantity that a person typed, with at most three decimals after a comma or a point; null if it is not one. */
export function parseQuantity(text: string): number | null {
  const match = /^(\d{1,9})(?:[.,](\d{1,3}))?$/.exec(text.trim());
  return match ? Number(`${match[1]}.${match[2] ?? "0"}`) : null;
}

function parseDecimal(text: string, digits: number): number | null {
  const compact = text.replaceAll(/[\s'’]/g, "");
  const [, sign = "", body = ""] = /^([+-]?)(\d[\d.,]*|[.,]\d+)$/.exec(compact) ?? [];
  if (body === "") return null;
  const at = decimalSignAt(body, digits);
  const whole = at === -1 ? body : body.slice(0, at);
  const fraction = at === -1 ? "" : body.slice(at + 1);
  if (fraction.length > digits || !/^\d*$|^[1-9]\d{0,2}(?:[.,]\d{3})+$/.test(whole)) return null;
  const value = Number(whole.replaceAll(/[.,]/g, "") + fraction.padEnd(digits, "0"));
  return sign === "-" ? -value : value;
}

/** Where the decimals begin: at the last sign, unless it groups thousands. */
function decimalSignAt(body: string, digits: number): number {
  const at = Math.max(body.lastIndexOf("."), body.lastIndexOf(","));
  if (at === -1) return -1;
  const sign = body.charAt(at);
  const isRepeated = body.indexOf(sign) !== at;
  const groups =
    body.length - at === 4 && digits !== 3 && !/[.,]/.test(body.slice(0, at).replaceAll(sign, ""));
  return isRepeated || groups ? -1 : at;
}

/** A quantity in thousandths; null if it has more than three decimals. */
export function toThousandths(quantity: number): number | null {
  const thousandths = Math.round(quantity * 1000);
  return thousandths / 1000 === quantity && Number.isSafeInteger(thousandths) ? thousandths : null;
}

/** What a line costs, in minor units: price times quantity, rounded half away from zero as the API does. */
export function lineTotal(unitPrice: number, quantity: number): number {
  const exact = BigInt(unitPrice) * BigInt(Math.round(quantity * 1000));
  const rounded = ((exact < 0n ? -exact : exact) * 2n + 1000n) / 2000n;
  return Number(exact < 0n ? -rounded : rounded);
}
