// Generates clients from openapi.json as its users do, compiles them, sells with one of them and with the SDK in Deno, and lints the
// document. The generators, linters and Deno are packages of test/clients. `npm test` runs it as a step of its own.
import { deepStrictEqual } from "node:assert";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { request, signUp } from "../bench/client.ts";
import { appWorker, migrate, start } from "../bench/runtime.ts";
import { ensureInstalled } from "../scripts/install.mjs";

const FOLDER = "test/clients";
const DOCUMENT = "../../openapi.json";
const folder = join(import.meta.dirname, "clients");

/** A program of the packages of test/clients, and its arguments. */
type Tool = { name: string; program: string; args: string[] };

const generators: Tool[] = [
  { name: "@hey-api/openapi-ts", program: "@hey-api/openapi-ts/bin/run.js", args: [] },
  {
    name: "openapi-typescript",
    program: "openapi-typescript/bin/cli.js",
    args: [DOCUMENT, "--output", "generated/openapi-typescript/schema.d.ts"],
  },
  { name: "orval", program: "orval/dist/bin/orval.mjs", args: ["--config", "orval.config.ts"] },
];

const linters: Tool[] = [
  { name: "redocly", program: "@redocly/cli/bin/cli.js", args: ["lint", DOCUMENT] },
  {
    name: "spectral",
    program: "@stoplight/spectral-cli/dist/index.js",
    args: ["lint", DOCUMENT, "--ruleset", "spectral.yaml", "--fail-severity", "warn", "--quiet"],
  },
];

const compiler: Tool = { name: "tsc", program: "typescript/bin/tsc", args: ["--project", "."] };

const report = (text: string) => process.stdout.write(`${text}\n`);

/** Runs a program, without telemetry. Its output is returned, or in the error if it fails. */
async function run({ name, program, args }: Tool): Promise<string> {
  const started = performance.now();
  const child = spawn(process.execPath, [join(folder, "node_modules", program), ...args], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      DO_NOT_TRACK: "1",
      DENO_NO_UPDATE_CHECK: "1",
      REDOCLY_TELEMETRY: "off",
      REDOCLY_SUPPRESS_UPDATE_NOTICE: "true",
    },
  });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => output.push(chunk));
  const code = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const text = Buffer.concat(output).toString().trim();
  if (code !== 0) throw new Error(`${name} fails on openapi.json:\n\n${text}\n`);
  report(`${name}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return text;
}

/** Runs all of them at once. @throws Error that has what each of those that failed says */
async function runAll(tools: Tool[]): Promise<void> {
  const results = await Promise.allSettled(tools.map(run));
  const failures = results.flatMap((result) => (result.status === "rejected" ? [String(result.reason)] : []));
  if (failures.length > 0) throw new Error(failures.join("\n"));
}

const program = z.object({ sell: z.custom<Sell>((value) => typeof value === "function") });
type Sell = (
  server: { baseUrl: string; headers: Record<string, string> },
  productId: string,
  quantity: number,
) => Promise<unknown>;

/** Sells a product to a real server with the client of openapi-typescript, and with the SDK in Deno. */
async function sellWithClients(): Promise<void> {
  // Not as a literal: the types of this module exist only in the packages of test/clients.
  const path = join(folder, "programs", "openapi-typescript.ts");
  const { sell } = program.parse(await import(path));
  const state = mkdtempSync(join(tmpdir(), "mostrador-clients-"));
  const server = await start(appWorker(join(state, "bundle")), join(state, "state"));
  try {
    await migrate(server);
    const shop = await signUp(server.url, "clients");
    const added = await request(server.url, "/products", {
      method: "POST",
      headers: { ...shop.headers, "content-type": "application/json" },
      body: JSON.stringify({ sku: "1", title: "A book", price: 1999, stock: 5 }),
    });
    const { id } = z.object({ id: z.string() }).parse(await added.json());
    const connection = { baseUrl: server.url, headers: shop.headers };
    const { sale } = z.object({ sale: z.object({ units: z.number() }) }).parse(await sell(connection, id, 2));
    deepStrictEqual(sale.units, 2);
    deepStrictEqual(await sell(connection, id, 4), { available: [3] });

    const created = await request(server.url, "/api-keys", {
      method: "POST",
      headers: { ...shop.headers, "content-type": "application/json" },
      body: JSON.stringify({ name: "Deno", kind: "secret", scopes: ["sales:write"] }),
    });
    const { key: apiKey } = z.object({ key: z.string() }).parse(await created.json());
    const args = ["run", "--check", "--allow-net=127.0.0.1", "deno.ts", server.url, apiKey, id];
    const sold = await run({ name: "deno", program: "deno/bin.cjs", args });
    deepStrictEqual(JSON.parse(sold.slice(sold.indexOf("{"))), { units: 1, available: [2] });
  } finally {
    await server.stop();
    rmSync(state, { recursive: true, force: true });
  }
}

try {
  await ensureInstalled(FOLDER);
  rmSync(join(folder, "generated"), { recursive: true, force: true });
  await runAll([...generators, ...linters]);
  await run(compiler);
  await sellWithClients();
  report(
    "Three generated clients compile, one of them sells, the SDK sells in Deno, and the document has no warning.",
  );
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
