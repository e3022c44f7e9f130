// All that a change must pass, in one command: the cheap checks first. Each step's output is shown; the last line counts.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureInstalled } from "./install.mjs";
import { ensureSecrets } from "./dev-vars.mjs";
import { runTool } from "./tools.mjs";

await ensureInstalled();
ensureSecrets();

const temporary = mkdtempSync(join(tmpdir(), "mostrador-test-"));
const results = join(temporary, "results.json");

/** @type {[string, string, string[]][]} */
const steps = [
  ["assets", "node", ["scripts/assets.mjs"]],
  ["format", "oxfmt", ["--check"]],
  ["lint", "oxlint", []],
  ["unused code", "knip", []],
  ["generated types", "wrangler", ["types", "workers/env.d.ts", "--strict-vars=false", "--check"]],
  ["tsc", "tsc", []],
  [
    "tests",
    "vitest",
    [
      "run",
      "-c",
      "test/vitest.config.ts",
      "--reporter=default",
      "--reporter=json",
      `--outputFile=${results}`,
    ],
  ],
  ["killed in mid-load", "node", ["test/killed.ts"]],
  ["backup and restore", "node", ["test/backup.ts"]],
  ["SQL over the lake", "node", ["test/analyst/session.ts"]],
  [
    "deploy, dry run",
    "wrangler",
    ["deploy", "--dry-run", "--env", "production", "--outdir", join(temporary, "out")],
  ],
];

let passed = 0;
const failed = [];
for (const [name, tool, args] of steps) {
  console.log(`\n== ${name}`);
  if ((await runTool(tool, args)) === 0) passed += 1;
  else failed.push(name);
}

const tests = existsSync(results) ? JSON.parse(readFileSync(results, "utf8")) : null;
rmSync(temporary, { recursive: true, force: true });
const testsFailed = tests?.numFailedTests ?? 0;
if (failed.length > 0) console.log(`\nfailed: ${failed.join(", ")}`);
// The step "tests" counts as its tests.
const ran = tests !== null && !failed.includes("tests") ? passed - 1 : passed;
const broken = failed.filter((name) => name !== "tests" || testsFailed === 0).length;
console.log(`\n${ran + (tests?.numPassedTests ?? 0)} passed, ${broken + testsFailed} failed`);
process.exit(failed.length > 0 ? 1 : 0);
