// Which test files run for a mutant, and in which order.
import { basename } from "node:path";
import type { FileRun } from "./alone.ts";
import type { Mutant } from "./plant.ts";
import { domainOf, hashOf, type Source } from "./sources.ts";
import type { MappedTest, MutantResult } from "./store.ts";

// They run every operation, so they are run for the mutants of every domain, and soon for those of identity, however few these are. Their
// tests do not depend on each other, so that only those run which reach the mutant; the tests of other files may. The fastest go first.
export const GENERAL = [
  "roles",
  "twin-responses",
  "twin-messages",
  "twin-jobs",
  "person-twins",
  "twin-changes",
  "tenants",
].map((name) => `test/attack/${name}.test.ts`);
// The general files find most of these; most of the others are found sooner by the files of their domain.
export const IDENTITY = new Set(["tenant", "tenant-join", "user", "user-join", "actor", "role"]);

/** By source file and test file. */
type Finds = Map<string, Map<string, number>>;

export type Known = { map: Map<string, MappedTest>; finds: Finds };

export const hashOfMutants = ({ mutants }: Source): string => hashOf(mutants.map(({ id }) => id).join(""));

/**
 * The mutants whose reach decides whether a test runs for this one. If its file has changed since the test was mapped, those of its
 * declaration, or if none of them was reached, those of its file.
 */
export function neighbours(mutant: Mutant, { reached, planted }: MappedTest, source: Source): Set<string> {
  const ofFile = source.mutants.map(({ id }) => id);
  if (mutant.isStatic) return new Set(ofFile);
  if (planted[source.file] === undefined || planted[source.file] === hashOfMutants(source))
    return new Set([mutant.id]);
  const ofDeclaration = new Set(
    source.mutants.filter(({ declaration }) => declaration === mutant.declaration).map(({ id }) => id),
  );
  const isReached = Object.values(reached).some((ids) => ids.some((id) => ofDeclaration.has(id)));
  return isReached ? ofDeclaration : new Set(ofFile);
}

/** The tests of a file that reach one of these mutants, and an empty name if the file reaches one outside of its tests. */
export function testsReaching({ reached }: MappedTest, ids: Set<string>): string[] {
  return Object.entries(reached).flatMap(([name, mutants]) =>
    mutants.some((id) => ids.has(id)) ? [name] : [],
  );
}

// Files of these names declare something to another domain, whose tests are theirs too.
const DECLARED_TO: Record<string, string> = {
  "personal-data": "erasure",
  "monitored-job": "health",
  "monitored-jobs": "health",
};

/** The folders of tests that are likely to notice a mutant. */
export const foldersOf = ({ file }: Mutant): string[] => {
  const other = DECLARED_TO[basename(file, ".ts")];
  return [domainOf(file), ...(other === undefined ? [] : [other])];
};

/** How many mutants of each source file each test file has found in earlier runs. */
export function countFinds(sources: Source[], results: MutantResult[]): Finds {
  const files = new Map(sources.flatMap(({ file, mutants }) => mutants.map(({ id }) => [id, file] as const)));
  const finds: Finds = new Map();
  for (const { id, outcome, by } of results) {
    const file = files.get(id);
    if (file === undefined || outcome !== "found") continue;
    const ofFile = finds.get(file) ?? new Map<string, number>();
    const test = by.slice(0, by.indexOf(": "));
    finds.set(file, ofFile.set(test, (ofFile.get(test) ?? 0) + 1));
  }
  return finds;
}

// A run takes about so long besides its tests.
const RUN_MS = 100;

/** How long a run of a file, or of some of its tests, takes without a mutant. */
export function msOf({ ms, reached }: MappedTest, tests: string[] | null): number {
  const all = Object.keys(reached).filter((name) => name !== "").length;
  return RUN_MS + (tests === null ? ms : (ms * tests.length) / Math.max(all, 1));
}

type Candidate = FileRun & { mapped: MappedTest; isOfDomain: boolean };

/** The test files that pass without a mutant. */
const candidates = (mutant: Mutant, { map }: Known): Candidate[] =>
  [...map].flatMap(([test, mapped]) =>
    mapped.failed === null
      ? [{ test, tests: null, mapped, isOfDomain: foldersOf(mutant).includes(test.split("/")[1] ?? "") }]
      : [],
  );

/** First those that have found most, or are likely to, in the time that they take. */
function inOrder(mutant: Mutant, { finds }: Known, files: Candidate[]): FileRun[] {
  const name = basename(mutant.file, ".ts");
  const ofFile = finds.get(mutant.file);
  /** How many it would have found. */
  const expected = ({ test, isOfDomain }: Candidate): number => {
    if (isOfDomain) return basename(test, ".test.ts").includes(name) ? 1 : 0.2;
    return IDENTITY.has(mutant.kind) && GENERAL.includes(test) ? 1 : 0.02;
  };
  return files
    .map((file) => ({
      ...file,
      rate: ((ofFile?.get(file.test) ?? 0) + expected(file)) / msOf(file.mapped, file.tests),
    }))
    .toSorted((a, b) => b.rate - a.rate)
    .map(({ test, tests }) => ({ test, tests }));
}

/** The test files for a mutant with the tests that reach it, in the order in which they are likely to notice it soon. */
export function testsFor(mutant: Mutant, known: Known, source: Source): FileRun[] {
  // Its module loads only once in a Worker, so of the files that were mapped there only the first has reached it.
  const isReachUnknown = source.mutants.every(({ isStatic }) => isStatic);
  const files = candidates(mutant, known).flatMap((file): Candidate[] => {
    const reaching = testsReaching(file.mapped, neighbours(mutant, file.mapped, source));
    if (reaching.length === 0) return isReachUnknown && file.isOfDomain ? [file] : [];
    const tests = reaching.filter((name) => name !== "");
    const isPartial =
      tests.length > 0 && (GENERAL.includes(file.test) || (!mutant.isStatic && !reaching.includes("")));
    return [{ ...file, tests: isPartial ? tests : null }];
  });
  return inOrder(mutant, known, files);
}

/** The test files of a mutant's domain. */
export const ofDomain = (mutant: Mutant, known: Known): FileRun[] =>
  inOrder(
    mutant,
    known,
    candidates(mutant, known).filter(({ isOfDomain }) => isOfDomain),
  );
