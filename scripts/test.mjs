// Every check that a change must pass, the cheap ones first. The last line counts them.
import { existsSync, mkdtempSync, readFileSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "./cli.mjs";
import { ensureInstalled } from "./install.mjs";
import { ensureSecrets } from "./dev-vars.mjs";
import { runTool } from "./tools.mjs";

const usage = `npm test

Runs every check: format, lint, unused code, types, the list of equivalent mutants, clients generated from openapi.json, tests, a server
killed under load, backup and restore, SQL over the lake, the web app in a browser, the documentation's sessions, and a dry run of a
deployment. The last line is the result: N passed, N failed.
For one file: npx vitest run test/sales/sell.test.ts`;

const RESULTS = "results.json";

const MEMORY = "/dev/shm";
const MEMORY_BYTES = 4 * 1024 ** 3;

/** Where Linux stores files in memory, if there is room: on a busy disk the databases of tests take twice the time. */
function memoryFolder() {
  if (!existsSync(MEMORY)) return null;
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize >= MEMORY_BYTES ? MEMORY : null;
}

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
  ["tsc of the web app", "tsc", ["-p", "web"]],
  ["tsc of the storefront", "tsc", ["-p", "examples/storefront"]],
  ["tsc of the SDK", "tsc", ["-p", "sdk/tsconfig.json", "--noEmit"]],
  ["sources and size of the SDK", "node", ["scripts/sdk.ts", "--check"]],
  ["equivalent mutants", "node", ["scripts/mutants/check-equivalents.ts"]],
  ["clients", "node", ["test/clients.ts"]],
  [
    "tests",
    "vitest",
    ["run", "--reporter=default", "--reporter=json", `--outputFile=${join(folder, RESULTS)}`],
  ],
  ["problems without a test", "node", ["scripts/openapi/unanswered.ts"]],
  ["killed in mid-load", "node", ["test/killed.ts"]],
  ["backup and restore", "node", ["test/backup.ts"]],
  ["SQL over the lake", "node", ["test/analyst/session.ts"]],
  ["web app in a browser", "node", ["test/web/check.ts"]],
  ["documentation", "node", ["scripts/docs.ts"]],
  [
    "deploy, dry run",
    "wrangler",
    ["deploy", "--dry-run", "--env", "production", "--outdir", join(folder, "out")],
  ],
];

/**
 * The tests that failed and the files that could not be run, with the beginning of what they said.
 * @param {import("vitest/node").JsonTestResults | null} tests
 */
const failuresOf = (tests) =>
  (tests?.testResults ?? []).flatMap(({ name: file, message, status, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === "failed");
    if (failed.length === 0)
      return status === "failed" ? [{ name: file, message: message.slice(0, 1000) }] : [];
    return failed.map(({ fullName, failureMessages }) => ({
      name: `${file}: ${fullName}`,
      message: (failureMessages ?? []).join("\n").slice(0, 1000),
    }));
  });

async function check(folder) {
  const results = join(folder, RESULTS);
  let passed = 0;
  const failed = [];
  for (const [name, tool, args] of stepsIn(folder)) {
    console.log(`\n== ${name}`);
    const start = performance.now();
    if ((await runTool(tool, args)) === 0) passed += 1;
    else failed.push(name);
    console.log(`${name}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  }

  const tests = existsSync(results) ? JSON.parse(readFileSync(results, "utf8")) : null;
  const testsFailed = tests?.numFailedTests ?? 0;
  if (failed.length > 0) console.log(`\nfailed: ${failed.join(", ")}`);
  // Again at the end, where a log that was cut still has them.
  for (const { name, message } of failuresOf(tests)) console.log(`\n${name}\n${message}`);
  // The step "tests" counts as its tests, not as one check.
  const ran = tests !== null && !failed.includes("tests") ? passed - 1 : passed;
  const broken = failed.filter((name) => name !== "tests" || testsFailed === 0).length;
  console.log(`\n${ran + (tests?.numPassedTests ?? 0)} passed, ${broken + testsFailed} failed`);
  return failed.length > 0 ? 1 : 0;
}

await runCommand({ usage }, async () => {
  await ensureInstalled();
  ensureSecrets();
  const memory = memoryFolder();
  if (memory !== null) process.env.TMPDIR = memory;
  const folder = mkdtempSync(join(tmpdir(), "mostrador-test-"));
  return check(folder).finally(() => rmSync(folder, { recursive: true, force: true }));
});
