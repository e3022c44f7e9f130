import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { indexStaleProducts } from "../../src/catalog/search/indexing.ts";
import { eraseUser } from "../../src/erasure/account.ts";
import { resumeErasures } from "../../src/erasure/sweep.ts";
import { claimNewEvents } from "../../src/events/claim.ts";
import { storeDeadLetters } from "../../src/events/dead-letters.ts";
import { recordCronRun } from "../../src/health/cron-runs.ts";
import { resumeStaleImports } from "../../src/imports/jobs.ts";
import { runImport } from "../../src/imports/consume.ts";
import { queueNightlyBuilds } from "../../src/lake/jobs.ts";
import { cancelExpired } from "../../src/purchases/cancel.ts";
import { retryDueRefunds } from "../../src/purchases/payments/refund-payments.ts";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { queueRollups } from "../../src/rollups/jobs.ts";
import { sendLateDeliveries } from "../../src/webhooks/jobs.ts";
import { newId } from "../../src/values/ids.ts";
import { baseOf } from "../../workers/base.ts";
import { change } from "../support/change.ts";
import { API, call, costOf } from "../support/client.ts";
import { between, failureOf } from "../support/d1.ts";
import { consume, storeEvent } from "../support/events.ts";
import { brokenDb } from "../support/failing-bindings.ts";
import { fileOf, storeImport } from "../support/imports.ts";
import { buildNight, later, sellingShop } from "../support/lake.ts";
import { bookshop, buyOne } from "../support/purchases.ts";
import { recording } from "../support/queues.ts";
import { base, newPerson, newProduct, newShop } from "../support/shops.ts";
import { newDelivery, newEndpoint } from "../support/webhooks.ts";

const ago = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);
const OLD = ago(24 * 60).toISOString();

/** The jobs beyond their limit, with their seconds or counts. */
async function lateJobs(): Promise<Record<string, number>> {
  const { status, body } = await call("GET", "/healthz");
  expect(status).toBe(200);
  const jobs: [string, { waiting: number; limit: number }][] = Object.entries(body.jobs);
  const late = jobs.filter(([, { waiting, limit }]) => waiting > limit);
  expect(body.status).toBe(late.length > 0 ? "degraded" : "ok");
  return Object.fromEntries(late.map(([name, { waiting }]) => [name, waiting]));
}

// Clears what earlier tests left.
beforeEach(async () => {
  for (const statement of [
    "UPDATE events SET exported_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')",
    "UPDATE dead_letters SET replayed_at = created_at",
    "DELETE FROM dirty_days",
    "UPDATE lake_days SET built = version, asked_at = NULL",
    "UPDATE imports SET finished_at = created_at",
    "UPDATE products SET indexed_version = text_version",
    "UPDATE webhook_deliveries SET status = 'failed'",
    "UPDATE sales SET status = 'cancelled' WHERE status = 'pending'",
    "UPDATE payments SET retry_at = NULL",
    "DELETE FROM erasures",
    "UPDATE clock_runs SET ended_at = datetime('now')",
  ])
    await change(statement);
});

it("a job is late after its own time, in seconds, or at the first dead letter", async () => {
  const { body } = await call("GET", "/healthz");
  const jobs: [string, { limit: number }][] = Object.entries(body.jobs);
  expect(Object.fromEntries(jobs.map(([name, { limit }]) => [name, limit]))).toEqual({
    unsent_event_seconds: 300,
    unpurged_event_seconds: 2_851_200,
    dead_letters: 0,
    unindexed_product_seconds: 600,
    unsent_mail_seconds: 900,
    late_hold_seconds: 600,
    late_refund_seconds: 600,
    unbuilt_day_seconds: 4200,
    stalled_import_seconds: 300,
    unbuilt_lake_seconds: 21_600,
    late_delivery_seconds: 300,
    late_merge_seconds: 1800,
    late_erasure_seconds: 1800,
    minute_jobs_seconds: 600,
    hour_jobs_seconds: 4200,
    night_jobs_seconds: 90_000,
  });
});

describe("the service is degraded while", () => {
  it("an event is not exported", async () => {
    const shop = await newShop();
    const recent = await storeEvent(shop, { now: ago(4) });
    expect(await lateJobs()).toEqual({});
    const ref = await storeEvent(shop, { now: ago(6) });
    const { unsent_event_seconds: seconds, ...others } = await lateJobs();
    expect(seconds).toBeGreaterThanOrEqual(360);
    expect(seconds).toBeLessThan(420);
    expect(others).toEqual({});
    await consume("events", [ref, recent]);
    expect(await lateJobs()).toEqual({});
  });

  it("a new event is not exported, however many were exported before it", async () => {
    const shop = await newShop();
    await change(
      `INSERT INTO events (tenant_id, id, type, payload, created_at, batch_id, exported_at)
        SELECT ?1, 'old' || value, 'x', '{}', ?2, 'b', ?2 FROM json_each(?3)`,
      shop.tenant.id,
      new Date().toISOString(),
      JSON.stringify(Array.from({ length: 1000 }, (_, index) => index)),
    );
    await claimNewEvents(base());
    expect(await lateJobs()).toEqual({});
    const ref = await storeEvent(shop, { now: ago(6) });
    expect(Object.keys(await lateJobs())).toEqual(["unsent_event_seconds"]);
    await consume("events", [ref]);
  });

  it("an event that could be deleted is stored for 33 days after its export", async () => {
    const shop = await newShop();
    const ref = await storeEvent(shop);
    await consume("events", [ref]);
    const exportedDaysAgo = (days: number) =>
      change(
        "UPDATE events SET exported_at = ? WHERE id = ?",
        ago(days * 24 * 60).toISOString(),
        ref.event_id,
      );
    // Among the first that are stored.
    await change("UPDATE events SET seq = -1 WHERE id = ?", ref.event_id);
    await exportedDaysAgo(32);
    expect(await lateJobs()).toEqual({});
    await exportedDaysAgo(34);
    expect(Object.keys(await lateJobs())).toEqual(["unpurged_event_seconds"]);
    const endpoint = await newEndpoint(shop);
    await change(
      `INSERT INTO webhook_deliveries (tenant_id, endpoint_id, event_id, subject, status, attempts, due_at, created_at)
        VALUES (?1, ?2, ?3, 's', 'delivered', 1, '9', '2020')`,
      shop.tenant.id,
      endpoint.id,
      ref.event_id,
    );
    expect(await lateJobs()).toEqual({});
    await change("DELETE FROM webhook_deliveries WHERE event_id = ?", ref.event_id);
    await storeDeadLetters(base(), [{ id: "m", body: ref }]);
    expect(await lateJobs()).toEqual({ dead_letters: 1 });
    await change("UPDATE dead_letters SET replayed_at = created_at");
    expect(Object.keys(await lateJobs())).toEqual(["unpurged_event_seconds"]);
    await buildNight(shop, new Date(Date.now() + 33 * 86_400_000));
    expect(await lateJobs()).toEqual({});
  });

  it("there is a dead letter, which is not counted as an unsent event too, until it is replayed", async () => {
    const shop = await newShop();
    const ref = await storeEvent(shop, { now: ago(60) });
    await storeDeadLetters(base(), [{ id: "m", body: ref }]);
    expect(await lateJobs()).toEqual({ dead_letters: 1 });
    const { body } = await call("GET", `${API}/events/dead-letters`, { token: shop.admin.token });
    const path = `${API}/events/dead-letters/${body.data[0].id}/replay`;
    expect((await call("POST", path, { token: shop.admin.token })).status).toBe(202);
    await consume("events", [ref]);
    expect(await lateJobs()).toEqual({});
  });

  it("a dirty day that was queued two hours ago is not rebuilt; one that was never queued is not late", async () => {
    const { shop, sell } = await sellingShop();
    await sell();
    expect(await lateJobs()).toEqual({});
    await queueRollups(recording(base(ago(120)), "ROLLUPS").ctx);
    await queueRollups(recording(base(ago(60)), "ROLLUPS").ctx);
    expect((await lateJobs())["unbuilt_day_seconds"]).toBeGreaterThanOrEqual(7200);
    await rebuildDirtyDays(base(), shop.tenant.id);
    expect(await lateJobs()).toEqual({});
  });

  it("an import makes no progress although it is resumed each minute", async () => {
    const { tenant, admin } = await newShop();
    const id = await storeImport(admin.ctx(), fileOf([{ invoice: "1" }]));
    for (let minute = 12; minute > 2; minute -= 2)
      await resumeStaleImports(recording(base(ago(minute)), "IMPORTS").ctx);
    expect(await lateJobs()).toEqual({});
    await change("UPDATE imports SET progress_at = ? WHERE id = ?", ago(14).toISOString(), id);
    for (let minute = 12; minute > 2; minute -= 2)
      await resumeStaleImports(recording(base(ago(minute)), "IMPORTS").ctx);
    expect((await lateJobs())["stalled_import_seconds"]).toBeGreaterThan(300);
    await runImport(base(), tenant, id);
    expect(await lateJobs()).toEqual({});
  });

  it("one import is resumed in vain, however many others are waiting", async () => {
    const { tenant } = await newShop();
    await change(
      `INSERT INTO imports (tenant_id, id, kind, status, columns, ignored_columns, bytes_total, bytes_read, actor_id,
          created_at, progress_at, resumes)
        WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
        SELECT ?, 'i' || i, 'sales', 'queued', '[]', '[]', 1, 0, 'a', '',
          iif(i = 0, ?, ?), iif(i = 0, 8, i % 2) FROM n`,
      tenant.id,
      ago(0.5).toISOString(),
      ago(2).toISOString(),
    );
    expect((await lateJobs())["stalled_import_seconds"]).toBeGreaterThan(480);
    await change(
      "UPDATE imports SET finished_at = created_at WHERE tenant_id = ? AND resumes = 8",
      tenant.id,
    );
    expect(await lateJobs()).toEqual({});
  });

  it("a product's text is not indexed for search", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop);
    await change("UPDATE products SET text_version = text_version + 1 WHERE id = ?", id);
    expect(await lateJobs()).toEqual({});
    await change("UPDATE products SET updated_at = ? WHERE id = ?", OLD, id);
    expect((await lateJobs())["unindexed_product_seconds"]).toBeGreaterThan(600);
    await indexStaleProducts(base());
    expect(await lateJobs()).toEqual({});
  });

  it("one old text is not indexed, however many recent ones are pending in other shops", async () => {
    const shops = [await newShop(), await newShop()].map(({ tenant }) => tenant.id).toSorted();
    const add = (tenantId: string | undefined, products: number, at: string) =>
      change(
        `INSERT INTO products (tenant_id, id, sku, title, price, created_at, updated_at)
          WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
          SELECT ?, 'p' || i, 's' || i, 'A book', 1, '', ? FROM n`,
        products,
        tenantId,
        at,
      );
    await add(shops[0], 300, ago(1).toISOString());
    expect(await lateJobs()).toEqual({});
    await add(shops[1], 1, OLD);
    expect((await lateJobs())["unindexed_product_seconds"]).toBeGreaterThan(600);
  });

  it("a due webhook delivery has not been attempted, until the sweep sends it", async () => {
    const shop = await newShop();
    const job = await newDelivery(shop, await newEndpoint(shop));
    await change("UPDATE webhook_deliveries SET due_at = ? WHERE event_id = ?", OLD, job.event_id);
    expect((await lateJobs())["late_delivery_seconds"]).toBeGreaterThan(300);
    await sendLateDeliveries(recording(base(), "WEBHOOKS").ctx);
    expect(await lateJobs()).toEqual({});
  });

  it("a purchase holds its goods after its hold has expired, until it is cancelled", async () => {
    const { buyer, book } = await bookshop();
    const { body } = await buyOne(buyer.token, book.id);
    await change("UPDATE sales SET hold_expires_at = ? WHERE id = ?", OLD, body.id);
    expect((await lateJobs())["late_hold_seconds"]).toBeGreaterThan(600);
    await cancelExpired(base());
    expect(await lateJobs()).toEqual({});
  });

  it("a due refund is not made, even after failed attempts", async () => {
    const { shop, buyer, book } = await bookshop();
    const { body } = await buyOne(buyer.token, book.id);
    await change(
      `INSERT INTO payments (tenant_id, id, sale_id, provider, amount, currency, status, created_at, retry_at)
        VALUES (?, ?, ?, 'manual', 1000, 'EUR', 'refund_due', ?, ?)`,
      shop.tenant.id,
      newId(),
      body.id,
      OLD,
      OLD,
    );
    expect((await lateJobs())["late_refund_seconds"]).toBeGreaterThan(600);
    await change("UPDATE payments SET attempts = 2, last_error = 'it failed' WHERE sale_id = ?", body.id);
    expect((await lateJobs())["late_refund_seconds"]).toBeGreaterThan(600);
    await retryDueRefunds(base());
    expect(await lateJobs()).toEqual({});
  });

  it("an erasure keeps failing, until it is done", async () => {
    const shop = await newShop();
    const { id } = await newPerson(shop.tenant, "CUSTOMER");
    await eraseUser(shop.admin.ctx(ago(40)), id);
    const failing = (now: Date) =>
      between(base(now), {
        before: () => {
          throw new Error("disk failure");
        },
      });
    await resumeErasures(failing(ago(35)));
    await resumeErasures(failing(ago(20)));
    expect((await lateJobs())["late_erasure_seconds"]).toBeGreaterThan(1800);
    await resumeErasures(base());
    expect(await lateJobs()).toEqual({});
  });

  it("a lake day that was queued last night is not built", async () => {
    const { shop, sell } = await sellingShop();
    await sell();
    await rebuildDirtyDays(base(), shop.tenant.id);
    // Queues the nightly build as if it had been queued long ago.
    const queueBuild = async (now: Date): Promise<void> => {
      await queueNightlyBuilds(recording(base(now), "LAKE_JOBS").ctx);
      await change("UPDATE lake_days SET asked_at = ? WHERE asked_at IS NOT NULL", OLD);
    };
    await queueBuild(new Date());
    // The current day is not built yet.
    expect(await lateJobs()).toEqual({});
    await queueBuild(later());
    expect((await lateJobs())["unbuilt_lake_seconds"]).toBeGreaterThan(6 * 3600);
    await buildNight(shop);
    expect(await lateJobs()).toEqual({});
  });

  it.each([
    ["minute", 11],
    ["hour", 71],
    ["night", 25 * 60 + 1],
  ] as const)("the jobs of each %s have not all succeeded for %i minutes", async (clock, minutes) => {
    const end = (before: number) =>
      change("UPDATE clock_runs SET ended_at = ? WHERE clock = ?", ago(before).toISOString(), clock);
    await end(minutes - 2);
    expect(await lateJobs()).toEqual({});
    await end(minutes);
    expect(Object.keys(await lateJobs())).toEqual([`${clock}_jobs_seconds`]);
    await recordCronRun(base(), clock);
    expect(await lateJobs()).toEqual({});
  });

  it("one cron trigger does not run, although the others do", async () => {
    await change("UPDATE clock_runs SET ended_at = ?", ago(26 * 60).toISOString());
    await recordCronRun(base(), "hour");
    expect(Object.keys(await lateJobs()).toSorted()).toEqual(["minute_jobs_seconds", "night_jobs_seconds"]);
  });
});

it("a job waits since the end of its last run, and not less than no time if another clock is ahead", async () => {
  const waiting = async (): Promise<number> =>
    (await call("GET", "/healthz")).body.jobs.minute_jobs_seconds.waiting;
  await recordCronRun(base(ago(5)), "minute");
  expect(await waiting()).toBeLessThan(60);
  await change("UPDATE clock_runs SET ended_at = ?", ago(-5).toISOString());
  expect(await waiting()).toBe(0);
});

it("a run of a cron trigger that cannot be recorded fails", async () => {
  const broken = { ...env, DB: brokenDb(new Error("D1 is down"), true) };
  const failure = await failureOf(recordCronRun(baseOf(broken, createExecutionContext()), "hour"));
  expect(failure).toMatchObject({ slug: "unavailable" });
});

describe("GET /healthz", () => {
  it("takes one round trip, and costs no more if a thousand of each are waiting", async () => {
    const shop = await newShop();
    const thousand = "json_each('[' || substr(replace(hex(zeroblob(1000)), '00', ',0'), 2) || ']')";
    const id = shop.tenant.id;
    await change(
      `INSERT INTO events (tenant_id, id, type, payload, created_at)
        SELECT ?, 'e' || key, 'thing.done', '{}', ? FROM ${thousand}`,
      id,
      OLD,
    );
    await change(
      `INSERT INTO dead_letters (tenant_id, id, message_id, event_id, queue, body, created_at)
        SELECT ?, 'd' || key, 'm' || key, 'e' || key, 'events', '{}', ? FROM ${thousand}`,
      id,
      OLD,
    );
    await change(
      `INSERT INTO products (tenant_id, id, sku, title, price, created_at, updated_at)
        SELECT ?, 'p' || key, 's' || key, 'A book', 1, '', ? FROM ${thousand}`,
      id,
      OLD,
    );
    await change(
      `INSERT INTO dirty_days (tenant_id, day, asked_at) SELECT ?, date('2020-01-01', key || ' days'), ? FROM ${thousand}`,
      id,
      OLD,
    );
    await change(
      `INSERT INTO lake_days (tenant_id, dataset, day, version, asked_at)
        SELECT ?, 'purchases', date('2020-01-01', key || ' days'), 1, ? FROM ${thousand}`,
      id,
      OLD,
    );
    const response = await call("GET", "/healthz");
    expect(Object.keys(await lateJobs()).toSorted()).toEqual([
      "dead_letters",
      "unbuilt_day_seconds",
      "unbuilt_lake_seconds",
      "unindexed_product_seconds",
    ]);
    const { queries, read } = costOf(response);
    expect(queries).toBe(1);
    expect(read).toBeLessThan(1000);
  });
});
