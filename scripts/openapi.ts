// npm run openapi: writes the OpenAPI document to openapi.json, with which test/http/contract.test.ts compares what is served, and the
// sources of the SDK that are generated from it. It refuses a contract that has changed without a line in the changelog.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { openApiDocument } from "../src/openapi.ts";
import { runCommand } from "./cli.mjs";
import { lockOf, nextLock } from "./openapi/lock.ts";
import { openApiText } from "./openapi/text.ts";
import { writeSources } from "./sdk/files.ts";

const usage = `npm run openapi

Writes the OpenAPI document of this version to openapi.json, and the generated sources of the SDK.`;

const root = join(import.meta.dirname, "..");
const read = (name: string): string => readFileSync(join(root, name), "utf8");

/** The lock of the last commit, so that one line of the changelog is enough for a change in several steps. */
function committedLock() {
  const { status, stdout } = spawnSync("git", ["show", "HEAD:openapi.lock.json"], {
    cwd: root,
    encoding: "utf8",
  });
  const lock: unknown = JSON.parse(status === 0 ? stdout : read("openapi.lock.json"));
  return z.object({ contract: z.string(), changelog: z.string() }).parse(lock);
}

await runCommand({ usage }, () => {
  const text = openApiText(openApiDocument);
  const lock = nextLock(committedLock(), lockOf(text, read("CHANGELOG.md")));
  if (!lock)
    throw new Error(
      "The contract has changed: say so under Unreleased, API of CHANGELOG.md, and run this again.",
    );
  const isCurrent = read("openapi.json") === text;
  if (!isCurrent) writeFileSync(join(root, "openapi.json"), text);
  writeFileSync(join(root, "openapi.lock.json"), `${JSON.stringify(lock, null, 2)}\n`);
  console.log(isCurrent ? "openapi.json is unchanged." : "openapi.json is rewritten: review its diff.");
  for (const name of writeSources()) console.log(`${name} is rewritten.`);
});
