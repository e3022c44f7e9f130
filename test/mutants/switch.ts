// Switches on the mutant of this run, and skips the tests that follow the first failure. Without a mutant it records which ones the file
// reaches. A setup file: it goes before the one that loads the Worker.
import { afterAll, afterEach, beforeEach, inject, vi } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** `ids` are active all the time, those that `assigned` has for a test's name only while it runs. */
    mutant: {
      ids: string[];
      isStatic: boolean;
      isMapped: boolean;
      tests: string[] | null;
      assigned: Record<string, string> | null;
    };
  }
  interface TaskMeta {
    /** The mutants that each test reaches; those that the file reaches outside of its tests have an empty name. */
    reached?: Record<string, string[]>;
  }
}

declare global {
  var __mutant: (id: string) => boolean;
  var __isStaticMutant: boolean | undefined;
}

const { ids, isStatic, isMapped, tests, assigned } = inject("mutant");
// With several mutants, each test is a result of its own.
const stopsAtFailure = !isMapped && ids.length <= 1 && assigned === null;
const always = new Set(ids);
let ofTest: string | undefined;
const reached = new Map<string, Set<string>>();
let current = new Set<string>();

const reachedBy = (test: string): Set<string> => {
  const known = reached.get(test) ?? new Set<string>();
  reached.set(test, known);
  return known;
};

let isLoading = true;

/** Whether a mutant is active. What modules compute with it when they load must not outlive this run. */
function isActive(mutant: string): boolean {
  const result = always.has(mutant) || mutant === ofTest;
  if (result && isLoading) globalThis.__isStaticMutant = true;
  return result;
}

globalThis.__mutant = isMapped
  ? (each) => {
      current.add(each);
      return false;
    }
  : isActive;
current = reachedBy("");

// A static mutant shows when its module is evaluated; the next one must not see it.
if (isStatic || globalThis.__isStaticMutant) vi.resetModules();
globalThis.__isStaticMutant = isStatic;

let hasFailed = false;
let meta: { reached?: Record<string, string[]> } | undefined;

beforeEach(({ task, skip }) => {
  isLoading = false;
  meta = task.file.meta;
  skip((hasFailed && stopsAtFailure) || tests?.includes(task.name) === false);
  ofTest = assigned?.[task.name];
  current = reachedBy(task.name);
});

afterEach(({ task }) => {
  hasFailed ||= task.result?.state === "fail";
  ofTest = undefined;
  current = reachedBy("");
});

afterAll(() => {
  if (meta && isMapped)
    meta.reached = Object.fromEntries([...reached].map(([test, mutants]) => [test, [...mutants]]));
});
