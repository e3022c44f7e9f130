// Global Trade Item Numbers (GS1 General Specifications, section 7.9): counted from the check digit, the digits are weighted
// 1 and 3 alternately and add up to a multiple of 10.

const GTIN = /^(?:\d{8}|\d{12,14})$/;
const UPC_A = /^\d{12}$/;
const PADDED_EAN = /^0\d{13}$/;

/**
 * The EAN-13 of a UPC-A (12 digits) or of a GTIN-14 that begins with 0: all three are the same number with leading zeros. Any other
 * text is unchanged, without blanks around it.
 */
export const toEan = (text: string): string => {
  const code = text.trim();
  if (PADDED_EAN.test(code)) return code.slice(1);
  return UPC_A.test(code) ? `0${code}` : code;
};

const weightedSum = (digits: string): number =>
  Array.from(digits)
    .toReversed()
    .reduce((sum, digit, at) => sum + Number(digit) * (at % 2 === 0 ? 1 : 3), 0);

/** The digit that completes these digits to a code. */
export const checkDigitOf = (digits: string): number => (10 - (weightedSum(`${digits}0`) % 10)) % 10;

/** Whether the text has 8, 12, 13 or 14 digits, the last of which is the correct check digit. */
export const isBarcode = (text: string): boolean => GTIN.test(text) && weightedSum(text) % 10 === 0;
