// npm run mutants: plants bugs into the source one at a time and runs the tests that reach them; prints those that no test notices.
//
// 1. plant.ts parses each file of src and workers and lists its mutants: a condition of an SQL template dropped, the border of a comparison
//    moved, a statement of a batch left out, an await removed, and so on.
// 2. All mutants are built in at once, each behind a switch (test/mutants/vitest.config.ts), and session.ts keeps one Worker alive in which
//    test files run again and again. A mutant costs what its tests cost, not a start of the runtime.
// 3. The first run of a test file has no mutant: it records which ones the file reaches, and how long it takes (run.ts).
// 4. Batches give each test of a file a mutant of its own (batch.ts). The files that run every operation go first for the mutants that drop
//    a shop, a person or a role; for all others, those of the mutant's domain.
// 5. For each mutant that no batch finds, the tests that reach it run file by file up to the first failure (alone.ts), first the files that
//    have found most in its file in earlier runs, or are likely to, in the time that they take (order.ts).
// 6. Those that no test finds are given to the type checker and the linter (refused.ts).
//
// Results are stored in .wrangler/mutants as they come, so that an interrupted run continues; they hold while the source file is the same,
// and those of survivors while the tests are. test/mutants/equivalent.json lists the mutants that change nothing a test could notice.
import { execFileSync } from "node:child_process";
import { runCommand, UsageError } from "./cli.mjs";
import { readEquivalents } from "./mutants/equivalents.ts";
import { checkRefused } from "./mutants/refused.ts";
import { printMutants, printReport } from "./mutants/report.ts";
import { runMutants } from "./mutants/run.ts";
import { domainOf, readSources, ROOT, type Source } from "./mutants/sources.ts";
import { storeResult } from "./mutants/store.ts";

const usage = `npm run mutants [-- OPTION ...]

Plants bugs one at a time, runs the tests that reach them, and prints those that no test notices.

  --domain NAME   only the files of src/NAME (or workers); may be repeated
  --file PATH     only this file; may be repeated
  --kind NAME     only this kind of mutant, such as tenant, user, state, border, statement; may be repeated
  --every N       only the first of every N mutants of each domain and kind: an even sample
  --changed       only the lines that differ from the last commit
  --id ID         only this mutant; may be repeated
  --test PATH     run only this test file; may be repeated
  --thorough      run every test file that reaches a mutant, not only those of its domain and those that were mapped before,
                  however long they take
  --seconds N     run no further test file for a mutant once those that ran take N seconds without it; 120 by default
  --minutes N     stop after N minutes; the next run continues
  --fresh         ignore the results of earlier runs
  --list          print the mutants and run nothing`;

const list = { type: "string", multiple: true } as const;
const flag = { type: "boolean", default: false } as const;

/** The lines of each file that differ from the last commit. */
function changedLines(): Map<string, Set<number>> {
  const lines = new Map<string, Set<number>>();
  let file = "";
  for (const line of execFileSync("git", ["diff", "--unified=0", "HEAD"], {
    cwd: ROOT,
    encoding: "utf8",
  }).split("\n")) {
    file = /^\+\+\+ b\/(.*)/.exec(line)?.[1] ?? file;
    const range = /^@@ \S+ \+(\d+)(?:,(\d+))? @@/.exec(line);
    const [first, count] = [Number(range?.[1]), Number(range?.[2] ?? 1)];
    if (range)
      for (let at = first; at < first + count; at += 1)
        lines.set(file, (lines.get(file) ?? new Set()).add(at));
  }
  return lines;
}

await runCommand(
  {
    usage,
    options: {
      domain: list,
      file: list,
      kind: list,
      id: list,
      test: list,
      every: { type: "string", default: "1" },
      changed: flag,
      thorough: flag,
      fresh: flag,
      list: flag,
      seconds: { type: "string", default: "120" },
      minutes: { type: "string", default: "600" },
    },
  },
  async ({ values }) => {
    const { domain = [], file = [], kind = [], id = [], test = [] } = values;
    const minutes = Number(values.minutes);
    if (!(minutes > 0)) throw new UsageError("--minutes must be a positive number.");
    const seconds = Number(values.seconds);
    if (!(seconds > 0)) throw new UsageError("--seconds must be a positive number.");
    const every = Number(values.every);
    if (!(Number.isInteger(every) && every > 0)) throw new UsageError("--every must be a positive integer.");
    const sources = readSources();
    const changed = values.changed ? changedLines() : null;
    const isChosen = (source: Source): boolean =>
      (domain.length === 0 || domain.includes(domainOf(source.file))) &&
      (file.length === 0 || file.includes(source.file));
    const fitting = sources
      .filter(isChosen)
      .flatMap(({ mutants }) => mutants)
      .filter((mutant) => kind.length === 0 || kind.includes(mutant.kind))
      .filter((mutant) => id.length === 0 || id.includes(mutant.id))
      .filter((mutant) => changed === null || changed.get(mutant.file)?.has(mutant.line) === true);
    const chosen = [
      ...Map.groupBy(fitting, (mutant) => `${domainOf(mutant.file)} ${mutant.kind}`).values(),
    ].flatMap((group) => group.filter((_, index) => index % every === 0));
    if (chosen.length === 0) throw new UsageError("No mutant fits these options.");
    if (values.list) {
      printMutants(sources, chosen, ({ id }) => id);
      return 0;
    }
    const equivalents = readEquivalents(sources);
    const results = await runMutants(
      sources,
      chosen.filter((mutant) => !equivalents.has(mutant.id)),
      { isThorough: values.thorough, isFresh: values.fresh, seconds, minutes, only: test },
    );
    const survivors = chosen.filter(({ id }) =>
      ["survived", "unreached"].includes(results.get(id)?.outcome ?? ""),
    );
    checkRefused(sources, survivors, ({ id }, complaint) => {
      const result = results.get(id);
      if (!result) return;
      const refused = { ...result, outcome: "refused", by: complaint } as const;
      results.set(id, refused);
      storeResult(refused);
    });
    return printReport(sources, chosen, equivalents, results) ? 0 : 1;
  },
);
