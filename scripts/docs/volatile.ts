// The parts of an output that differ between runs: ids, tokens, times of today, and durations.

const DAY_MS = 86_400_000;
const DATE = String.raw`\d{4}-\d\d-\d\d`;

type Kind = { pattern: string; isVolatile?: (found: string, now: number) => boolean };

const isRecent = (found: string, now: number) => Math.abs(Date.parse(found) - now) < 2 * DAY_MS;

/** Whether the date and time of a receipt, `27/11/2026, 09:30`, is recent. */
const isRecentReceipt = (found: string, now: number): boolean => {
  const [day, month, year] = found.split(/\D/, 3);
  return isRecent(`${year}-${month}-${day}`, now);
};

// At each position the first kind that matches applies.
const KINDS: Kind[] = [
  { pattern: String.raw`(?<=[?&]token=)[\w.-]+` },
  { pattern: "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}" },
  { pattern: String.raw`${DATE}T\d\d:\d\d:\d\d(?:\.\d+)?Z`, isVolatile: isRecent },
  { pattern: DATE, isVolatile: isRecent },
  { pattern: String.raw`\d\d/\d\d/\d{4}, \d\d:\d\d`, isVolatile: isRecentReceipt },
  { pattern: String.raw`eyJ[\w-]+\.[\w-]+\.[\w-]+` },
  { pattern: String.raw`(?<=\bdur=)[\d.]+` },
  { pattern: String.raw`\b\d+(?:\.\d+)?(?= (?:ms|s|MB)\b)` },
];

const any = new RegExp(KINDS.map(({ pattern }) => `(${pattern})`).join("|"), "g");

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);

/**
 * Whether a printed line equals the line in a page except for its volatile parts. A date is volatile if the printed one is within two
 * days of today; other dates must be equal.
 */
export function isSameLine(shown: string, printed: string, now = Date.now()): boolean {
  let pattern = "";
  let end = 0;
  for (const match of printed.matchAll(any)) {
    const [found, ...groups] = match;
    const kind = KINDS[groups.findIndex((group) => group !== undefined)];
    if (!kind || kind.isVolatile?.(found, now) === false) continue;
    pattern += escaped(printed.slice(end, match.index)) + kind.pattern;
    end = match.index + found.length;
  }
  return new RegExp(`^${pattern}${escaped(printed.slice(end))}$`).test(shown);
}

/** Whether a printed output equals the one in a page except for its volatile parts. */
export const isSameOutput = (shown: string[], printed: string[], now = Date.now()): boolean =>
  shown.length === printed.length &&
  shown.every((line, index) => isSameLine(line, printed[index] ?? "", now));
