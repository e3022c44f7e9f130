// The two shops of the scale benchmarks, in one database: their catalogue comes through the API, their sales from SQL, and their daily
// tables from the app's ETL. A state that is kept is used again, with the migrations that it lacks.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { z } from "zod";
import { tokenOf, type Account } from "../accounts.ts";
import { actorOf, importFile, request, signIn, signUp, type Shop } from "../client.ts";
import { appWorker, migrate, runMinute, type Runtime, type Worker } from "../runtime.ts";
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

const POLL_MS = 5_000;
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

const buildStatus = z.object({ dirty_days: z.array(z.string()), product_days: z.number() });

/** The number of busy days that are over and whose timelines are not built. */
async function unbuiltTimelines({ miniflare }: Runtime, { tenant }: ScaleShop): Promise<number> {
  const db = await miniflare.getD1Database("DB");
  const days = await db
    .prepare(
      "SELECT count(*) AS days FROM unbuilt_timelines WHERE tenant_id = ? AND day < date('now', '-12 hours')",
    )
    .bind(tenant)
    .first<number>("days");
  return days ?? 0;
}

/** Builds the daily tables and timelines of all days with the app's ETL. */
async function buildFigures(runtime: Runtime, shop: ScaleShop): Promise<void> {
  const { url } = runtime;
  const { slug, headers } = shop;
  const begin = performance.now();
  await request(url, "/rollups/run", { method: "POST", headers: await headers("ADMIN") });
  for (let days = "", isBuilt = false; !isBuilt; await sleep(POLL_MS)) {
    const response = await request(url, "/rollups/status", { headers: await headers("ADMIN") });
    const { dirty_days, product_days } = buildStatus.parse(await response.json());
    const timelines = await unbuiltTimelines(runtime, shop);
    const open = `${dirty_days.length} days, the products of ${product_days} days and ${timelines} timelines`;
    if (open !== days) console.log(`${slug}: ${open} are not built after ${seconds(begin)}`);
    days = open;
    isBuilt = dirty_days.length === 0 && product_days === 0 && timelines === 0;
  }
}

/** Starts the Worker with a shop of 10,000 lines and one of `lines`. `kept` is a folder whose state is used or created. */
export async function openShops(
  { folder, startWorker }: Workspace,
  lines: number,
  kept: string | undefined,
  options: { inspect?: boolean } = {},
): Promise<ScaleShops> {
  const worker = appWorker(join(folder, "bundle"), join(import.meta.dirname, "counting-worker.ts"));
  const state = kept ?? join(folder, "scale");
  const isNew = !existsSync(join(state, "d1"));
  if (isNew) await createShops(worker, state, lines, startWorker);
  const runtime = await startWorker(state, worker, options);
  await migrate(runtime);
  const small = await openShop(runtime, worker, "small");
  const large = await openShop(runtime, worker, "large");
  for (const shop of [small, large])
    if (isNew || (await unbuiltTimelines(runtime, shop)) > 0) await buildFigures(runtime, shop);
  // They store what facets count.
  await runMinute(runtime);
  return { runtime, worker, small, large };
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
    console.log(
      `${shop.slug}: about ${size} lines, ${sales} sales, ${customers} customers in ${seconds(begin)}`,
    );
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
