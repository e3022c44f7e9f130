// What a request is spoilt by: one thing at a time, so that the rest still reaches what is behind the first check.
import * as fc from "fast-check";
import { ownKeys } from "./cursors.ts";
import { pathSpellings, typeSpellings, type PathSpelling } from "./spelling.ts";

const texts = [
  "",
  " ",
  "\u0000",
  "a\u0000b",
  "\u202Eabc",
  "a\u200Bb",
  "\uD800",
  "\uFEFF",
  "' OR 1=1 --",
  "%00",
  "../../etc/passwd",
  "=cmd|' /C calc'!A0",
  "{{7*7}}",
  "\r\nset-cookie: a=b",
  "<script>alert(1)</script>",
  "NEAR(a b)",
  'a" OR b*',
  "__proto__",
  "2026-02-30",
  "1e1",
  "0x10",
  "NaN",
  "x".repeat(70_000),
];

/** Values that a careless program takes for what they are not. */
const evil: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(...texts),
  fc.constantFrom<unknown>(null, true, -1, 0, 1.5, 2 ** 53, -0, 1e308, "10", [], {}, [[[[]]]], { $ne: 1 }),
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.json(),
);

/** Where and how a request is spoilt. */
export type Spoil =
  | { how: "none" }
  | { how: "field"; nth: number; value: unknown }
  | { how: "extra"; name: string; value: unknown }
  | { how: "missing"; nth: number }
  | { how: "query"; nth: number; value: string }
  | { how: "path"; value: string }
  | { how: "header"; name: string; value: string }
  | { how: "raw"; value: string; type: string }
  | { how: "who"; who: "nobody" | "stranger" | "garbage" }
  /** `isStrange`: the body has a field of no body, so that it is seen whether it was read. */
  | { how: "type"; spelling: string; isStrange: boolean }
  /** Null is the same value again. */
  | { how: "twice"; nth: number; value: string | null; isFirst: boolean }
  | { how: "method"; method: "HEAD" | "OPTIONS" }
  | { how: "escape"; nth: number; as: PathSpelling }
  | { how: "cursor"; keys: string; isWrong: boolean };

const aText = fc.oneof(
  fc.constantFrom(...texts.map((text) => text.slice(0, 200))),
  fc.string({ unit: "binary", maxLength: 20 }),
);

const anywhere: fc.Arbitrary<Spoil> = fc.oneof(
  { weight: 18, arbitrary: fc.constant<Spoil>({ how: "none" }) },
  { weight: 3, arbitrary: fc.record({ how: fc.constant("field" as const), nth: fc.nat(), value: evil }) },
  {
    weight: 1,
    arbitrary: fc.record({
      how: fc.constant("extra" as const),
      name: fc.constantFrom("role", "tenant_id", "__proto__", "constructor", "id", "a b"),
      value: evil,
    }),
  },
  { weight: 1, arbitrary: fc.record({ how: fc.constant("missing" as const), nth: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ how: fc.constant("query" as const), nth: fc.nat(), value: aText }) },
  {
    weight: 1,
    arbitrary: fc.record({ how: fc.constant("path" as const), value: fc.oneof(fc.uuid(), aText) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      how: fc.constant("header" as const),
      name: fc.constantFrom(
        "idempotency-key",
        "if-match",
        "if-none-match",
        "range",
        "x-tenant",
        "x-d1-bookmark",
        "origin",
        "cookie",
        "content-encoding",
        "accept",
      ),
      // What fetch lets through.
      value: fc.string({ maxLength: 300 }).map((text) => text.replaceAll(/[^\x21-\x7e]/g, "x")),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      how: fc.constant("raw" as const),
      value: fc.oneof(
        fc.constantFrom("{", "[", "NaN", "null", "[]", '"x"', "{}", "\uFEFF{}"),
        fc.json(),
        fc.constant("[".repeat(90) + "]".repeat(90)),
      ),
      type: fc.constantFrom(
        "application/json",
        "text/plain",
        "text/csv",
        "application/json; charset=utf-16",
        "image/png",
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      how: fc.constant("who" as const),
      who: fc.constantFrom("nobody", "stranger", "garbage"),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      how: fc.constant("twice" as const),
      nth: fc.nat(),
      value: fc.option(aText),
      isFirst: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      how: fc.constant("method" as const),
      method: fc.constantFrom("HEAD", "OPTIONS"),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ how: fc.constant("escape" as const), nth: fc.nat(), as: pathSpellings }),
  },
);

const ofTypes: fc.Arbitrary<Spoil> = fc.record({
  how: fc.constant("type" as const),
  spelling: typeSpellings,
  isStrange: fc.boolean(),
});

const ofCursors: fc.Arbitrary<Spoil> = ownKeys.map((own) => ({ how: "cursor", ...own }));

/** Spoils for an operation with or without a body or a cursor. */
export const spoilsOf = (has: { body: boolean; cursor: boolean }): fc.Arbitrary<Spoil> =>
  fc.oneof(
    { weight: 10, arbitrary: anywhere },
    { weight: has.body ? 1 : 0, arbitrary: ofTypes },
    { weight: has.cursor ? 2 : 0, arbitrary: ofCursors },
  );
