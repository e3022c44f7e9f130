// .dev.vars: the secrets of local development, created once per clone and ignored by git.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newSigningKey } from "./keys/rotation.mjs";
import { root } from "./tools.mjs";

const file = join(root, ".dev.vars");

const readLines = () => (existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : []);

/** The value of a variable; undefined where the file does not set it. */
export function readDevVar(name) {
  const line = readLines().find((each) => each.startsWith(`${name}=`));
  return line?.slice(name.length + 1).replace(/^'(.*)'$/, "$1");
}

/** Sets variables and leaves the other lines as they are. */
export function writeDevVars(values) {
  const lines = readLines().filter(
    (line) => !Object.keys(values).some((name) => line.startsWith(`${name}=`)),
  );
  const set = Object.entries(values).map(([name, value]) => `${name}='${value}'`);
  writeFileSync(file, `${[...lines, ...set].join("\n")}\n`, { mode: 0o600 });
}

/** Creates the signing key of this clone unless there is one. */
export function ensureSecrets() {
  if (readDevVar("AUTH_SIGNING_KEY") !== undefined) return;
  const AUTH_SIGNING_KEY = JSON.stringify(newSigningKey());
  writeDevVars({ AUTH_SIGNING_KEY, AUTH_VERIFICATION_KEYS: JSON.stringify({ keys: [] }) });
  console.log("Created a signing key in .dev.vars.");
}
