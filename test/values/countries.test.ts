import { describe, expect, it } from "vitest";
import { countryCode } from "../../src/values/countries.ts";

describe("the code of a country", () => {
  it.each([
    ["Spain", "ES"],
    ["españa", "ES"],
    ["ESPANA", "ES"],
    ["es", "ES"],
    ["United Kingdom", "GB"],
    ["EIRE", "IE"],
    ["RSA", "ZA"],
    ["USA", "US"],
    ["Hong Kong", "HK"],
    ["Czech Republic", "CZ"],
    ["Unspecified", null],
    ["European Community", null],
    ["Channel Islands", null],
    ["", null],
  ])("named %s is %s", (name, code) => {
    expect(countryCode(name)).toBe(code);
  });
});
