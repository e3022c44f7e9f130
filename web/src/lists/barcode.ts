// Barcodes as runs of bars and spaces, in modules: EAN-13, EAN-8, and Code 128 (set B) for any other text.

const LEFT = [
  "0001101",
  "0011001",
  "0010011",
  "0111101",
  "0100011",
  "0110001",
  "0101111",
  "0111011",
  "0110111",
  "0001011",
];
const inverted = (bits: string): string => bits.replaceAll(/[01]/g, (bit) => (bit === "0" ? "1" : "0"));
const RIGHT = LEFT.map(inverted);
const EVEN = RIGHT.map((bits) => bits.split("").toReversed().join(""));
const PARITIES = [
  "LLLLLL",
  "LLGLGG",
  "LLGGLG",
  "LLGGGL",
  "LGLLGG",
  "LGGLLG",
  "LGGGLL",
  "LGLGLG",
  "LGLGGL",
  "LGGLGL",
];

const at = (table: readonly string[], index: number): string => {
  const value = table[index];
  if (value === undefined) throw new RangeError(`No symbol ${index}`);
  return value;
};

/** Whether the last digit is the check digit of the ones before it. */
function isChecked(digits: string): boolean {
  const sum = digits
    .split("")
    .toReversed()
    .reduce((total, digit, i) => total + Number(digit) * (i % 2 ? 3 : 1), 0);
  return sum % 10 === 0;
}

function ean13(digits: string): string {
  const parity = at(PARITIES, Number(digits[0]));
  const left = digits
    .slice(1, 7)
    .split("")
    .map((digit, i) => at(parity[i] === "L" ? LEFT : EVEN, Number(digit)));
  const right = digits
    .slice(7)
    .split("")
    .map((digit) => at(RIGHT, Number(digit)));
  return `101${left.join("")}01010${right.join("")}101`;
}

function ean8(digits: string): string {
  const left = digits
    .slice(0, 4)
    .split("")
    .map((digit) => at(LEFT, Number(digit)));
  const right = digits
    .slice(4)
    .split("")
    .map((digit) => at(RIGHT, Number(digit)));
  return `101${left.join("")}01010${right.join("")}101`;
}

// The widths of the bars and spaces of each symbol.
const CODE_128 =
  `212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 123122 123221 223211
  221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 112313 132113
  132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 213311 213131 311123 311321 331121
  312113 312311 332111 314111 221411 431111 111224 111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211
  221114 413111 241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141
  114113 114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112`.split(/\s+/);
const START_B = 104;
const STOP = 106;

function code128(text: string): string {
  const values = text.split("").map((character) => character.charCodeAt(0) - 32);
  const check = values.reduce((sum, value, i) => sum + value * (i + 1), START_B) % 103;
  return [START_B, ...values, check, STOP]
    .flatMap((value) => at(CODE_128, value).split(""))
    .map((width, i) => (i % 2 === 0 ? "1" : "0").repeat(Number(width)))
    .join("");
}

export type Barcode = { text: string; bits: string };

/** The barcode of a code; null if it has characters that Code 128 B lacks, or none. */
export function barcodeOf(code: string): Barcode | null {
  if (/^\d{13}$/.test(code) && isChecked(code)) return { text: code, bits: ean13(code) };
  if (/^\d{8}$/.test(code) && isChecked(code)) return { text: code, bits: ean8(code) };
  return /^[ -~]+$/.test(code) ? { text: code, bits: code128(code) } : null;
}

/** The bars as one path of a height of 1, each module 1 wide. */
export function pathOf(bits: string): string {
  return [...bits.matchAll(/1+/g)]
    .map((run) => `M${run.index} 0h${run[0].length}v1h-${run[0].length}z`)
    .join("");
}
