// Starts a Worker in Miniflare: no wrangler in front, a socket of its own, all state in a folder that the caller removes.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { newAuthKeys } from "../scripts/keys.mjs";

export const ROOT = join(import.meta.dirname, "..");

type Module = { type: "ESModule"; path: string; contents: string };
type Bindings = Record<string, string>;

export type Runtime = { url: string; miniflare: Miniflare; stop: () => Promise<void> };

/** Bundles the Worker as a deployment would, into `folder`. */
export function ourModules(folder: string): Module[] {
  const wrangler = join(ROOT, "node_modules/wrangler/bin/wrangler.js");
  execFileSync(process.execPath, [wrangler, "deploy", "--dry-run", "--env=", "--outdir", folder], {
    cwd: ROOT,
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, CLOUDFLARE_CF_FETCH_ENABLED: "false", WRANGLER_SEND_METRICS: "false" },
  });
  return [{ type: "ESModule", path: "index.js", contents: readFileSync(join(folder, "index.js"), "utf8") }];
}

/** The bare Worker: Node takes its types away, there is nothing to bundle. */
export const bareModules = (): Module[] =>
  ["bare.ts", "bare-sql.ts"].map((path) => ({
    type: "ESModule",
    path,
    contents: stripTypeScriptTypes(readFileSync(join(import.meta.dirname, path), "utf8")),
  }));

export const ourBindings = (): Bindings => ({ AUTH_KEYS: newAuthKeys() });

/** Starts these modules over the state in `folder`, with the bindings of wrangler.toml and `bindings` beside its variables. */
export async function start(
  modules: Module[],
  folder: string,
  bindings: Bindings,
  inspectorPort?: number,
): Promise<Runtime> {
  // The assets would put another Worker in front of ours.
  const { assets: _, ...worker } = unstable_getMiniflareWorkerOptions(join(ROOT, "wrangler.toml"), "").workerOptions;
  const isOurs = modules.length === 1;
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      ...worker,
      name: "mostrador",
      modules,
      rootPath: ROOT,
      bindings: { ...worker.bindings, ...bindings },
      // The bare Worker has neither class nor consumer.
      ...(isOurs ? {} : { durableObjects: {}, queueConsumers: {} }),
      unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
      resourcePersistencePath: folder,
      cf: false,
      log: new Log(LogLevel.ERROR),
      ...(inspectorPort === undefined ? {} : { inspectorPort }),
      // Our lines are read and dropped, as a log collector's pipe would; only errors are shown.
      handleStructuredLogs: ({ level, message }) => {
        if (level === "error") console.error(message);
      },
    }),
  );
  await miniflare.ready;
  const { origin } = await miniflare.unsafeGetDirectURL();
  return { url: origin, miniflare, stop: () => miniflare.dispose() };
}

/** Applies the migrations to an empty database. */
export async function migrate({ miniflare }: Runtime): Promise<void> {
  const db = await miniflare.getD1Database("DB");
  const folder = join(ROOT, "migrations");
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".sql")).toSorted()) {
    const statements = readFileSync(join(folder, name), "utf8").split("--> statement-breakpoint");
    await db.batch(statements.map((statement) => db.prepare(statement)));
  }
}
