// The keys that sign and verify access tokens: create, rotate, retire.
import { setTimeout as wait } from "node:timers/promises";
import { readEnvironment, runCommand, UsageError } from "./cli.mjs";
import { readDevVar, writeDevVars } from "./dev-vars.mjs";
import { newSigningKey, publicPartOf, retire, rotate } from "./keys/rotation.mjs";
import { putSecret, secretNames } from "./wrangler.mjs";

const usage = `npm run keys -- create [--env staging|production] [--dry-run]
npm run keys -- rotate [--env staging|production --url https://...] [--dry-run]
npm run keys -- retire [--env staging|production] [--dry-run]

create   sets the first signing key of an environment
rotate   replaces the signing key without signing anybody out: publishes the new key, signs with it, waits until the
         tokens of the previous key have expired (11 minutes), and then retires the previous key
retire   ends a rotation that was interrupted while it waited: only the signing key verifies from then on

Without --env the keys are those of .dev.vars, and rotate leaves the previous key to retire, without waiting.
--url     where the environment answers; its /.well-known/jwks.json lists the keys in use
--dry-run prints the steps and changes nothing
No command prints a private key.`;

const options = {
  env: { type: "string" },
  url: { type: "string" },
  "dry-run": { type: "boolean", default: false },
};

// A new secret reaches all locations within seconds; a minute is ample.
const PROPAGATION_MS = 60_000;
// Access tokens live ten minutes, and locations may still sign with the previous key while the new one spreads.
const EXPIRY_MS = 660_000;

async function readPublished(url) {
  const response = await fetch(new URL("/.well-known/jwks.json", url), { cache: "no-store" });
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}.`);
  return (await response.json()).keys;
}

async function waitUntilPublished(url, kid) {
  const deadline = Date.now() + 2 * PROPAGATION_MS;
  while (!(await readPublished(url)).some((key) => key.kid === kid)) {
    if (Date.now() > deadline)
      throw new Error(
        `${url} does not publish the new key: check that --url belongs to --env. The previous key still signs; nothing else was changed.`,
      );
    await wait(2000);
  }
  console.log(`${url} publishes the new key. Waiting a minute, until every location does ...`);
  await wait(PROPAGATION_MS);
}

async function waitForExpiry(env) {
  const end = new Date(Date.now() + EXPIRY_MS);
  console.log(`The new key signs. Until ${end.toLocaleTimeString()} the previous key still verifies ...`);
  console.log(`If this is interrupted: npm run keys -- retire --env ${env}`);
  await wait(EXPIRY_MS);
}

/** The deployment that rotation.mjs works on. */
const remoteDeployment = (env, url) => ({
  readPublished: () => readPublished(url),
  put: async (name, value) => {
    await putSecret(env, name, value);
    console.log(`Set ${name} in ${env}.`);
  },
  waitUntilPublished: (kid) => waitUntilPublished(url, kid),
  waitForExpiry: () => waitForExpiry(env),
});

const localDeployment = {
  put: async (name, value) => writeDevVars({ [name]: value }),
};

function readLocalKey() {
  const text = readDevVar("AUTH_SIGNING_KEY");
  if (text === undefined) throw new Error(".dev.vars has no signing key: npm run keys -- create");
  return JSON.parse(text);
}

async function rotateLocally() {
  const previous = publicPartOf(readLocalKey());
  const AUTH_SIGNING_KEY = JSON.stringify(newSigningKey());
  writeDevVars({ AUTH_SIGNING_KEY, AUTH_VERIFICATION_KEYS: JSON.stringify({ keys: [previous] }) });
  console.log("Replaced the signing key in .dev.vars; the previous key still verifies.");
  console.log("After ten minutes, when its tokens have expired: npm run keys -- retire");
}

async function create(env) {
  const exists = env
    ? (await secretNames(env)).includes("AUTH_SIGNING_KEY")
    : readDevVar("AUTH_SIGNING_KEY") !== undefined;
  const where = env ?? ".dev.vars";
  if (exists) throw new Error(`${where} has a signing key already: use rotate. Nothing was changed.`);
  const key = JSON.stringify(newSigningKey());
  if (env) await putSecret(env, "AUTH_SIGNING_KEY", key);
  else writeDevVars({ AUTH_SIGNING_KEY: key, AUTH_VERIFICATION_KEYS: JSON.stringify({ keys: [] }) });
  console.log(`Created the signing key of ${where}.`);
}

/** The steps of a command, one line each. */
function stepsOf(command, env, url) {
  const set = (name) => (env ? `wrangler secret put ${name} --env ${env}` : `set ${name} in .dev.vars`);
  const retirement = `${set("AUTH_VERIFICATION_KEYS")}   # no key but the signing key`;
  if (command === "create") return [`${set("AUTH_SIGNING_KEY")}   # a new private key`];
  if (command === "retire") return [retirement];
  if (!env)
    return [
      `${set("AUTH_VERIFICATION_KEYS")}   # the public part of the current signing key`,
      `${set("AUTH_SIGNING_KEY")}   # a new private key`,
    ];
  return [
    `GET ${new URL("/.well-known/jwks.json", url)}   # the public keys in use`,
    `${set("AUTH_VERIFICATION_KEYS")}   # these and the public part of a new key`,
    `wait until ${url} publishes the new key, and a minute more`,
    `${set("AUTH_SIGNING_KEY")}   # the new private key`,
    "wait 11 minutes, until the tokens of the previous key have expired",
    retirement,
  ];
}

function readArguments({ values, positionals: [command] }) {
  const env = readEnvironment(values.env);
  if (command !== "create" && command !== "rotate" && command !== "retire")
    throw new UsageError("Name a command: create, rotate or retire.");
  if (command !== "rotate" && values.url !== undefined) throw new UsageError("--url goes with rotate only.");
  if (command === "rotate" && (env === undefined) !== (values.url === undefined))
    throw new UsageError("--env and --url go together: the URL tells which keys the environment uses.");
  if (values.url !== undefined && !URL.canParse(values.url)) throw new UsageError(`Not a URL: ${values.url}`);
  return { command, env, url: values.url, isDryRun: values["dry-run"] };
}

await runCommand({ usage, options, positionals: ["command"] }, async (parsed) => {
  const { command, env, url, isDryRun } = readArguments(parsed);
  if (isDryRun) {
    console.log("Dry run: nothing is changed. The steps are:");
    for (const [at, step] of stepsOf(command, env, url).entries()) console.log(`${at + 1}. ${step}`);
    return;
  }
  if (command === "create") return create(env);
  if (command === "retire") {
    await retire(env ? remoteDeployment(env, url) : localDeployment);
    console.log("Only the signing key verifies now.");
    return;
  }
  if (!env) return rotateLocally();
  await rotate(remoteDeployment(env, url));
  console.log("The rotation is complete: only the new key verifies.");
});
