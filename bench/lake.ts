// node bench/lake.ts: what the lake costs. Online Retail's whole year, and days of 5,000 and 200,000 lines: lines a second,
// bytes a line, CPU time of the local runtime (SQLite included) and memory of the Worker's isolate while it builds. DuckDB
// reads what was written, against what the file adds up to.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import { z } from "zod";
import { heapOf } from "./inspector.ts";
import { retailFiles } from "./retail.ts";
import { migrate, ourWorker, start, type Runtime } from "./runtime.ts";
import { ask, importSales, signIn, signUp, type Shop } from "./shop.ts";
import { cpuMs } from "./workerd.ts";

const LIMIT_MB = 128;

const list = <T extends z.ZodType>(item: T) =>
  z.object({ data: z.array(item), next_cursor: z.string().nullable() });
const files = list(z.object({ key: z.string(), dataset: z.string(), bytes: z.number(), rows: z.number() }));

async function all<T>(shop: Shop, path: string, page: z.ZodType<{ data: T[]; next_cursor: string | null }>) {
  const found: T[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const response = await ask(shop.url, `${path}?limit=100${cursor && `&cursor=${cursor}`}`, shop);
    const { data, next_cursor } = page.parse(await response.json());
    found.push(...data);
    cursor = next_cursor;
  }
  return found;
}

/** Runs the nightly build to its end, sampling the isolate's memory. */
async function build(runtime: Runtime, shop: Shop) {
  const heap = await heapOf(await runtime.miniflare.getInspectorURL());
  const cpu = cpuMs(runtime.pid) ?? Number.NaN;
  const begin = performance.now();
  await ask(shop.url, "/lake/run", { ...shop, method: "POST" });
  let peak = 0;
  const ended = new AbortController();
  const sampling = (async () => {
    while (!ended.signal.aborted) {
      const { used, buffers } = await heap.usage();
      peak = Math.max(peak, used + buffers);
      await sleep(20);
    }
  })();
  for (let touched = 1; touched > 0;) {
    await sleep(100);
    const response = await ask(shop.url, "/lake/status", shop);
    ({ touched } = z.object({ touched: z.number() }).parse(await response.json()));
  }
  ended.abort();
  await sampling;
  heap.close();
  return {
    seconds: (performance.now() - begin) / 1000,
    cpu: ((cpuMs(runtime.pid) ?? Number.NaN) - cpu) / 1000,
    peak: peak / 1024 / 1024,
  };
}

/** Imports the file into a shop of its own and builds its lake. */
async function measure(runtime: Runtime, slug: string, file: Buffer<ArrayBuffer>): Promise<Shop> {
  const { rows_accepted } = await importSales(await signUp(runtime.url, slug), file);
  const shop = await signIn(runtime.url, slug);
  const { seconds, cpu, peak } = await build(runtime, shop);
  const found = await all(shop, "/lake/files", files);
  const purchases = found.filter((each) => each.dataset === "purchases");
  const bytes = purchases.reduce((sum, each) => sum + each.bytes, 0);
  const total = found.reduce((sum, each) => sum + each.bytes, 0);
  console.log(
    `${slug}: ${rows_accepted} lines in ${purchases.length} days, ${seconds.toFixed(1)} s, ${Math.round(rows_accepted / seconds)} lines a second, ${(bytes / rows_accepted).toFixed(1)} bytes a line`,
  );
  console.log(
    `  all datasets ${(total / 1e6).toFixed(2)} MB; ${cpu.toFixed(1)} s of CPU; isolate ${peak.toFixed(1)} MB at its peak of ${LIMIT_MB} MB`,
  );
  return shop;
}

/** A day of so many lines, 20 to an invoice. */
function dayOf(lines: number): Buffer<ArrayBuffer> {
  const rows = ["InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"];
  for (let at = 0; at < lines; at += 1) {
    const invoice = Math.floor(at / 20);
    const product = (at * 7919) % 4000;
    const second = Math.floor((invoice * 86_000 * 20) / lines);
    const time = new Date(second * 1000).toISOString().slice(11, 19);
    rows.push(
      `${invoice + 1},${10_000 + product},PRODUCT ${product},${1 + (at % 12)},2026-03-02 ${time},${((product % 900) + 50) / 100},${invoice % 4300},Spain`,
    );
  }
  return gzipSync(Buffer.from(`${rows.join("\n")}\n`));
}

async function pull(shop: Shop, folder: string): Promise<void> {
  for (const { key } of await all(shop, "/lake/files", files)) {
    const response = await ask(shop.url, `/lake/files/${key}`, shop);
    const path = join(folder, key.slice(key.indexOf("/") + 1));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, Buffer.from(await response.arrayBuffer()));
  }
}

const QUERIES = [
  "SELECT sum(quantity) AS units, sum(subtotal) AS revenue, count(DISTINCT sale_id) AS sales, count(*) AS lines FROM purchases",
  "SELECT min(placed_at) AS first, max(placed_at) AS last, typeof(any_value(placed_at)) AS t FROM purchases",
  "SELECT sum(revenue) AS revenue, sum(units) AS units, sum(sales + refunds) AS sales FROM daily_summary",
];

const folder = mkdtempSync(join(tmpdir(), "mostrador-lake-"));
const runtime = await start(ourWorker(join(folder, "bundle")), join(folder, "state"), { inspect: true });
try {
  await migrate(runtime);
  await measure(runtime, "day-5000", dayOf(5000));
  await measure(runtime, "day-200000", dayOf(200_000));
  const shop = await measure(runtime, "online-retail", retailFiles().all);
  await pull(shop, join(folder, "lake"));
  const duck = await (await DuckDBInstance.create()).connect();
  for (const dataset of ["purchases", "daily_summary", "products"])
    await duck.run(
      `CREATE VIEW ${dataset} AS SELECT * FROM read_parquet('${folder}/lake/${dataset}/**/*.parquet', hive_partitioning = true)`,
    );
  for (const query of QUERIES) {
    console.log(query);
    for (const row of (await duck.runAndReadAll(query)).getRowObjectsJson())
      console.log(" ", JSON.stringify(row));
  }
} finally {
  await runtime.stop();
  rmSync(folder, { recursive: true, force: true });
}
