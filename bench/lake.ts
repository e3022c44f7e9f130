// What building the lake costs, for all of Online Retail and for days of 5,000 and 200,000 lines: lines per second, bytes per line, CPU
// time of the local runtime (including SQLite) and memory of the app's isolate. The sums that DuckDB reads are compared with the shop's.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import { z } from "zod";
import { openHeap, type Heap } from "./inspector.ts";
import type { Workspace } from "./workspace.ts";
import { onlineRetailFiles } from "./online-retail.ts";
import { migrate, appWorker, start, type Runtime } from "./runtime.ts";
import { request, importFile, signIn, signUp, type Shop } from "./client.ts";
import { cpuMs } from "./process.ts";

const LIMIT_MB = 128;

const list = <T extends z.ZodType>(item: T) =>
  z.object({ data: z.array(item), next_cursor: z.string().nullable() });
const files = list(z.object({ key: z.string(), dataset: z.string(), bytes: z.number(), rows: z.number() }));

/** Reads all pages of a list. */
async function readAll<T>(
  shop: Shop,
  path: string,
  page: z.ZodType<{ data: T[]; next_cursor: string | null }>,
) {
  const items: T[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const response = await request(shop.url, `${path}?limit=100${cursor && `&cursor=${cursor}`}`, {
      headers: shop.headers,
    });
    const { data, next_cursor } = page.parse(await response.json());
    items.push(...data);
    cursor = next_cursor;
  }
  return items;
}

const total = ({ used, buffers }: Heap): number => used + buffers;

/** Runs the nightly build to its end, sampling the isolate's memory. */
async function build(runtime: Runtime, shop: Shop) {
  const heap = await openHeap(await runtime.miniflare.getInspectorURL());
  const cpu = cpuMs(runtime.pid) ?? Number.NaN;
  const before = total(await heap.usage());
  const begin = performance.now();
  await request(shop.url, "/lake/run", { headers: shop.headers, method: "POST" });
  let peak = 0;
  const stopped = new AbortController();
  const sampling = (async () => {
    while (!stopped.signal.aborted) {
      peak = Math.max(peak, total(await heap.usage()));
      await sleep(20);
    }
  })();
  for (let touched = 1; touched > 0;) {
    await sleep(100);
    const response = await request(shop.url, "/lake/status", { headers: shop.headers });
    ({ touched } = z.object({ touched: z.number() }).parse(await response.json()));
  }
  stopped.abort();
  await sampling;
  heap.close();
  return {
    seconds: (performance.now() - begin) / 1000,
    cpu: ((cpuMs(runtime.pid) ?? Number.NaN) - cpu) / 1000,
    before: before / 1024 / 1024,
    peak: peak / 1024 / 1024,
  };
}

/** Imports the file into a new shop, builds its lake and prints what that costs. */
async function measure(runtime: Runtime, slug: string, file: Buffer<ArrayBuffer>): Promise<Shop> {
  const { rows_accepted } = await importFile(await signUp(runtime.url, slug), "sales", file);
  const shop = await signIn(runtime.url, slug);
  const { seconds, cpu, before, peak } = await build(runtime, shop);
  const lakeFiles = await readAll(shop, "/lake/files", files);
  const purchases = lakeFiles.filter((each) => each.dataset === "purchases");
  const bytes = purchases.reduce((sum, each) => sum + each.bytes, 0);
  const allBytes = lakeFiles.reduce((sum, each) => sum + each.bytes, 0);
  console.log(
    `${slug}: ${rows_accepted} lines in ${purchases.length} days, ${seconds.toFixed(1)} s, ${Math.round(rows_accepted / seconds)} lines per second, ${(bytes / rows_accepted).toFixed(1)} bytes per line`,
  );
  console.log(
    `  all datasets ${(allBytes / 1e6).toFixed(2)} MB; ${cpu.toFixed(1)} s of CPU; isolate ${before.toFixed(1)} MB before, ${peak.toFixed(1)} at its peak, of ${LIMIT_MB}`,
  );
  return shop;
}

/** A gzipped sales file of one day, with 20 lines per invoice. */
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
  for (const { key } of await readAll(shop, "/lake/files", files)) {
    const response = await request(shop.url, `/lake/files/${key}`, { headers: shop.headers });
    const path = join(folder, key.slice(key.indexOf("/") + 1));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, Buffer.from(await response.arrayBuffer()));
  }
}

const sums = z.object({ units: z.coerce.number(), revenue: z.coerce.number() });

/** Queries the lake with DuckDB and prints the result; throws if it differs from the shop's metrics. */
async function query(shop: Shop, lake: string): Promise<void> {
  const duck = await (await DuckDBInstance.create()).connect();
  const text = `SELECT sum(quantity) AS units, sum(subtotal) AS revenue, count(DISTINCT sale_id) AS sales,
      count(*) AS lines, min(placed_at) AS first, max(placed_at) AS last
    FROM read_parquet('${lake}/purchases/**/*.parquet', hive_partitioning = true)`;
  const begin = performance.now();
  const [row] = (await duck.runAndReadAll(text)).getRowObjectsJson();
  console.log(`DuckDB, ${Math.round(performance.now() - begin)} ms: ${JSON.stringify(row)}`);
  const { units, revenue } = sums.parse(row);
  const response = await request(shop.url, "/metrics/kpis", { headers: shop.headers });
  const kpis = z
    .object({ total_revenue: z.number(), total_products_sold: z.number() })
    .parse(await response.json());
  if (units !== kpis.total_products_sold || Math.round(revenue * 100) !== kpis.total_revenue)
    throw new Error(`The lake differs from the shop's metrics: ${JSON.stringify(kpis)}`);
}

export async function benchLake({ folder }: Workspace): Promise<void> {
  const runtime = await start(appWorker(join(folder, "bundle")), join(folder, "state"), {
    inspect: true,
  });
  try {
    await migrate(runtime);
    await measure(runtime, "day-5000", dayOf(5000));
    await measure(runtime, "day-200000", dayOf(200_000));
    const shop = await measure(runtime, "online-retail", onlineRetailFiles().all);
    await pull(shop, join(folder, "lake"));
    await query(shop, join(folder, "lake"));
  } finally {
    await runtime.stop();
  }
}
