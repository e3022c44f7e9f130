// The Worker with its assets and the demo shop, on any free port.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createTestHarness } from "wrangler";
import { applyMigrations } from "../../../scripts/backup/migrations.ts";
import { newSigningKey } from "../../../scripts/keys/rotation.mjs";

const ROOT = join(import.meta.dirname, "../../..");

export type Shop = { url: string; stop: () => Promise<void> };

/** Runs the script that fills the demo shop; its output is shown if it fails. */
async function fillDemoShop(url: string): Promise<void> {
  const child = spawn(process.execPath, ["scripts/demo/seed.ts", url], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => output.push(chunk));
  const code = await new Promise((resolve) => {
    child.once("close", resolve);
  });
  if (code !== 0) throw new Error(`The demo shop could not be filled:\n${Buffer.concat(output).toString()}`);
}

export async function startDemoShop(): Promise<Shop> {
  const harness = createTestHarness({
    root: ROOT,
    workers: [
      {
        configPath: "wrangler.toml",
        vars: { PAYMENT_PROVIDER: "manual" },
        secrets: { AUTH_SIGNING_KEY: JSON.stringify(newSigningKey()) },
      },
    ],
  });
  const { url } = await harness.listen();
  try {
    const { DB } = await harness.getWorker<{ DB: D1Database }>().getEnv();
    await applyMigrations(DB);
    await fillDemoShop(url.origin);
  } catch (error) {
    await harness.close();
    throw error;
  }
  return { url: url.origin, stop: () => harness.close() };
}
