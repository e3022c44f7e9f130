import { describe, expect, it } from "vitest";
import { LanguageTag } from "../../src/values/text.ts";

describe("a language tag", () => {
  it.each([
    ["es-mx", "es-MX"],
    ["spa", "es"],
    [`en-x${"-abcdefgh".repeat(3)}-abc`, `en-x${"-abcdefgh".repeat(3)}-abc`],
  ])("%s is stored as %s", (tag, stored) => {
    expect(LanguageTag.parse(tag)).toBe(stored);
  });

  it.each([`en-x${"-abcdefgh".repeat(3)}-abcd`, "x", "", "es_MX", "spanish"])("%j is refused", (tag) => {
    expect(LanguageTag.safeParse(tag).success).toBe(false);
  });
});
