import { createExecutionContext, createScheduledController, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { addDays, dayOf, periodOf } from "../../src/values/days.ts";
import { newId } from "../../src/values/ids.ts";
import { scheduled } from "../../workers/scheduled.ts";
import { rejectingBinding } from "../support/failing-bindings.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { count, rowsOf } from "../support/d1.ts";
import { waitForImport, fileOf, storeImport } from "../support/imports.ts";
import { bookshop, buyOne } from "../support/purchases.ts";
import { recordingQueue, until } from "../support/queues.ts";
import { advanceClock } from "../support/quotas.ts";
import { newPerson, newProduct, newShop, sellOne, type Shop } from "../support/shops.ts";

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

/** What waits for a cron: its rows in a shop, with the id of a sale, and how many of them are left. */
type Backlog = [what: string, store: (shop: Shop, saleId: string) => Promise<void>, left: string];

const nightly: Backlog[] = [
  [
    "links of mails that have expired",
    ({ tenant }) =>
      change(
        "INSERT INTO link_tokens (tenant_id, token_hash, purpose, subject_id, email, expires_at) VALUES (?, 'h', 'email', 's', 'e', ?)",
        tenant.id,
        OLD,
      ),
    "SELECT count(*) n FROM link_tokens WHERE tenant_id = ? AND token_hash = 'h'",
  ],
  [
    "requests of devices that have expired",
    ({ tenant }) =>
      change(
        `INSERT INTO device_grants (tenant_id, device_code_hash, user_code_hash, client_id, label, network_hash, interval_s, created_at, expires_at)
          VALUES (?1, 'd', 'u', 'c', 'l', 'n', 5, ?2, ?2)`,
        tenant.id,
        OLD,
      ),
    "SELECT count(*) n FROM device_grants WHERE tenant_id = ?",
  ],
  [
    "carts of guests that have expired",
    ({ tenant }) =>
      change(
        "INSERT INTO carts (tenant_id, id, token_hash, created_at, expires_at) VALUES (?1, 'c', 'h', ?2, ?2)",
        tenant.id,
        OLD,
      ),
    "SELECT count(*) n FROM carts WHERE tenant_id = ?",
  ],
  [
    "links to orders that have expired",
    ({ tenant }, saleId) =>
      change(
        "INSERT INTO order_tokens (tenant_id, sale_id, token_hash, expires_at) VALUES (?, ?, 'h', ?)",
        tenant.id,
        saleId,
        OLD,
      ),
    "SELECT count(*) n FROM order_tokens WHERE tenant_id = ?",
  ],
  [
    "the log of mails that were sent long ago",
    ({ tenant }) =>
      change(
        `INSERT INTO mails (tenant_id, id, kind, subject_id, cause_id, recipient, status, due_at, created_at)
          VALUES (?1, 'm', 'order.placed', 's', 'c', 'e', 'sent', ?2, ?2)`,
        tenant.id,
        OLD,
      ),
    "SELECT count(*) n FROM mails WHERE tenant_id = ? AND id = 'm'",
  ],
  [
    "deliveries that ended long ago",
    ({ tenant }) =>
      change(
        `INSERT INTO webhook_deliveries (tenant_id, endpoint_id, event_id, subject, status, attempts, due_at, created_at)
          SELECT tenant_id, 'w', id, 's', 'delivered', 1, ?2, ?2 FROM events WHERE tenant_id = ?1 LIMIT 1`,
        tenant.id,
        OLD,
      ),
    "SELECT count(*) n FROM webhook_deliveries WHERE tenant_id = ?",
  ],
];

const everyMinute: Backlog[] = [
  [
    "mails whose message was lost",
    ({ tenant }) =>
      change(
        `INSERT INTO mails (tenant_id, id, kind, subject_id, cause_id, recipient, due_at, created_at)
          VALUES (?1, 'm', 'order.placed', 's', 'c', 'e', ?2, ?2)`,
        tenant.id,
        OLD,
      ),
    `SELECT count(*) n FROM mails WHERE tenant_id = ? AND id = 'm' AND due_at = '${OLD}'`,
  ],
  [
    "deliveries whose message was lost",
    ({ tenant }) =>
      change(
        `INSERT INTO webhook_deliveries (tenant_id, endpoint_id, event_id, subject, status, attempts, due_at, created_at)
          SELECT tenant_id, 'w', id, 's', 'pending', 0, ?2, ?2 FROM events WHERE tenant_id = ?1 LIMIT 1`,
        tenant.id,
        OLD,
      ),
    "SELECT count(*) n FROM webhook_deliveries WHERE tenant_id = ? AND status = 'pending'",
  ],
  [
    "products without the key of their SKU",
    ({ tenant }) => change("UPDATE products SET sku_key = NULL WHERE tenant_id = ?", tenant.id),
    "SELECT count(*) n FROM products WHERE tenant_id = ? AND sku_key IS NULL",
  ],
  [
    "products that search does not know",
    ({ tenant }) => change("UPDATE products SET indexed_version = 0 WHERE tenant_id = ?", tenant.id),
    "SELECT count(*) n FROM products WHERE tenant_id = ? AND indexed_version < text_version",
  ],
  [
    "facets that have changed",
    ({ tenant }) => change("INSERT INTO product_facets (tenant_id, first_id) VALUES (?, '0')", tenant.id),
    "SELECT count(*) n FROM product_facets WHERE tenant_id = ? AND first_id = '0' AND products IS NULL",
  ],
  [
    "files of the lake that were replaced long ago",
    ({ tenant }) =>
      change(
        `INSERT INTO lake_files (tenant_id, key, dataset, day, rows, bytes, etag, created_at, dropped_at)
          VALUES (?1, ?1 || '/events/1', 'events', '2020-01-01', 0, 0, '', ?2, ?2)`,
        tenant.id,
        OLD,
      ),
    "SELECT count(*) n FROM lake_files WHERE tenant_id = ?",
  ],
  [
    "sales without their offset from UTC",
    ({ tenant }) => change("UPDATE sales SET utc_offset = NULL WHERE tenant_id = ?", tenant.id),
    "SELECT count(*) n FROM sales WHERE tenant_id = ? AND utc_offset IS NULL",
  ],
  [
    "sales without the customer that they name",
    ({ tenant }) =>
      change("UPDATE sales SET customer_ref = 'C-1' WHERE tenant_id = ? AND customer_id IS NULL", tenant.id),
    "SELECT count(*) n FROM sales WHERE tenant_id = ? AND customer_id IS NULL",
  ],
  [
    "payments that are due for a refund",
    ({ tenant }, saleId) =>
      change(
        `INSERT INTO payments (tenant_id, id, sale_id, provider, provider_ref, amount, currency, status, created_at, retry_at)
          VALUES (?1, ?4, ?2, 'stripe', 'r', 100, 'EUR', 'refund_due', ?3, ?3)`,
        tenant.id,
        saleId,
        OLD,
        newId(),
      ),
    `SELECT count(*) n FROM payments WHERE tenant_id = ? AND status = 'refund_due' AND retry_at = '${OLD}'`,
  ],
  [
    "shifts whose hours are not counted",
    ({ tenant, admin }) =>
      change(
        `INSERT INTO shifts (tenant_id, id, user_id, status, start_at, day, end_at, opening_cash, created_at)
          VALUES (?1, 'shift', ?2, 'CLOSED', ?3, '2020-01-01', '2020-01-01T01:00:00.000Z', 0, ?3)`,
        tenant.id,
        admin.id,
        OLD,
      ),
    "SELECT count(*) n FROM unbuilt_shifts WHERE tenant_id = ?",
  ],
  [
    "erasures that were interrupted",
    async ({ tenant, admin }) => {
      const { id } = await newPerson(tenant, "CUSTOMER");
      await call("DELETE", `${API}/users/${id}`, { token: admin.token });
      await change("UPDATE erasures SET due_at = ? WHERE tenant_id = ?", OLD, tenant.id);
    },
    "SELECT count(*) n FROM erasures WHERE tenant_id = ?",
  ],
  [
    "merges of customers that were interrupted",
    async ({ tenant }) => {
      const [from, into] = [await newPerson(tenant, "CUSTOMER"), await newPerson(tenant, "CUSTOMER")];
      await change(
        "INSERT INTO customer_merges (tenant_id, from_id, into_id, due_at) VALUES (?, ?, ?, ?)",
        tenant.id,
        from.id,
        into.id,
        OLD,
      );
    },
    "SELECT count(*) n FROM customer_merges WHERE tenant_id = ?",
  ],
];

const crons: [name: string, cron: string, backlogs: Backlog[]][] = [
  ["every minute", "* * * * *", everyMinute],
  ["every night", "30 3 * * *", nightly],
];

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

  it("queue the builds of figures and of the lake, each by its own", async () => {
    const { tenant, admin } = await newShop();
    const product = await newProduct({ tenant, admin });
    await sellOne(admin.token, product.id, 1);
    await change("UPDATE dirty_days SET needs_rebuild = 1 WHERE tenant_id = ?", tenant.id);
    const queued = async (cron: string) => {
      const [rollups, lake] = [recordingQueue(), recordingQueue()];
      await run(cron, { ROLLUPS: rollups.queue, LAKE_JOBS: lake.queue });
      return [...rollups.sent, ...lake.sent];
    };
    const rollup = { kind: "rollup", tenant_id: tenant.id, products: false };
    expect(await queued("* * * * *")).toContainEqual(expect.objectContaining(rollup));
    expect(await queued("0 * * * *")).toContainEqual(
      expect.objectContaining({ kind: "lake-night", tenant_id: tenant.id }),
    );
    const night = await queued("30 3 * * *");
    expect(night).toContainEqual(expect.objectContaining({ ...rollup, products: true }));
    expect(night).toContainEqual(expect.objectContaining({ kind: "stock", tenant_id: tenant.id }));
  });

  it("store the reports of a morning, every hour", async () => {
    const { tenant, admin } = await newShop();
    await change(
      `UPDATE users SET email_confirmed_at = created_at, preferences = '{"weekly_report":1,"daily_summary":1}' WHERE id = ?`,
      admin.id,
    );
    const monday = addDays(periodOf(dayOf(new Date(), tenant.timezone), "week"), 7);
    vi.useFakeTimers({ toFake: ["Date"], now: new Date(`${monday}T08:00:00Z`) });
    await run("0 * * * *");
    const mails = await rowsOf("SELECT kind FROM mails WHERE tenant_id = ? ORDER BY kind", tenant.id);
    expect(mails).toEqual([{ kind: "report.daily" }, { kind: "report.weekly" }]);
  });

  for (const [name, cron, backlogs] of crons)
    it.each(backlogs)(`settle %s, ${name}`, async (_, store, left) => {
      const shop = await newShop();
      const product = await newProduct(shop);
      const sale = await sellOne(shop.admin.token, product.id, 1);
      await store(shop, sale.body.id);
      const waiting = () => count(left, shop.tenant.id);
      expect(await waiting()).toBe(1);
      await run(cron);
      expect(await waiting()).toBe(0);
    });
});
