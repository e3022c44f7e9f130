// Runs the tests for each mutant.
import { globSync } from "node:fs";
import type { Mutant } from "./plant.ts";
import {
  domainOf,
  hashOf,
  hashOfRequests,
  hashOfTests,
  readTests,
  readText,
  ROOT,
  type Source,
} from "./sources.ts";
import {
  type MappedTest,
  type MutantResult,
  readMap,
  readResults,
  storeMapped,
  storePlan,
  storeResult,
} from "./store.ts";
import { type FileRun, runAlone } from "./alone.ts";
import {
  countFinds,
  foldersOf,
  GENERAL,
  hashOfMutants,
  IDENTITY,
  msOf,
  neighbours,
  ofDomain,
  testsFor,
  testsReaching,
} from "./order.ts";
import { runBatches, runRoles } from "./batch.ts";
import { startWorker, type Worker } from "./worker.ts";

const ROLES = "test/attack/roles.test.ts";
const MAP_LIMIT_MS = 600_000;

/**
 * `only` names the test files to run; empty for all. Without `isThorough`, no further file runs for a mutant once those that ran take
 * `seconds` without it.
 */
type Options = { isThorough: boolean; isFresh: boolean; seconds: number; minutes: number; only: string[] };

/** A hash of the code that plants, because Vite caches what it has planted. */
const versionOf = (): string =>
  hashOf(globSync("scripts/mutants/*.ts", { cwd: ROOT }).toSorted().map(readText).join("")).slice(0, 8);

/** Maps the test files that are not mapped as they are. */
async function mapTests(
  worker: Worker,
  tests: [string, string][],
  map: Map<string, MappedTest>,
  sources: Source[],
  until: number,
): Promise<void> {
  const unmapped = tests.filter(
    ([test, hash]) => map.get(test)?.hash !== hash || map.get(test)?.failed !== null,
  );
  for (const [index, [test, hash]] of unmapped.entries()) {
    if (Date.now() > until) return;
    const { failed, ms, reached } = await worker.run({ test, tests: null, mutants: null }, MAP_LIMIT_MS);
    const ids = new Set(Object.values(reached).flat());
    console.log(
      `map ${index + 1}/${unmapped.length} ${test} ${ms} ms, reaches ${ids.size}${failed === null ? "" : `, FAILS: ${failed}`}`,
    );
    const planted = sources
      .filter(({ mutants }) => mutants.some(({ id }) => ids.has(id)))
      .map((source) => [source.file, hashOfMutants(source)]);
    const mapped = { hash, ms, failed, reached, planted: Object.fromEntries(planted) };
    map.set(test, mapped);
    storeMapped(test, mapped);
  }
}

/** Runs the chosen mutants and returns the result of each that has one. */
export async function runMutants(
  sources: Source[],
  chosen: Mutant[],
  { isThorough, isFresh, seconds, minutes, only }: Options,
): Promise<Map<string, MutantResult>> {
  const until = Date.now() + minutes * 60_000;
  const files = new Map(sources.map((source) => [source.file, source]));
  const tests = readTests();
  const testsHash = hashOfTests();
  for (const test of GENERAL) tests.set(test, `${tests.get(test)} ${hashOfRequests()}`);
  const results = new Map<string, MutantResult>();
  const isValid = ({ source, tests: seen, outcome }: MutantResult, mutant: Mutant): boolean =>
    source === files.get(mutant.file)?.hash && (["found", "refused"].includes(outcome) || seen === testsHash);
  const earlier = readResults();
  const stored = new Map((isFresh ? [] : earlier).map((result) => [result.id, result]));
  for (const mutant of chosen) {
    const result = stored.get(mutant.id);
    if (result && isValid(result, mutant)) results.set(mutant.id, result);
  }
  const open = chosen.filter(({ id }) => !results.has(id));
  if (open.length === 0) return results;

  const worker = startWorker(storePlan({ files: [...files.keys()], version: versionOf() }));
  try {
    const map = readMap();
    const known = { map, finds: countFinds(sources, earlier) };
    for (const test of map.keys()) if (!tests.has(test)) map.delete(test);
    const mapNeeded = (isNeeded: (test: string) => boolean): Promise<void> => {
      // Another run, of other domains, may have mapped some of them meanwhile.
      for (const [test, mapped] of readMap()) if (tests.has(test)) map.set(test, mapped);
      const needed = [...tests].filter(([test]) => (only.length > 0 ? only.includes(test) : isNeeded(test)));
      return mapTests(worker, needed, map, sources, until);
    };

    const storeOutcome = (
      mutant: Mutant,
      outcome: MutantResult["outcome"],
      by: string,
      ms: number,
      isStored = true,
    ): void => {
      const source = files.get(mutant.file)?.hash ?? "";
      const result = { id: mutant.id, source, tests: testsHash, outcome, by, ms };
      results.set(mutant.id, result);
      if (isStored) storeResult(result);
    };
    const tried = new Map<string, Set<string>>();
    const inBatches = {
      worker,
      until,
      namesOf: (test: string) => Object.keys(map.get(test)?.reached ?? {}).filter((name) => name !== ""),
      isIndependent: (test: string) => GENERAL.includes(test),
      msOf: (test: string) => map.get(test)?.ms ?? 0,
      limitOf: (test: string) => (map.get(test)?.ms ?? 0) * 4 + 30_000,
      reachingOf: (mutant: Mutant, test: string) => {
        const [source, mapped] = [files.get(mutant.file), map.get(test)];
        if (!source || !mapped) return [];
        return testsReaching(mapped, neighbours(mutant, mapped, source)).filter((name) => name !== "");
      },
      found: (mutant: Mutant, by: string, ms: number) => storeOutcome(mutant, "found", by, ms),
      tried: ({ id }: Mutant, test: string, name: string) => {
        tried.set(id, (tried.get(id) ?? new Set()).add(`${test} ${name}`));
      },
    };
    const passing = new Map<string, boolean>();
    const alone = {
      worker,
      until,
      budgetMs: isThorough ? Infinity : seconds * 1000,
      filesFor: (mutant: Mutant) => {
        const source = files.get(mutant.file);
        return source ? testsFor(mutant, known, source).filter(({ test }) => isRun(test)) : [];
      },
      filesOnLoadFor: (mutant: Mutant) =>
        !mutant.isStatic && [...map.values()].some(({ reached }) => reached[""]?.includes(mutant.id) === true)
          ? ofDomain(mutant, known).filter(({ test }) => isRun(test))
          : [],
      isTried: ({ id }: Mutant, test: string, name: string) => tried.get(id)?.has(`${test} ${name}`) === true,
      isPassing: async (run: FileRun) => {
        if (GENERAL.includes(run.test)) return true;
        const key = JSON.stringify(run);
        const isPassing =
          passing.get(key) ??
          (await worker.run({ ...run, mutants: { ids: [], isStatic: false } }, inBatches.limitOf(run.test)))
            .failed === null;
        passing.set(key, isPassing);
        return isPassing;
      },
      msOf: (test: string, tests: string[] | null) => {
        const mapped = map.get(test);
        return mapped ? msOf(mapped, tests) : 0;
      },
      limitOf: inBatches.limitOf,
      // With some of the tests only, the others may notice what survives.
      store: (mutant: Mutant, outcome: MutantResult["outcome"], by: string, ms: number) =>
        storeOutcome(mutant, outcome, by, ms, outcome === "found" || only.length === 0),
    };
    const left = (): Mutant[] => open.filter(({ id }) => !results.has(id));
    const isRun = (test: string): boolean =>
      map.get(test)?.failed === null && (only.length === 0 || only.includes(test));
    await mapNeeded((test) => GENERAL.includes(test));
    const ofIdentity = (): Mutant[] => left().filter(({ kind }) => IDENTITY.has(kind));
    const roles = left().filter(({ kind }) => kind === "role");
    if (roles.length > 1 && isRun(ROLES)) await runRoles(ROLES, roles, files, inBatches);
    for (const test of GENERAL.filter((each) => each !== ROLES))
      if (isRun(test)) await runBatches(test, ofIdentity(), inBatches);

    if (isThorough) await mapNeeded(() => true);

    const byDomain = Map.groupBy(left(), ({ file }) => domainOf(file));
    const domains = [...byDomain].toSorted(([, a], [, b]) => a.length - b.length);
    for (const [domain, mutants] of domains) {
      const folders = new Set(mutants.flatMap(foldersOf));
      await mapNeeded((test) => folders.has(test.split("/")[1] ?? ""));
      const own = [...map].filter(([test]) => test.startsWith(`test/${domain}/`) && isRun(test));
      for (const [test] of own.toSorted(([, a], [, b]) => a.ms - b.ms))
        await runBatches(
          test,
          mutants.filter(({ id }) => !results.has(id)),
          inBatches,
        );
      await runAlone(
        mutants.filter(({ id }) => !results.has(id)),
        alone,
      );
    }
    for (const [test, { failed }] of map)
      if (failed !== null && (only.length === 0 || only.includes(test)))
        console.log(`${test} was not run: it fails without a mutant (${failed}).`);
  } finally {
    worker.stop();
  }
  return results;
}
