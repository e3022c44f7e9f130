// What matched, marked for a page: HTML with <mark>, everything else escaped.
import type { Word } from "./words.ts";

// A description is shown from a little before its first match on.
const SNIPPET = 200;
const BEFORE = 60;

const ESCAPES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);

/** The text as HTML, these words of it marked. */
export function marked(text: string, words: readonly Word[]): string {
  let html = "";
  let at = 0;
  for (const { start, end } of words.toSorted((a, b) => a.start - b.start)) {
    // A word may be found in two forms.
    if (start < at) continue;
    html += `${escaped(text.slice(at, start))}<mark>${escaped(text.slice(start, end))}</mark>`;
    at = end;
  }
  return html + escaped(text.slice(at));
}

/** The part of a long text around the first of these words, cut between words, as HTML. */
export function snippet(text: string, words: readonly Word[]): string {
  const first = Math.min(...words.map((word) => word.start));
  const end = Math.max(...words.flatMap((word) => (word.start === first ? [word.end] : [])));
  // Where there is no space (not all scripts have them) the match itself is where it begins and ends.
  const space = text.indexOf(" ", first - BEFORE);
  const from = first <= BEFORE ? 0 : space === -1 || space > first ? first : space + 1;
  const cut = text.length <= from + SNIPPET ? text.length : text.lastIndexOf(" ", from + SNIPPET);
  const to = Math.max(cut, end);
  const inside = words
    .filter(({ start, end }) => start >= from && end <= to)
    .map(({ start, end, ...word }) => ({ ...word, start: start - from, end: end - from }));
  return `${from > 0 ? "… " : ""}${marked(text.slice(from, to), inside)}${to < text.length ? " …" : ""}`;
}
