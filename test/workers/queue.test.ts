// What the consumer of the queues sends, counts and logs.
import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { runImport } from "../../src/imports/consume.ts";
import { queue, type QueueMessage } from "../../workers/queue.ts";
import { change } from "../support/change.ts";
import { count, rowsOf } from "../support/d1.ts";
import { consume } from "../support/events.ts";
import { fileOf, storeImport } from "../support/imports.ts";
import { recordingQueue, slowQueue } from "../support/queues.ts";
import { base, newProduct, newShop, type Shop } from "../support/shops.ts";

/** Delivers a message to the consumer of a queue, with these changes to the environment. */
async function deliver(name: string, body: QueueMessage, changes: Partial<Env>) {
  const batch = createMessageBatch<QueueMessage>(`mostrador-${name}`, [
    { id: "m", timestamp: new Date(), attempts: 1, body },
  ]);
  const ctx = createExecutionContext();
  await queue(batch, { ...env, ...changes }, ctx);
  const { explicitAcks, retryMessages } = await getQueueResult(batch, ctx);
  return { acked: explicitAcks.length, retried: retryMessages.length };
}

const days = (number: number): string =>
  JSON.stringify(
    Array.from({ length: number }, (_, at) => new Date(Date.UTC(2010, 0, 1 + at)).toISOString().slice(0, 10)),
  );

/** Marks more days dirty than a message rebuilds. */
const markManyDays = ({ tenant }: Shop) =>
  change(
    "INSERT INTO dirty_days (tenant_id, day, needs_rebuild) SELECT ?, value, 1 FROM json_each(?)",
    tenant.id,
    days(2_000),
  );

describe("an import that needs another message", () => {
  it("has sent it when its message is acknowledged", async () => {
    const shop = await newShop();
    const import_id = await storeImport(shop.admin.ctx(), fileOf([{ invoice: "1" }]));
    await markManyDays(shop);
    const { queue: IMPORTS, sent } = slowQueue();
    const job = { kind: "import" as const, tenant_id: shop.tenant.id, import_id };
    expect(await deliver("imports", job, { IMPORTS })).toEqual({ acked: 1, retried: 0 });
    expect(sent).toEqual([{ ...job, trace: expect.any(String) }]);
  });
});

describe("an import that has to wait for the undo of another", () => {
  it("is continued some seconds later", async () => {
    const shop = await newShop();
    const file = fileOf([{ invoice: "1" }]);
    const undone = await storeImport(shop.admin.ctx(), file);
    await runImport(base(), shop.tenant, undone);
    await change("UPDATE imports SET undo_status = 'undoing' WHERE id = ?", undone);
    const import_id = await storeImport(shop.admin.ctx(), file);
    const { queue: IMPORTS, sent, delays } = recordingQueue();
    const job = { kind: "import" as const, tenant_id: shop.tenant.id, import_id };
    expect(await deliver("imports", job, { IMPORTS })).toEqual({ acked: 1, retried: 0 });
    expect(sent).toEqual([{ ...job, trace: expect.any(String) }]);
    expect(delays).toEqual([5]);
  });
});

describe("an import that is done", () => {
  it("leaves no facets to be counted by those who list products", async () => {
    const shop = await newShop();
    const product = await newProduct(shop);
    const import_id = await storeImport(shop.admin.ctx(), fileOf([{ invoice: "1", sku: product.sku }]));
    await change(
      "INSERT INTO product_facets (tenant_id, first_id) VALUES (?, '0') ON CONFLICT DO UPDATE SET products = NULL",
      shop.tenant.id,
    );
    const uncounted = () =>
      count(
        "SELECT count(*) n FROM product_facets WHERE tenant_id = ? AND products IS NULL AND first_id <> ''",
        shop.tenant.id,
      );
    const job = { kind: "import" as const, tenant_id: shop.tenant.id, import_id };
    for (let more = 0; more < 9 && (await uncounted()) > 0; more += 1) await deliver("imports", job, {});
    expect(await count("SELECT status = 'done' n FROM imports WHERE id = ?", import_id)).toBe(1);
    expect(await uncounted()).toBe(0);
  });
});

describe("a rollup", () => {
  const jobOf = ({ tenant }: Shop) => ({ kind: "rollup" as const, tenant_id: tenant.id, products: true });

  it("is continued by another message while days are dirty", async () => {
    const shop = await newShop();
    await markManyDays(shop);
    const job = jobOf(shop);
    const { queue: ROLLUPS, sent } = recordingQueue();
    expect(await deliver("rollups", job, { ROLLUPS })).toEqual({ acked: 1, retried: 0 });
    expect(sent).toEqual([{ ...job, trace: expect.any(String) }]);
  });

  it("that is done has sent the message that counts the products when it is acknowledged", async () => {
    const { tenant } = await newShop();
    const { queue: ROLLUPS, sent } = slowQueue();
    const job = { kind: "rollup" as const, tenant_id: tenant.id, products: true };
    expect(await deliver("rollups", job, { ROLLUPS })).toEqual({ acked: 1, retried: 0 });
    const products = { kind: "product-counts", tenant_id: tenant.id, products_after: "" };
    expect(sent).toEqual([{ ...products, trace: expect.any(String) }]);
    await deliver("rollups", { ...job, products: false }, { ROLLUPS });
    expect(sent.length).toBe(1);
  });

  it.each([
    // Of months that are not over yet.
    [
      "days are dirty",
      "INSERT INTO dirty_days (tenant_id, day) SELECT ?1, date(value, '+100 years') FROM json_each(?2)",
    ],
    [
      "months are to be built",
      "INSERT INTO unbuilt_months (tenant_id, month) SELECT DISTINCT ?1, substr(value, 1, 8) || '01' FROM json_each(?2) ORDER BY 2 LIMIT 16",
    ],
  ])("is continued by another message while only %s", async (_, statement) => {
    const shop = await newShop();
    await change(statement, shop.tenant.id, days(2_000));
    const job = jobOf(shop);
    const { queue: ROLLUPS, sent } = recordingQueue();
    expect(await deliver("rollups", job, { ROLLUPS })).toEqual({ acked: 1, retried: 0 });
    expect(sent).toEqual([{ ...job, trace: expect.any(String) }]);
  });

  it("is continued by another message while timelines are to be built", async () => {
    const shop = await newShop();
    await change(
      "INSERT INTO unbuilt_timelines (tenant_id, day) SELECT ?, value FROM json_each(?)",
      shop.tenant.id,
      days(300),
    );
    const job = jobOf(shop);
    const { queue: ROLLUPS, sent } = recordingQueue();
    expect(await deliver("rollups", job, { ROLLUPS })).toEqual({ acked: 1, retried: 0 });
    expect(sent).toEqual([{ ...job, trace: expect.any(String) }]);
    const left = await count("SELECT count(*) n FROM unbuilt_timelines WHERE tenant_id = ?", shop.tenant.id);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(300);
  });
});

describe("a message that counts the products", () => {
  it("is continued by another message while days are to be counted", async () => {
    const { tenant } = await newShop();
    await change(
      "INSERT INTO dirty_product_days (tenant_id, day) SELECT ?, value FROM json_each(?)",
      tenant.id,
      days(1_001),
    );
    const { queue: ROLLUPS, sent } = recordingQueue();
    const job = { kind: "product-counts" as const, tenant_id: tenant.id, products_after: "" };
    expect(await deliver("rollups", job, { ROLLUPS })).toEqual({ acked: 1, retried: 0 });
    expect(sent).toEqual([{ ...job, trace: expect.any(String) }]);
    await deliver("rollups", job, { ROLLUPS });
    expect(sent).toHaveLength(1);
  });
});

describe("a nightly build of the lake", () => {
  it("is continued by another message while days are dirty", async () => {
    const shop = await newShop();
    await markManyDays(shop);
    const { queue: LAKE_JOBS, sent } = recordingQueue();
    const job = { kind: "lake-night" as const, tenant_id: shop.tenant.id };
    expect(await deliver("lake", job, { LAKE_JOBS })).toEqual({ acked: 1, retried: 0 });
    expect(sent).toEqual([{ ...job, trace: expect.any(String) }]);
  });
});

describe("a message that counts the stock", () => {
  it("is acknowledged when the stock is counted", async () => {
    const shop = await newShop();
    await newProduct(shop, { stock: 3 });
    expect((await consume("rollups", [{ kind: "stock", tenant_id: shop.tenant.id }])).acked).toEqual(["0"]);
    expect(
      await rowsOf("SELECT sum(price_value) AS price FROM daily_stock WHERE tenant_id = ?", shop.tenant.id),
    ).toEqual([{ price: 3000 }]);
  });
});

describe("the line that a message has in the log", () => {
  afterEach(() => void vi.restoreAllMocks());

  it("has the queue, the kind and the shop, if it is about one", async () => {
    const shop = await newShop();
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    const changes = { ENVIRONMENT: "staging" as const };
    await deliver("staging-rollups", { kind: "stock", tenant_id: shop.tenant.id }, changes);
    await deliver("staging-sweeps", { kind: "sweep", name: "unknown", after: "" }, changes);
    const lines = log.mock.calls.map(([line]) => JSON.parse(String(line)));
    expect(lines).toMatchObject([
      { queue: "rollups", kind: "stock", tenant_id: shop.tenant.id, attempts: 1 },
      { queue: "sweeps", kind: "sweep", tenant_id: null, attempts: 1 },
    ]);
  });
});
