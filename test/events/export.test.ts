// The open events of a shop are exported together, each exactly once, whatever fails.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { consumeEvents } from "../../src/events/consume.ts";
import { claimNewEvents } from "../../src/events/claim.ts";
import { storeBatches } from "../../src/lake/build/store.ts";
import { change } from "../support/change.ts";
import { API } from "../support/client.ts";
import { between, count, rowsOf } from "../support/d1.ts";
import { consume, exportsOf, storeEvent } from "../support/events.ts";
import { buildNight, lakeRows, linesInLake, objectsOf, sellingShop } from "../support/lake.ts";
import { recording, recordingQueue, slowQueue } from "../support/queues.ts";
import { base, newShop, type Shop } from "../support/shops.ts";
import { callWith } from "../support/variant.ts";
import { deleteReplacedFiles } from "../../src/lake/manifest.ts";

const messageOf = (shop: Shop) => ({ kind: "export", tenant_id: shop.tenant.id });

/** Claims the new events as the cron of each minute does, and exports those of these shops. */
async function exportShops(...shops: Shop[]) {
  await claimNewEvents(base());
  return consume("events", shops.map(messageOf));
}

const message = (body: unknown) => ({ body, ack: () => {}, retry: () => {} });

const storeEvents = (shop: Shop, number: number) =>
  Promise.all(Array.from({ length: number }, () => storeEvent(shop)));

const inLake = async (shop: Shop): Promise<string[]> =>
  (await lakeRows(shop, "events")).map(({ event_id }) => String(event_id)).toSorted();

async function expectEachOnce(shop: Shop): Promise<void> {
  const events = await rowsOf(
    "SELECT id, exported_at FROM events WHERE tenant_id = ? ORDER BY id",
    shop.tenant.id,
  );
  expect(events.filter(({ exported_at }) => exported_at === null)).toEqual([]);
  expect(await inLake(shop)).toEqual(events.map(({ id }) => id));
}

/** A shop that sells without sending anything. */
async function counter() {
  const { shop, productId } = await sellingShop();
  await exportShops(shop);
  const json = { items: [{ product_id: productId, quantity: 2 }] };
  const sell = async (number: number) => {
    for (let sold = 0; sold < number; sold += 1)
      await callWith({ EVENTS: recordingQueue().queue }, "POST", `${API}/sales`, {
        token: shop.admin.token,
        json,
      });
  };
  return { shop, sell };
}

describe("the export of a shop", () => {
  it("stores all its open events in one object for each dataset, and the message may come twice", async () => {
    const { shop, sell } = await counter();
    await sell(5);
    const before = (await objectsOf(shop)).length;
    expect(await exportShops(shop, shop)).toEqual({
      acked: ["0", "1"],
      retried: [],
    });
    await expectEachOnce(shop);
    expect((await objectsOf(shop)).length).toBe(before + 2);
    const exported = await exportsOf(shop);
    expect(new Set(exported.map(({ batch_id }) => batch_id)).size).toBe(1);
    await exportShops(shop);
    expect(await exportsOf(shop)).toEqual(exported);
    expect((await objectsOf(shop)).length).toBe(before + 2);
    const idle = base();
    let stored = 0;
    await consumeEvents(idle, [message(messageOf(shop))], async () => {
      stored += 1;
    });
    expect([idle.db.cost.queries, stored]).toEqual([1, 0]);
  });

  it.each([1, 2, 3])("is complete after a crash after its batch %s, with the same objects", async (step) => {
    const { shop, sell } = await counter();
    await sell(3);
    const before = (await objectsOf(shop)).length;
    await claimNewEvents(base());
    const crashing = between(base(), {
      after: (nth) => (nth === step ? Promise.reject(new Error("crashed")) : undefined),
    });
    await consumeEvents(crashing, [message(messageOf(shop))], storeBatches);
    await sell(1);
    await exportShops(shop);
    await expectEachOnce(shop);
    // The three are a batch of their own, unless nothing had begun.
    expect((await objectsOf(shop)).length).toBe(before + 4);
    expect(new Set((await linesInLake(shop)).values())).toEqual(new Set([1]));
  });

  it("by two consumers at once stores each event once", async () => {
    const { shop, sell } = await counter();
    await sell(4);
    await claimNewEvents(base());
    const late = between(base(), {
      before: async (nth) => {
        if (nth === 1) await exportShops(shop);
      },
    });
    await consumeEvents(late, [message(messageOf(shop))], storeBatches);
    await Promise.all([0, 1, 2].map(() => consume("events", [messageOf(shop)])));
    await expectEachOnce(shop);
    expect(new Set((await linesInLake(shop)).values())).toEqual(new Set([1]));
  });

  it("stores thousands of events page by page", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    const { event_id } = await storeEvent(shop);
    await storeEvent(other);
    await change(
      `INSERT INTO events (tenant_id, id, type, payload, created_at)
        SELECT ?1, substr(?2, 1, 18) || printf('%018d', value), 'x', '{}', ?3 FROM json_each(?4)`,
      shop.tenant.id,
      event_id,
      new Date().toISOString(),
      JSON.stringify(Array.from({ length: 3_100 }, (_, index) => index)),
    );
    await exportShops(shop, other);
    for (const each of [shop, other]) await expectEachOnce(each);
    expect((await objectsOf(shop)).length).toBe(4);
  });

  it("continues in other messages before it reaches D1's limit of 1,000 statements", async () => {
    const shop = await newShop();
    const { event_id } = await storeEvent(shop);
    await change(
      `INSERT INTO events (tenant_id, id, type, payload, created_at)
        SELECT ?1, substr(?2, 1, 18) || printf('%018d', value), 'x', '{}', ?3 FROM json_each(?4)`,
      shop.tenant.id,
      event_id,
      new Date().toISOString(),
      JSON.stringify(Array.from({ length: 1_500 }, (_, index) => index)),
    );
    await claimNewEvents(base());
    const { ctx, sent } = recording(base(), "EVENTS");
    ctx.db.cost.statements = 900;
    await consumeEvents(ctx, [message(messageOf(shop))], storeBatches);
    expect(sent).toEqual([messageOf(shop)]);
    await consumeEvents(ctx, [message(messageOf(shop))], storeBatches);
    // The rest was the last page.
    expect(sent).toEqual([messageOf(shop)]);
    await expectEachOnce(shop);
  });
});

describe("an export that fails", () => {
  const fails = () => Promise.reject(new Error("R2 is down"));

  it("is tried again with the next message and makes no dead letters, unless it fails for five minutes", async () => {
    const shop = await newShop();
    const refs = await storeEvents(shop, 3);
    await claimNewEvents(base());
    const failAt = async (minutes: number): Promise<unknown[]> => {
      const { ctx, sent } = recording(base(new Date(Date.now() + minutes * 60_000)), "EVENTS");
      await consumeEvents(ctx, [message(messageOf(shop))], fails);
      return sent;
    };
    expect(await failAt(0)).toEqual([]);
    expect(await failAt(4)).toEqual([]);
    expect(await failAt(6)).toEqual(expect.arrayContaining(refs));
    await exportShops(shop);
    await expectEachOnce(shop);
  });

  it("sends a message for an event that was stored more than five minutes ago", async () => {
    const shop = await newShop();
    const now = new Date();
    const ref = await storeEvent(shop, { now });
    await claimNewEvents(base());
    const failAt = async (ms: number): Promise<unknown[]> => {
      const { ctx, sent } = recording(base(new Date(now.getTime() + ms)), "EVENTS");
      await consumeEvents(ctx, [message(messageOf(shop))], fails);
      return sent;
    };
    expect([await failAt(300_000), await failAt(300_001)]).toEqual([[], [ref]]);
  });

  it("of one shop does not affect the others", async () => {
    const [good, bad] = [await newShop(), await newShop()];
    await storeEvents(good, 2);
    await storeEvents(bad, 2);
    await claimNewEvents(base());
    const { ctx } = recording(base(), "EVENTS");
    await consumeEvents(ctx, [good, bad].map(messageOf).map(message), async (at, batches, exported) => {
      if (batches.some(({ tenant_id }) => tenant_id === bad.tenant.id)) await fails();
      await storeBatches(at, batches, exported);
    });
    await expectEachOnce(good);
    expect(await inLake(bad)).toEqual([]);
  });

  it("because of one event sends a message for it, and exports the others", async () => {
    const shop = await newShop();
    await storeEvents(shop, 2);
    const bad = await storeEvent(shop, { payload: "[]" });
    await claimNewEvents(base());
    const { ctx, sent } = recording(base(), "EVENTS");
    await consumeEvents(ctx, [message(messageOf(shop))], storeBatches);
    expect(sent).toEqual([bad]);
    expect((await inLake(shop)).length).toBe(2);
    expect((await consume("events", [bad])).retried).toEqual(["0"]);
    await consume("events-dead", [bad]);
    const after = recording(base(), "EVENTS");
    await consumeEvents(after.ctx, [message(messageOf(shop))], storeBatches);
    expect(after.sent).toEqual([]);
  });
});

describe("the message of an event that cannot be exported", () => {
  it("is in the queue when the export ends", async () => {
    const shop = await newShop();
    const bad = await storeEvent(shop, { payload: "[]" });
    await claimNewEvents(base());
    const { queue, sent } = slowQueue();
    const ctx = { ...base(), env: { ...env, EVENTS: queue } };
    await consumeEvents(ctx, [message(messageOf(shop))], storeBatches);
    expect(sent).toEqual([bad]);
  });
});

describe("the rows that an export writes", () => {
  it.each([
    [1, 7, 13],
    [20, 64, 70],
  ])(
    "of %i sales of a minute are %i, and %i with the clean-up of its files",
    async (sales, expected, withCleanUp) => {
      const { shop, sell } = await counter();
      // The first batch of a day makes the day dirty.
      await sell(1);
      await exportShops(shop);
      const before = await count("SELECT count(*) n FROM lake_files WHERE tenant_id = ?", shop.tenant.id);
      await sell(sales);
      const ctx = base();
      await claimNewEvents(ctx);
      await consumeEvents(ctx, [message(messageOf(shop))], storeBatches);
      expect(ctx.db.cost.written).toBe(expected);
      const files =
        (await count("SELECT count(*) n FROM lake_files WHERE tenant_id = ?", shop.tenant.id)) - before;
      expect(files).toBe(2);
      await buildNight(shop);
      const cleanUp = base(new Date(Date.now() + 5 * 86_400_000));
      const dropped = await count(
        "SELECT count(*) n FROM lake_files WHERE tenant_id = ? AND dropped_at IS NOT NULL",
        shop.tenant.id,
      );
      await deleteReplacedFiles(cleanUp);
      expect(cleanUp.db.cost.written).toBeGreaterThanOrEqual(dropped);
      // Each file is marked (its row and the index of dropped files) and deleted.
      expect(ctx.db.cost.written + files * 3).toBe(withCleanUp);
    },
  );
});
