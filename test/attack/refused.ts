// Checks that hold for every refused request.
import { expect } from "vitest";

type Answer = { status: number; headers: Headers; text: string };

// Traces of SQLite and D1, stack traces, file names, hashes and secrets.
const INTERNAL_DETAILS =
  /D1_|SQLITE|sqlite|constraint failed|\.ts\b|node_modules|\n\s+at |scrypt|password_hash|whsec_/;

/** Checks that the response is this problem without internal details; `label` names the request in a failure. */
export function expectRefused(answer: Answer, status: number, slug: string, label = ""): void {
  expect(`${answer.status} ${slugOf(answer)}`, label).toBe(`${status} ${slug}`);
  expect(answer.headers.get("content-type"), label).toBe("application/problem+json");
  expect(answer.text, label).not.toMatch(INTERNAL_DETAILS);
}

/** The slug of a problem, or the beginning of any other text. */
export function slugOf({ text }: Pick<Answer, "text">): string {
  const [, slug] = /"type":"\/problems\/([a-z-]+)"/.exec(text) ?? [];
  return slug ?? text.slice(0, 80);
}

/** The pointers of a problem, sorted and without duplicates. */
export const pointersOf = ({ text }: Pick<Answer, "text">): string[] =>
  [
    ...new Set(
      [...text.matchAll(/"pointer":("(?:[^"\\]|\\.)*")/g)].map(([, pointer = '""']) =>
        String(JSON.parse(pointer)),
      ),
    ),
  ].toSorted();
