import { describe, expect, it } from "vitest";
import { resendUnsentEvents } from "../../src/events/deliver.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { rowsOf } from "../support/d1.ts";
import { consume, exportsOf, storeEvent } from "../support/events.ts";
import { recording, recordingQueue, until } from "../support/queues.ts";
import { base, newShop, type Shop } from "../support/shops.ts";
import { callWith } from "../support/variant.ts";

const list = async (shop: Shop) =>
  (await call("GET", `${API}/events/dead-letters`, { token: shop.admin.token })).body.data;

const path = (id: string): string => `${API}/events/dead-letters/${id}/replay`;

describe("the queue of dead events", () => {
  it("stores a message for its shop, once even if it is delivered twice", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    const ref = await storeEvent(shop);
    const odd = { tenant_id: shop.tenant.id, event_id: 5, more: ["x"] };
    for (let twice = 0; twice < 2; twice += 1) await consume("events-dead", [ref, odd, "no shop at all"]);
    // The event was in the queue twice, and both messages became dead letters.
    await consume("staging-events-dead", [null, null, null, ref]);
    const letters = await list(shop);
    expect(letters.map((letter: { body: unknown }) => letter.body)).toEqual(
      expect.arrayContaining([ref, odd]),
    );
    expect(letters.length).toBe(2);
    expect(letters[0]).toMatchObject({ queue: "events", replayed_at: null });
    expect(await list(other)).toEqual([]);
    expect(await rowsOf("SELECT body FROM dead_letters WHERE tenant_id = '' ORDER BY body")).toEqual(
      expect.arrayContaining([{ body: '"no shop at all"' }]),
    );
  });
});

describe("a dead letter", () => {
  it("is not sent by the sweep until it is replayed, and is then exported", async () => {
    const shop = await newShop();
    const ref = await storeEvent(shop, { payload: "broken", now: new Date(Date.now() - 120_000) });
    expect((await consume("events", [ref])).retried).toEqual(["0"]);
    await consume("events-dead", [ref]);
    const { ctx, sent } = recording(base(), "EVENTS");
    await resendUnsentEvents(ctx);
    expect(sent).not.toContainEqual(ref);
    await change("UPDATE events SET payload = '{}' WHERE id = ?", ref.event_id);
    const [letter] = await list(shop);
    const answer = await call("POST", path(letter.id), { token: shop.admin.token });
    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({ ...letter, replayed_at: expect.any(String) });
    await until(async () => (await exportsOf(shop))[0]?.["exported_at"] !== null);
    await resendUnsentEvents(ctx);
    expect(sent).not.toContainEqual(ref);
  });

  it("that is lost after its replay is sent again by the sweep", async () => {
    const shop = await newShop();
    const ref = await storeEvent(shop, { now: new Date(Date.now() - 120_000) });
    await consume("events-dead", [ref]);
    const [letter] = await list(shop);
    await callWith({ EVENTS: recordingQueue().queue }, "POST", path(letter.id), { token: shop.admin.token });
    const { ctx, sent } = recording(base(), "EVENTS");
    await resendUnsentEvents(ctx);
    expect(sent).toContainEqual(ref);
  });

  it("that fails again after its replay becomes a new one", async () => {
    const shop = await newShop();
    const ref = await storeEvent(shop);
    await consume("events-dead", [ref]);
    const [letter] = await list(shop);
    const { queue, sent } = recordingQueue();
    await callWith({ EVENTS: queue }, "POST", path(letter.id), { token: shop.admin.token });
    expect(sent).toEqual([ref]);
    await consume("events-dead", [null, ref]);
    expect((await list(shop)).length).toBe(2);
  });

  it("is not marked as replayed if the queue fails", async () => {
    const shop = await newShop();
    await consume("events-dead", [await storeEvent(shop)]);
    const [letter] = await list(shop);
    const send = () => Promise.reject(new Error("the queue is down"));
    const EVENTS = { ...recordingQueue().queue, send };
    const answer = await callWith({ EVENTS }, "POST", path(letter.id), { token: shop.admin.token });
    expect(answer.status).toBe(503);
    expect(await list(shop)).toEqual([letter]);
  });
});
