// The app beside a plain API on Express and PostgreSQL (server.mjs), each with one product, in turns. The programs initdb and postgres must
// be on the PATH; the cluster is a new one in the folder of the benchmark, with the settings of initdb.
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { chmodSync, chownSync, mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { ensureInstalled } from "../../scripts/install.mjs";
import { casesFor } from "../cases.ts";
import { addProduct, request, saleOf, signUp } from "../client.ts";
import { appWorker, migrate } from "../runtime.ts";
import { printRates } from "../throughput.ts";
import type { Workspace } from "../workspace.ts";

const FOLDER = "bench/plain";
const CASES = new Set(["GET /metrics/kpis, cached", "GET /sales?limit=20", "POST /sales"]);
const TARGET_RATIO = 0.8;
const NOBODY = 65_534;
const ATTEMPTS = 100;

// PostgreSQL refuses to run as root.
const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

async function freePort(): Promise<string> {
  const server = createServer();
  const port = await new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" ? address?.port : undefined);
    });
  });
  server.close();
  return String(port);
}

/** Starts PostgreSQL with an empty cluster; the variables by which its clients find it. @throws Error if it cannot be started */
async function startPostgres(
  folder: string,
): Promise<{ process: ChildProcess; variables: Record<string, string> }> {
  const cluster = join(folder, "cluster");
  mkdirSync(cluster);
  chmodSync(folder, 0o755);
  if (user.uid !== undefined) chownSync(cluster, user.uid, user.gid);
  const { status, stderr, error } = spawnSync("initdb", ["-D", cluster, "-U", "bench", "--auth=trust"], {
    ...user,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`initdb failed: ${error?.message ?? stderr}`);
  const port = await freePort();
  const options = ["-D", cluster, "-p", port, "-h", "127.0.0.1", "-k", ""];
  const server = spawn("postgres", options, { ...user, stdio: "ignore" });
  const variables = { PGHOST: "127.0.0.1", PGPORT: port, PGUSER: "bench", PGDATABASE: "postgres" };
  const isReady = () => spawnSync("pg_isready", ["-h", "127.0.0.1", "-p", port]).status === 0;
  for (let attempt = 0; attempt < ATTEMPTS && !isReady(); attempt += 1) await sleep(100);
  if (!isReady()) throw new Error("PostgreSQL did not start");
  return { process: server, variables };
}

/** Starts the plain API; its URL is the first line that it prints. */
async function startServer(
  variables: Record<string, string>,
): Promise<{ process: ChildProcess; url: string }> {
  const server = spawn(process.execPath, [join(import.meta.dirname, "server.mjs")], {
    env: { ...process.env, ...variables },
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const url of createInterface(server.stdout)) return { process: server, url };
  throw new Error("the plain API did not start");
}

export async function benchPlain({ folder, startWorker }: Workspace): Promise<void> {
  await ensureInstalled(FOLDER);
  const app = await startWorker("app", appWorker(join(folder, "bundle")));
  await migrate(app);
  const shop = await signUp(app.url, "plain");
  const id = await addProduct(shop);

  const postgres = await startPostgres(folder);
  try {
    const plain = await startServer(postgres.variables);
    try {
      const body = JSON.stringify({ id, title: "A book that sells", price: 1999 });
      const headers = { "content-type": "application/json" };
      await request(plain.url, "/products", { method: "POST", headers, body });
      for (const { url } of [app, plain])
        for (let sale = 0; sale < 20; sale += 1)
          await (await request(url, "/sales", saleOf(shop, id))).text();
      const cases = casesFor(id).filter(({ name }) => CASES.has(name));
      // The processes of PostgreSQL are not those that the runner could add up.
      const peer = { name: "plain", url: plain.url, pid: null, target: TARGET_RATIO };
      await printRates(cases, shop, app, peer);
    } finally {
      plain.process.kill();
    }
  } finally {
    postgres.process.kill();
  }
}
