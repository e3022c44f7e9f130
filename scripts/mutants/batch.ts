// Runs many mutants at once: each test of a file has a mutant of its own, and one that fails has found it. The tests between them have none:
// if one of those fails, a mutant has an effect beyond its test, and the batch is void. What no batch finds is left to runs of its own.
import type { Mutant } from "./plant.ts";
import type { Source } from "./sources.ts";
import type { Worker } from "./worker.ts";

/** `found` receives each mutant with the test that found it, once the tests without a mutant have passed. */
type Batches = {
  worker: Worker;
  until: number;
  /** The names of all tests of a file, in the order in which they run. */
  namesOf: (test: string) => string[];
  /** Whether the tests of a file do not depend on each other, so that those without a mutant need not run. */
  isIndependent: (test: string) => boolean;
  /** How long a file takes without a mutant. */
  msOf: (test: string) => number;
  limitOf: (test: string) => number;
  /** The names of the tests of a file that reach a mutant, in the order in which they run. */
  reachingOf: (mutant: Mutant, test: string) => string[];
  found: (mutant: Mutant, by: string, ms: number) => void;
  /** Receives each test that has run with a mutant. */
  tried: (mutant: Mutant, test: string, name: string) => void;
};

// A mutant that none of so many tests finds runs alone.
const TRIES = 4;
// Of tests that do not depend on each other, each of so many has no mutant; of others every second one.
const CONTROL = 40;
// Fewer mutants than these run alone, where the tests of their domain are likely to find them sooner.
const LEAST = 5;
// A mutant that runs alone takes about so long; a batch must not take longer for each that it finds, which are about a quarter of its mutants.
const ALONE_MS = 3000;
const FOUND_SHARE = 1 / 4;
const TIMEOUT = /timed out/;

/** Gives each test of a file an open mutant that it reaches and was not tried with: first those that fewest tests reach. */
export function assign<Each>(open: Map<Each, string[]>, controls: Set<string>): Map<string, Each> {
  const assigned = new Map<string, Each>();
  const byTests = [...open].toSorted(([, a], [, b]) => a.length - b.length);
  for (let isAssigning = true; isAssigning;) {
    isAssigning = false;
    for (const [mutant, tests] of byTests) {
      const name = tests.find((each) => !assigned.has(each) && !controls.has(each));
      if (name === undefined) continue;
      assigned.set(name, mutant);
      isAssigning = true;
    }
  }
  return assigned;
}

/** Runs batches of one test file until each mutant was found or tried. */
export async function runBatches(test: string, mutants: Mutant[], batches: Batches): Promise<void> {
  const { worker, until, namesOf, isIndependent, msOf, limitOf, reachingOf, found, tried } = batches;
  const names = namesOf(test);
  const open = new Map<Mutant, string[]>();
  for (const mutant of mutants) {
    const tests = mutant.isStatic ? [] : reachingOf(mutant, test);
    if (tests.length > 0) open.set(mutant, tests);
  }
  const tries = new Map<Mutant, number>();
  for (let round = 1; open.size > 0 && Date.now() < until; round += 1) {
    const controls = new Set(
      names.filter((_, index) =>
        isIndependent(test) ? (names.length - 1 - index) % CONTROL === 0 : (index + round) % 2 === 0,
      ),
    );
    const assigned = assign(open, controls);
    const count = new Set(assigned.values()).size;
    if (count < (isIndependent(test) ? LEAST : 2)) return;
    if (!isIndependent(test) && count * FOUND_SHARE * ALONE_MS < msOf(test)) return;
    const begin = Date.now();
    const { failures, failed } = await worker.run(
      {
        test,
        tests: isIndependent(test) ? [...assigned.keys(), ...controls] : null,
        mutants: { ids: [], isStatic: false },
        assigned: Object.fromEntries([...assigned].map(([name, { id }]) => [name, id])),
      },
      limitOf(test),
    );
    const isVoid =
      (failed !== null && failures.length === 0) || failures.some(({ name }) => controls.has(name));
    const ms = Math.round((Date.now() - begin) / assigned.size);
    const before = open.size;
    let foundHere = 0;
    for (const [name, mutant] of assigned) {
      if (!isVoid && isIndependent(test)) tried(mutant, test, name);
      const failure = failures.find((each) => each.name === name && !TIMEOUT.test(each.message));
      if (failure && !isVoid && open.delete(mutant)) {
        foundHere += 1;
        found(mutant, `${test}: ${name}: ${failure.message}`, ms);
      }
      tries.set(mutant, (tries.get(mutant) ?? 0) + 1);
      const others = open.get(mutant)?.filter((each) => each !== name);
      if (others && others.length > 0 && (tries.get(mutant) ?? 0) < TRIES) open.set(mutant, others);
      else open.delete(mutant);
    }
    console.log(
      `batch ${round} ${test}: ${assigned.size} tests, ${isVoid ? `VOID (${failed})` : `${failures.length} failed`}, ${before} mutants before, ${open.size} left, ${Date.now() - begin} ms`,
    );
    if (isVoid) worker.stop();
    else if (failures.length === 0 && round > 1) return;
    if (!isIndependent(test) && (foundHere * ALONE_MS < Date.now() - begin || isVoid)) return;
  }
}

/** Runs all mutants that lower the role of an operation at once: the test that names the operation must fail. */
export async function runRoles(
  test: string,
  mutants: Mutant[],
  sources: Map<string, Source>,
  { worker, namesOf, limitOf, found }: Pick<Batches, "worker" | "namesOf" | "limitOf" | "found">,
): Promise<void> {
  const operations = new Map(
    mutants.map((mutant) => {
      const after = sources.get(mutant.file)?.text.slice(mutant.end) ?? "";
      return [mutant, /operationId: "(\w+)"/.exec(after)?.[1] ?? ""] as const;
    }),
  );
  const begin = Date.now();
  const { failures } = await worker.run(
    { test, tests: null, mutants: { ids: mutants.map(({ id }) => id), isStatic: true } },
    limitOf(test) + mutants.length * 1000,
  );
  // If tests fail whose roles are as they were, a mutant breaks more than its operation.
  const others = namesOf(test).filter(
    (name) => ![...operations.values()].some((id) => name.split(/\W/).includes(id)),
  );
  const isVoid = failures.some(({ name }) => others.includes(name));
  console.log(
    `roles: ${mutants.length} mutants, ${failures.length} failed, ${others.length} controls, ${isVoid ? "VOID" : "passed"}`,
  );
  if (isVoid) return;
  for (const [mutant, id] of operations) {
    const failure = failures.find(({ name }) => name.split(/\W/).includes(id));
    if (failure)
      found(
        mutant,
        `${test}: ${failure.name}: ${failure.message}`,
        Math.round((Date.now() - begin) / mutants.length),
      );
  }
}
