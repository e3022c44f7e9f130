// Check digits by ISO 2108 (ISBN Users' Manual of the International ISBN Agency). The digits of an ISBN-13, weighted 1 and 3
// alternately, add up to a multiple of 10; those of an ISBN-10, weighted 10 down to 1, to a multiple of 11, X being 10.

const SEPARATORS = /[\s\u2010-\u2015-]/g;
// 979-0 identifies printed music (ISMN).
const THIRTEEN = /^97(?:8\d|9[1-9])\d{9}$/;
const TEN = /^\d{9}[\dX]$/;

const weighted = (digits: string, weight: (at: number) => number): number =>
  Array.from(digits, (digit, at) => (digit === "X" ? 10 : Number(digit)) * weight(at)).reduce(
    (sum, each) => sum + each,
    0,
  );

const sum13 = (digits: string): number => weighted(digits, (at) => (at % 2 === 0 ? 1 : 3));

/** The ISBN-13, without separators, of an ISBN-10 or ISBN-13; null for any other text or a wrong check digit. */
export function toIsbn13(text: string): string | null {
  const isbn = text.replace(SEPARATORS, "").toUpperCase();
  if (THIRTEEN.test(isbn)) return sum13(isbn) % 10 === 0 ? isbn : null;
  if (!TEN.test(isbn) || weighted(isbn, (at) => 10 - at) % 11 !== 0) return null;
  const digits = `978${isbn.slice(0, 9)}`;
  return `${digits}${(10 - (sum13(digits) % 10)) % 10}`;
}
