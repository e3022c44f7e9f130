// Matches as HTML with <mark>; everything else is escaped.
import type { Word } from "./words.ts";

const SNIPPET_LENGTH = 200;
const CONTEXT_LENGTH = 60;

const ESCAPES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);

/** The text as HTML with these words in <mark>. */
export function highlight(text: string, words: readonly Word[]): string {
  let html = "";
  let at = 0;
  for (const { start, end } of words.toSorted((a, b) => a.start - b.start)) {
    // Two forms of a word overlap.
    if (start < at) continue;
    html += `${escapeHtml(text.slice(at, start))}<mark>${escapeHtml(text.slice(start, end))}</mark>`;
    at = end;
  }
  return html + escapeHtml(text.slice(at));
}

/** An excerpt of about 200 characters around the first of these words, cut between words, as HTML. */
export function snippet(text: string, words: readonly Word[]): string {
  const first = Math.min(...words.map((word) => word.start));
  const end = Math.max(...words.flatMap((word) => (word.start === first ? [word.end] : [])));
  // Some scripts have no spaces: the excerpt then starts and ends at the match.
  const space = text.indexOf(" ", first - CONTEXT_LENGTH);
  const from = first <= CONTEXT_LENGTH ? 0 : space === -1 || space > first ? first : space + 1;
  const cut =
    text.length <= from + SNIPPET_LENGTH ? text.length : text.lastIndexOf(" ", from + SNIPPET_LENGTH);
  const to = Math.max(cut, end);
  const inside = words
    .filter(({ start, end }) => start >= from && end <= to)
    .map(({ start, end, ...word }) => ({ ...word, start: start - from, end: end - from }));
  return `${from > 0 ? "… " : ""}${highlight(text.slice(from, to), inside)}${to < text.length ? " …" : ""}`;
}
