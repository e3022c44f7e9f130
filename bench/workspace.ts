// A temporary folder and the runtimes of one benchmark, removed when it ends.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { start, type Runtime, type Worker } from "./runtime.ts";

/** `startWorker` starts a Worker with its state in a subfolder of `folder`. */
export type Workspace = { folder: string; startWorker: (state: string, worker: Worker) => Promise<Runtime> };

export async function withWorkspace(bench: (workspace: Workspace) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "mostrador-bench-"));
  const running: Runtime[] = [];
  const startWorker = async (state: string, worker: Worker): Promise<Runtime> => {
    const runtime = await start(worker, join(folder, state));
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
