// Switches on the mutant of this run, and skips the tests that follow the first failure. Without a mutant it records which ones the file
// reaches. A setup file: it goes before the one that loads the Worker.
import { afterAll, afterEach, beforeEach, inject, vi } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    mutant: { id: string; isStatic: boolean; isMapped: boolean };
  }
  interface TaskMeta {
    reached?: string[];
  }
}

declare global {
  var __mutant: (id: string) => boolean;
  var __isStaticMutant: boolean | undefined;
}

const { id, isStatic, isMapped } = inject("mutant");
const reached = new Set<string>();
globalThis.__mutant = isMapped
  ? (each) => {
      reached.add(each);
      return false;
    }
  : (each) => each === id;

// A static mutant shows when its module is evaluated; the next one must not see it.
if (isStatic || globalThis.__isStaticMutant) vi.resetModules();
globalThis.__isStaticMutant = isStatic;

let hasFailed = false;
let meta: { reached?: string[] } | undefined;

beforeEach(({ task, skip }) => {
  meta = task.file.meta;
  skip(hasFailed && !isMapped);
});

afterEach(({ task }) => {
  hasFailed ||= task.result?.state === "fail";
});

afterAll(() => {
  if (meta && isMapped) meta.reached = [...reached];
});
