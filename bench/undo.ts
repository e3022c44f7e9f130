// How long the undo of an import takes, and how long a sale at the counter of the same shop takes meanwhile.
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { z } from "zod";
import { addProduct, importFile, request, saleOf, signIn, signUp, type Shop } from "./client.ts";
import { median } from "./median.ts";
import { onlineRetailFiles } from "./online-retail.ts";
import { appWorker, migrate } from "./runtime.ts";
import type { Workspace } from "./workspace.ts";

const SALE_EVERY_MS = 200;
const LATER_PRODUCTS = 4_000;

const state = z.object({
  status: z.string(),
  undone_sales: z.number(),
  undone_products: z.number(),
  undo_retained: z.number(),
});

/** Sells one piece at a steady rate until `isDone`. Returns the response times in ms. */
async function sellSteadily(shop: Shop, product: string, isDone: () => boolean): Promise<number[]> {
  const responses: Promise<number>[] = [];
  const sell = async (): Promise<number> => {
    const begin = performance.now();
    await (await request(shop.url, "/sales", saleOf(shop, product))).arrayBuffer();
    return performance.now() - begin;
  };
  for (const begin = performance.now(); !isDone();) {
    responses.push(sell());
    await sleep(Math.max(0, begin + responses.length * SALE_EVERY_MS - performance.now()));
  }
  return Promise.all(responses);
}

async function undo(shop: Shop, id: string): Promise<{ seconds: number; end: z.infer<typeof state> }> {
  const begin = performance.now();
  const read = async (init: RequestInit) =>
    state.parse(await (await request(shop.url, `/imports/${id}`, { headers: shop.headers, ...init })).json());
  let end = await read({ method: "DELETE" });
  while (end.status === "undoing") {
    await sleep(200);
    end = await read({});
  }
  return { seconds: (performance.now() - begin) / 1000, end };
}

async function measureUndo(shop: Shop, product: string, id: string, name: string): Promise<void> {
  let isDone = false;
  const undone = undo(shop, id).finally(() => (isDone = true));
  const times = (await sellSteadily(shop, product, () => isDone)).toSorted((a, b) => a - b);
  const { seconds, end } = await undone;
  console.log(
    `${name}: ${seconds.toFixed(1)} s to ${end.status}, ${end.undone_sales} sales and ${end.undone_products} products removed, ${end.undo_retained} retained; ${times.length} sales meanwhile: median ${median(times).toFixed(0)} ms, 95 % within ${times[Math.floor(times.length * 0.95)]?.toFixed(0)} ms, longest ${times.at(-1)?.toFixed(0)} ms`,
  );
}

const rollups = z.object({ dirty_days: z.array(z.string()), product_days: z.number() });

/** Waits until the statistics of the imports are built, which would slow down sales too. */
async function waitForStatistics(shop: Shop): Promise<void> {
  for (let open = Infinity; open > 0; await sleep(500)) {
    const response = await request(shop.url, "/rollups/status", { headers: shop.headers });
    const { dirty_days, product_days } = rollups.parse(await response.json());
    open = dirty_days.length + product_days;
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
    await shop(),
    product,
    later.id,
    `${LATER_PRODUCTS} products in a shop with ${large.rows_accepted} other lines`,
  );
  await waitForStatistics(await shop());
  await measureUndo(await shop(), product, large.id, `${large.rows_accepted} lines`);
}
