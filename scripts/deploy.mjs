// Deploys an environment: its migrations first, then the Worker.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readEnvironment, runCommand, UsageError } from "./cli.mjs";
import { ensureInstalled, isInstalled } from "./install.mjs";
import { exitOf, startWrangler } from "./tools.mjs";

const usage = `npm run deploy -- staging|production [--dry-run]

Applies the migrations to the environment's database, then deploys the Worker.
--dry-run  prints the steps and builds the Worker into a temporary folder; changes nothing, neither locally nor at Cloudflare`;

const options = { "dry-run": { type: "boolean", default: false } };

const stepsOf = (environment) => [
  ["d1", "migrations", "apply", "DB", "--remote", "--env", environment],
  ["deploy", "--env", environment],
];

/** Bundles the Worker as a deployment does, into a temporary folder. */
async function tryBuild(environment) {
  if (!isInstalled()) throw new Error("The packages are not installed: run npm ci first.");
  const folder = mkdtempSync(join(tmpdir(), "mostrador-deploy-"));
  try {
    const assets = join(folder, "assets");
    const args = [
      "deploy",
      "--dry-run",
      "--env",
      environment,
      "--assets",
      assets,
      "--outdir",
      join(folder, "out"),
    ];
    return await exitOf(startWrangler(args, "inherit", { ASSETS_FOLDER: assets }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await runCommand({ usage, options, positionals: ["environment"] }, async ({ values, positionals }) => {
  const environment = readEnvironment(positionals[0]);
  if (environment === undefined) throw new UsageError("Name the environment: staging or production.");
  const steps = stepsOf(environment);
  if (values["dry-run"]) {
    console.log("Dry run: nothing is changed. The steps are:");
    for (const [at, args] of steps.entries()) console.log(`${at + 1}. wrangler ${args.join(" ")}`);
    console.log("");
    return tryBuild(environment);
  }
  await ensureInstalled();
  for (const args of steps) {
    const code = await exitOf(startWrangler(args, "inherit"));
    if (code !== 0) return code;
  }
  return 0;
});
