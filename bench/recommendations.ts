// npm run bench -- recommendations: what the nightly job costs for all of Online Retail, and how often one of the ten
// products that are recommended to a customer is in his last sale, which was held out, beside the ten best sellers.
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Base, Tenant } from "../src/platform/context.ts";
import { openDb } from "../src/platform/d1.ts";
import { recommendForMe } from "../src/recommendations/for-me.ts";
import { buildProducts } from "../src/recommendations/build.ts";
import type { ProductJob } from "../src/rollups/jobs.ts";
import { type HeldOut, holdOut } from "./held-out.ts";
import type { Workspace } from "./workspace.ts";
import { migrate, appWorker } from "./runtime.ts";
import { actorOf, importFile, signUp } from "./client.ts";

const TEN = 10;
const AT_ONCE = 16;

/** Runs the job as the queue would, message after message. */
async function night(ctx: Base, tenantId: string): Promise<string> {
  const before = { ...ctx.db.cost };
  const begin = performance.now();
  let job: ProductJob | null = { kind: "product-counts", tenant_id: tenantId, products_after: "" };
  let messages = 0;
  for (; job; messages += 1) job = await buildProducts(ctx, job);
  const { queries, read, written } = ctx.db.cost;
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  return `${seconds} s, ${messages} messages, ${queries - before.queries} trips, ${read - before.read} read, ${written - before.written} written`;
}

/** Customers of the file have no account: each gets one, under his reference, for only who signs in is recommended to. */
async function openAccounts({ db }: Base, tenantId: string): Promise<void> {
  await db.batch([
    sql`INSERT INTO users (tenant_id, id, email, password_hash, first_name, last_name, role, created_at)
      SELECT DISTINCT tenant_id, customer_ref, customer_ref || '@example.com', 'x', 'A', 'B', 'CUSTOMER', created_at
      FROM sales WHERE tenant_id = ${tenantId} AND customer_ref IS NOT NULL GROUP BY customer_ref`,
    sql`UPDATE sales SET customer_id = customer_ref WHERE tenant_id = ${tenantId} AND customer_ref IS NOT NULL`,
  ]);
}

const markAll = (days: number, tenantId: string) => sql`
  INSERT INTO dirty_product_days (tenant_id, day) SELECT tenant_id, day FROM daily_sales
    WHERE tenant_id = ${tenantId} ORDER BY day DESC LIMIT ${days}
  ON CONFLICT DO UPDATE SET is_built = 0`;

/** The share of the customers of whose last sale one of these SKUs is. */
function hitRate({ lastSales }: HeldOut, recommended: (customer: string) => string[]): number {
  const hits = [...lastSales].filter(([customer, skus]) =>
    recommended(customer).some((sku) => skus.has(sku)),
  );
  return hits.length / lastSales.size;
}

async function forEach(ctx: Base, tenant: Tenant, { lastSales }: HeldOut) {
  const found = new Map<string, string[]>();
  const before = ctx.db.cost.read;
  const customers = [...lastSales.keys()];
  for (let at = 0; at < customers.length; at += AT_ONCE)
    await Promise.all(
      customers.slice(at, at + AT_ONCE).map(async (id) => {
        const actor = { id, role: "CUSTOMER" as const, session: "" };
        const { data } = await recommendForMe({ ...ctx, tenant, actor }, TEN);
        const skus = data.map(({ product }) => product.sku);
        found.set(id, skus);
      }),
    );
  return {
    of: (customer: string) => found.get(customer) ?? [],
    read: Math.round((ctx.db.cost.read - before) / found.size),
  };
}

export async function benchRecommendations({ folder, startWorker }: Workspace): Promise<void> {
  const runtime = await startWorker("ours", appWorker(join(folder, "bundle")));
  await migrate(runtime);
  const held = holdOut();
  const shop = await signUp(runtime.url, "retail");
  const { rows_accepted, seconds } = await importFile(shop, "sales", held.file);
  console.log(
    `Import: ${rows_accepted} rows in ${seconds.toFixed(1)} s; ${held.lastSales.size} sales held out`,
  );
  const env = await runtime.miniflare.getBindings<Env>();
  const ctx: Base = {
    db: openDb(env, "first-primary"),
    env,
    now: new Date(),
    requestId: null,
    outbox: [],
    waitUntil: () => {},
  };
  const tenantId = actorOf(shop).tenant;
  const marks = () =>
    ctx.db.all(
      z.object({ n: z.number() }),
      sql`SELECT count(*) AS n FROM dirty_product_days WHERE tenant_id = ${tenantId}`,
    );
  const begin = performance.now();
  while ((await marks())[0]?.n !== 0) await new Promise((resolve) => setTimeout(resolve, 200));
  console.log(
    `Night, all days, by the queue: ${((performance.now() - begin) / 1000).toFixed(1)} s after the import`,
  );
  await openAccounts(ctx, tenantId);
  await ctx.db.run(markAll(100_000, tenantId));
  console.log(`Night, all days again: ${await night(ctx, tenantId)}`);
  await ctx.db.run(markAll(1, tenantId));
  console.log(`Night, the last day: ${await night(ctx, tenantId)}`);

  const tenant: Tenant = {
    id: tenantId,
    slug: "retail",
    name: "retail",
    currency: "GBP",
    timezone: "Europe/London",
    revision: 0,
    plan: "standard",
  };
  const best = (
    await ctx.db.all(
      z.object({ sku: z.string() }),
      sql`SELECT sku FROM products WHERE tenant_id = ${tenantId} ORDER BY sold DESC, id DESC`,
    )
  ).map(({ sku }) => sku);
  const isNew = (customer: string) => (sku: string) => held.bought.get(customer)?.has(sku) !== true;
  const forMe = await forEach(ctx, tenant, held);
  // Without the index of what is whose nothing is owned: the same question with what they own let in.
  await ctx.db.run(sql`DELETE FROM customer_products WHERE tenant_id = ${tenantId}`);
  const withOwned = await forEach(ctx, tenant, held);
  const rates = [
    [
      "what they do not own",
      hitRate(held, forMe.of),
      hitRate(held, (customer) => best.filter(isNew(customer)).slice(0, TEN)),
    ],
    ["what they own let in", hitRate(held, withOwned.of), hitRate(held, () => best.slice(0, TEN))],
  ] as const;
  console.log(`For me: ${forMe.read} rows read a customer`);
  console.log(`Hit rate@10 on the last sale of ${held.lastSales.size} customers`);
  for (const [rule, ours, sellers] of rates)
    console.log(
      `  ${rule}: for me ${(100 * ours).toFixed(1)} %, the ten best sellers ${(100 * sellers).toFixed(1)} %, ratio ${(ours / sellers).toFixed(2)}`,
    );
}
