import { describe, expect, it } from "vitest";
import { countryByCodeOrName, countryCode, countryInNameCase } from "../../src/values/countries.ts";

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
    [" Reino Unido ", "GB"],
    ["england", "GB"],
    ["UK", "GB"],
    ["Holland", "NL"],
    ["Korea", "KR"],
    ["UAE", "AE"],
    ["MÉXICO", "MX"],
    ["Germany", "DE"],
    ["alemania", "DE"],
    ["Unspecified", null],
    ["European Community", null],
    ["Channel Islands", null],
    ["", null],
  ])("named %s is %s", (name, code) => {
    expect(countryCode(name)).toBe(code);
  });
});

describe("the name of a country", () => {
  it("is written as in English, whatever its letter case, and other texts are unchanged", () => {
    expect(["spain", "UNITED KINGDOM", "España", "ES"].map(countryInNameCase)).toEqual([
      "Spain",
      "United Kingdom",
      "España",
      "ES",
    ]);
    expect(["ES", "spain", "es", ""].map(countryByCodeOrName)).toEqual(["Spain", "Spain", "es", ""]);
  });
});
