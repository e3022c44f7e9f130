// A scanner types faster than a person, and ends with Enter.
const MAX_GAP_MS = 40;
const MIN_CHARACTERS = 4;

export type KeyStroke = { key: string; at: number };

/** Takes key strokes and returns the code that a scanner has just completed, or null. `at` is in milliseconds. */
export function createScanReader(): (stroke: KeyStroke) => string | null {
  let code = "";
  let lastAt = -Infinity;
  return ({ key, at }) => {
    const isFast = at - lastAt <= MAX_GAP_MS;
    if (key === "Enter") {
      const scanned = isFast && code.length >= MIN_CHARACTERS ? code : null;
      code = "";
      return scanned;
    }
    if (key.length !== 1) return null;
    code = isFast ? code + key : key;
    lastAt = at;
    return null;
  };
}
