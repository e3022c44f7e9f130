// What every refusal has in common, whatever was tried.
import { expect } from "vitest";

type Answer = { status: number; headers: Headers; text: string };

// Words of the inside: SQLite and D1, stacks and files, what is hashed or signed.
const INSIDE = /D1_|SQLITE|sqlite|constraint failed|\.ts\b|node_modules|\n\s+at |scrypt|password_hash|whsec_/;

/** Checks that it is this problem, and that it says nothing of the inside. `what` names the request in a failure. */
export function expectRefused(answer: Answer, status: number, slug: string, what = ""): void {
  expect(`${answer.status} ${slugOf(answer)}`, what).toBe(`${status} ${slug}`);
  expect(answer.headers.get("content-type"), what).toBe("application/problem+json");
  expect(answer.text, what).not.toMatch(INSIDE);
}

/** The slug of a problem; the beginning of what is none. */
export function slugOf({ text }: Pick<Answer, "text">): string {
  const [, slug] = /"type":"\/problems\/([a-z-]+)"/.exec(text) ?? [];
  return slug ?? text.slice(0, 80);
}

/** The pointers of a problem, each once, sorted. */
export const pointersOf = ({ text }: Pick<Answer, "text">): string[] =>
  [
    ...new Set(
      [...text.matchAll(/"pointer":("(?:[^"\\]|\\.)*")/g)].map(([, pointer = '""']) =>
        String(JSON.parse(pointer)),
      ),
    ),
  ].toSorted();
