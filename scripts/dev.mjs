// Starts a server with the demo shop, from a fresh clone if need be. Plain JavaScript and Node's built-in modules, because it runs before anything is
// installed.
import { mkdirSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { runCommand, UsageError } from "./cli.mjs";
import { fireAll, fireOnSchedule, readCrons } from "./crons.mjs";
import { readDemo } from "./demo.mjs";
import { ensureInstalled } from "./install.mjs";
import { ensureSecrets } from "./dev-vars.mjs";
import { logServer } from "./server-log.mjs";
import { exitOf, root, startNode, startWrangler } from "./tools.mjs";

const usage = `[PORT=8787] npm run dev [-- --verbose]

Installs the packages, migrates the local database, starts the server and fills the demo shop. Data in .wrangler/state
stays from one run to the next.
--verbose  prints the request log, which otherwise goes to .wrangler/dev.log only; errors are always printed`;

const LOG = join(".wrangler", "dev.log");

const running = new Set();
let isStopping = false;

/** Prints a step with the seconds since the command began. */
const step = (name) => console.log(`[${(performance.now() / 1000).toFixed(1).padStart(5)} s] ${name}`);

function track(child) {
  running.add(child);
  child.once("exit", () => running.delete(child));
  return child;
}

function stop() {
  isStopping = true;
  for (const child of running) child.kill("SIGTERM");
}

function stopOnSignals() {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, stop);
  // A SIGTERM to npm ends npm and its shell without reaching this process, which then has another parent.
  const parent = process.ppid;
  const stopIfOrphaned = () => {
    if (process.ppid !== parent) stop();
  };
  if (process.env.npm_lifecycle_event) setInterval(stopIfOrphaned, 500).unref();
}

function readPort() {
  const port = Number(process.env.PORT || 8787);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new UsageError(`PORT is not a port number: ${process.env.PORT}`);
  return port;
}

async function refuseUsedPort(port) {
  const isUsed = await new Promise((resolve) => {
    const socket = connect({ host: "localhost", port });
    socket.once("connect", () => socket.end(() => resolve(true)));
    socket.once("error", () => resolve(false));
  });
  if (isUsed)
    throw new Error(
      `Port ${port} is in use: stop the program that uses it, or choose another port: PORT=${port + 1} npm run dev`,
    );
}

/** Applies the migrations. */
async function migrate() {
  const code = await exitOf(track(startNode(["scripts/migrate.ts"])));
  if (code !== 0 && !isStopping)
    throw new Error("The migrations could not be applied to the local database: see above.");
}

async function waitUntilHealthy(url) {
  const start = Date.now();
  for (let isLate = false; ;) {
    if (isStopping) return;
    const response = await fetch(`${url}/healthz`).catch(() => null);
    if (response?.ok) return;
    if (!isLate && Date.now() - start > 60_000) {
      isLate = true;
      console.error(
        `Still waiting for ${url}/healthz: ${(await response?.text()) ?? "nothing listens there"}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The login of the demo shop's ADMIN. */
function demoLogin() {
  const { slug, password, staff } = readDemo();
  return { tenant: slug, email: staff[0].email, password };
}

function printBanner(url) {
  const { slug, password, pin, profile, staff, customers } = readDemo();
  const people = [...staff, ...customers.map((customer) => ({ ...customer, role: "CUSTOMER" }))];
  console.log(`
Mostrador runs at ${url}

  Web app      ${url}
  API          ${url}/api/v1
  Reference    ${url}/docs
  OpenAPI      ${url}/openapi.json
  Mails        ${url}/dev/mail

Sign in to the shop "${slug}" with the password ${password}
${people.map(({ role, email }) => `  ${role.padEnd(12)} ${email}`).join("\n")}
Approve discounts of more than ${profile.max_discount_percent} % with the ADMIN's PIN ${pin}

  curl ${url}/api/v1/auth/login -H 'content-type: application/json' \\
    -d '${JSON.stringify(demoLogin())}'

Requests are logged to ${LOG}; npm run dev -- --verbose prints them.
Ctrl-C stops the server; the data stays in .wrangler/state.
`);
}

async function makeReady(url) {
  await waitUntilHealthy(url);
  if (isStopping) return;
  const crons = readCrons();
  // Before the demo, because the crons resume an interrupted import.
  fireOnSchedule(url, crons);
  step("Filling the demo shop");
  const seeded = await exitOf(track(startNode(["scripts/demo/seed.ts", url])));
  if (isStopping) return;
  if (seeded !== 0) console.error("The demo shop is incomplete: see above. The server keeps running.");
  step("Running the crons once");
  await fireAll(url, crons);
  step("Ready");
  printBanner(url);
}

async function main({ verbose }) {
  const port = readPort();
  const url = `http://localhost:${port}`;
  step("Checking the installed packages");
  await ensureInstalled();
  stopOnSignals();
  ensureSecrets();
  await refuseUsedPort(port);
  step("Applying migrations to the local database");
  await migrate();
  if (isStopping) return 0;
  step("Building the Worker and starting the server");
  // Links in mails lead to this server.
  const flags = [
    "--port",
    String(port),
    "--var",
    `PUBLIC_URL:${url}`,
    "--var",
    `DEMO_LOGIN:${JSON.stringify(demoLogin())}`,
    "--show-interactive-dev-session=false",
  ];
  const server = track(startWrangler(["dev", ...flags], ["ignore", "pipe", "pipe"]));
  mkdirSync(join(root, ".wrangler"), { recursive: true });
  logServer(server, join(root, LOG), verbose);
  const ended = exitOf(server).then((code) => {
    const isExpected = isStopping;
    stop();
    if (!isExpected) console.error(`wrangler dev ended unexpectedly, with code ${code}.`);
    return isExpected ? 0 : code;
  });
  await Promise.race([ended, makeReady(url)]);
  return ended;
}

const options = { verbose: { type: "boolean", default: false } };
await runCommand({ usage, options }, ({ values }) => main(values).finally(stop));
process.exit();
