// npm run attack [-- NAME]: the API is attacked on purpose, by tools of others and by a fuzzer of our own, in Miniflare. Each
// attack answers what it saw, throws where something is wrong, and is skipped where its tool is missing.
import { withLab } from "../bench/lab.ts";
import { fuzz } from "./fuzz/run.ts";
import { compareLogins } from "./logins.ts";
import { lintDocument } from "./redocly.ts";
import { testContract } from "./specmatic.ts";
import { injectSql } from "./sqlmap/run.ts";
import { Missing } from "./tools.ts";

const attacks = new Map([
  ["redocly", lintDocument],
  ["specmatic", testContract],
  ["sqlmap", injectSql],
  ["logins", compareLogins],
  ["fuzz", fuzz],
]);

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const [asked] = process.argv.slice(2);
if (asked !== undefined && !attacks.has(asked))
  throw new Error(`there is no attack ${asked}: use ${[...attacks.keys()].join(" or ")}`);

const failed: string[] = [];
const skipped: string[] = [];
for (const [name, attack] of attacks) {
  if (asked !== undefined && asked !== name) continue;
  say(`\n== ${name}`);
  try {
    await withLab(async (lab) => say(await attack(lab)));
  } catch (error) {
    (error instanceof Missing ? skipped : failed).push(name);
    say(error instanceof Missing ? `Skipped: ${error.message}` : String(error));
  }
}
say(
  `\n${failed.length === 0 ? "nothing found" : `FOUND by ${failed.join(", ")}`}${skipped.length > 0 ? `; skipped: ${skipped.join(", ")}` : ""}`,
);
process.exit(failed.length > 0 ? 1 : 0);
