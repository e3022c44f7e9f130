// What differs from run to run: ids, moments of today, and how long something took.

const DAY_MS = 86_400_000;
const DATE = String.raw`\d{4}-\d\d-\d\d`;

type Kind = { pattern: string; isVolatile?: (found: string, now: number) => boolean };

const isRecent = (found: string, now: number) => Math.abs(Date.parse(found) - now) < 2 * DAY_MS;

// The first kind that matches at a position counts.
const KINDS: Kind[] = [
  { pattern: "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}" },
  { pattern: String.raw`${DATE}T\d\d:\d\d:\d\d(?:\.\d+)?Z`, isVolatile: isRecent },
  { pattern: DATE, isVolatile: isRecent },
  { pattern: String.raw`eyJ[\w-]+\.[\w-]+\.[\w-]+` },
  { pattern: String.raw`(?<=\bdur=)[\d.]+` },
  { pattern: String.raw`\b\d+(?:\.\d+)?(?= (?:ms|s|MB)\b)` },
];

const any = new RegExp(KINDS.map(({ pattern }) => `(${pattern})`).join("|"), "g");

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);

/**
 * Whether a line that a page shows is the line that was printed, but for its volatile parts. A date is volatile where the printed
 * one is of today, at most two days off; dates further away must be equal.
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

/** Whether an output is the one that a page shows, but for its volatile parts. */
export const isSameOutput = (shown: string[], printed: string[], now = Date.now()): boolean =>
  shown.length === printed.length &&
  shown.every((line, index) => isSameLine(line, printed[index] ?? "", now));
