// The Worker is bundled with a smaller zod (workers/zod.mjs); the tests take the package itself.
import { describe, expect, it } from "vitest";
import * as whole from "zod";
// @ts-expect-error -- plain JavaScript, whose exports are compared here
import * as small from "../../workers/zod.mjs";

const LEFT_OUT =
  "$input $output input output ZodCompileAsyncError ZodCompileUnsupportedError INVALID TimePrecision clone compile core deepPartial flattenError formatError fromJSONSchema getDiscriminatedOption locales memoizer prettifyError regexes toZod treeifyError util withParser".split(
    " ",
  );

const sources = import.meta.glob<string>(["../../src/**/*.ts", "../../workers/**/*.ts", "!**/env.d.ts"], {
  query: "?raw",
  import: "default",
  eager: true,
});

describe("the zod of the Worker", () => {
  it("has everything but what is known to be left out", () => {
    for (const [all, some] of [
      [whole, small],
      [whole.z, small.z],
    ]) {
      const missing = Object.keys(all).filter((name) => !(name in some));
      expect(missing.filter((name) => !LEFT_OUT.includes(name))).toEqual([]);
    }
  });

  it("has all values that the source uses of it", () => {
    expect(Object.keys(sources).length).toBeGreaterThan(300);
    // Followed by `<`, the name is that of a type, as in `z.input<typeof Shape>`.
    const used = new Set(
      Object.values(sources).flatMap((text) =>
        [...text.matchAll(/\bz\.([$\w]+)(?![$\w]*<)/g)].map(([, name = ""]) => name),
      ),
    );
    expect(used).toContain("strictObject");
    expect([...used].filter((name) => LEFT_OUT.includes(name))).toEqual([]);
  });

  it("reports faults in English and reads what the package reads", () => {
    const shape = (z: typeof whole) => z.strictObject({ day: z.iso.date(), count: z.coerce.number().max(3) });
    for (const value of [{ day: "2026-11-27", count: "2" }, { day: "x", count: 7, more: 1 }, null])
      expect(JSON.stringify(shape(small).safeParse(value))).toBe(
        JSON.stringify(shape(whole).safeParse(value)),
      );
  });
});
