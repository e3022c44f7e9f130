import { createExecutionContext, createMessageBatch, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { DeliveryJob, queueDeliveries, sendLateDeliveries } from "../../src/webhooks/jobs.ts";
import { newId } from "../../src/values/ids.ts";
import { queue, type QueueMessage } from "../../workers/queue.ts";
import { change } from "../support/change.ts";
import { between } from "../support/d1.ts";
import { recording } from "../support/queues.ts";
import { base, newShop, type Shop } from "../support/shops.ts";
import { attemptIn, newDelivery, newEndpoint, requestsTo, storedOf } from "../support/webhooks.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

/** The events whose deliveries the burst puts into the queue. */
async function queued(jobs: DeliveryJob[], now = new Date()): Promise<string[]> {
  const { ctx, sent } = recording(base(now), "WEBHOOKS");
  for (const job of jobs) await queueDeliveries(ctx, [job]);
  return z
    .array(DeliveryJob)
    .parse(sent)
    .map(({ event_id }) => event_id);
}

describe("a batch of the queue", () => {
  it("ends while an endpoint hangs, and its other deliveries do not wait for that", async () => {
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    const release = Promise.withResolvers<void>();
    vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => {
      if (ms !== 5000) return timeout(ms);
      const hangs = new AbortController();
      void release.promise.then(() => hangs.abort(new DOMException("late", "TimeoutError")));
      return hangs.signal;
    });
    const [slow, quick] = [await newShop(), await newShop()];
    const [hanging, healthy] = [await newEndpoint(slow, "hang"), await newEndpoint(quick)];
    const [late, other] = [await newDelivery(slow, hanging), await newDelivery(quick, healthy)];
    const batch = createMessageBatch<QueueMessage>(
      "mostrador-webhooks",
      [late, other].map((body, index) => ({
        id: String(index),
        timestamp: new Date(),
        attempts: 1,
        body,
      })),
    );
    const ctx = createExecutionContext();
    await queue(batch, env, ctx);
    // The batch has ended; the endpoint still hangs.
    await vi.waitUntil(async () => (await requestsTo(healthy)).length === 1, { timeout: 20_000 });
    expect(await storedOf(late)).toMatchObject({ status: "pending", attempts: 1, last_error: null });
    release.resolve();
    await waitOnExecutionContext(ctx);
    expect(await storedOf(late)).toMatchObject({ status: "pending", last_error: "no response within 5 s" });
  });
});

describe("a burst of events of a shop", () => {
  it("puts one message of each endpoint into the queue, whose end brings the next", async () => {
    const shop = await newShop();
    const [one, two] = [await newEndpoint(shop), await newEndpoint(shop)];
    const jobs: DeliveryJob[] = [];
    for (let event = 0; event < 20; event += 1) jobs.push(await newDelivery(shop, one));
    const [first] = jobs;
    if (!first) throw new Error("no delivery");
    expect(await queued(jobs)).toEqual([first.event_id, first.event_id]);
    const { ctx, sent } = recording(base(), "WEBHOOKS");
    let next: DeliveryJob | undefined = first;
    for (let count = 0; next; count = sent.length) {
      await attemptIn(ctx, next);
      next = z.array(DeliveryJob).parse(sent)[count];
    }
    const ids = (await requestsTo(one)).map(({ headers }) => headers["webhook-id"]);
    expect(ids).toEqual(jobs.map(({ event_id }) => `msg_${event_id}`));
    expect(await requestsTo(two)).toEqual([]);
  });

  it("puts none into the queue while an attempt is in flight, whose end brings it", async () => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop);
    const first = await newDelivery(shop, endpoint);
    const { ctx, sent } = recording(base(), "WEBHOOKS");
    const meanwhile: DeliveryJob[] = [];
    const inFlight = between(ctx, {
      before: async (nth) => {
        if (nth !== 2) return;
        meanwhile.push(await newDelivery(shop, endpoint));
        expect(await queued(meanwhile)).toEqual([]);
      },
    });
    await attemptIn(inFlight, first);
    expect(sent).toEqual(meanwhile);
  });

  it("costs one round trip an event, and the same rows however many deliveries wait", async () => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop);
    const cost = async () => {
      const { ctx } = recording(base(), "WEBHOOKS");
      await queueDeliveries(ctx, [await newDelivery(shop, endpoint)]);
      expect(ctx.db.cost.queries).toBe(1);
      return ctx.db.cost.read;
    };
    await newDelivery(shop, endpoint);
    const few = await cost();
    for (let index = 0; index < 60; index += 1) await newDelivery(shop, endpoint);
    expect(await cost()).toBe(few);
    expect(few).toBeLessThanOrEqual(5);
  });

  it("is queued again by a later event if its message seems lost, and by each event if the endpoint fails", async () => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop, "500");
    const lost = await newDelivery(shop, endpoint, { now: new Date(Date.now() - 6000) });
    const later = await newDelivery(shop, endpoint);
    expect(await queued([later])).toEqual([later.event_id]);
    await attemptIn(recording(base(), "WEBHOOKS").ctx, lost);
    const more = [await newDelivery(shop, endpoint), await newDelivery(shop, endpoint)];
    expect(await queued(more)).toEqual(more.map(({ event_id }) => event_id));
  });
});

describe("the sweep", () => {
  /** Adds overdue deliveries of a shop. */
  async function overdue(shop: Shop, endpointId: string, count: number, minutes: number): Promise<void> {
    const due = new Date(Date.now() - minutes * 60_000).toISOString();
    const ids = JSON.stringify(Array.from({ length: count }, () => newId()));
    await change(
      `INSERT INTO events (tenant_id, id, type, payload, created_at)
        SELECT ?, value, 'webhook.ping', json_object('endpoint_id', ?), ? FROM json_each(?)`,
      shop.tenant.id,
      endpointId,
      due,
      ids,
    );
  }

  it("sends the delivery of a shop in its first page, though another shop has more than a page before it", async () => {
    const [busy, small] = [await newShop(), await newShop()];
    const [busyEndpoint, other] = [await newEndpoint(busy), await newEndpoint(small)];
    const second = await newEndpoint(busy);
    await overdue(busy, busyEndpoint.id, 1200, 60);
    await overdue(busy, second.id, 10, 59);
    await overdue(small, other.id, 1, 5);
    const { ctx, sent } = recording(base(), "WEBHOOKS");
    expect(await sendLateDeliveries(ctx)).not.toBeNull();
    const shops = z
      .array(DeliveryJob)
      .parse(sent)
      .map(({ tenant_id }) => tenant_id)
      .filter((id) => [busy.tenant.id, small.tenant.id].includes(id));
    expect(shops).toContain(small.tenant.id);
    expect(shops.length).toBe(2);
  });

  it("takes the shops in turn: one message of each before the second of any", async () => {
    const [busy, small] = [await newShop(), await newShop()];
    const endpoints = [await newEndpoint(busy), await newEndpoint(busy), await newEndpoint(busy)];
    for (const { id } of endpoints) await overdue(busy, id, 2, 60);
    await overdue(small, (await newEndpoint(small)).id, 1, 5);
    const { ctx, sent } = recording(base(), "WEBHOOKS");
    await sendLateDeliveries(ctx);
    const shops = z
      .array(DeliveryJob)
      .parse(sent)
      .map(({ tenant_id }) => tenant_id)
      .filter((id) => [busy.tenant.id, small.tenant.id].includes(id));
    expect(shops.indexOf(small.tenant.id)).toBeLessThan(2);
    expect(shops.length).toBe(4);
  });
});
