// Keeps what a test logs, and shows it if the test fails. Vitest's option for this would send each line of the request log to its process first.
import { afterEach, beforeEach } from "vitest";

declare global {
  var __keptLog: (() => void)[] | undefined;
}

/** Makes the console keep its lines, once for all files of a Worker. Returns the functions that write them. */
function keepLog(): (() => void)[] {
  const kept: (() => void)[] = [];
  for (const level of ["debug", "info", "log", "warn", "error"] as const) {
    const write = console[level].bind(console);
    console[level] = (...values: unknown[]) => void kept.push(() => write(...values));
  }
  return kept;
}

const kept = (globalThis.__keptLog ??= keepLog());

beforeEach(() => {
  kept.length = 0;
});

afterEach(({ task }) => {
  if (task.result?.state === "fail") for (const write of kept) write();
});
