// Starts a Worker in Miniflare, without wrangler's proxy. Its state is in a folder that the caller removes.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { z } from "zod";
import { applyMigrations } from "../scripts/backup/migrations.ts";
import { newSigningKey } from "../scripts/keys/rotation.mjs";
import { children } from "./process.ts";
import type { Recordings } from "./record.ts";

export const ROOT = join(import.meta.dirname, "..");

/** A bundled Worker and the bindings that it is started with. */
export type Worker = { config: string; script: string; bindings: Record<string, string> };

/** `pid` is workerd's, null if the system does not report it. */
export type Runtime = { url: string; pid: string | null; miniflare: Miniflare; stop: () => Promise<void> };

/** Bundles the Worker of a wrangler configuration as a deployment would; `folder` takes the output, `main` is another entry point. */
function bundle(config: string, folder: string, main?: string): string {
  const wrangler = join(ROOT, "node_modules/wrangler/bin/wrangler.js");
  const options = [
    "deploy",
    ...(main === undefined ? [] : [main]),
    "--dry-run",
    "--config",
    config,
    "--env=",
    "--outdir",
    folder,
  ];
  execFileSync(process.execPath, [wrangler, ...options], {
    cwd: ROOT,
    stdio: ["ignore", "ignore", "inherit"],
    env: {
      ...process.env,
      CLOUDFLARE_CF_FETCH_ENABLED: "false",
      WRANGLER_SEND_METRICS: "false",
      WRANGLER_LOG: "error",
    },
  });
  const script = readdirSync(folder).find((file) => file.endsWith(".js"));
  if (!script) throw new Error(`wrangler created no bundle of ${config}`);
  return readFileSync(join(folder, script), "utf8");
}

/** The app, with a new signing key and manual payments whatever .dev.vars sets. `main` is another entry point. */
export function appWorker(folder: string, main?: string): Worker {
  const config = join(ROOT, "wrangler.toml");
  return {
    config,
    script: bundle(config, folder, main),
    bindings: { AUTH_SIGNING_KEY: JSON.stringify(newSigningKey()), PAYMENT_PROVIDER: "manual" },
  };
}

/** The Worker that the app is compared with. */
export function baselineWorker(folder: string, recordings: Recordings): Worker {
  const config = join(import.meta.dirname, "baseline.toml");
  return { config, script: bundle(config, folder), bindings: { RECORDINGS: JSON.stringify(recordings) } };
}

/** Starts a Worker over the state in `folder`, on any free port unless one is given. */
export async function start(
  worker: Worker,
  folder: string,
  { inspect = false, port = 0 } = {},
): Promise<Runtime> {
  process.env["WRANGLER_LOG"] = "error";
  // With assets, another Worker would run in front of the app.
  const { assets: _, ...options } = unstable_getMiniflareWorkerOptions(worker.config, "").workerOptions;
  const before = children();
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      ...options,
      name: "mostrador",
      rootPath: ROOT,
      modules: [{ type: "ESModule", path: "index.js", contents: worker.script }],
      bindings: Object.assign({}, options.bindings, worker.bindings),
      unsafeDirectSockets: [{ host: "127.0.0.1", port }],
      resourcePersistencePath: folder,
      cf: false,
      log: new Log(LogLevel.ERROR),
      ...(inspect ? { inspectorPort: 0 } : {}),
      // Log lines are read and discarded, so that they cost what a log collector would; only errors are printed.
      handleStructuredLogs: ({ level, message }) => {
        if (level === "error") console.error(message);
      },
    }),
  );
  await miniflare.ready;
  const { origin } = await miniflare.unsafeGetDirectURL();
  const pid = children().find((child) => !before.includes(child)) ?? null;
  return { url: origin, pid, miniflare, stop: () => miniflare.dispose() };
}

// Miniflare's types of it lack this method.
const scheduledWorker = z.custom<{ scheduled: (event: { cron: string }) => Promise<{ outcome: string }> }>();

/** Runs the jobs of a minute. */
export async function runMinute({ miniflare }: Runtime): Promise<void> {
  const worker = scheduledWorker.parse(await miniflare.getWorker());
  const { outcome } = await worker.scheduled({ cron: "* * * * *" });
  if (outcome !== "ok") throw new Error(`the jobs of a minute ended with ${outcome}`);
}

/** Applies the migrations to an empty database. */
export const migrate = async ({ miniflare }: Runtime): Promise<void> =>
  applyMigrations(await miniflare.getD1Database("DB"));
