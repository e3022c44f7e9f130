import { createExecutionContext, createScheduledController, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { scheduled } from "../../workers/scheduled.ts";
import { rejectingBinding } from "../support/failing-bindings.ts";
import { change } from "../support/change.ts";
import { count } from "../support/d1.ts";
import { waitForImport, fileOf, storeImport } from "../support/imports.ts";
import { bookshop, buyOne } from "../support/purchases.ts";
import { until } from "../support/queues.ts";
import { advanceClock } from "../support/quotas.ts";
import { newProduct, newShop, sellOne } from "../support/shops.ts";

async function run(cron: string, changes: Partial<Env> = {}): Promise<void> {
  const ctx = createExecutionContext();
  const event = createScheduledController({ cron, scheduledTime: new Date() });
  try {
    await scheduled(event, { ...env, ...changes }, ctx);
  } finally {
    await waitOnExecutionContext(ctx);
  }
}

const OLD = "2020-01-01T00:00:00.000Z";

afterEach(() => {
  vi.useRealTimers();
});

describe("the crons of wrangler.toml", () => {
  it("each have jobs, which can run twice in parallel", async () => {
    for (const cron of env.LOCAL_CRONS) await Promise.all([run(cron), run(cron)]);
    expect(env.LOCAL_CRONS.length).toBeGreaterThan(0);
  });

  it("are the only ones: an unknown cron throws", async () => {
    await expect(run("1 1 1 1 1")).rejects.toThrow("no jobs for the cron trigger 1 1 1 1 1");
  });

  it("record that they ran if all of their jobs succeeded", async () => {
    const recorded = () => count("SELECT count(*) n FROM clock_runs WHERE ended_at > ?", OLD);
    await change("UPDATE clock_runs SET ended_at = ?", OLD);
    for (const [at, cron] of env.LOCAL_CRONS.entries()) {
      await run(cron);
      expect(await recorded()).toBe(at + 1);
    }
  });

  it("run their other jobs if one fails, and do not record that they ran", async () => {
    const shop = await newShop();
    const product = await newProduct(shop);
    await sellOne(shop.admin.token, product.id, 1, { "idempotency-key": "old" });
    await change("UPDATE idempotency_keys SET created_at = ?", OLD);
    await change("UPDATE clock_runs SET ended_at = ?", OLD);
    const failure = new Error("R2 is unavailable");
    await expect(run("30 3 * * *", { FILES: rejectingBinding(env.FILES, failure) })).rejects.toThrow(
      "R2 is unavailable",
    );
    expect(await count("SELECT count(*) n FROM idempotency_keys")).toBe(0);
    expect(await count("SELECT count(*) n FROM clock_runs WHERE ended_at > ?", OLD)).toBe(0);
  });

  it("delete files of imports and covers that no row refers to and that are older than a day, every night", async () => {
    const orphans = ["imports/nobody/lost.csv", `covers/nobody/${"0".repeat(64)}.png`];
    for (const key of orphans) await env.FILES.put(key, "x");
    const keys = async () => (await env.FILES.list()).objects.map(({ key }) => key);
    await run("30 3 * * *");
    expect(await keys()).toEqual(expect.arrayContaining(orphans));
    advanceClock(25 * 3600);
    await run("30 3 * * *");
    for (const key of orphans) expect(await keys()).not.toContain(key);
  });

  it("delete expired refresh tokens, every night", async () => {
    const { tenant } = await newShop();
    const tokens = () => count("SELECT count(*) n FROM auth_sessions WHERE tenant_id = ?", tenant.id);
    await run("30 3 * * *");
    expect(await tokens()).toBe(1);
    await change("UPDATE auth_sessions SET expires_at = ? WHERE tenant_id = ?", OLD, tenant.id);
    await run("30 3 * * *");
    expect(await tokens()).toBe(0);
  });

  it("complete an import whose message was lost, every minute", async () => {
    const shop = await newShop();
    const id = await storeImport(shop.admin.ctx(), fileOf([{ invoice: "1" }]));
    await env.DB.prepare("UPDATE imports SET progress_at = ? WHERE id = ?").bind(OLD, id).run();
    await run("* * * * *");
    expect(await waitForImport(shop.admin.token, id)).toMatchObject({ status: "done" });
  });

  it("cancel purchases whose hold has expired, every minute", async () => {
    const { buyer, book } = await bookshop();
    const { body } = await buyOne(buyer.token, book.id, 3);
    await env.DB.prepare("UPDATE sales SET hold_expires_at = ? WHERE id = ?").bind(OLD, body.id).run();
    await Promise.all([run("* * * * *"), run("* * * * *")]);
    expect(await count("SELECT status = 'cancelled' n FROM sales WHERE id = ?", body.id)).toBe(1);
    expect(await count("SELECT stock / 1000.0 n FROM products WHERE id = ?", book.id)).toBe(10);
  });

  it("rebuild the dirty days, every hour", async () => {
    const shop = await newShop();
    const product = await newProduct(shop, { price: 900 });
    await sellOne(shop.admin.token, product.id, 2);
    await run("0 * * * *");
    await until(
      async () =>
        (await count("SELECT count(*) n FROM dirty_days WHERE tenant_id = ?", shop.tenant.id)) === 0,
    );
    expect(await count("SELECT revenue n FROM daily_sales WHERE tenant_id = ?", shop.tenant.id)).toBe(1800);
  });

  it("delete idempotency keys that are older than a day, every night", async () => {
    const shop = await newShop();
    const product = await newProduct(shop);
    for (const key of ["old", "new"])
      await sellOne(shop.admin.token, product.id, 1, { "idempotency-key": key });
    const hours = (n: number) => new Date(Date.now() - n * 3_600_000).toISOString();
    const age = env.DB.prepare("UPDATE idempotency_keys SET created_at = ? WHERE tenant_id = ? AND key = ?");
    await env.DB.batch([
      age.bind(hours(25), shop.tenant.id, "old"),
      age.bind(hours(23), shop.tenant.id, "new"),
    ]);
    await run("30 3 * * *");
    const { results } = await env.DB.prepare("SELECT key FROM idempotency_keys WHERE tenant_id = ?")
      .bind(shop.tenant.id)
      .all();
    expect(results).toEqual([{ key: "new" }]);
  });
});
