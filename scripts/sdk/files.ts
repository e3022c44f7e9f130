// The generated sources on disk.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sdkSources } from "./generate.ts";

const ROOT = join(import.meta.dirname, "../..");
const FOLDER = "sdk/src/generated";

/** The generated files that differ from what openapi.json says, with the text that they should have. */
export function outdatedSources(): [string, string][] {
  const document: unknown = JSON.parse(readFileSync(join(ROOT, "openapi.json"), "utf8"));
  return Object.entries(sdkSources(document))
    .map(([name, text]): [string, string] => [`${FOLDER}/${name}`, text])
    .filter(
      ([name, text]) => !existsSync(join(ROOT, name)) || readFileSync(join(ROOT, name), "utf8") !== text,
    );
}

/** Writes the generated files that differ; returns their names. */
export function writeSources(): string[] {
  mkdirSync(join(ROOT, FOLDER), { recursive: true });
  const outdated = outdatedSources();
  for (const [name, text] of outdated) writeFileSync(join(ROOT, name), text);
  return outdated.map(([name]) => name);
}
