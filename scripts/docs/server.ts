// Servers for the pages. The state of a new `npm run dev` with the demo shop is created once, and each page gets a copy.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { migrate, appWorker, ROOT, start, type Runtime } from "../../bench/runtime.ts";

/** Creates the demo shop in `folder`; returns a function that starts a server over a copy of it. */
export async function prepareServers(folder: string): Promise<(name: string) => Promise<Runtime>> {
  const worker = appWorker(join(folder, "bundle"));
  const demo = join(folder, "demo");
  const first = await start(worker, demo);
  try {
    await migrate(first);
    const seed = spawn(process.execPath, [join(ROOT, "scripts/demo/seed.ts"), first.url], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    const [code]: unknown[] = await once(seed, "close");
    if (code !== 0) throw new Error("The demo shop could not be filled.");
  } finally {
    await first.stop();
  }
  return (name) => {
    const state = join(folder, name);
    cpSync(demo, state, { recursive: true });
    return start(worker, state);
  };
}
