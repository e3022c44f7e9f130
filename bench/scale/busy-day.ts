// npm run bench -- busy-day: a shop sells 20 times a second while 32 readers ask for its figures, compared with the same shop while it does
// not sell.
import { setTimeout as sleep } from "node:timers/promises";
import { request, saleOf, type Shop } from "../client.ts";
import { percentile } from "../percentile.ts";
import { runMinute } from "../runtime.ts";
import type { Workspace } from "../workspace.ts";
import { knownValues } from "./known-values.ts";
import type { SizedOptions } from "./scale.ts";
import { openShops, type ScaleShops } from "./shops.ts";

const STANDARD_LINES = 1_000_000;
const SALES_PER_SECOND = 20;
const READERS = 32;
/** From one request of a reader to the next, unless the response takes longer. */
const READ_EVERY_MS = 1_000;
const SECONDS = 120;
const CRON_EVERY_MS = 60_000;

const READS = ["/metrics/kpis", "/metrics/overview"];

type Answer = { path: string; ms: number; rows: number };

async function timed(shop: Shop, path: string, init: RequestInit): Promise<Answer> {
  const begin = performance.now();
  const response = await request(shop.url, path, init);
  await response.arrayBuffer();
  const rows = /read=(\d+)/.exec(response.headers.get("server-timing") ?? "")?.[1];
  return { path, ms: performance.now() - begin, rows: Number(rows) };
}

/** Calls `work` every `everyMs` until `end`, however long it takes. */
async function repeat<T>(end: number, everyMs: number, work: (at: number) => Promise<T>): Promise<T[]> {
  const begin = performance.now();
  const running: Promise<T>[] = [];
  for (let at = 0; performance.now() < end; at += 1) {
    running.push(work(at));
    await sleep(Math.max(0, begin + (at + 1) * everyMs - performance.now()));
  }
  return Promise.all(running);
}

function printRow(label: string, answers: Answer[]): void {
  const times = answers.map(({ ms }) => ms);
  const [middle, high] = [0.5, 0.95].map((share) => percentile(times, share).toFixed(0).padStart(6));
  const rows = Math.max(...answers.map((answer) => answer.rows));
  console.log(
    `  ${label.padEnd(20)} median ${middle} ms   95th ${high} ms   at most ${String(rows).padStart(6)} rows read   ${answers.length} requests`,
  );
}

/** Reads for SECONDS, and sells meanwhile if there is a product; returns the 95th percentile of the reads. */
async function phase({ runtime, large }: ScaleShops, product: string | null): Promise<number> {
  const shop: Shop = { url: runtime.url, slug: large.slug, headers: await large.headers("ADMIN") };
  const { headers } = shop;
  const end = performance.now() + SECONDS * 1000;
  const readers = Array.from({ length: READERS }, async (_, reader) => {
    await sleep((reader * READ_EVERY_MS) / READERS);
    const answers: Answer[] = [];
    while (performance.now() < end) {
      const next = performance.now() + READ_EVERY_MS;
      answers.push(await timed(shop, READS[(reader + answers.length) % READS.length] ?? "", { headers }));
      await sleep(Math.max(0, next - performance.now()));
    }
    return answers;
  });
  const selling =
    product === null
      ? Promise.resolve([])
      : repeat(end, 1000 / SALES_PER_SECOND, () => timed(shop, "/sales", saleOf(shop, product)));
  const crons = repeat(end, CRON_EVERY_MS, () => runMinute(runtime));
  const [reads, sales] = await Promise.all([Promise.all(readers), selling, crons]);
  const answers = reads.flat();
  console.log(product === null ? "The shop is idle:" : `The shop sells ${SALES_PER_SECOND} times a second:`);
  for (const path of READS)
    printRow(
      `GET ${path}`,
      answers.filter((answer) => answer.path === path),
    );
  if (sales.length > 0) printRow("POST /sales", sales);
  return percentile(
    answers.map(({ ms }) => ms),
    0.95,
  );
}

export async function benchBusyDay(
  workspace: Workspace,
  { lines = STANDARD_LINES, state }: SizedOptions,
): Promise<void> {
  const shops = await openShops(workspace, lines, state);
  const { product_id: [product] = [] } = await knownValues(shops.runtime, shops.large);
  if (product === undefined) throw new Error("the shop has no product");
  console.log(`${READERS} readers, each asks once a second, for ${SECONDS} s`);
  const idle = await phase(shops, null);
  const busy = await phase(shops, product);
  console.log(`  95th percentile of the reads, selling / idle: ${(busy / idle).toFixed(2)}`);
}
