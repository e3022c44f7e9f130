import { describe, expect, it } from "vitest";
import { formatOf, readArguments } from "../../../scripts/import/arguments.ts";

const values = { url: "http://localhost:8787", kind: "sales", "dry-run": false, yes: false };

describe("the arguments of npm run import", () => {
  it("recognise a file by its name", () => {
    expect(["a.csv", "b.TXT.gz", "c.tsv", "d.xlsx"].map(formatOf)).toEqual([
      { type: "text/csv", isGzip: false, isSheet: false },
      { type: "text/csv", isGzip: true, isSheet: false },
      { type: "text/tab-separated-values", isGzip: false, isSheet: false },
      {
        type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        isGzip: false,
        isSheet: true,
      },
    ]);
    for (const file of ["a.ods", "a.xlsx.gz", "a", "a.csv.zip"])
      expect(() => formatOf(file)).toThrow("is neither .csv, .txt, .tsv");
  });

  it("are a file or an import to undo", () => {
    expect(readArguments({ values, positionals: ["a.csv"] })).toMatchObject({
      file: "a.csv",
      kind: "sales",
      answers: { dates: undefined, decimal: undefined },
    });
    expect(readArguments({ values: { ...values, undo: "an-id" }, positionals: [] })).toMatchObject({
      undo: "an-id",
    });
    expect(() => readArguments({ values, positionals: [] })).toThrow("Name a file.");
    expect(() => readArguments({ values: { ...values, undo: "x" }, positionals: ["a.csv"] })).toThrow(
      "Give either a file or --undo.",
    );
  });

  it("have only known choices", () => {
    const read = (more: object) => readArguments({ values: { ...values, ...more }, positionals: ["a.csv"] });
    expect(() => read({ kind: "stock" })).toThrow("Unknown --kind: stock. Use sales or products.");
    expect(() => read({ dates: "dd/mm" })).toThrow("Unknown --dates: dd/mm. Use dmy, mdy or ymd.");
    expect(() => read({ decimal: "," })).toThrow("Unknown --decimal: ,. Use comma or point.");
    expect(read({ dates: "dmy", decimal: "comma" })).toMatchObject({
      answers: { dates: "dmy", decimal: "comma" },
    });
  });

  it("have a mapping of a file or the name of a saved one", () => {
    const read = (map: string) => readArguments({ values: { ...values, map }, positionals: ["a.csv"] });
    expect(read("till")).toMatchObject({ answers: { mappingName: "till" } });
    expect(() => read("no-such-file.json")).toThrow("no-such-file.json does not exist.");
  });
});
