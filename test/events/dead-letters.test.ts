import { describe, expect, it } from "vitest";
import { replayDeadLetter } from "../../src/events/dead-letters.ts";
import { dayOf } from "../../src/values/days.ts";
import { mayBeDeleted } from "../../src/events/retention.ts";
import { firstIdAt, instantOfId } from "../../src/values/ids.ts";
import { queueExports } from "../../src/events/deliver.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { failureOf, rowsOf } from "../support/d1.ts";
import { consume, exportsOf, storeEvent } from "../support/events.ts";
import { pagesOf } from "../support/pages.ts";
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

describe("the list of dead letters", () => {
  it("has each on one page, newest first", async () => {
    const shop = await newShop();
    const bodies = ["first", "second", "third"].map((name) => ({ tenant_id: shop.tenant.id, name }));
    await consume("events-dead", bodies);
    const pages = await pagesOf(async (cursor) => {
      const query = cursor === null ? "" : `&cursor=${cursor}`;
      return (await call("GET", `${API}/events/dead-letters?limit=2${query}`, { token: shop.admin.token }))
        .body;
    });
    const names = pages.map(({ data }) => data.map(({ body }: { body: { name: string } }) => body.name));
    expect(names).toEqual([["third", "second"], ["first"]]);
  });
});

describe("a dead letter", () => {
  it("is not exported by the cron until it is replayed, and is then exported", async () => {
    const shop = await newShop();
    const ref = await storeEvent(shop, { payload: "broken", now: new Date(Date.now() - 120_000) });
    expect((await consume("events", [ref])).retried).toEqual(["0"]);
    await consume("events-dead", [ref]);
    const { ctx, sent } = recording(base(), "EVENTS");
    const message = { kind: "export", tenant_id: shop.tenant.id };
    await queueExports(ctx);
    expect(sent).not.toContainEqual(message);
    await change("UPDATE events SET payload = '{}' WHERE id = ?", ref.event_id);
    const [letter] = await list(shop);
    const answer = await call("POST", path(letter.id), { token: shop.admin.token });
    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({ ...letter, replayed_at: expect.any(String) });
    await until(async () => (await exportsOf(shop))[0]?.["exported_at"] !== null);
    await queueExports(ctx);
    expect(sent).not.toContainEqual(message);
  });

  it("that is lost after its replay is exported by the cron", async () => {
    const shop = await newShop();
    const ref = await storeEvent(shop, { now: new Date(Date.now() - 120_000) });
    await consume("events-dead", [ref]);
    const [letter] = await list(shop);
    await callWith({ EVENTS: recordingQueue().queue }, "POST", path(letter.id), { token: shop.admin.token });
    const { ctx, sent } = recording(base(), "EVENTS");
    await queueExports(ctx);
    expect(sent).toContainEqual({ kind: "export", tenant_id: shop.tenant.id });
  });

  it("that fails again after its replay becomes a new one", async () => {
    const shop = await newShop();
    const ref = await storeEvent(shop);
    await consume("events-dead", [ref]);
    const [letter] = await list(shop);
    const { queue, sent } = recordingQueue();
    await callWith({ EVENTS: queue }, "POST", path(letter.id), { token: shop.admin.token });
    expect(sent).toEqual([{ ...ref, trace: expect.any(String) }]);
    await consume("events-dead", [null, ref]);
    expect((await list(shop)).length).toBe(2);
  });

  it("whose event was exported and deleted answers since which day events are stored", async () => {
    const shop = await newShop();
    const ref = await storeEvent(shop);
    await consume("events-dead", [ref]);
    const [letter] = await list(shop);
    const replay = (days: number) =>
      replayDeadLetter(shop.admin.ctx(new Date(Date.now() + days * 86_400_000)), letter.id, undefined);
    expect((await replay(40)).value.id).toBe(letter.id);
    await storeEvent(shop);
    await change("DELETE FROM events WHERE tenant_id = ? AND id = ?", shop.tenant.id, ref.event_id);
    expect((await replay(29)).value.id).toBe(letter.id);
    const since = dayOf(new Date(Date.now() + 10 * 86_400_000), shop.tenant.timezone);
    expect(await failureOf(replay(40))).toMatchObject({
      slug: "event-deleted",
      message: expect.stringContaining(`stored for 30 days. Those from before ${since} cannot`),
      extra: { stored_since: since },
    });
  });

  it("may be of a deleted event thirty days later, but of none from before its shop", async () => {
    const { tenant, admin } = await newShop();
    const opened = instantOfId(tenant.id).getTime();
    const mayBe = (eventAt: number, days: number, ms = 0) =>
      mayBeDeleted(admin.ctx(new Date(eventAt + days * 86_400_000 + ms)), firstIdAt(new Date(eventAt)));
    expect([mayBe(opened, 29), mayBe(opened, 30), mayBe(opened, 30, 1)]).toEqual([false, false, true]);
    expect(mayBe(opened - 1, 40)).toBe(false);
  });

  it("is replayed alone, beside others of its shop, and once under an Idempotency-Key", async () => {
    const shop = await newShop();
    const refs = [await storeEvent(shop), await storeEvent(shop), await storeEvent(shop)];
    await consume("events-dead", refs);
    const [newest, middle, oldest] = await list(shop);
    const { queue, sent } = recordingQueue();
    const replay = () =>
      callWith({ EVENTS: queue }, "POST", path(middle.id), {
        token: shop.admin.token,
        headers: { "idempotency-key": "k" },
      });
    const [first, again] = [await replay(), await replay()];
    expect([first.status, again.status, again.text]).toEqual([202, 202, first.text]);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect(sent).toEqual([{ ...middle.body, trace: expect.any(String) }]);
    expect(await list(shop)).toEqual([newest, { ...middle, replayed_at: expect.any(String) }, oldest]);
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
