// How numbers of a workbook are shown, which says what they are: dates are numbers of days, percentages fractions, and codes may have
// zeros before them (ECMA-376, part 1, sections 18.8.30 and 18.17.4).
import { readXml } from "./xml.ts";

export type CellFormat = "date" | "time" | "percent" | { zeros: number } | null;

const BUILT_IN: Record<number, string> = {
  9: "0%",
  10: "0.00%",
  14: "d/m/y",
  15: "d/m/y",
  16: "d/m",
  17: "m/y",
  18: "h:m",
  19: "h:m:s",
  20: "h:m",
  21: "h:m:s",
  22: "d/m/y h:m",
  45: "m:s",
  46: "h:m:s",
  47: "m:s",
};

// East Asian dates and times.
const isAsianDate = (id: number): boolean => (id >= 27 && id <= 36) || (id >= 50 && id <= 58);

// Excel allows as many; the expressions take the square of the length.
const MAX_CODE_LENGTH = 255;

/** What a format code shows, by its first section. */
export function formatOf(code: string): CellFormat {
  if (code.length > MAX_CODE_LENGTH) return null;
  const [section = ""] = code.split(";");
  // Without texts, escaped characters, colours, locales and conditions; elapsed time stays.
  const bare = section
    .replace(/"[^"]*"|\\.|_.|\*./g, "")
    .replace(/\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, "")
    .toLowerCase();
  if (/^0{2,}$/.test(bare.trim())) return { zeros: bare.trim().length };
  if (bare.includes("%")) return "percent";
  if (/[#?]|general|standard|estándar/.test(bare)) return null;
  if (/[ydj]|m(?!.*s)(?<!h.*m)/.test(bare.replaceAll("am/pm", ""))) return "date";
  return /[hs]/.test(bare) ? "time" : null;
}

/** The formats of cells by the number of their style. @throws Problem unsupported-media-type */
export async function readFormats(chunks: AsyncIterable<Buffer>): Promise<CellFormat[]> {
  const codes = new Map<number, string>();
  const formats: CellFormat[] = [];
  let isInCells = false;
  await readXml(chunks, {
    open: (name, { numFmtId, formatCode }) => {
      if (name === "cellXfs") isInCells = true;
      else if (name === "numFmt") codes.set(Number(numFmtId), formatCode ?? "");
      else if (name === "xf" && isInCells) {
        const id = Number(numFmtId ?? 0);
        const code = codes.get(id) ?? BUILT_IN[id];
        formats.push(isAsianDate(id) && code === undefined ? "date" : formatOf(code ?? "general"));
      }
    },
    close: (name) => {
      if (name === "cellXfs") isInCells = false;
    },
  });
  return formats;
}

const DAY_MS = 86_400_000;
// The last second of the year 9999.
const MAX_SERIAL = 2_958_466;
const OFFSET_1904 = 1462;

/** A number without an exponent, whose decimals cannot be read as thousands. */
function plainNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  // Spreadsheets show 15 digits of the binary number.
  const text = String(Number(value.toPrecision(15)));
  const plain = text.includes("e") ? value.toFixed(15).replace(/\.?0+$/, "") : text;
  return /\.\d{3}$/.test(plain) ? `${plain}0` : plain;
}

/** The text of a number: an ISO date and time, a percentage, or a number with a decimal point. */
export function numberText(text: string, format: CellFormat, is1904: boolean): string {
  const value = Number(text);
  if (text === "" || !Number.isFinite(value)) return text;
  if (format === null) return plainNumber(value);
  if (format === "percent") return `${plainNumber(Number((value * 100).toPrecision(15)))}%`;
  if (typeof format === "object")
    return Number.isInteger(value) && value >= 0
      ? String(value).padStart(format.zeros, "0")
      : plainNumber(value);
  const serial = is1904 ? value + OFFSET_1904 : value;
  if (value < 0 || serial >= MAX_SERIAL) return plainNumber(value);
  // 1900 was no leap year, but its system has 29 February, so days before it are one later.
  const days = !is1904 && serial < 60 ? serial + 1 : serial;
  const iso = new Date(Math.round((days - 25_569) * 86_400) * 1000).toISOString();
  const [day, time] = [iso.slice(0, 10), iso.slice(11, 19)];
  if (format === "time" && value < 1) return time;
  return Math.round((value % 1) * DAY_MS) === 0 && time === "00:00:00" ? day : `${day} ${time}`;
}
