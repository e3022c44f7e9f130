// Mutations of a request. Each request has one at most, so that it passes the other checks and reaches the code after them.
import * as fc from "fast-check";
import { forgedKeys } from "./cursors.ts";
import { pathVariants, typeTemplates, type PathVariant } from "./variants.ts";

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

/** Values that careless code misinterprets. */
const hostileValues: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(...texts),
  fc.constantFrom<unknown>(null, true, -1, 0, 1.5, 2 ** 53, -0, 1e308, "10", [], {}, [[[[]]]], { $ne: 1 }),
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.json(),
);

/** How a request is changed. */
export type Mutation =
  | { kind: "none" }
  | { kind: "field"; nth: number; value: unknown }
  | { kind: "extra"; name: string; value: unknown }
  | { kind: "missing"; nth: number }
  | { kind: "query"; nth: number; value: string }
  | { kind: "path"; value: string }
  | { kind: "header"; name: string; value: string }
  | { kind: "raw"; value: string; type: string }
  | { kind: "credentials"; credentials: "none" | "other_shop" | "malformed" }
  /** `hasUnknownField`: the body has an unknown field, which shows whether it was read. */
  | { kind: "content_type"; template: string; hasUnknownField: boolean }
  /** A null `value` repeats the value that is there. */
  | { kind: "repeat"; nth: number; value: string | null; isFirst: boolean }
  | { kind: "method"; method: "HEAD" | "OPTIONS" }
  | { kind: "escape"; nth: number; variant: PathVariant }
  | { kind: "cursor"; keys: string; isInvalid: boolean };

const hostileText = fc.oneof(
  fc.constantFrom(...texts.map((text) => text.slice(0, 200))),
  fc.string({ unit: "binary", maxLength: 20 }),
);

const generalMutations: fc.Arbitrary<Mutation> = fc.oneof(
  { weight: 18, arbitrary: fc.constant<Mutation>({ kind: "none" }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("field" as const), nth: fc.nat(), value: hostileValues }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("extra" as const),
      name: fc.constantFrom("role", "tenant_id", "__proto__", "constructor", "id", "a b"),
      value: hostileValues,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("missing" as const), nth: fc.nat() }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("query" as const), nth: fc.nat(), value: hostileText }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("path" as const), value: fc.oneof(fc.uuid(), hostileText) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("header" as const),
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
      // fetch refuses other characters.
      value: fc.string({ maxLength: 300 }).map((text) => text.replaceAll(/[^\x21-\x7e]/g, "x")),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("raw" as const),
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
      kind: fc.constant("credentials" as const),
      credentials: fc.constantFrom("none", "other_shop", "malformed"),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("repeat" as const),
      nth: fc.nat(),
      value: fc.option(hostileText),
      isFirst: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("method" as const),
      method: fc.constantFrom("HEAD", "OPTIONS"),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("escape" as const), nth: fc.nat(), variant: pathVariants }),
  },
);

const typeMutations: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constant("content_type" as const),
  template: typeTemplates,
  hasUnknownField: fc.boolean(),
});

const cursorMutations: fc.Arbitrary<Mutation> = forgedKeys.map((forged) => ({ kind: "cursor", ...forged }));

/** Mutations for an operation with or without a body or a cursor. */
export const mutationsFor = (has: { body: boolean; cursor: boolean }): fc.Arbitrary<Mutation> =>
  fc.oneof(
    { weight: 10, arbitrary: generalMutations },
    { weight: has.body ? 1 : 0, arbitrary: typeMutations },
    { weight: has.cursor ? 2 : 0, arbitrary: cursorMutations },
  );
