// The two shops of the scale benchmarks, in one database: their catalogue comes through the API, their sales from SQL, and their daily
// tables from the app's ETL. A state that is kept is used again, with the migrations that it lacks.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { tokenOf, type Account } from "../accounts.ts";
import { actorOf, importFile, request, signIn, signUp, type Shop } from "../client.ts";
import { appWorker, migrate, type Runtime, type Worker } from "../runtime.ts";
import type { Workspace } from "../workspace.ts";
import { databaseFile, generateShop } from "./generate.ts";
import { BUYER_EMAIL } from "./people.ts";
import { productsOf } from "./size.ts";

export const SMALL_LINES = 10_000;

export type ScaleShop = {
  tenant: string;
  slug: string;
  /** The customer who buys most. */
  customer: string;
  /** Headers with a new token, which is valid for ten minutes. */
  headers: (role: "ADMIN" | "CUSTOMER") => Promise<Record<string, string>>;
};

export type ScaleShops = { runtime: Runtime; worker: Worker; small: ScaleShop; large: ScaleShop };

const CATEGORIES = 40;
const AUTHORS = 500;

function catalogue(lines: number): Buffer<ArrayBuffer> {
  const rows = ["sku,title,author,category,language,price,stock"];
  for (let at = 0; at < productsOf(lines); at += 1)
    rows.push(
      `SKU-${at},The book number ${at} of a long series,Author ${at % AUTHORS},Category ${at % CATEGORIES},en,${5 + (at % 40)}.99,1000000`,
    );
  return gzipSync(Buffer.from(`${rows.join("\n")}\n`));
}

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(0)} s`;

/** Rebuilds the daily tables of all days with the app's ETL. */
async function buildFigures({ url, miniflare }: Runtime, slug: string): Promise<void> {
  const shop = await signIn(url, slug);
  const { tenant } = actorOf(shop);
  const db = await miniflare.getD1Database("DB");
  const begin = performance.now();
  await db
    .prepare("INSERT OR IGNORE INTO dirty_days (tenant_id, day) SELECT DISTINCT tenant_id, day FROM sales WHERE tenant_id = ?")
    .bind(tenant)
    .run();
  await request(url, "/rollups/run", { method: "POST", headers: shop.headers });
  for (const table of ["dirty_days", "dirty_product_days"]) {
    const count = db.prepare(`SELECT count(*) AS n FROM ${table} WHERE tenant_id = ?`).bind(tenant);
    while ((await count.first<number>("n")) !== 0) await sleep(1_000);
    console.log(`${slug}: no row of ${table} is left after ${seconds(begin)}`);
  }
}

/** Starts the Worker with a shop of 10,000 lines and one of `lines`. `kept` is a folder whose state is used or created. */
export async function openShops(
  { folder, startWorker }: Workspace,
  lines: number,
  kept: string | undefined,
  options: { inspect?: boolean } = {},
): Promise<ScaleShops> {
  const worker = appWorker(join(folder, "bundle"));
  const state = kept ?? join(folder, "scale");
  const isNew = !existsSync(state);
  if (isNew) await createShops(worker, state, lines, startWorker);
  const runtime = await startWorker(state, worker, options);
  await migrate(runtime);
  if (isNew) for (const slug of ["small", "large"]) await buildFigures(runtime, slug);
  return {
    runtime,
    worker,
    small: await openShop(runtime, worker, "small"),
    large: await openShop(runtime, worker, "large"),
  };
}

async function createShops(
  worker: Worker,
  state: string,
  lines: number,
  startWorker: Workspace["startWorker"],
): Promise<void> {
  const runtime = await startWorker(state, worker);
  await migrate(runtime);
  const shops: { shop: Shop; size: number }[] = [];
  for (const [slug, size] of [
    ["small", SMALL_LINES],
    ["large", lines],
  ] as const) {
    const shop = await signUp(runtime.url, slug);
    await importFile(shop, "products", catalogue(size));
    shops.push({ shop, size });
  }
  await runtime.stop();
  for (const { shop, size } of shops) {
    const begin = performance.now();
    const { sales, customers } = generateShop(databaseFile(state), actorOf(shop).tenant, size);
    console.log(`${shop.slug}: about ${size} lines, ${sales} sales, ${customers} customers in ${seconds(begin)}`);
  }
}

async function openShop({ url, miniflare }: Runtime, worker: Worker, slug: string): Promise<ScaleShop> {
  const { tenant, sub, sid } = actorOf(await signIn(url, slug));
  const admin: Account = { tenant, id: sub, session: sid, role: "ADMIN" };
  const db = await miniflare.getD1Database("DB");
  const customer = await db
    .prepare(
      `SELECT u.id, a.family AS session FROM users u JOIN auth_sessions a ON a.tenant_id = u.tenant_id AND a.user_id = u.id
        WHERE u.tenant_id = ? AND u.email = ?`,
    )
    .bind(tenant, BUYER_EMAIL)
    .first<{ id: string; session: string }>();
  if (!customer) throw new Error(`the shop ${slug} has no customer with a session`);
  return {
    tenant,
    slug,
    customer: customer.id,
    headers: async (role) => {
      const token = await tokenOf(worker, role === "ADMIN" ? admin : { ...customer, tenant, role });
      return { authorization: `Bearer ${token}` };
    },
  };
}
