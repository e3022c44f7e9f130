// The MATCH expression of a search for customers. It consists of quoted tokens, so any input is literal text; each begins with the id
// of the shop, as the words of the index do, so that only words of the shop are read.

// Further words are ignored: each adds a term to the expression.
const MAX_WORDS = 10;

const WORD = /[\p{L}\p{N}\p{M}]+/gu;
// Digits that spaces and the like separate, as in a phone.
const GAP = /(?<=\d)[\s.()/-]+(?=\d)/g;

/** Matches customers with a word for each word of the query, which begins with it; null for a query without words. */
export function matchExpression(tenantId: string, query: string): string | null {
  const shop = tenantId.replaceAll("-", "");
  const startsWith = (word: string): string => `"${shop}${word}" *`;
  const text = query.normalize("NFC");
  const words = (text.replaceAll(GAP, "").match(WORD) ?? []).slice(0, MAX_WORDS);
  if (words.length === 0) return null;
  const all = words.map(startsWith).join(" AND ");
  // A phone or tax id is one word of the index, and an international phone may be typed with 00.
  const joined = (text.match(WORD) ?? []).join("");
  const code = /\d/.test(joined) && words.length < 6 ? [joined, joined.replace(/^00/, "")] : [];
  return [`(${all})`, ...new Set(code)].map((each, at) => (at === 0 ? each : startsWith(each))).join(" OR ");
}
