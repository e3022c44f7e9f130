// npm run bench -- recommendations: the cost of the nightly job for all of Online Retail, and how often the customer's last sale, which
// was held out, contains one of ten recommended products, compared with the ten best sellers.
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Base, Tenant } from "../src/platform/context.ts";
import { openDb } from "../src/platform/d1.ts";
import { startTrace } from "../src/platform/trace.ts";
import { recommendForMe } from "../src/recommendations/for-me.ts";
import { buildProducts } from "../src/recommendations/build.ts";
import type { ProductJob } from "../src/rollups/jobs.ts";
import { type HeldOut, holdOut } from "./held-out.ts";
import type { Workspace } from "./workspace.ts";
import { migrate, appWorker } from "./runtime.ts";
import { actorOf, importFile, signUp } from "./client.ts";

const RECOMMENDED = 10;
const AT_ONCE = 16;

/** Runs the nightly job as the queue would, one message after another; returns its cost as text. */
async function runNightlyJob(ctx: Base, tenantId: string): Promise<string> {
  const before = { ...ctx.db.cost };
  const begin = performance.now();
  let job: ProductJob | null = { kind: "product-counts", tenant_id: tenantId, products_after: "" };
  let messages = 0;
  for (; job; messages += 1) job = await buildProducts(ctx, job);
  const { queries, read, written } = ctx.db.cost;
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  return `${seconds} s, ${messages} messages, ${queries - before.queries} trips, ${read - before.read} read, ${written - before.written} written`;
}

/** Creates an account for each customer of the file, because only customers with an account have recommendations. */
async function createCustomers({ db }: Base, tenantId: string): Promise<void> {
  await db.batch([
    sql`INSERT INTO users (tenant_id, id, email, password_hash, first_name, last_name, role, created_at)
      SELECT DISTINCT tenant_id, customer_ref, customer_ref || '@example.com', 'x', 'A', 'B', 'CUSTOMER', created_at
      FROM sales WHERE tenant_id = ${tenantId} AND customer_ref IS NOT NULL GROUP BY customer_ref`,
    sql`UPDATE sales SET customer_id = customer_ref WHERE tenant_id = ${tenantId} AND customer_ref IS NOT NULL`,
  ]);
}

const markDirty = (days: number, tenantId: string) => sql`
  INSERT INTO dirty_product_days (tenant_id, day) SELECT tenant_id, day FROM daily_sales
    WHERE tenant_id = ${tenantId} ORDER BY day DESC LIMIT ${days}
  ON CONFLICT DO UPDATE SET is_built = 0`;

/** The share of the customers whose last sale contains one of the SKUs recommended to them. */
function hitRate({ lastSales }: HeldOut, recommended: (customer: string) => string[]): number {
  const hits = [...lastSales].filter(([customer, skus]) =>
    recommended(customer).some((sku) => skus.has(sku)),
  );
  return hits.length / lastSales.size;
}

/** Reads the recommendations of all customers; `read` are the rows read for each. */
async function recommendToAll(ctx: Base, tenant: Tenant, { lastSales }: HeldOut) {
  const skusByCustomer = new Map<string, string[]>();
  const before = ctx.db.cost.read;
  const customers = [...lastSales.keys()];
  for (let at = 0; at < customers.length; at += AT_ONCE)
    await Promise.all(
      customers.slice(at, at + AT_ONCE).map(async (id) => {
        const actor = { kind: "user" as const, id, role: "CUSTOMER" as const, session: "" };
        const { data } = await recommendForMe({ ...ctx, tenant, actor }, RECOMMENDED);
        const skus = data.map(({ product }) => product.sku);
        skusByCustomer.set(id, skus);
      }),
    );
  return {
    of: (customer: string) => skusByCustomer.get(customer) ?? [],
    read: Math.round((ctx.db.cost.read - before) / skusByCustomer.size),
  };
}

export async function benchRecommendations({ folder, startWorker }: Workspace): Promise<void> {
  const runtime = await startWorker("app", appWorker(join(folder, "bundle")));
  await migrate(runtime);
  const heldOut = holdOut();
  const shop = await signUp(runtime.url, "retail");
  const { rows_accepted, seconds } = await importFile(shop, "sales", heldOut.file);
  console.log(
    `Import: ${rows_accepted} rows in ${seconds.toFixed(1)} s; ${heldOut.lastSales.size} sales held out`,
  );
  const env = await runtime.miniflare.getBindings<Env>();
  const ctx: Base = {
    db: openDb(env, actorOf(shop).tenant, "first-primary"),
    env,
    now: new Date(),
    requestId: null,
    trace: startTrace(undefined, null),
    outbox: [],
    mails: [],
    waitUntil: () => {},
  };
  const tenantId = actorOf(shop).tenant;
  const countDirtyDays = () =>
    ctx.db.all(
      z.object({ n: z.number() }),
      sql`SELECT count(*) AS n FROM dirty_product_days WHERE tenant_id = ${tenantId}`,
    );
  const begin = performance.now();
  while ((await countDirtyDays())[0]?.n !== 0) await new Promise((resolve) => setTimeout(resolve, 200));
  console.log(
    `Nightly job, all days, by the queue: ${((performance.now() - begin) / 1000).toFixed(1)} s after the import`,
  );
  await createCustomers(ctx, tenantId);
  await ctx.db.run(markDirty(100_000, tenantId));
  console.log(`Nightly job, all days again: ${await runNightlyJob(ctx, tenantId)}`);
  await ctx.db.run(markDirty(1, tenantId));
  console.log(`Nightly job, the last day: ${await runNightlyJob(ctx, tenantId)}`);

  const tenant: Tenant = {
    id: tenantId,
    slug: "retail",
    name: "retail",
    currency: "GBP",
    timezone: "Europe/London",
    revision: 0,
    plan: "standard",
    prices_include_tax: true,
    employees_see: "own",
  };
  const bestSellers = (
    await ctx.db.all(
      z.object({ sku: z.string() }),
      sql`SELECT sku FROM products WHERE tenant_id = ${tenantId} ORDER BY sold DESC, id DESC`,
    )
  ).map(({ sku }) => sku);
  const isNew = (customer: string) => (sku: string) => heldOut.bought.get(customer)?.has(sku) !== true;
  const forMe = await recommendToAll(ctx, tenant, heldOut);
  // Without customer_products the recommendations include products that the customer has bought.
  await ctx.db.run(sql`DELETE FROM customer_products WHERE tenant_id = ${tenantId}`);
  const withBought = await recommendToAll(ctx, tenant, heldOut);
  const rates = [
    [
      "new to the customer",
      hitRate(heldOut, forMe.of),
      hitRate(heldOut, (customer) => bestSellers.filter(isNew(customer)).slice(0, RECOMMENDED)),
    ],
    [
      "bought ones included",
      hitRate(heldOut, withBought.of),
      hitRate(heldOut, () => bestSellers.slice(0, RECOMMENDED)),
    ],
  ] as const;
  console.log(`Recommendations: ${forMe.read} rows read per customer`);
  console.log(`Hit rate@10 on the last sale of ${heldOut.lastSales.size} customers`);
  for (const [rule, recommended, popular] of rates)
    console.log(
      `  ${rule}: recommendations ${(100 * recommended).toFixed(1)} %, the ten best sellers ${(100 * popular).toFixed(1)} %, ratio ${(recommended / popular).toFixed(2)}`,
    );
}
