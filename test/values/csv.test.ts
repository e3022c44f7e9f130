import { describe, expect, it } from "vitest";
import { csvCell } from "../../src/values/csv.ts";

describe("a cell of a CSV that leaves us", () => {
  it("is quoted, with its quotes doubled and its line breaks kept", () => {
    expect(csvCell("plain")).toBe('"plain"');
    expect(csvCell('say "hi", twice\nor more')).toBe('"say ""hi"", twice\nor more"');
    expect(csvCell("")).toBe('""');
  });

  it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t1", "\r1", "\n1", "＝1"])(
    "that begins as a formula (%j) gets an apostrophe",
    (text) => {
      expect(csvCell(text)).toBe(`"'${text}"`);
    },
  );

  it.each([
    ["Ana;=1+1;x", "Ana;'=1+1;x"],
    ["a\t-1", "a\t'-1"],
    ["a\r\n+1", "a\r\n'+1"],
    ["a;@SUM(A1);＝1", "a;'@SUM(A1);'＝1"],
    ["\t=1", "'\t'=1"],
    ["a;\t=1", "a;\t'=1"],
    ['a;"=1', 'a;""\'=1'],
    ['a;""=1', 'a;""""\'=1'],
  ])(
    "in which a formula begins for who separates by other signs (%j) gets an apostrophe there",
    (text, tame) => {
      expect(csvCell(text)).toBe(`"${tame}"`);
    },
  );

  it.each(["1=1", "a;b", "a\r\nb", "a; =1", " =1", "a-b", "'=1"])(
    "with %j, which no spreadsheet runs, stays as it is",
    (text) => {
      expect(csvCell(text)).toBe(`"${text}"`);
    },
  );

  it("cannot be left by a quote before the formula", () => {
    expect(csvCell('","=1')).toBe('""",""=1"');
  });
});
