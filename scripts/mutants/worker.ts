// Starts session.ts, and starts it again when a mutant hangs it or has run too long.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { z } from "zod";
import { ROOT } from "./sources.ts";

/**
 * A request to the session: a test file, or only the tests of these names, with these mutants or, to map it, without. `assigned` has a
 * further mutant for each test, by its name.
 */
export type Request = {
  test: string;
  tests: string[] | null;
  mutants: { ids: string[]; isStatic: boolean } | null;
  assigned?: Record<string, string>;
};

const Result = z.object({
  failed: z.string().nullable(),
  failures: z.array(z.object({ name: z.string(), message: z.string() })),
  isTimeout: z.boolean(),
  ms: z.number(),
  reached: z.record(z.string(), z.array(z.string())),
});
export type Result = z.infer<typeof Result>;

export type Worker = {
  /** Runs a test file. A run that takes longer than `limitMs` counts as failed. */
  run: (request: Request, limitMs: number) => Promise<Result>;
  stop: () => void;
};

const START_LIMIT_MS = 300_000;
const HUNG: Result = { failed: "the run hung", failures: [], isTimeout: true, ms: 0, reached: {} };

function end(child: ChildProcess): void {
  // The group has the runtime, which a hung session could not end.
  if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
}

async function messageOf(child: ChildProcess, limitMs: number): Promise<unknown> {
  const waiting = new AbortController();
  try {
    return await Promise.race([
      once(child, "message", { signal: waiting.signal }).then(([message]): unknown => message),
      once(child, "exit", { signal: waiting.signal }).then(() => null),
      new Promise((resolve) => setTimeout(resolve, limitMs, null).unref()),
    ]);
  } finally {
    waiting.abort();
  }
}

export function startWorker(planFile: string): Worker {
  let running: ChildProcess | undefined;

  async function started(): Promise<ChildProcess> {
    if (running?.exitCode === null) return running;
    running = spawn(process.execPath, [join(ROOT, "scripts/mutants/session.ts")], {
      cwd: ROOT,
      env: { ...process.env, MUTANTS: planFile },
      stdio: ["ignore", "ignore", "ignore", "ipc"],
      detached: true,
    });
    if ((await messageOf(running, START_LIMIT_MS)) === null) throw new Error("The session did not start.");
    return running;
  }

  return {
    run: async (request, limitMs) => {
      const child = await started();
      child.send(request);
      const message = await messageOf(child, limitMs);
      const result = message === null ? HUNG : Result.parse(message);
      // What timed out may still run, and would disturb the next mutant.
      if (result.isTimeout) {
        end(child);
        running = undefined;
      }
      return result;
    },
    stop: () => {
      if (running) end(running);
      running = undefined;
    },
  };
}
