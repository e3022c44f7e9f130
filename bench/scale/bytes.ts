// npm run bench -- bytes: how many bytes of the database each table and index takes for a sale of three lines over the counter.
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { z } from "zod";
import { actorOf, importFile, request, signIn, signUp, type Shop } from "../client.ts";
import { appWorker, migrate, type Runtime } from "../runtime.ts";
import type { Workspace } from "../workspace.ts";
import { databaseFile } from "./generate.ts";
import type { SizedOptions } from "./scale.ts";

const STANDARD_LINES = 9_000;
const LINES_PER_SALE = 3;
const PRODUCTS = 200;
const CONNECTIONS = 8;

/** What is deleted within 30 days: by the sweeps of the night, and with replaced objects of the lake. */
const TEMPORARY = ["events", "webhook_deliveries", "idempotency_keys", "lake_files"];

type Sizes = Map<string, number>;

/** Bytes of the pages of each table and index, by name. */
function sizesOf(file: string): Sizes {
  const db = new DatabaseSync(file, { readOnly: true });
  const rows = db.prepare("SELECT name, pgsize FROM dbstat WHERE aggregate = TRUE").all();
  db.close();
  return new Map(rows.map((row) => [String(row["name"]), Number(row["pgsize"])]));
}

function deleteTemporary(file: string): void {
  const db = new DatabaseSync(file, { enableForeignKeyConstraints: false });
  for (const table of TEMPORARY) db.exec(`DELETE FROM ${table}`);
  db.close();
}

const catalogue = (): Buffer<ArrayBuffer> => {
  const rows = Array.from(
    { length: PRODUCTS },
    (_, at) => `SKU-${at},The book number ${at} of a long series,${5 + (at % 40)}.99,1000000`,
  );
  return gzipSync(Buffer.from(`sku,title,price,stock\n${rows.join("\n")}\n`));
};

const productList = z.object({
  data: z.array(z.object({ id: z.string() })),
  next_cursor: z.string().nullable(),
});

async function productIds(shop: Shop): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const after: string = cursor === "" ? "" : `&cursor=${cursor}`;
    const response = await request(shop.url, `/products?limit=100${after}`, { headers: shop.headers });
    const page = productList.parse(await response.json());
    ids.push(...page.data.map(({ id }) => id));
    cursor = page.next_cursor;
  }
  return ids;
}

async function sell(shop: Shop, products: string[], count: number): Promise<void> {
  let next = 0;
  const till = async (): Promise<void> => {
    while (next < count) {
      const at = next;
      next += 1;
      const items = Array.from({ length: LINES_PER_SALE }, (_, line) => ({
        product_id: products[(at * 7 + line * 31) % products.length],
        quantity: 1 + (line % 2),
      }));
      await request(shop.url, "/sales", {
        method: "POST",
        headers: {
          ...shop.headers,
          "content-type": "application/json",
          "idempotency-key": crypto.randomUUID(),
        },
        body: JSON.stringify({ items, payment_method: "card" }),
      });
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, till));
}

/** Waits until the events are exported, and rebuilds the daily tables. */
async function settle({ url, miniflare }: Runtime, slug: string): Promise<void> {
  const shop = await signIn(url, slug);
  await request(url, "/rollups/run", { method: "POST", headers: shop.headers });
  const db = await miniflare.getD1Database("DB");
  const open = db
    .prepare(
      `SELECT (SELECT count(*) FROM events WHERE tenant_id = ?1 AND exported_at IS NULL)
        + (SELECT count(*) FROM dirty_days WHERE tenant_id = ?1) AS n`,
    )
    .bind(actorOf(shop).tenant);
  for (let second = 0; second < 60 && (await open.first<number>("n")) !== 0; second += 1) await sleep(1_000);
}

export async function benchBytes(
  { folder, startWorker }: Workspace,
  { lines = STANDARD_LINES }: SizedOptions,
): Promise<void> {
  const worker = appWorker(join(folder, "bundle"));
  const state = join(folder, "bytes");
  const loading = await startWorker(state, worker);
  await migrate(loading);
  await importFile(await signUp(loading.url, "bytes"), "products", catalogue());
  await settle(loading, "bytes");
  await loading.stop();
  const file = databaseFile(state);
  const before = sizesOf(file);

  const selling = await startWorker(state, worker);
  const shop = await signIn(selling.url, "bytes");
  const shift = {
    method: "POST",
    headers: { ...shop.headers, "content-type": "application/json" },
    body: "{}",
  };
  await request(selling.url, "/shifts/start", shift);
  const sales = Math.ceil(lines / LINES_PER_SALE);
  await sell(shop, await productIds(shop), sales);
  await settle(selling, "bytes");
  await selling.stop();
  const after = sizesOf(file);
  deleteTemporary(file);
  const later = sizesOf(file);

  const grown = (sizes: Sizes, name: string): number =>
    Math.max(0, (sizes.get(name) ?? 0) - (before.get(name) ?? 0));
  const perSale = (bytes: number): string => (bytes / sales).toFixed(0);
  const perLine = (bytes: number): string => (bytes / sales / LINES_PER_SALE).toFixed(0);
  const names = [...after.keys()]
    .filter((name) => grown(after, name) > sales)
    .toSorted((a, b) => grown(after, b) - grown(after, a));
  console.log(`${sales} sales of ${LINES_PER_SALE} lines over the counter, in bytes\n`);
  console.log("| Table or index | a sale | a line | a sale, after 30 days |\n| --- | --- | --- | --- |");
  for (const name of names)
    console.log(
      `| \`${name}\` | ${perSale(grown(after, name))} | ${perLine(grown(after, name))} | ${perSale(grown(later, name))} |`,
    );
  const sum = (sizes: Sizes): number =>
    [...sizes.keys()].reduce((total, name) => total + grown(sizes, name), 0);
  console.log(`| all | ${perSale(sum(after))} | ${perLine(sum(after))} | ${perSale(sum(later))} |`);
  console.log(`\nAfter 30 days a line takes ${perLine(sum(later))} bytes.`);
}
