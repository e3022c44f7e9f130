// Runs one mutant at a time, with the test files that reach it, up to the first failure.
import type { Mutant } from "./plant.ts";
import type { MutantResult } from "./store.ts";
import type { Worker } from "./worker.ts";

/** A test file, or only the tests of these names. */
export type FileRun = { test: string; tests: string[] | null };

type Alone = {
  worker: Worker;
  until: number;
  /** No further file runs for a mutant once those that ran take so long without it. */
  budgetMs: number;
  /** The files that reach a mutant, in the order in which they run. */
  filesFor: (mutant: Mutant) => FileRun[];
  isTried: (mutant: Mutant, test: string, name: string) => boolean;
  /** The files of a mutant's domain if modules reach it when they load; otherwise none. */
  filesOnLoadFor: (mutant: Mutant) => FileRun[];
  /** Whether some of the tests of a file pass without the others. */
  isPassing: (run: FileRun) => Promise<boolean>;
  /** How long a run of a file, or of some of its tests, takes without a mutant. */
  msOf: (test: string, tests: string[] | null) => number;
  limitOf: (test: string) => number;
  store: (mutant: Mutant, outcome: MutantResult["outcome"], by: string, ms: number) => void;
};

type Found = { mutant: Mutant; run: FileRun; by: string; ms: number };

// After so many found mutants the last failed test runs without one: what a mutant left in the Worker's memory could fail all others.
const FOUND_PER_CHECK = 8;

/**
 * The failure of a file with a mutant. A run that times out is a failure if it does so twice and passes without the mutant, because the
 * machine may have been busy.
 */
async function failureWith(
  { id, isStatic }: Mutant,
  run: FileRun,
  { worker, limitOf }: Alone,
): Promise<string | null> {
  const limit = limitOf(run.test);
  const request = { ...run, mutants: { ids: [id], isStatic } };
  const first = await worker.run(request, limit);
  if (!first.isTimeout) return first.failed;
  const { isTimeout, failed } = await worker.run(request, limit);
  if (!isTimeout) return failed;
  const without = await worker.run({ ...run, mutants: { ids: [], isStatic: false } }, limit);
  return without.failed === null ? failed : null;
}

/** The first file that fails with a mutant. */
async function firstFailure(
  mutant: Mutant,
  runs: FileRun[],
  alone: Alone,
): Promise<Omit<Found, "ms"> | null> {
  let budget = alone.budgetMs;
  for (const { test, tests: all } of runs) {
    if (budget < 0) return null;
    const tests = all?.filter((name) => !alone.isTried(mutant, test, name)) ?? null;
    if (tests?.length === 0) continue;
    budget -= alone.msOf(test, tests);
    const part = { test, tests };
    const failed = await failureWith(mutant, part, alone);
    if (failed === null) continue;
    const run = tests === null || (await alone.isPassing(part)) ? part : { test, tests: null };
    const by = run === part ? failed : await failureWith(mutant, run, alone);
    if (by !== null) return { mutant, run, by: `${test}: ${by}` };
  }
  return null;
}

/** Runs mutants one by one and stores their results. */
export async function runAlone(mutants: Mutant[], alone: Alone): Promise<void> {
  const { worker, until, filesFor, filesOnLoadFor, limitOf, store } = alone;
  let unchecked: Found[] = [];
  /** Whether the last test that failed passes without a mutant; if not, what was found since the last check is void. */
  const check = async (): Promise<void> => {
    const run = unchecked.at(-1)?.run;
    if (!run) return;
    const { failed } = await worker.run({ ...run, mutants: { ids: [], isStatic: false } }, limitOf(run.test));
    if (failed === null) for (const { mutant, by, ms } of unchecked) store(mutant, "found", by, ms);
    else {
      console.log(`${run.test} fails without a mutant (${failed}): ${unchecked.length} results are void`);
      worker.stop();
    }
    unchecked = [];
  };

  for (const [index, mutant] of mutants.entries()) {
    if (Date.now() > until) break;
    const begin = Date.now();
    const runs = filesFor(mutant);
    // What was computed when a module loaded is still there from an earlier run, unless all modules are evaluated again.
    const failure =
      (await firstFailure(mutant, runs, alone)) ??
      (await firstFailure({ ...mutant, isStatic: true }, filesOnLoadFor(mutant), alone));
    const outcome = failure ? "found" : runs.length === 0 ? "unreached" : "survived";
    const ms = Date.now() - begin;
    console.log(
      `${index + 1}/${mutants.length} ${outcome} ${mutant.kind} ${mutant.file}:${mutant.line} ${ms} ms ${failure?.by ?? `${runs.length} files`}`,
    );
    if (failure) unchecked.push({ ...failure, ms });
    else store(mutant, outcome, "", ms);
    if (unchecked.length >= FOUND_PER_CHECK) await check();
  }
  await check();
}
