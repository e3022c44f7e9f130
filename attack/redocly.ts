// Checks the OpenAPI document against Redocly's recommended rules.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Workspace } from "../bench/workspace.ts";
import { openApiDocument } from "../src/openapi.ts";
import { fetchPackage, runProgram } from "./tools.ts";

const VERSION = "2.77.0";

/** Returns Redocly's output; throws if it reports an error. */
export async function lintDocument({ folder }: Workspace): Promise<string> {
  await fetchPackage("@redocly/cli", VERSION, folder);
  const document = join(folder, "openapi.json");
  writeFileSync(document, JSON.stringify(openApiDocument));
  const program = join(folder, "node_modules/.bin/redocly");
  const { code, text } = await runProgram(program, ["lint", document, "--extends=recommended"], folder, {
    REDOCLY_TELEMETRY: "off",
    REDOCLY_SUPPRESS_UPDATE_NOTICE: "true",
  });
  if (code !== 0) throw new Error(text);
  return text.trim();
}
