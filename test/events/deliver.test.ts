import { createExecutionContext, createScheduledController, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { claimNewEvents } from "../../src/events/claim.ts";
import { queueExports } from "../../src/events/deliver.ts";
import { scheduled } from "../../workers/scheduled.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { between, count, rowsOf } from "../support/d1.ts";
import { consume, exportsOf, storeEvent } from "../support/events.ts";
import { recording, recordingQueue, until } from "../support/queues.ts";
import { base, newProduct, newShop, sellOne, type Shop } from "../support/shops.ts";
import { callWith } from "../support/variant.ts";

const openEvents = (shop: Shop) =>
  count(
    "SELECT count(*) n FROM events WHERE tenant_id = ? AND type <> 'product.created' AND exported_at IS NULL",
    shop.tenant.id,
  );

const ago = (seconds: number): Date => new Date(Date.now() - seconds * 1000);

const messageOf = (shop: Shop) => ({ kind: "export", tenant_id: shop.tenant.id });

async function everyMinute(changes: Partial<Env> = {}): Promise<void> {
  const ctx = createExecutionContext();
  const controller = createScheduledController({ cron: "* * * * *", scheduledTime: new Date() });
  await scheduled(controller, { ...env, ...changes }, ctx);
  await waitOnExecutionContext(ctx);
}

async function oneSale() {
  const shop = await newShop();
  const { id } = await newProduct(shop, { stock: 5 });
  const json = (quantity: number) => ({ items: [{ product_id: id, quantity }] });
  const sell = (changes: Partial<Env>, quantity = 1) =>
    callWith(changes, "POST", `${API}/sales`, { token: shop.admin.token, json: json(quantity) });
  return { shop, sell };
}

describe("an event", () => {
  it("of a sale is not sent to the queue with the sale, but with the others of its minute", async () => {
    const { shop, sell } = await oneSale();
    const { queue, sent } = recordingQueue();
    for (let sales = 0; sales < 2; sales += 1) expect((await sell({ EVENTS: queue })).status).toBe(201);
    expect(sent).toEqual([]);
    for (const event of await exportsOf(shop))
      expect(event).toMatchObject({ batch_id: null, exported_at: null });
    await everyMinute({ EVENTS: queue });
    expect(sent.filter((each) => JSON.stringify(each).includes(shop.tenant.id))).toEqual([
      { ...messageOf(shop), trace: expect.any(String) },
    ]);
  });

  it("of a sale and of a shift reaches its consumer through the real queue", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop);
    await call("POST", `${API}/shifts/start`, { token: shop.admin.token, json: {} });
    await sellOne(shop.admin.token, id);
    await everyMinute();
    await until(async () => (await openEvents(shop)) === 0);
    expect((await exportsOf(shop)).length).toBe(2);
  });
});

describe("the job of each minute", () => {
  it("sends one message for each shop with events that are neither exported nor dead, also for new ones", async () => {
    const [shop, other, done, dead] = [await newShop(), await newShop(), await newShop(), await newShop()];
    await storeEvent(shop, { now: ago(70) });
    await storeEvent(shop);
    await storeEvent(other);
    const exported = await storeEvent(done);
    const failed = await storeEvent(dead);
    await env.DB.batch([
      env.DB.prepare("UPDATE events SET batch_id = 'b', exported_at = 'now' WHERE id = ?").bind(
        exported.event_id,
      ),
      env.DB.prepare(
        `INSERT INTO dead_letters (tenant_id, id, message_id, event_id, queue, body, created_at)
        VALUES (?, 'd', 'm', ?, 'events', '{}', 'now')`,
      ).bind(dead.tenant.id, failed.event_id),
    ]);
    const { ctx, sent } = recording(base(), "EVENTS");
    await queueExports(ctx);
    for (const each of [shop, other])
      expect(sent.filter((message) => JSON.stringify(message).includes(each.tenant.id))).toEqual([
        messageOf(each),
      ]);
    for (const each of [done, dead]) expect(sent).not.toContainEqual(messageOf(each));
  });

  it("finds every shop, in pages, and reads no more when a shop has many events", async () => {
    const insert = (name: string, events: number) =>
      change(
        `INSERT INTO events (tenant_id, id, type, payload, created_at)
        SELECT ?1 || s.value, 'e' || s.value || '-' || e.value, 'x', '{}', '2020-01-01T00:00:00.000Z'
        FROM json_each(?2) s, json_each(?3) e`,
        name,
        JSON.stringify(Array.from({ length: 1_100 }, (_, index) => index)),
        JSON.stringify(Array.from({ length: events }, (_, index) => index)),
      );
    const cost = async (name: string) => {
      await claimNewEvents(base());
      const { ctx, sent } = recording(base(), "EVENTS");
      await queueExports(ctx);
      const shops = sent.map((message) => JSON.stringify(message)).filter((each) => each.includes(name));
      expect([shops.length, new Set(shops).size]).toEqual([1_100, 1_100]);
      await change("UPDATE events SET exported_at = 'now'");
      return ctx.db.cost.read;
    };
    await insert("few-", 1);
    const few = await cost("few-");
    await insert("many-", 20);
    expect(Math.abs((await cost("many-")) - few)).toBeLessThan(50);
    expect(few).toBeLessThan(1_200 * 5);
  });

  it("claims each new event once, a thousand a batch, also when it runs twice at once", async () => {
    const shop = await newShop();
    await change(
      `INSERT INTO events (tenant_id, id, type, payload, created_at)
        SELECT ?, 'e' || value, 'x', iif(value = 7, '[', '{}'), 'now' FROM json_each(?)`,
      shop.tenant.id,
      JSON.stringify(Array.from({ length: 2_500 }, (_, index) => index)),
    );
    const late = between(base(), {
      before: async (nth) => {
        if (nth <= 2) await Promise.all([claimNewEvents(base()), claimNewEvents(base())]);
      },
    });
    await claimNewEvents(late);
    const batches = await rowsOf(
      "SELECT batch_id, count(*) AS events, max(id) AS id FROM events WHERE tenant_id = ? GROUP BY batch_id ORDER BY events",
      shop.tenant.id,
    );
    const sizes = batches.map(({ events }) => Number(events));
    expect(sizes.reduce((sum, events) => sum + events, 0)).toBe(2_500);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1_000);
    // A payload that is not an object has a batch of its own.
    expect(batches[0]).toEqual({ batch_id: "e7", events: 1, id: "e7" });
    const ctx = base();
    await claimNewEvents(ctx);
    expect(ctx.db.cost).toMatchObject({ queries: 1, written: 0 });
    expect(ctx.db.cost.read).toBeLessThan(5);
  });

  it("leaves an event in the batch for which its own message has claimed it", async () => {
    const shop = await newShop();
    const ref = await storeEvent(shop);
    await consume("events", [ref]);
    const [before] = await exportsOf(shop);
    expect(before?.["batch_id"]).not.toBeNull();
    await claimNewEvents(base());
    expect(await exportsOf(shop)).toEqual([before]);
  });

  it("claims no more batches at once than it may, and the others the next time", async () => {
    const shop = await newShop();
    await change(
      `INSERT INTO events (tenant_id, id, type, payload, created_at)
        SELECT ?, 'e' || value, 'x', '{}', 'now' FROM json_each(?)`,
      shop.tenant.id,
      JSON.stringify(Array.from({ length: 2_500 }, (_, index) => index)),
    );
    const unclaimed = () =>
      count("SELECT count(*) n FROM events WHERE tenant_id = ? AND batch_id IS NULL", shop.tenant.id);
    await claimNewEvents(base(), 2);
    expect(await unclaimed()).toBe(500);
    await claimNewEvents(base(), 2);
    expect(await unclaimed()).toBe(0);
  });
});
