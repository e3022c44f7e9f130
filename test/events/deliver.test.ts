import { createExecutionContext, createScheduledController, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { resendUnsentEvents } from "../../src/events/deliver.ts";
import { scheduled } from "../../workers/scheduled.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { count } from "../support/d1.ts";
import { exportsOf, storeEvent } from "../support/events.ts";
import { recording, recordingQueue, until } from "../support/queues.ts";
import { base, newProduct, newShop, sellOne, type Shop } from "../support/shops.ts";
import { callWith } from "../support/variant.ts";

const openEvents = (shop: Shop) =>
  count(
    "SELECT count(*) n FROM events WHERE tenant_id = ? AND type <> 'product.created' AND exported_at IS NULL",
    shop.tenant.id,
  );

const ago = (seconds: number): Date => new Date(Date.now() - seconds * 1000);

async function oneSale() {
  const shop = await newShop();
  const { id } = await newProduct(shop, { stock: 5 });
  const json = (quantity: number) => ({ items: [{ product_id: id, quantity }] });
  const sell = (changes: Partial<Env>, quantity = 1) =>
    callWith(changes, "POST", `${API}/sales`, { token: shop.admin.token, json: json(quantity) });
  return { shop, sell };
}

describe("an event", () => {
  it("of a sale is sent to the queue after the sale, and not marked", async () => {
    const { shop, sell } = await oneSale();
    const { queue, sent } = recordingQueue();
    expect((await sell({ EVENTS: queue })).status).toBe(201);
    const [event] = await exportsOf(shop);
    expect(sent).toEqual([{ kind: "event", tenant_id: shop.tenant.id, event_id: event?.["id"] }]);
    expect(event).toMatchObject({ batch_id: null, exported_at: null });
  });

  it("is not sent for a rejected sale", async () => {
    const { sell } = await oneSale();
    const { queue, sent } = recordingQueue();
    expect((await sell({ EVENTS: queue }, 6)).status).toBe(409);
    expect(sent).toEqual([]);
  });

  it("whose queue fails remains in the outbox, and the sale succeeds", async () => {
    const { shop, sell } = await oneSale();
    const { queue } = recordingQueue();
    const fails = () => Promise.reject(new Error("the queue is down"));
    expect((await sell({ EVENTS: { ...queue, send: fails, sendBatch: fails } })).status).toBe(201);
    expect(await openEvents(shop)).toBe(1);
  });

  it("of a sale and of a shift reaches its consumer through the real queue", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop);
    await call("POST", `${API}/shifts/start`, { token: shop.admin.token, json: {} });
    await sellOne(shop.admin.token, id);
    await until(async () => (await openEvents(shop)) === 0);
    expect((await exportsOf(shop)).length).toBe(2);
  });
});

describe("the sweep for unsent events", () => {
  it("sends open events older than a minute, oldest first, and no newer, exported or dead ones", async () => {
    const shop = await newShop();
    const second = await storeEvent(shop, { now: ago(70) });
    const first = await storeEvent(shop, { now: ago(80) });
    await storeEvent(shop, { now: ago(50) });
    const exported = await storeEvent(shop, { now: ago(75) });
    const dead = await storeEvent(shop, { now: ago(75) });
    await env.DB.batch([
      env.DB.prepare("UPDATE events SET batch_id = 'b', exported_at = 'now' WHERE id = ?").bind(
        exported.event_id,
      ),
      env.DB.prepare(
        `INSERT INTO dead_letters (tenant_id, id, message_id, event_id, queue, body, created_at)
        VALUES (?, 'd', 'm', ?, 'events', '{}', 'now')`,
      ).bind(shop.tenant.id, dead.event_id),
    ]);
    const { ctx, sent } = recording(base(), "EVENTS");
    await resendUnsentEvents(ctx);
    expect(sent.filter((each) => JSON.stringify(each).includes(shop.tenant.id))).toEqual([first, second]);
  });

  it("sends at most a thousand events, and reads no more than that", async () => {
    const shop = await newShop();
    await change(
      `INSERT INTO events (tenant_id, id, type, payload, created_at)
      SELECT ?, 'e' || value, 'x', '{}', '2020-01-01T00:00:00.000Z' || value FROM json_each(?)`,
      shop.tenant.id,
      JSON.stringify(Array.from({ length: 1500 }, (_, index) => index)),
    );
    const { ctx, sent } = recording(base(), "EVENTS");
    await resendUnsentEvents(ctx);
    expect(sent.length).toBe(1000);
    expect(ctx.db.cost.read).toBeLessThan(3000);
    await change("DELETE FROM events WHERE tenant_id = ?", shop.tenant.id);
  });

  it("delivers an event whose message was lost, every minute", async () => {
    const shop = await newShop();
    await storeEvent(shop, { now: ago(61) });
    const ctx = createExecutionContext();
    await scheduled(createScheduledController({ cron: "* * * * *", scheduledTime: new Date() }), env, ctx);
    await waitOnExecutionContext(ctx);
    await until(async () => (await openEvents(shop)) === 0);
  });
});
