import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { consumeEvents } from "../../src/events/consume.ts";
import { newId } from "../../src/values/ids.ts";
import { storeBatches } from "../../src/lake/build/store.ts";
import { between, failureOf } from "../support/d1.ts";
import { consume, exportsOf, storeEvent } from "../support/events.ts";
import { base, newShop } from "../support/shops.ts";

const message = (body: unknown) => ({ body, ack: () => {}, retry: () => {} });

afterEach(() => {
  vi.restoreAllMocks();
});

/** What is logged from now on, and the messages of its errors. */
function watchFailures(): () => [string, string][] {
  const logged = vi.spyOn(console, "error").mockReturnValue();
  const line = z.object({ what: z.string(), error: z.object({ message: z.string() }) });
  return () =>
    logged.mock.calls.map(([text]) => {
      const { what, error } = line.parse(JSON.parse(String(text)));
      return [what, error.message];
    });
}

describe("a message of an event", () => {
  it("exports the event with a batch and is acked; delivered again, it changes nothing", async () => {
    const shop = await newShop();
    const ref = await storeEvent(shop);
    expect(await consume("events", [ref])).toEqual({ acked: ["0"], retried: [] });
    const [event] = await exportsOf(shop);
    expect(event).toEqual({
      id: ref.event_id,
      batch_id: expect.any(String),
      exported_at: expect.any(String),
    });
    expect(await consume("events", [ref, ref])).toEqual({ acked: ["0", "1"], retried: [] });
    expect(await exportsOf(shop)).toEqual([event]);
  });

  it("that occurs twice in one batch exports one event, and both are acked", async () => {
    const shop = await newShop();
    const ref = await storeEvent(shop);
    expect(await consume("events", [ref, ref])).toEqual({ acked: ["0", "1"], retried: [] });
  });

  it("whose event was never committed, or belongs to another shop, is acked and does nothing", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    const ref = await storeEvent(shop);
    const bodies = [
      { ...ref, event_id: newId() },
      { ...ref, tenant_id: other.tenant.id },
    ];
    expect(await consume("events", bodies)).toEqual({ acked: ["0", "1"], retried: [] });
    expect(await exportsOf(shop)).toMatchObject([{ exported_at: null }]);
  });

  it("that cannot be processed is retried alone, and the others of its batch are exported", async () => {
    const shop = await newShop();
    const good = await Promise.all(Array.from({ length: 98 }, () => storeEvent(shop)));
    const bad = await storeEvent(shop, { payload: "[]" });
    const broken = await storeEvent(shop, { payload: "{" });
    const bodies = [bad, ...good, { tenant_id: shop.tenant.id }, "text", null, broken];
    const failures = watchFailures();
    const { acked, retried } = await consume("events", bodies);
    const unidentified = ["event", "the message does not identify an event"];
    const notObjects = [bad, broken].map(({ event_id }) => [
      "event",
      `the payload of ${shop.tenant.id}:${event_id} is not an object`,
    ]);
    expect(failures().slice(0, 5)).toEqual([unidentified, unidentified, unidentified, ...notObjects]);
    expect(acked.length).toBe(98);
    expect(retried).toEqual(expect.arrayContaining(["0", "99", "100", "101", "102"]));
    expect(retried.length).toBe(5);
    const open = (await exportsOf(shop)).filter((event) => event["exported_at"] === null);
    expect(new Set(open.map((event) => event["id"]))).toEqual(new Set([bad.event_id, broken.event_id]));
  });

  it("whose consumer died between claim and mark is exported by the next one, in the same batch", async () => {
    const shop = await newShop();
    const [one, two] = [await storeEvent(shop), await storeEvent(shop)];
    const dies = between(base(), { after: () => Promise.reject(new Error("killed")) });
    await failureOf(consumeEvents(dies, [message(one), message(two)], storeBatches));
    const claimed = await exportsOf(shop);
    expect(claimed).toMatchObject([{ exported_at: null }, { exported_at: null }]);
    expect(claimed[0]?.["batch_id"]).toBe(claimed[1]?.["batch_id"]);
    // A message of one of them is enough for the whole batch.
    await consume("events", [two]);
    const done = await exportsOf(shop);
    expect(done.map((event) => event["batch_id"])).toEqual(claimed.map((event) => event["batch_id"]));
    expect(done.every((event) => event["exported_at"] !== null)).toBe(true);
  });

  it("that two consumers handle at once is exported in one batch", async () => {
    const shop = await newShop();
    const refs = await Promise.all(Array.from({ length: 10 }, () => storeEvent(shop)));
    let otherBatches: string[] = [];
    const late = between(base(), {
      before: async () => {
        await consume("events", refs.slice(0, 5));
        otherBatches = (await exportsOf(shop)).map((event) => String(event["batch_id"]));
      },
    });
    await consumeEvents(late, refs.map(message), storeBatches);
    const batches = (await exportsOf(shop)).map((event) => event["batch_id"]);
    expect(batches.slice(0, 5)).toEqual(otherBatches.slice(0, 5));
    expect(new Set(batches).size).toBe(2);
    expect(batches).not.toContain(null);
  });

  it("is logged with its failure, and so is that of each shop, if the events of several shops cannot be stored together", async () => {
    const refs = [await storeEvent(await newShop()), await storeEvent(await newShop())];
    const failures = watchFailures();
    await consumeEvents(base(), refs.map(message), () => Promise.reject(new Error("the bucket is full")));
    expect(failures()).toEqual(Array.from({ length: 3 }, () => ["event store", "the bucket is full"]));
  });

  it("that cannot be stored fails with its consumer, which has tried once", async () => {
    const ref = await storeEvent(await newShop());
    const store = vi.fn<() => Promise<void>>(() => Promise.reject(new Error("the bucket is full")));
    expect(await failureOf(consumeEvents(base(), [message(ref)], store))).toEqual(
      new Error("the bucket is full"),
    );
    expect(store).toHaveBeenCalledTimes(1);
  });

  it("is acked if it could be stored, and retried if not, where two shops cannot be stored together", async () => {
    const [ref, other] = [await storeEvent(await newShop()), await storeEvent(await newShop())];
    const seen: string[] = [];
    const messageOf = (body: typeof ref, name: string) => ({
      body,
      ack: () => void seen.push(`${name} acked`),
      retry: () => void seen.push(`${name} retried`),
    });
    watchFailures();
    const store = vi.fn<Parameters<typeof consumeEvents>[2]>(async (_, batches) => {
      if (batches.some(({ tenant_id }) => tenant_id === other.tenant_id))
        throw new Error("its file is broken");
    });
    await consumeEvents(base(), [messageOf(ref, "one"), messageOf(other, "other")], store);
    expect(seen).toEqual(["one acked", "other retried"]);
    expect(store.mock.calls.map(([, batches]) => batches.length)).toEqual([2, 1, 1]);
  });

  it("costs four round trips, and the same rows in a shop with many open events", async () => {
    const shop = await newShop();
    const cost = async () => {
      const refs = await Promise.all(Array.from({ length: 10 }, () => storeEvent(shop)));
      const ctx = base();
      await consumeEvents(ctx, refs.map(message), storeBatches);
      expect(ctx.db.cost.queries).toBe(4);
      return ctx.db.cost.read;
    };
    const few = await cost();
    await Promise.all(Array.from({ length: 100 }, () => storeEvent(shop)));
    expect(await cost()).toBe(few);
  });
});
