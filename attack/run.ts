// Attacks the API with public tools and with a fuzzer, in Miniflare. Each attack returns a summary, throws if it finds something,
// and is skipped if its tool is missing.
import { withWorkspace } from "../bench/workspace.ts";
import { runCommand, UsageError } from "../scripts/cli.mjs";
import { fuzz } from "./fuzz/run.ts";
import { compareLogins } from "./logins.ts";
import { lintDocument } from "./redocly.ts";
import { testContract } from "./specmatic.ts";
import { injectSql } from "./sqlmap/run.ts";
import { MissingToolError } from "./tools.ts";

const attacks = new Map([
  ["redocly", lintDocument],
  ["specmatic", testContract],
  ["sqlmap", injectSql],
  ["logins", compareLogins],
  ["fuzz", fuzz],
]);

const print = (text: string): void => void process.stdout.write(`${text}\n`);

const usage = `npm run attack -- [NAME]

NAME is ${[...attacks.keys()].join(", ")}; without it, all of them run in turn. The exit code is 1 if one finds something.`;

await runCommand({ usage, positionals: ["name"] }, async ({ positionals: [selected] }) => {
  if (selected !== undefined && !attacks.has(selected)) throw new UsageError(`Unknown attack: ${selected}.`);
  const failed: string[] = [];
  const skipped: string[] = [];
  for (const [name, attack] of attacks) {
    if (selected !== undefined && selected !== name) continue;
    print(`\n== ${name}`);
    try {
      await withWorkspace(async (workspace) => print(await attack(workspace)));
    } catch (error) {
      (error instanceof MissingToolError ? skipped : failed).push(name);
      print(error instanceof MissingToolError ? `Skipped: ${error.message}` : String(error));
    }
  }
  const result = failed.length === 0 ? "nothing found" : `FOUND by ${failed.join(", ")}`;
  print(`\n${result}${skipped.length > 0 ? `; skipped: ${skipped.join(", ")}` : ""}`);
  return failed.length > 0 ? 1 : 0;
});
