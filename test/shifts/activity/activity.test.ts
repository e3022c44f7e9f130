import { describe, expect, it } from "vitest";
import { recordActivity } from "../../../src/shifts/activity/activity.ts";
import { change } from "../../support/change.ts";
import { API, call, costOf } from "../../support/client.ts";
import { rowsOf } from "../../support/d1.ts";
import { ageShift, minutesAgo, onShift } from "../../support/desk.ts";
import { pagesOf } from "../../support/pages.ts";
import { newPerson, newShop, type Person } from "../../support/shops.ts";

type Event = { id?: string; at: string; platform?: string; kind?: string; detail?: string };

const send = (person: Person, events: Event[]) =>
  call("POST", `${API}/shifts/current/activity`, {
    token: person.token,
    json: { events: events.map((event) => ({ platform: "whatsapp", kind: "answered", ...event })) },
  });
const list = (person: Person, shiftId: string, query = "") =>
  call("GET", `${API}/shifts/${shiftId}/activity${query}`, { token: person.token });
const allow = (person: Person, platforms: unknown) =>
  call("PUT", `${API}/platforms`, { token: person.token, json: { platforms } });

/** A seller whose shift started so many minutes ago. */
async function onShiftFor(minutes: number) {
  const setup = await onShift();
  await ageShift(setup.shop, setup.seller, setup.shiftId, minutes);
  return setup;
}

describe("activity", () => {
  it("is listed in the order in which it happened, whatever the order of arrival", async () => {
    const { seller, shiftId } = await onShiftFor(60);
    const [early, late] = [minutesAgo(40), minutesAgo(10)];
    await send(seller, [{ id: "z", at: late }]);
    const answer = await send(seller, [
      { id: "c", at: late },
      { id: "b", at: early, platform: " WhatsApp ", detail: "hello" },
      { id: "a", at: minutesAgo(20).replace("Z", "+00:00") },
    ]);
    expect(answer.body).toEqual({ accepted: 3, duplicates: 0, rejected: [] });
    const { body } = await list(seller, shiftId);
    expect(body.data.map((event: Event) => event.id)).toEqual(["b", "a", "z", "c"]);
    expect(body.data[0]).toMatchObject({
      at: early,
      platform: "whatsapp",
      kind: "answered",
      detail: "hello",
    });
  });

  it("of one instant is listed in order of arrival, page by page", async () => {
    const { seller, shiftId } = await onShiftFor(60);
    const at = minutesAgo(5);
    const ids = ["m", "z", "a", "k", "b"];
    await send(
      seller,
      ids.map((id) => ({ id, at })),
    );
    const pages = await pagesOf(
      async (cursor) =>
        (await list(seller, shiftId, `?limit=2${cursor === null ? "" : `&cursor=${cursor}`}`)).body,
    );
    expect(pages.map(({ data }) => data.map((event: Event) => event.id))).toEqual([
      ["m", "z"],
      ["a", "k"],
      ["b"],
    ]);
  });

  it("of a shift is not paged by the cursor of another one", async () => {
    const { shop, seller, shiftId } = await onShiftFor(60);
    await send(seller, [
      { id: "a", at: minutesAgo(5) },
      { id: "b", at: minutesAgo(4) },
    ]);
    const { next_cursor } = (await list(seller, shiftId, "?limit=1")).body;
    await call("POST", `${API}/shifts/end`, { token: seller.token });
    const next = await call("POST", `${API}/shifts/start`, { token: seller.token });
    const pageOf = (id: string) => list(shop.admin, id, `?cursor=${next_cursor}`);
    expect((await pageOf(shiftId)).body.data).toMatchObject([{ id: "b" }]);
    expect((await pageOf(next.body.id)).body.type).toBe("/problems/invalid-cursor");
  });

  it("sent twice counts once, with ids and without", async () => {
    const { seller, shiftId } = await onShiftFor(60);
    const events = [
      { id: "a", at: minutesAgo(5) },
      { at: minutesAgo(4) },
      { at: minutesAgo(3), detail: "x" },
    ];
    expect((await send(seller, events)).body).toEqual({ accepted: 3, duplicates: 0, rejected: [] });
    const inUtc = events.map(({ at, ...event }) => ({ ...event, at: at.replace("Z", "+00:00") }));
    expect((await send(seller, inUtc)).body).toEqual({ accepted: 0, duplicates: 3, rejected: [] });
    const more = [...events, { at: minutesAgo(2) }, { id: "a", at: minutesAgo(1) }];
    expect((await send(seller, more)).body).toEqual({ accepted: 1, duplicates: 4, rejected: [] });
    expect((await list(seller, shiftId)).body.data).toHaveLength(4);
  });

  it("without ids counts twice if only the detail, the kind, the platform or the time differs", async () => {
    const { seller } = await onShiftFor(60);
    const at = minutesAgo(5);
    const events = [
      { at },
      { at, detail: "x" },
      { at, detail: "y" },
      { at, kind: "called" },
      { at, platform: "web" },
      { at: minutesAgo(4) },
    ];
    expect((await send(seller, events)).body).toEqual({ accepted: 6, duplicates: 0, rejected: [] });
  });

  it("may be up to a minute ahead of the server's clock", async () => {
    const { seller } = await onShiftFor(60);
    const { body: open } = await call("GET", `${API}/shifts/current`, { token: seller.token });
    const now = new Date();
    const events = [60_000, 60_001].map((ahead) => ({
      at: new Date(now.getTime() + ahead).toISOString(),
      platform: "whatsapp",
      kind: "answered",
    }));
    const { value } = await recordActivity(seller.ctx(now), open, { events });
    expect(value).toEqual({ accepted: 1, duplicates: 0, rejected: [{ index: 1, reason: "in_the_future" }] });
  });

  it("may be as old as the second in which the shift started, and as 24 hours", async () => {
    const { seller } = await onShift();
    const { body: open } = await call("GET", `${API}/shifts/current`, { token: seller.token });
    const now = new Date();
    const reasons = async (start: number, times: number[]) => {
      const shift = { ...open, start_at: new Date(start).toISOString() };
      const events = times.map((time) => ({
        at: new Date(time).toISOString(),
        platform: "whatsapp",
        kind: "answered",
      }));
      const { value } = await recordActivity(seller.ctx(now), shift, { events });
      return value.rejected;
    };
    const second = Math.floor(now.getTime() / 1000) * 1000;
    expect(await reasons(second - 60_000 + 999, [second - 60_000, second - 60_001])).toEqual([
      { index: 1, reason: "before_the_shift" },
    ]);
    const dayAgo = now.getTime() - 24 * 3_600_000;
    expect(await reasons(dayAgo - 60_000, [dayAgo, dayAgo - 1])).toEqual([{ index: 1, reason: "too_old" }]);
  });

  it("belongs to the shift of its person that is open, not to an earlier one", async () => {
    const { seller, shiftId } = await onShift();
    await send(seller, [{ id: "first", at: new Date().toISOString() }]);
    await call("POST", `${API}/shifts/end`, { token: seller.token });
    const { body } = await call("POST", `${API}/shifts/start`, { token: seller.token, json: {} });
    const sent = await send(seller, [{ id: "second", at: new Date().toISOString() }]);
    expect(sent.body).toEqual({ accepted: 1, duplicates: 0, rejected: [] });
    const idsOf = async (id: string) => (await list(seller, id)).body.data.map((event: Event) => event.id);
    expect([await idsOf(shiftId), await idsOf(body.id)]).toEqual([["first"], ["second"]]);
  });

  it("is a sign of life in its shift alone, and only if it is new", async () => {
    const { shop, seller, shiftId } = await onShiftFor(60);
    const colleague = await newPerson(shop.tenant, "EMPLOYEE");
    await call("POST", `${API}/shifts/start`, { token: colleague.token, json: {} });
    const signs = () =>
      rowsOf(
        "SELECT last_activity_at FROM shifts WHERE tenant_id = ? ORDER BY id = ?",
        shop.tenant.id,
        shiftId,
      );
    const [before] = await signs();
    const events = [{ id: "a", at: minutesAgo(5) }];
    await send(seller, events);
    const after = await signs();
    expect(after).toEqual([before, { last_activity_at: expect.any(String) }]);
    await send(seller, events);
    expect(await signs()).toEqual(after);
  });

  it("is no sign of life in its shift if it is new in that of a colleague only", async () => {
    const { shop, seller, shiftId } = await onShiftFor(60);
    const colleague = await newPerson(shop.tenant, "EMPLOYEE");
    const { body: theirs } = await call("POST", `${API}/shifts/start`, { token: colleague.token, json: {} });
    const { body: own } = await call("GET", `${API}/shifts/current`, { token: seller.token });
    const [now, later] = [new Date(), new Date(Date.now() + 1000)];
    const batch = { events: [{ id: "a", at: now.toISOString(), platform: "whatsapp", kind: "answered" }] };
    await recordActivity(seller.ctx(now), own, batch);
    expect((await recordActivity(colleague.ctx(later), theirs, batch)).value.accepted).toBe(1);
    expect((await recordActivity(seller.ctx(later), own, batch)).value.duplicates).toBe(1);
    expect(await rowsOf("SELECT last_activity_at FROM shifts WHERE id = ?", shiftId)).toEqual([
      { last_activity_at: now.toISOString() },
    ]);
  });

  it("sent twice at once, and twice in one batch, counts once", async () => {
    const { seller, shiftId } = await onShiftFor(60);
    const events = [
      { id: "a", at: minutesAgo(5) },
      { id: "a", at: minutesAgo(5) },
    ];
    const answers = await Promise.all([send(seller, events), send(seller, events), send(seller, events)]);
    expect(answers.reduce((sum, { body }) => sum + body.accepted, 0)).toBe(1);
    expect(answers.reduce((sum, { body }) => sum + body.duplicates, 0)).toBe(5);
    expect((await list(seller, shiftId)).body.data).toHaveLength(1);
  });

  it("is rejected event by event, and the rest is stored", async () => {
    const { shop, seller, shiftId } = await onShiftFor(25 * 60);
    await allow(shop.admin, ["whatsapp"]);
    const answer = await send(seller, [
      { id: "valid", at: minutesAgo(1) },
      { at: minutesAgo(1), platform: "fax" },
      { at: minutesAgo(-2) },
      { id: "skewed", at: minutesAgo(-0.5) },
      { at: minutesAgo(26 * 60) },
      { at: minutesAgo(24 * 60 + 1) },
    ]);
    expect(answer.body).toEqual({
      accepted: 2,
      duplicates: 0,
      rejected: [
        { index: 1, reason: "platform_not_allowed" },
        { index: 2, reason: "in_the_future" },
        { index: 4, reason: "before_the_shift" },
        { index: 5, reason: "too_old" },
      ],
    });
    const { body } = await list(seller, shiftId);
    expect(body.data.map((event: Event) => event.id)).toEqual(["valid", "skewed"]);
  });

  it("takes one to a hundred events in a batch, in one round trip", async () => {
    const { seller, shiftId } = await onShiftFor(60);
    const events = Array.from({ length: 101 }, (_, index) => ({ id: `e${index}`, at: minutesAgo(1) }));
    expect((await send(seller, events)).status).toBe(422);
    expect((await send(seller, [])).status).toBe(422);
    await send(seller, [{ at: minutesAgo(1) }]);
    const answer = await send(seller, events.slice(1));
    expect(answer.body.accepted).toBe(100);
    expect(costOf(answer).queries).toBe(1);
    const first = (await list(seller, shiftId, "?limit=100")).body;
    expect(first.data).toHaveLength(100);
    const rest = (await list(seller, shiftId, `?limit=100&cursor=${first.next_cursor}`)).body;
    expect(rest.data).toHaveLength(1);
    expect(new Set([...first.data, ...rest.data].map((event) => event.id)).size).toBe(101);
    expect(rest.next_cursor).toBeNull();
  });

  it("with an invalid event in the batch is rejected as a whole", async () => {
    const { seller, shiftId } = await onShiftFor(60);
    for (const wrong of [
      { id: "a b" },
      { id: "x".repeat(65) },
      { at: "now" },
      { platform: " " },
      { platform: "x".repeat(51) },
      { kind: "" },
      { kind: "x".repeat(51) },
      { detail: "" },
      { detail: "x".repeat(1001) },
    ])
      expect((await send(seller, [{ at: minutesAgo(1) }, { at: minutesAgo(1), ...wrong }])).status).toBe(422);
    expect((await list(seller, shiftId)).body.data).toEqual([]);
  });

  it("needs an open shift", async () => {
    const { seller } = await onShift();
    await call("POST", `${API}/shifts/end`, { token: seller.token });
    expect((await send(seller, [{ at: minutesAgo(0) }])).body.type).toBe("/problems/no-open-shift");
  });

  it("of a shift that was closed in D1 alone is rejected", async () => {
    const { shop, seller } = await onShift();
    await change(
      "UPDATE shifts SET status = 'CLOSED', end_at = start_at WHERE tenant_id = ?",
      shop.tenant.id,
    );
    expect((await send(seller, [{ at: minutesAgo(0) }])).status).toBe(404);
    expect(await rowsOf("SELECT id FROM activity WHERE tenant_id = ?", shop.tenant.id)).toEqual([]);
  });

  it("is visible to its person and to an ADMIN, not to a colleague or another shop", async () => {
    const { shop, seller, shiftId } = await onShift();
    await send(seller, [{ at: new Date().toISOString() }]);
    expect((await list(seller, shiftId)).body.data).toHaveLength(1);
    expect((await list(shop.admin, shiftId)).body.data).toHaveLength(1);
    expect((await list(await newPerson(shop.tenant, "EMPLOYEE"), shiftId)).status).toBe(403);
    expect((await list((await newShop()).admin, shiftId)).status).toBe(404);
    expect((await list(shop.admin, crypto.randomUUID())).status).toBe(404);
  });
});

describe("the platforms of a shop", () => {
  const current = async (person: Person) =>
    (await call("GET", `${API}/platforms`, { token: person.token })).body;

  it("are all until it sets a list, and then exactly those in the list", async () => {
    const { shop, seller } = await onShift();
    const reasonOf = async (platform: string) =>
      (await send(seller, [{ at: new Date().toISOString(), platform }])).body.rejected[0]?.reason;
    expect(await current(shop.admin)).toEqual({ platforms: [], allows_all: true });
    expect(await reasonOf("fax")).toBeUndefined();
    const updated = await allow(shop.admin, [" WhatsApp", "instagram", "whatsapp"]);
    expect(updated.body).toEqual({ platforms: ["instagram", "whatsapp"], allows_all: false });
    expect(await current(shop.admin)).toEqual(updated.body);
    expect(await reasonOf("fax")).toBe("platform_not_allowed");
    expect(await reasonOf("WHATSAPP")).toBeUndefined();
    await allow(shop.admin, ["fax"]);
    expect(await reasonOf("whatsapp")).toBe("platform_not_allowed");
    expect(await reasonOf("fax")).toBeUndefined();
    await allow(shop.admin, ["Cafe\u0301"]);
    expect(await reasonOf("CAF\u00c9")).toBeUndefined();
    expect((await allow(shop.admin, [])).body).toEqual({ platforms: [], allows_all: false });
    expect(await reasonOf("fax")).toBe("platform_not_allowed");
  });

  it("are set by shop, at most a hundred, with names of one to fifty characters", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    expect((await allow(shop.admin, ["fax"])).status).toBe(200);
    expect((await current(other.admin)).allows_all).toBe(true);
    const names = Array.from({ length: 101 }, (_, index) => `p${index}`);
    expect((await allow(shop.admin, names.slice(1))).body.platforms).toHaveLength(100);
    for (const wrong of [names, [""], ["x".repeat(51)], ["a\u200bb"], [1], "fax", undefined])
      expect((await allow(shop.admin, wrong)).status).toBe(422);
  });

  it("are visible to an ADMIN only, who sets them", async () => {
    const { seller } = await onShift();
    expect((await call("GET", `${API}/platforms`, { token: seller.token })).status).toBe(403);
    expect((await allow(seller, [])).status).toBe(403);
  });
});
