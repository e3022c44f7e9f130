// Secrets of a deployed environment, through wrangler.
import { text } from "node:stream/consumers";
import { exitOf, startWrangler } from "./tools.mjs";

/** Sets a secret; the value goes through standard input, where no list of processes shows it. */
export async function putSecret(env, name, value) {
  const child = startWrangler(["secret", "put", name, "--env", env], ["pipe", "ignore", "inherit"]);
  child.stdin.end(value);
  if ((await exitOf(child)) !== 0) throw new Error(`wrangler could not set ${name} in ${env}: see above.`);
}

/** The names of an environment's secrets; empty if the Worker is not deployed yet. */
export async function secretNames(env) {
  const child = startWrangler(
    ["secret", "list", "--env", env, "--format", "json"],
    ["ignore", "pipe", "pipe"],
  );
  const [code, output, errors] = await Promise.all([exitOf(child), text(child.stdout), text(child.stderr)]);
  if (code === 0) return JSON.parse(output).map(({ name }) => name);
  if (/not found|does not exist|10007/i.test(output + errors)) return [];
  throw new Error(`wrangler could not list the secrets of ${env}:\n${errors || output}`);
}
