// Switches on the mutant of this run, and skips the tests that follow the first failure. Without a mutant it records which ones the file
// reaches. A setup file: it goes before the one that loads the Worker.
import { afterAll, afterEach, beforeEach, inject, vi } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    mutant: { id: string; isStatic: boolean; isMapped: boolean; tests: string[] | null };
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

const { id, isStatic, isMapped, tests } = inject("mutant");
const reached = new Map<string, Set<string>>();
let current = new Set<string>();

const reachedBy = (test: string): Set<string> => {
  const known = reached.get(test) ?? new Set<string>();
  reached.set(test, known);
  return known;
};

globalThis.__mutant = isMapped
  ? (each) => {
      current.add(each);
      return false;
    }
  : (each) => each === id;
current = reachedBy("");

// A static mutant shows when its module is evaluated; the next one must not see it.
if (isStatic || globalThis.__isStaticMutant) vi.resetModules();
globalThis.__isStaticMutant = isStatic;

let hasFailed = false;
let meta: { reached?: Record<string, string[]> } | undefined;

beforeEach(({ task, skip }) => {
  meta = task.file.meta;
  skip((hasFailed && !isMapped) || tests?.includes(task.name) === false);
  current = reachedBy(task.name);
});

afterEach(({ task }) => {
  hasFailed ||= task.result?.state === "fail";
  current = reachedBy("");
});

afterAll(() => {
  if (meta && isMapped)
    meta.reached = Object.fromEntries([...reached].map(([test, mutants]) => [test, [...mutants]]));
});
