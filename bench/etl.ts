// How long the ETL takes for a whole shop and for one day, from started_at to finished_at of /rollups/status.
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { median } from "./median.ts";
import type { Runtime } from "./runtime.ts";
import { actorOf, request, type Shop } from "./client.ts";

const TIMES = 5;

const status = z.object({
  dirty_days: z.array(z.string()),
  product_days: z.number(),
  last_run: z.object({ started_at: z.string(), finished_at: z.string(), days: z.number() }).nullable(),
});

/** Marks days of this shop as dirty, as a change of their sales does. */
async function markDirty({ miniflare }: Runtime, shop: Shop, days: number): Promise<void> {
  const db = await miniflare.getD1Database("DB");
  await db
    .prepare(
      "INSERT INTO dirty_days (tenant_id, day) SELECT DISTINCT tenant_id, day FROM sales WHERE tenant_id = ? LIMIT ?",
    )
    .bind(actorOf(shop).tenant, days)
    .run();
}

async function runOnce(shop: Shop): Promise<{ ms: number; days: number }> {
  await request(shop.url, "/rollups/run", { method: "POST", headers: shop.headers });
  for (;;) {
    await sleep(100);
    const response = await request(shop.url, "/rollups/status", { headers: shop.headers });
    const { dirty_days, product_days, last_run } = status.parse(await response.json());
    // The product days follow, and would delay the next run.
    if (dirty_days.length === 0 && product_days === 0 && last_run)
      return { ms: Date.parse(last_run.finished_at) - Date.parse(last_run.started_at), days: last_run.days };
  }
}

/** Prints the medians. */
export async function printEtl(runtime: Runtime, shop: Shop): Promise<void> {
  await runOnce(shop);
  console.log("");
  for (const [name, limit] of [
    ["all days", 100_000],
    ["one day", 1],
  ] as const) {
    const runs: { ms: number; days: number }[] = [];
    for (let time = 0; time < TIMES; time += 1) {
      await markDirty(runtime, shop, limit);
      runs.push(await runOnce(shop));
    }
    const all = runs.map(({ ms }) => ms);
    console.log(`ETL, ${name} (${runs[0]?.days}): ${median(all)} ms, median of ${all.join(", ")}`);
  }
}
