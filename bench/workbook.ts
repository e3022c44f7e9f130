// node bench/workbook.ts: the memory and time of the app while it reads spreadsheets of 100,000 and 500,000 rows. The upload does all
// of it: afterwards the file is CSV. The heap is that of the app's isolate, which Cloudflare limits to 128 MB.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { partsOf, zipOf, type Value } from "../test/support/workbooks.ts";
import { signUp } from "./client.ts";
import { openHeap, type Heap } from "./inspector.ts";
import { cpuMs } from "./process.ts";
import { appWorker, migrate, start } from "./runtime.ts";

const SAMPLE_MS = 20;

const megabytes = (bytes: number) => (bytes / 1024 / 1024).toFixed(1);
const total = ({ used, buffers }: Heap): number => used + buffers;

const HEADER = [
  "InvoiceNo",
  "StockCode",
  "Description",
  "Quantity",
  "InvoiceDate",
  "UnitPrice",
  "CustomerID",
  "Country",
];

/** Four lines an invoice, 4,000 products. `unique`: every invoice number and description is another text. */
function book(rows: number, unique: boolean): Buffer<ArrayBuffer> {
  const first = 45_292;
  const lines = Array.from({ length: rows }, (_, at): Value[] => {
    const product = (at * 7919) % 4000;
    return [
      `F${100_000 + Math.floor(at / 4)}`,
      `SKU-${product}`,
      unique ? `Product number ${product} of line ${at}` : `Product number ${product}`,
      1 + (at % 5),
      { serial: first + Math.floor(at / 4) / 1440, style: 1 },
      1.25 + (at % 100),
      String(12_000 + (at % 5000)),
      "Spain",
    ];
  });
  return Buffer.from(
    zipOf(partsOf({ Sales: { rows: [HEADER, ...lines] } }, { formats: ["dd/mm/yyyy hh:mm"] })),
  );
}

const WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/** Uploads the file to a new app, whose consumer does not run within the measured time. */
async function measure(file: Buffer<ArrayBuffer>) {
  const folder = mkdtempSync(join(tmpdir(), "mostrador-workbook-"));
  const runtime = await start(appWorker(join(folder, "bundle")), join(folder, "state"), { inspect: true });
  try {
    await migrate(runtime);
    const heap = await openHeap(await runtime.miniflare.getInspectorURL());
    const shop = await signUp(runtime.url, "book");
    const stopped = new AbortController();
    let peak = 0;
    const sampling = (async () => {
      while (!stopped.signal.aborted) {
        peak = Math.max(peak, total(await heap.usage()));
        await sleep(SAMPLE_MS);
      }
    })();
    const [begin, cpuBefore] = [performance.now(), cpuMs(runtime.pid) ?? Number.NaN];
    const response = await fetch(`${runtime.url}/api/v1/imports?kind=sales`, {
      method: "POST",
      headers: { ...shop.headers, "content-type": WORKBOOK_TYPE },
      body: file,
    });
    const text = await response.text();
    const seconds = (performance.now() - begin) / 1000;
    const cpu = ((cpuMs(runtime.pid) ?? Number.NaN) - cpuBefore) / 1000;
    stopped.abort();
    await sampling;
    heap.close();
    return { status: response.status, text, seconds, cpu, peak };
  } finally {
    await runtime.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const CASES = [
  { rows: 100_000, unique: false },
  { rows: 500_000, unique: false },
  { rows: 500_000, unique: true },
];

for (const { rows, unique } of CASES) {
  const file = book(rows, unique);
  const { status, text, seconds, cpu, peak } = await measure(file);
  console.log(
    `${rows} rows${unique ? " with as many different texts" : ""}, ${megabytes(file.length)} MB: ${status === 202 ? `read in ${seconds.toFixed(1)} s, ${cpu.toFixed(1)} s of CPU time of the whole runtime` : `${status} ${text.slice(0, 200)}`}, isolate ${megabytes(peak)} MB at its peak`,
  );
}
