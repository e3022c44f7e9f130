// node bench/memory.ts: the memory of the app while it imports all of Online Retail. The heap, which includes uncollected garbage, is that
// of the app's isolate, which Cloudflare limits to 128 MB. The RSS is that of the whole local runtime, with the simulators of D1, KV, R2
// and Queues.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openHeap, type Heap } from "./inspector.ts";
import { onlineRetailFiles } from "./online-retail.ts";
import { migrate, appWorker, start } from "./runtime.ts";
import { importFile, signUp } from "./client.ts";
import { residentBytes } from "./process.ts";

const LIMIT_MB = 128;
const SAMPLE_MS = 50;

const folder = mkdtempSync(join(tmpdir(), "mostrador-memory-"));
const megabytes = (bytes: number) => (bytes / 1024 / 1024).toFixed(1);

const runtime = await start(appWorker(join(folder, "bundle")), join(folder, "state"), {
  inspect: true,
});
try {
  await migrate(runtime);
  const heap = await openHeap(await runtime.miniflare.getInspectorURL());
  const shop = await signUp(runtime.url, "all");
  const before = await heap.usage();
  const { all } = onlineRetailFiles();
  const samples: (Heap & { at: number })[] = [];
  const begin = performance.now();
  let rss = 0;
  const stopped = new AbortController();
  const sampling = (async () => {
    while (!stopped.signal.aborted) {
      samples.push({ ...(await heap.usage()), at: (performance.now() - begin) / 1000 });
      if (runtime.pid !== null) rss = Math.max(rss, residentBytes(runtime.pid));
      await sleep(SAMPLE_MS);
    }
  })();
  const { rows_read, seconds } = await importFile(shop, "sales", all).finally(() => stopped.abort());
  await sampling;
  const peak = samples.reduce((largest, sample) => (total(sample) > total(largest) ? sample : largest));
  console.log(`Import: ${rows_read} rows in ${seconds.toFixed(1)} s, ${samples.length} samples`);
  console.log(
    `Worker isolate: ${megabytes(total(before))} MB before, ${megabytes(total(peak))} MB at its peak (${megabytes(peak.used)} heap, ${megabytes(peak.buffers)} array buffers, ${peak.at.toFixed(1)} s into the import) of ${LIMIT_MB} MB`,
  );
  console.log(`Whole local runtime with SQLite: ${megabytes(rss)} MB resident at its peak`);
  heap.close();
} finally {
  await runtime.stop();
  rmSync(folder, { recursive: true, force: true });
}

function total({ used, buffers }: Heap): number {
  return used + buffers;
}
