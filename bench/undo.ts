// How long the undo of an import takes, and how long a sale at the counter of the same shop takes meanwhile.
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { z } from "zod";
import { addProduct, importFile, request, saleOf, signIn, signUp, type Shop } from "./client.ts";
import { onlineRetailFiles } from "./online-retail.ts";
import { cpuMs } from "./process.ts";
import { appWorker, migrate, type Runtime } from "./runtime.ts";
import type { Workspace } from "./workspace.ts";

const SALE_EVERY_MS = 200;
const ALONE_MS = 10_000;
const LATER_PRODUCTS = 4_000;

const state = z.object({
  status: z.string(),
  undone_sales: z.number(),
  undone_products: z.number(),
  undo_retained: z.number(),
  finished_at: z.string().nullable(),
});

type Sold = { begin: number; ms: number };

/** Sells one piece at a steady rate until `isDone`. */
async function sellSteadily(shop: Shop, product: string, isDone: () => boolean): Promise<Sold[]> {
  const responses: Promise<Sold>[] = [];
  const sell = async (): Promise<Sold> => {
    const begin = Date.now();
    await (await request(shop.url, "/sales", saleOf(shop, product))).arrayBuffer();
    return { begin, ms: Date.now() - begin };
  };
  for (const begin = performance.now(); !isDone();) {
    responses.push(sell());
    await sleep(Math.max(0, begin + responses.length * SALE_EVERY_MS - performance.now()));
  }
  return Promise.all(responses);
}

async function undo(shop: Shop, id: string): Promise<z.infer<typeof state>> {
  const read = async (init: RequestInit) =>
    state.parse(await (await request(shop.url, `/imports/${id}`, { headers: shop.headers, ...init })).json());
  let end = await read({ method: "DELETE" });
  for (; end.status === "undoing"; end = await read({})) await sleep(200);
  return end;
}

const timesOf = (sold: Sold[]): string => {
  const sorted = sold.map(({ ms }) => ms).toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
  return `${sorted.length} sales: median ${at(0.5)} ms, 95 % within ${at(0.95)} ms, longest ${at(1)} ms`;
};

async function measureUndo({ pid }: Runtime, shop: Shop, product: string, id: string, name: string) {
  const until = performance.now() + ALONE_MS;
  const alone = await sellSteadily(shop, product, () => performance.now() > until);
  const cpuBefore = cpuMs(pid) ?? 0;
  let isDone = false;
  const begin = Date.now();
  const undone = undo(shop, id).finally(() => (isDone = true));
  const sold = await sellSteadily(shop, product, () => isDone);
  const { finished_at, ...end } = await undone;
  // The statistics that are computed afterwards slow down the later ones, because locally one isolate does everything.
  const finished = Date.parse(finished_at ?? "");
  const meanwhile = sold.filter((sale) => sale.begin < finished - SALE_EVERY_MS);
  const cpu = ((cpuMs(pid) ?? 0) - cpuBefore) / 1000;
  console.log(
    `${name}: ${end.status} in ${((finished - begin) / 1000).toFixed(1)} s; ${cpu.toFixed(1)} s of CPU time with the sales and the statistics; ${end.undone_sales} sales and ${end.undone_products} products removed, ${end.undo_retained} retained`,
  );
  console.log(`  before: ${timesOf(alone)}\n  meanwhile: ${timesOf(meanwhile)}`);
}

const rollups = z.object({ dirty_days: z.array(z.string()), product_days: z.number() });

/** Waits until the statistics of the imports are built, which would slow down sales too. Today may be dirty because of sales. */
async function waitForStatistics(shop: Shop): Promise<void> {
  const today = new Date().toISOString().slice(0, 10);
  for (let open = Infinity; open > 0; await sleep(500)) {
    const response = await request(shop.url, "/rollups/status", { headers: shop.headers });
    const { dirty_days, product_days } = rollups.parse(await response.json());
    open = dirty_days.filter((day) => day !== today).length + product_days;
  }
}

/** A sales file of other products, as many lines as products. */
function laterFile(): Buffer<ArrayBuffer> {
  const lines = ["InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"];
  for (let at = 0; at < LATER_PRODUCTS; at += 1)
    lines.push(
      `L${Math.floor(at / 4)},LATER-${at},Later ${at},1,2012-01-0${(1 + (at % 36) / 4) | 0} 10:00:00,2.00,,Spain`,
    );
  return gzipSync(Buffer.from(`${lines.join("\n")}\n`));
}

export async function benchUndo({ folder, startWorker }: Workspace): Promise<void> {
  const app = await startWorker("app", appWorker(`${folder}/bundle`));
  await migrate(app);
  await signUp(app.url, "shop");
  const shop = () => signIn(app.url, "shop");
  const product = await addProduct(await shop());
  const { all } = onlineRetailFiles();
  const large = await importFile(await shop(), "sales", all);
  console.log(`Import: ${large.rows_accepted} rows in ${large.seconds.toFixed(1)} s`);
  const later = await importFile(await shop(), "sales", laterFile());
  await waitForStatistics(await shop());
  await measureUndo(
    app,
    await shop(),
    product,
    later.id,
    `${LATER_PRODUCTS} products in a shop with ${large.rows_accepted} other lines`,
  );
  await waitForStatistics(await shop());
  await measureUndo(app, await shop(), product, large.id, `${large.rows_accepted} lines`);
}
