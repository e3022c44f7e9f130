// The step of `npm test`: runs the journeys, and files of them that failed once more in a new shop, because a browser on a busy machine is late
// now and then. What is wrong fails twice. `node test/web/check.ts NAME ...` does it for those journeys only.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";

const here = import.meta.dirname;
const folder = mkdtempSync(join(tmpdir(), "mostrador-web-"));

/** Runs the journeys with these names, or all. Returns the exit code and the files in which a test failed. */
function run(names: string[]): { code: number; failed: string[] } {
  const list = join(folder, "failed.txt");
  const reporters = [
    "--test-reporter=spec",
    "--test-reporter-destination=stdout",
    `--test-reporter=${join(here, "support/failed-files.ts")}`,
    `--test-reporter-destination=${list}`,
  ];
  const { status } = spawnSync(process.execPath, [...reporters, join(here, "run.ts"), ...names], {
    stdio: "inherit",
  });
  const failed = new Set(readFileSync(list, "utf8").split("\n").filter(Boolean));
  return { code: status ?? 1, failed: [...failed] };
}

try {
  const { code, failed } = run(process.argv.slice(2));
  const areJourneys = failed.length > 0 && failed.every((file) => dirname(file) === join(here, "journeys"));
  const names = failed.map((file) => basename(file, ".ts"));
  if (code === 0 || !areJourneys) process.exitCode = code;
  else {
    process.stdout.write(`\nOnce more, in a new shop: ${names.join(", ")}\n`);
    process.exitCode = run(names).code;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
