import { describe, expect, it } from "vitest";
import { z } from "zod";
import { customFault, failsAs, faultKind } from "../../src/values/faults.ts";

const faultsOf = (schema: z.ZodType, value: unknown) =>
  schema.safeParse(value).error?.issues.map((issue) => faultKind(issue));

describe("the kind of a fault", () => {
  it.each<[string, z.ZodType, unknown, object]>([
    ["a missing value", z.string(), undefined, { code: "required" }],
    ["a number for a text", z.string(), 1, { code: "invalid_format" }],
    ["a text for a number", z.number(), "1", { code: "not_a_number" }],
    ["an empty text", z.string().min(1), "", { code: "required" }],
    ["a short text", z.string().min(2), "a", { code: "too_short", bound: 2 }],
    ["a low number", z.number().min(1), 0, { code: "too_small", bound: 1 }],
    ["a long text", z.string().max(2), "abc", { code: "too_long", bound: 2 }],
    ["a high number", z.number().max(2), 3, { code: "too_large", bound: 2 }],
    ["no date", z.iso.date(), "x", { code: "not_a_date" }],
    ["a text without its format", z.string().regex(/^a$/), "b", { code: "invalid_format" }],
    ["no option", z.enum(["a"]), "b", { code: "not_an_option" }],
    ["no e-mail address", z.email(), "x", { code: "not_an_email" }],
    ["no URL", z.url(), "x", { code: "not_a_url" }],
    ["no instant", z.iso.datetime(), "x", { code: "not_a_date" }],
    ["a fraction", z.int(), 1.5, { code: "not_an_integer" }],
    ["a short list", z.array(z.string()).min(1), [], { code: "too_few_items", bound: 1 }],
    ["a long list", z.array(z.string()).max(1), ["a", "b"], { code: "too_many_items", bound: 1 }],
    [
      "a check of this kind with a bound",
      z.string().refine(() => false, failsAs("is too short", "too_short", 8)),
      "a",
      { code: "too_short", bound: 8 },
    ],
    [
      "a check of this kind",
      z.string().refine(() => false, failsAs("is no URL", "not_a_url")),
      "a",
      { code: "not_a_url" },
    ],
    [
      "a check that names its kind and bound",
      z.string().refine(() => false, { params: { code: "too_short", bound: 8 } }),
      "a",
      { code: "too_short", bound: 8 },
    ],
    ["a check that only its message explains", z.string().refine(() => false), "a", {}],
  ])("is known of %s", (_, schema, value, kind) => {
    expect(faultsOf(schema, value)).toStrictEqual([kind]);
  });

  it("is that which a transformation names, without a bound", () => {
    const schema = z.string().transform((_, ctx) => {
      ctx.addIssue(customFault("must be the ISBN of a book", "not_an_isbn"));
      return z.NEVER;
    });
    expect(faultsOf(schema, "1")).toStrictEqual([{ code: "not_an_isbn" }]);
  });
});
