// A temporary folder and the runtimes of one benchmark, removed when it ends.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { resolve } from "node:path";
import { start, type Runtime, type Worker } from "./runtime.ts";

/** `startWorker` starts a Worker with its state in a subfolder of `folder`, or in the folder of an absolute path. */
export type Workspace = {
  folder: string;
  startWorker: (state: string, worker: Worker, options?: { inspect?: boolean }) => Promise<Runtime>;
};

export async function withWorkspace(bench: (workspace: Workspace) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(resolve(tmpdir(), "mostrador-bench-"));
  const running: Runtime[] = [];
  const startWorker: Workspace["startWorker"] = async (state, worker, options) => {
    const runtime = await start(worker, resolve(folder, state), options);
    running.push(runtime);
    return runtime;
  };
  try {
    await bench({ folder, startWorker });
  } finally {
    await Promise.allSettled(running.map((runtime) => runtime.stop()));
    rmSync(folder, { recursive: true, force: true });
  }
}
