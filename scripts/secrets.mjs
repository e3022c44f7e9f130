// The secrets of local development, made once for each clone; git ignores the file.
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newAuthKeys } from "./keys.mjs";
import { root } from "./tools.mjs";

/** Writes .dev.vars with new signing keys, unless it is there. */
export function ensureSecrets() {
  const file = join(root, ".dev.vars");
  if (existsSync(file)) return;
  writeFileSync(file, `AUTH_KEYS='${newAuthKeys()}'\n`, { mode: 0o600, flag: "wx" });
  console.log("Made .dev.vars with new signing keys.");
}
