// Servers for the pages. The state of a new `npm run dev` with the demo shop is created once, and each page gets a copy.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync } from "node:fs";
import { createServer } from "node:net";
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
  return async (name) => {
    const state = join(folder, name);
    cpSync(demo, state, { recursive: true });
    const port = await freePort();
    // Links in mails lead to this server.
    const bindings = { ...worker.bindings, PUBLIC_URL: `http://localhost:${port}` };
    return start({ ...worker, bindings }, state, { port });
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (typeof address !== "object" || address === null) throw new Error("The system gave no port.");
  return address.port;
}
