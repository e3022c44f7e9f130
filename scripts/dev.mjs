// `npm run dev`: everything from a fresh clone to a running shop with data. Plain JavaScript and Node's own modules,
// because it runs before anything is installed. Run again, it keeps the data.
import { connect } from "node:net";
import { fireAll, keepFiring, readCrons } from "./crons.mjs";
import { readDemo } from "./demo.mjs";
import { ensureInstalled } from "./install.mjs";
import { ensureSecrets } from "./dev-vars.mjs";
import { passLog } from "./server-log.mjs";
import { exitOf, startNode, startWrangler } from "./tools.mjs";

const running = new Set();
let isStopping = false;
let isReady = false;

function keep(child) {
  running.add(child);
  child.once("exit", () => running.delete(child));
  return child;
}

function stop() {
  isStopping = true;
  for (const child of running) child.kill("SIGTERM");
}

function stopWhenAsked() {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, stop);
  // A SIGTERM to npm ends npm and its shell, and does not reach us: but then we have another parent.
  const parent = process.ppid;
  const look = () => {
    if (process.ppid !== parent) stop();
  };
  if (process.env.npm_lifecycle_event) setInterval(look, 500).unref();
}

function readPort() {
  const port = Number(process.env.PORT || 8787);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Error(`PORT is no port: ${process.env.PORT}`);
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
      `Port ${port} is in use: stop what runs there, or choose another one, as PORT=${port + 1} npm run dev`,
    );
}

/** What it prints matters only where it fails. */
async function migrate() {
  const child = keep(startWrangler(["d1", "migrations", "apply", "DB", "--local"], "pipe"));
  const output = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => output.push(chunk));
  if ((await exitOf(child)) === 0 || isStopping) return;
  process.stderr.write(Buffer.concat(output));
  throw new Error("The migrations could not be applied to the local database: see above.");
}

async function waitUntilHealthy(url) {
  const start = Date.now();
  for (let isLate = false; ;) {
    if (isStopping) return;
    const answer = await fetch(`${url}/healthz`).catch(() => null);
    if (answer?.ok) return;
    if (!isLate && Date.now() - start > 60_000) {
      isLate = true;
      console.error(
        `Still no healthy answer from ${url}/healthz: ${(await answer?.text()) ?? "nothing listens"}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function sayWhereToLook(url) {
  const { slug, password, staff, customers } = readDemo();
  const people = [...staff, ...customers.map((customer) => ({ ...customer, role: "CUSTOMER" }))];
  const login = JSON.stringify({ tenant: slug, email: staff[0].email, password });
  console.log(`
Mostrador runs at ${url}

  API          ${url}/api/v1
  Reference    ${url}/docs
  OpenAPI      ${url}/openapi.json

Sign in to the shop "${slug}" with the password ${password}
${people.map(({ role, email }) => `  ${role.padEnd(12)} ${email}`).join("\n")}

  curl ${url}/api/v1/auth/login -H 'content-type: application/json' \\
    -d '${login}'

Ctrl-C stops it; the data stays in .wrangler/state.
`);
}

async function makeReady(url) {
  await waitUntilHealthy(url);
  if (isStopping) return;
  const crons = readCrons();
  // Before the demo: they resume an import that was interrupted.
  keepFiring(url, crons);
  const seeded = await exitOf(keep(startNode(["scripts/demo/seed.ts", url])));
  if (isStopping) return;
  if (seeded !== 0) console.error("The demo shop is not complete: see above. The server runs on.");
  await fireAll(url, crons);
  sayWhereToLook(url);
  isReady = true;
}

async function main() {
  const port = readPort();
  const url = `http://localhost:${port}`;
  await ensureInstalled();
  stopWhenAsked();
  ensureSecrets();
  await refuseUsedPort(port);
  await migrate();
  if (isStopping) return 0;
  const flags = ["--port", String(port), "--show-interactive-dev-session=false"];
  const server = keep(startWrangler(["dev", ...flags], "pipe"));
  passLog(server, () => isReady);
  const ended = exitOf(server).then((code) => {
    const wasAsked = isStopping;
    stop();
    if (!wasAsked) console.error(`wrangler dev ended by itself, with code ${code}.`);
    return wasAsked ? 0 : code;
  });
  await Promise.race([ended, makeReady(url)]);
  return ended;
}

try {
  process.exit(await main());
} catch (error) {
  stop();
  console.error(error.message);
  process.exit(1);
}
