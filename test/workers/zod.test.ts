// The Worker is bundled with a smaller zod (workers/zod.mjs); the tests take the package itself.
import { describe, expect, it } from "vitest";
import { z as whole } from "zod";
// @ts-expect-error -- plain JavaScript, whose members are compared here
import { z as small } from "../../workers/zod.mjs";

// The generator of the OpenAPI document is not in the Worker, and converts schemas with the package itself.
const sources = import.meta.glob<string>(
  ["../../src/**/*.ts", "../../workers/**/*.ts", "!**/env.d.ts", "!**/http/problem-schemas.ts"],
  { query: "?raw", import: "default", eager: true },
);

// Followed by `<`, the name is that of a type, as in `z.input<typeof Shape>`.
const MEMBER = /\bz\s*\.\s*((?:iso|coerce)\s*\.\s*)?([$\w]+)(?![$\w]*<)/g;

const has = (z: object, [group, name]: [string, string]): boolean => {
  const members: unknown = group === "" ? z : Reflect.get(z, group);
  return typeof members === "object" && members !== null && name in members;
};

describe("the zod of the Worker", () => {
  it("has all values that the source uses of it", () => {
    expect(Object.keys(sources).length).toBeGreaterThan(300);
    const used = Object.values(sources).flatMap((text) =>
      [...text.matchAll(MEMBER)].map(([, group = "", name = ""]): [string, string] => [
        group.replaceAll(/[\s.]/g, ""),
        name,
      ]),
    );
    expect(used).toContainEqual(["", "strictObject"]);
    expect(used).toContainEqual(["iso", "datetime"]);
    const values = used.filter((member) => has(whole, member));
    expect(values.filter((member) => !has(small, member)).map((member) => member.join("."))).toEqual([]);
  });

  it("reports faults in English and reads what the package reads", () => {
    const shape = (z: typeof whole) =>
      z.strictObject({
        day: z.iso.date(),
        at: z.iso.datetime({ offset: true }),
        until: z.iso.datetime(),
        count: z.coerce.number().max(3),
        name: z.string().min(2),
        note: z.string().nullable(),
        code: z.string("must be a code"),
      });
    const valid = {
      day: "2026-11-27",
      at: "2026-11-27T10:00:00+01:00",
      until: "2026-11-27T09:00:00Z",
      count: "2",
      name: "Ana",
      note: "",
      code: "a",
    };
    expect(shape(small).safeParse(valid).success).toBe(true);
    for (const value of [
      valid,
      { ...valid, until: valid.at, name: "A", note: null, code: 1 },
      { day: "x", count: 7, more: 1 },
      null,
    ])
      expect(JSON.stringify(shape(small).safeParse(value))).toBe(
        JSON.stringify(shape(whole).safeParse(value)),
      );
  });
});
