// Every check that a change must pass, the cheap ones first. The last line counts them.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "./cli.mjs";
import { ensureInstalled } from "./install.mjs";
import { ensureSecrets } from "./dev-vars.mjs";
import { runTool } from "./tools.mjs";

const usage = `npm test

Runs every check: format, lint, unused code, types, tests, a server killed under load, backup and restore, SQL over the
lake, the documentation's sessions, and a dry run of a deployment. The last line is the result: N passed, N failed.
For one file: npx vitest run test/sales/sell.test.ts`;

const RESULTS = "results.json";

/**
 * Name, program and arguments of each check; output files go into `folder`.
 * @returns {[string, string, string[]][]}
 */
const stepsIn = (folder) => [
  ["assets", "node", ["scripts/assets.mjs"]],
  ["format", "oxfmt", ["--check"]],
  ["lint", "oxlint", []],
  ["unused code", "knip", []],
  ["generated types", "wrangler", ["types", "workers/env.d.ts", "--strict-vars=false", "--check"]],
  ["tsc", "tsc", []],
  [
    "tests",
    "vitest",
    ["run", "--reporter=default", "--reporter=json", `--outputFile=${join(folder, RESULTS)}`],
  ],
  ["killed in mid-load", "node", ["test/killed.ts"]],
  ["backup and restore", "node", ["test/backup.ts"]],
  ["SQL over the lake", "node", ["test/analyst/session.ts"]],
  ["documentation", "node", ["scripts/docs.ts"]],
  [
    "deploy, dry run",
    "wrangler",
    ["deploy", "--dry-run", "--env", "production", "--outdir", join(folder, "out")],
  ],
];

async function check(folder) {
  const results = join(folder, RESULTS);
  let passed = 0;
  const failed = [];
  for (const [name, tool, args] of stepsIn(folder)) {
    console.log(`\n== ${name}`);
    if ((await runTool(tool, args)) === 0) passed += 1;
    else failed.push(name);
  }

  const tests = existsSync(results) ? JSON.parse(readFileSync(results, "utf8")) : null;
  const testsFailed = tests?.numFailedTests ?? 0;
  if (failed.length > 0) console.log(`\nfailed: ${failed.join(", ")}`);
  // The step "tests" counts as its tests, not as one check.
  const ran = tests !== null && !failed.includes("tests") ? passed - 1 : passed;
  const broken = failed.filter((name) => name !== "tests" || testsFailed === 0).length;
  console.log(`\n${ran + (tests?.numPassedTests ?? 0)} passed, ${broken + testsFailed} failed`);
  return failed.length > 0 ? 1 : 0;
}

await runCommand({ usage }, async () => {
  await ensureInstalled();
  ensureSecrets();
  const folder = mkdtempSync(join(tmpdir(), "mostrador-test-"));
  return check(folder).finally(() => rmSync(folder, { recursive: true, force: true }));
});
