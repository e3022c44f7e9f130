import { describe, expect, it } from "vitest";
import { csvCell } from "../../src/values/csv.ts";

describe("a cell of an exported CSV", () => {
  it("is quoted, with quotes doubled and line breaks unchanged", () => {
    expect(csvCell("plain")).toBe('"plain"');
    expect(csvCell('say "hi", twice\nor more')).toBe('"say ""hi"", twice\nor more"');
    expect(csvCell("")).toBe('""');
  });

  it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t1", "\r1", "\n1", "＝1"])(
    "that begins like a formula (%j) gets an apostrophe",
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
    "that contains a formula after another separator (%j) gets an apostrophe before the formula",
    (text, safe) => {
      expect(csvCell(text)).toBe(`"${safe}"`);
    },
  );

  it.each(["1=1", "a;b", "a\r\nb", "a; =1", " =1", "a-b", "'=1"])(
    "with %j, which no spreadsheet runs, is unchanged",
    (text) => {
      expect(csvCell(text)).toBe(`"${text}"`);
    },
  );

  it("cannot be closed by a quote before a formula", () => {
    expect(csvCell('","=1')).toBe('""",""=1"');
  });
});
