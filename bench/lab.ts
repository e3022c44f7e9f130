// A folder and the runtimes of one bench, gone when it ends.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { start, type Runtime, type Worker } from "./runtime.ts";

/** `startIn` starts a Worker over the state in a folder of the lab's. */
export type Lab = { folder: string; startIn: (state: string, worker: Worker) => Promise<Runtime> };

export async function withLab(bench: (lab: Lab) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "mostrador-bench-"));
  const running: Runtime[] = [];
  const startIn = async (state: string, worker: Worker): Promise<Runtime> => {
    const runtime = await start(worker, join(folder, state));
    running.push(runtime);
    return runtime;
  };
  try {
    await bench({ folder, startIn });
  } finally {
    await Promise.allSettled(running.map((runtime) => runtime.stop()));
    rmSync(folder, { recursive: true, force: true });
  }
}
