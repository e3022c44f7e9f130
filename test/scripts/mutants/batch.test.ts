import { describe, expect, it } from "vitest";
import { assign } from "../../../scripts/mutants/batch.ts";

describe("a batch of mutants", () => {
  it("gives each test one mutant that it reaches, first those that fewest tests reach", () => {
    const open = new Map([
      ["common", ["a", "b", "c"]],
      ["rare", ["a"]],
    ]);
    expect([...assign(open, new Set())]).toEqual([
      ["a", "rare"],
      ["b", "common"],
      ["c", "common"],
    ]);
  });

  it("leaves the controls without a mutant", () => {
    expect([...assign(new Map([["one", ["a", "b"]]]), new Set(["a"]))]).toEqual([["b", "one"]]);
  });
});
