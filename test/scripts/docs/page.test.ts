import { describe, expect, test } from "vitest";
import { readSteps, withOutputs } from "../../../scripts/docs/page.ts";

// Stands in for bash: a command is complete when its braces are closed.
const isComplete = (command: string): boolean => command.split("{").length === command.split("}").length;

const page = (...session: string[]): string =>
  ["# A page", "```sh", "$ not a session", "```", "", "```console", ...session, "```", "End."].join("\n");

describe("a page", () => {
  test("has the commands of its console blocks, each with its line and its output", () => {
    const steps = readSteps(page("$ one", "1", "", "2", "", "$ two"), isComplete);
    expect(steps).toMatchObject([
      { line: 7, command: "one", output: ["1", "", "2"] },
      { line: 12, command: "two", output: [] },
    ]);
  });

  test("has commands of several lines, as long as the shell needs more", () => {
    const [step] = readSteps(page("$ send {", "    a", "  }", "sent"), isComplete);
    expect(step).toMatchObject({ command: "send {\n    a\n  }", output: ["sent"] });
  });

  test("is refused where a command is not complete or an output has no command", () => {
    expect(() => readSteps(page("$ send {"), isComplete)).toThrow("line 7: the command is not complete");
    expect(() => readSteps(page("1", "$ one"), isComplete)).toThrow('line 7: "1" belongs to no command');
  });

  test("takes new outputs and changes nothing else", () => {
    const before = page("$ one", "1", "", "$ {", "}", "", "$ three", "3");
    const steps = readSteps(before, isComplete);
    expect(withOutputs(before, steps, [["a", "b"], ["c"], []])).toBe(
      page("$ one", "a", "b", "", "$ {", "}", "c", "", "$ three"),
    );
    expect(
      withOutputs(
        before,
        steps,
        steps.map(({ output }) => output),
      ),
    ).toBe(before);
  });
});
