// Runs the commands of an analyst (build, pull, sql and verify) against a Worker, and compares them with the imported file.
// `npm test` runs it as a step of its own, because it needs a server and DuckDB.
import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { migrate, appWorker, ROOT, start, type Runtime } from "../../bench/runtime.ts";
import { importFile, signUp } from "../../bench/client.ts";
import { startProxy, type Proxy } from "./proxy.ts";
import { readLines, truthOf } from "./truth.ts";

const folder = mkdtempSync(join(tmpdir(), "mostrador-analyst-"));
const copy = join(folder, "lake");
const UNRELATED = join("purchases", "mine.parquet");
const STALE = join("purchases", "year=2009", "month=01", "day=01", `whole-${randomUUID()}.parquet`);
let running: Runtime | undefined;
let proxy: Proxy | undefined;

/** Runs a lake command; returns its output and exit code. */
async function lake(...args: string[]): Promise<{ code: number | null; text: string }> {
  const command = [join(ROOT, "scripts/lake.ts"), ...args, "--to", copy];
  const shopOptions = ["--url", proxy?.url ?? "", "--shop", "analyst", "--email", "ana@example.com"];
  const child = spawn(process.execPath, args[0] === "sql" ? command : [...command, ...shopOptions], {
    env: { ...process.env, MOSTRADOR_PASSWORD: "correct horse battery" },
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { code, text };
}

async function lines(...args: string[]): Promise<string[]> {
  const { code, text } = await lake(...args);
  strictEqual(code, 0, text);
  return text.trimEnd().split("\n");
}

/** The cells of a query's rows: each column is as wide as its dashes in the second line. */
async function cells(query: string): Promise<string[][]> {
  const [, rule = "", ...rows] = await lines("sql", query);
  const columns = [...rule.matchAll(/-+/g)].map(
    ({ index, 0: { length } }) => [index, index + length] as const,
  );
  return rows.map((row) => columns.map(([from, to]) => row.slice(from, to).trim()));
}

/** The queries of the tutorial. */
const tutorialQueries = (): string[] =>
  [
    ...readFileSync(join(ROOT, "docs/tutorials/sql-over-your-sales.md"), "utf8").matchAll(
      /lake -- sql "([^"]+)"/g,
    ),
  ].map(([, query = ""]) => query);

const money = (pence: bigint): string => (Number(pence) / 100).toFixed(2);

const units = (whole: bigint): string => `${whole}.000`;

/** Interrupts a pull when half of the first file is on disk, and pulls again. */
async function pullInterrupted(recorder: Proxy): Promise<void> {
  let interrupted = "";
  recorder.interrupt = (path, half) => {
    if (interrupted !== "") return null;
    interrupted = path;
    const [, key = ""] = decodeURIComponent(path).split("/lake/files/");
    const part = `${join(copy, ...key.split("/").slice(1))}.part`;
    return (async () => {
      while ((statSync(part, { throwIfNoEntry: false })?.size ?? 0) < half) await sleep(10);
    })();
  };
  for (const path of [UNRELATED, STALE]) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    writeFileSync(join(copy, path), "x");
  }
  const first = await lake("pull");
  strictEqual(first.code, 1, first.text);
  match((await lake("sql", "SELECT 1")).text, /There is no lake in/);
  const fetched = recorder.requests.splice(0).filter(({ path }) => path.includes("/lake/files/"));
  await lines("pull");
  const resumed = recorder.requests.splice(0).filter(({ path }) => path.includes("/lake/files/"));
  ok(existsSync(join(copy, UNRELATED)), "a file that does not belong to the lake was removed");
  ok(!existsSync(join(copy, STALE)), "an outdated file of the lake was not removed");
  match(resumed.find(({ path }) => path === interrupted)?.range ?? "", /^bytes=[1-9]\d*-$/);
  ok(new Set([...fetched, ...resumed].map(({ path }) => path)).size >= fetched.length);
  await lines("pull");
  deepStrictEqual(
    recorder.requests.splice(0).filter(({ path }) => path.includes("/lake/files/")),
    [],
    "an unchanged file was fetched again",
  );
}

async function analyse(): Promise<string> {
  const csv = readLines();
  const truth = truthOf(csv);
  running = await start(appWorker(join(folder, "bundle")), join(folder, "state"));
  await migrate(running);
  const shop = await signUp(running.url, "analyst");
  const file = gzipSync(Buffer.from(csv, "latin1"));
  const { rows_accepted } = await importFile(shop, "sales", file);
  strictEqual(rows_accepted, truth.lines);
  proxy = await startProxy(running.url);

  match((await lines("build")).at(-1) ?? "", /^100 %/);
  await pullInterrupted(proxy);
  deepStrictEqual(await lines("verify").then((output) => output.at(-1)), `equal: ${truth.days.length} days`);

  const sums = `SELECT count(*), sum(quantity), sum(subtotal), sum(subtotal_minor), count(DISTINCT sale_id) FROM purchases`;
  deepStrictEqual(await cells(sums), [
    [truth.lines, units(truth.units), money(truth.pence), truth.pence, truth.sales].map(String),
  ]);
  const [top = "", byCategory = ""] = tutorialQueries();
  const [year, month] = truth.month.split("-").map(Number);
  const topQuery = top.replace(/year = \d+ AND month = \d+/, `year = ${year} AND month = ${month}`);
  deepStrictEqual(
    (await cells(topQuery)).map(([sku, , units, revenue]) => [sku, units, revenue]),
    truth.sellers.slice(0, 3).map(({ sku, units: sold, pence }) => [sku, units(sold), money(pence)]),
  );
  deepStrictEqual(await cells(byCategory), [["none", units(truth.units), money(truth.pence)]]);

  const db = await running.miniflare.getD1Database("DB");
  const [, day = ""] = truth.days;
  const corruptDay =
    "UPDATE sales SET total = total + ? WHERE id = (SELECT min(id) FROM sales WHERE day = ?)";
  await db.prepare(corruptDay).bind(7, day).run();
  const differing = await lake("verify");
  strictEqual(differing.code, 1);
  match(differing.text, new RegExp(`^${day}: revenue -?\\d+ in the lake, -?\\d+ in the shop$`, "m"));
  match(differing.text, new RegExp(`^1 of ${truth.days.length} days differ$`, "m"));
  return `DuckDB agrees with ${truth.lines} lines of ${truth.days.length} days; an interrupted pull was resumed; verify reported ${day}.`;
}

try {
  process.stdout.write(`${await analyse()}\n`);
} finally {
  proxy?.close();
  await running?.stop();
  rmSync(folder, { recursive: true, force: true });
}
