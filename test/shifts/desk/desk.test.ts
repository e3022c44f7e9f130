// Who is on shift: the Durable Object decides, D1 is the record.
import { abortAllDurableObjects, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { eraseUser } from "../../../src/erasure/account.ts";
import { newId } from "../../../src/values/ids.ts";
import { startShift as startAtDesk } from "../../../src/shifts/desk/start.ts";
import { change } from "../../support/change.ts";
import { API, call, costOf } from "../../support/client.ts";
import { between, count, failureOf } from "../../support/d1.ts";
import { newPerson, newProduct, newShop, type Person, sellOne, type Shop } from "../../support/shops.ts";

const start = (person: Person, json: Record<string, unknown> = {}) =>
  call("POST", `${API}/shifts/start`, { token: person.token, json });
const end = (person: Person, json: Record<string, unknown> = {}) =>
  call("POST", `${API}/shifts/end`, { token: person.token, json });
const current = (person: Person) => call("GET", `${API}/shifts/current`, { token: person.token });
const deskOf = (shop: Shop, person: Person) =>
  env.SHIFT_DESK.get(env.SHIFT_DESK.idFromName(`${shop.tenant.id}:${person.id}`));
const openRows = (person: Person) =>
  count("SELECT count(*) n FROM shifts WHERE user_id = ? AND status = 'OPEN'", person.id);

async function newSeller(): Promise<{ shop: Shop; seller: Person }> {
  const shop = await newShop();
  return { shop, seller: await newPerson(shop.tenant, "EMPLOYEE") };
}

describe("a shift", () => {
  it("starts with the session of a device, is the current one, and ends", async () => {
    const { seller } = await newSeller();
    const started = await start(seller, { device_label: "Till 1", opening_cash: 15000 });
    expect(started.status).toBe(201);
    expect(started.body).toMatchObject({ status: "OPEN", user_id: seller.id, opening_cash: 15000 });
    expect(started.body.session.device_label).toBe("Till 1");
    expect(started.headers.get("location")).toBe(`${API}/shifts/current`);
    expect((await current(seller)).body.id).toBe(started.body.id);
    const ended = await end(seller, { counted_cash: 15000 });
    expect(ended.body).toMatchObject({ status: "CLOSED", id: started.body.id, z_number: 1 });
    expect((await current(seller)).body.type).toBe("/problems/no-open-shift");
  });

  it("is not started for a person who is erased during the request", async () => {
    const { shop, seller } = await newSeller();
    const input = { id: newId(), session_id: newId(), opening_cash: 0, request: null };
    const ctx = between(seller.ctx(), { before: () => eraseUser(shop.admin.ctx(), seller.id) });
    expect(await failureOf(startAtDesk(ctx, null, input))).toMatchObject({ slug: "invalid-token" });
    expect(await openRows(seller)).toBe(0);
  });

  it("belongs to the day of its start on the clock of the shop, and begins with nothing else", async () => {
    const { seller } = await newSeller();
    const now = new Date("2026-03-10T23:30:00.123Z");
    const input = { id: newId(), session_id: newId(), opening_cash: 0, request: null };
    const { value } = (await startAtDesk(seller.ctx(now), null, input)).value;
    const session = { id: input.session_id, device_label: null, start_at: now.toISOString(), end_at: null };
    const started = {
      id: input.id,
      user_id: seller.id,
      status: "OPEN",
      start_at: now.toISOString(),
      end_at: null,
      day: "2026-03-11",
      opening_cash: 0,
      counted_cash: null,
      z_number: null,
      needs_review: false,
      proposed_end_at: null,
      sessions: [session],
      breaks: [],
    };
    expect(value).toEqual({ ...started, session });
    expect((await current(seller)).body).toEqual(started);
  });

  it.each([
    ["start", "#/opening_cash", [{ opening_cash: -1 }, { opening_cash: 1e12 + 1 }, { opening_cash: 0.5 }]],
    ["start", "#/device_label", [{ device_label: "x".repeat(101) }, { device_label: " " }]],
    ["current/sessions", "#/device_label", [{ device_label: "x".repeat(101) }, { device_label: "" }]],
    ["current/breaks/start", "#/paid", [{ paid: 1 }, { paid: null }]],
    ["end", "#/counted_cash", [{ counted_cash: -1 }, { counted_cash: 1e12 + 1 }, { counted_cash: 0.5 }]],
    ["current/cash", "#/amount", [{ amount: 0 }, { amount: 1e12 + 1 }, { amount: -5 }]],
    ["current/cash", "#/reason", [{ reason: " " }, { reason: "x".repeat(201) }]],
    ["current/cash", "#/kind", [{ kind: "paid" }]],
  ])("refuses at %s what is wrong with %s", async (path, pointer, wrong) => {
    const { seller } = await newSeller();
    const valid = path === "current/cash" ? { kind: "paid_in", amount: 1, reason: "coin" } : {};
    for (const fields of wrong) {
      const json = { ...valid, ...fields };
      const { status, body } = await call("POST", `${API}/shifts/${path}`, { token: seller.token, json });
      expect([json, status, body.errors?.map((each: { pointer: string }) => each.pointer)]).toEqual([
        json,
        422,
        [pointer],
      ]);
    }
    expect(await openRows(seller)).toBe(0);
  });

  it("takes the most cash that a drawer may have, and labels of a hundred characters", async () => {
    const { seller } = await newSeller();
    const device_label = "x".repeat(100);
    const started = await start(seller, { opening_cash: 1e12, device_label });
    expect(started.body).toMatchObject({ opening_cash: 1e12, session: { device_label } });
    const reason = "x".repeat(200);
    const json = { kind: "paid_out", amount: 1e12, reason };
    const moved = await call("POST", `${API}/shifts/current/cash`, { token: seller.token, json });
    expect(moved.body).toMatchObject({ amount: 1e12, reason });
    expect((await end(seller, { counted_cash: 1e12 })).body.report).toMatchObject({
      expected_cash: 0,
      counted_cash: 1e12,
      difference: 1e12,
    });
  });

  it("is returned with 409 when started again, and can be joined from a second device", async () => {
    const { seller } = await newSeller();
    const first = await start(seller);
    const second = await start(seller, { device_label: "Phone" });
    expect(second.status).toBe(409);
    expect(second.body).toMatchObject({
      type: "/problems/shift-already-open",
      detail: `Your shift of ${first.body.start_at} is still open.`,
      shift: { id: first.body.id },
    });
    const joined = await call("POST", `${API}/shifts/current/sessions`, {
      token: seller.token,
      json: { device_label: "Phone" },
    });
    expect([joined.status, joined.headers.get("location")]).toEqual([201, `${API}/shifts/current`]);
    expect((await current(seller)).body.sessions).toHaveLength(2);
  });

  it("is started once by two hundred parallel requests, in the object and in D1", async () => {
    const { seller } = await newSeller();
    const answers = await Promise.all(Array.from({ length: 200 }, () => start(seller)));
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1);
    expect(answers.filter((answer) => answer.status === 409)).toHaveLength(199);
    expect(await openRows(seller)).toBe(1);
  });

  it("stays the only one when the object is evicted or loses its storage", async () => {
    const { shop, seller } = await newSeller();
    const first = await start(seller);
    await evictDurableObject(deskOf(shop, seller));
    expect((await start(seller)).body.shift.id).toBe(first.body.id);
    await runInDurableObject(deskOf(shop, seller), (_, state) => state.storage.deleteAll());
    expect((await start(seller)).body.shift.id).toBe(first.body.id);
    expect((await current(seller)).body.id).toBe(first.body.id);
    await abortAllDurableObjects();
    const answers = await Promise.all(Array.from({ length: 50 }, () => start(seller)));
    expect(answers.every((answer) => answer.status === 409)).toBe(true);
    expect(await openRows(seller)).toBe(1);
  });

  it("that ends during a break ends the break, which does not count as worked", async () => {
    const { shop, seller } = await newSeller();
    const { body: shift } = await start(seller);
    const onBreak = await call("POST", `${API}/shifts/current/breaks/start`, { token: seller.token });
    const ended = (await end(seller)).body;
    expect(ended.breaks).toEqual([{ ...onBreak.body.breaks[0], end_at: ended.end_at }]);
    const before = (column: string, minutes: number) =>
      `${column} = strftime('%Y-%m-%dT%H:%M:%fZ', '${ended.end_at}', '-${minutes} minutes')`;
    await change(`UPDATE shifts SET ${before("start_at", 90)} WHERE id = ?`, shift.id);
    await change(`UPDATE breaks SET ${before("start_at", 30)} WHERE shift_id = ?`, shift.id);
    const hours = await call("GET", `${API}/shifts/hours`, { token: shop.admin.token });
    expect(hours.body.totals).toMatchObject([{ user_id: seller.id, hours: 1 }]);
  });

  it("that is closed in D1 accepts no more entries, whatever is cached, and the next start succeeds", async () => {
    const { shop, seller } = await newSeller();
    for (const path of ["sessions", "cash", "breaks/start"]) {
      await start(seller);
      const open = await runInDurableObject(deskOf(shop, seller), (_, state) => state.storage.kv.get("open"));
      await end(seller);
      await runInDurableObject(deskOf(shop, seller), (_, state) => state.storage.kv.put("open", open));
      const json = path === "cash" ? { kind: "paid_in", amount: 1, reason: "late" } : {};
      const late = await call("POST", `${API}/shifts/current/${path}`, { token: seller.token, json });
      expect(late.body.type, path).toBe("/problems/no-open-shift");
      await runInDurableObject(deskOf(shop, seller), (_, state) => state.storage.kv.put("open", open));
      expect((await start(seller)).status, path).toBe(201);
      await end(seller);
    }
  });

  it("that is cached as none is found at the second attempt to end it or to take a break", async () => {
    const { shop, seller } = await newSeller();
    await start(seller);
    const startBreak = () => call("POST", `${API}/shifts/current/breaks/start`, { token: seller.token });
    for (const attempt of [startBreak, () => end(seller)]) {
      await runInDurableObject(deskOf(shop, seller), (_, state) => state.storage.kv.put("open", null));
      expect([(await attempt()).status, (await attempt()).status]).toEqual([404, 200]);
    }
  });

  it("ends at its start if the clock is behind it", async () => {
    const { shop, seller } = await newSeller();
    await start(seller);
    const ahead = "2999-01-01T00:00:00.000Z";
    await env.DB.prepare("UPDATE shifts SET start_at = ? WHERE user_id = ?").bind(ahead, seller.id).run();
    await runInDurableObject(deskOf(shop, seller), (_, state) => state.storage.kv.delete("open"));
    expect((await end(seller)).body).toMatchObject({ status: "CLOSED", start_at: ahead, end_at: ahead });
  });

  it("that is cached as none is found in D1 by the next start, and can be ended", async () => {
    const { shop, seller } = await newSeller();
    const first = await start(seller);
    await runInDurableObject(deskOf(shop, seller), (_, state) => state.storage.kv.put("open", null));
    const again = await start(seller);
    expect(again.body.shift.id).toBe(first.body.id);
    expect((await end(seller)).body.id).toBe(first.body.id);
    expect((await start(seller)).status).toBe(201);
  });

  it("costs one round trip to start or end, which confirms who is asking, and none besides that to read", async () => {
    const { seller } = await newSeller();
    const cost = costOf(await start(seller));
    // What the object has read and written is part of it.
    expect([cost.queries, cost.read > 0, cost.written > 0]).toEqual([1, true, true]);
    expect(costOf(await current(seller)).queries).toBe(1);
    expect(costOf(await start(seller)).queries).toBe(1);
    expect(costOf(await current(seller)).queries).toBe(1);
    expect(costOf(await end(seller)).queries).toBe(1);
  });

  it("is replayed to repeated requests under one key", async () => {
    const { seller } = await newSeller();
    const startWithKey = () =>
      call("POST", `${API}/shifts/start`, {
        token: seller.token,
        json: {},
        headers: { "idempotency-key": "s" },
      });
    const answers = await Promise.all([startWithKey(), startWithKey(), startWithKey()]);
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
    expect(answers.map((answer) => answer.status)).toEqual([201, 201, 201]);
  });

  it("is forbidden to customers", async () => {
    const shop = await newShop();
    expect((await start(await newPerson(shop.tenant, "CUSTOMER"))).status).toBe(403);
  });
});

describe("the report of a shift", () => {
  it("sums its sales, refunds and cash movements, and stores the Z report for good", async () => {
    const { shop, seller } = await newSeller();
    const book = await newProduct(shop, { price: 1200, stock: 10, category: "Novel" });
    const before = await sellOne(seller.token, book.id);
    expect(before.body.shift_id).toBeNull();
    const shift = (await start(seller, { opening_cash: 10000 })).body;
    const sale = await sellOne(seller.token, book.id, 2);
    expect(sale.body.shift_id).toBe(shift.id);
    const card = await call("POST", `${API}/sales`, {
      token: seller.token,
      json: { items: [{ product_id: book.id, quantity: 1 }], payment_method: "card" },
    });
    const cash = (kind: string, amount: number) =>
      call("POST", `${API}/shifts/current/cash`, {
        token: seller.token,
        json: { kind, amount, reason: "bank" },
      });
    await cash("paid_in", 500);
    await cash("paid_out", 200);
    const refund = (saleId: string, quantity: number) =>
      call("POST", `${API}/sales/${saleId}/refunds`, {
        token: seller.token,
        json: { items: [{ product_id: book.id, quantity }], reason: "torn", restock: true },
      });
    await refund(sale.body.id, 1);
    const report = () => call("GET", `${API}/shifts/${shift.id}/report`, { token: seller.token });
    const x = await report();
    expect(x.body).toMatchObject({
      report: "X",
      z_number: null,
      first_sale_at: sale.body.placed_at,
      last_sale_at: card.body.placed_at,
      sales: { count: 2, total: 3600 },
      refunds: { count: 1, total: -1200 },
      total: 2400,
      paid_in: 500,
      paid_out: 200,
      expected_cash: 10000 + 2400 - 1200 + 500 - 200,
      counted_cash: null,
      difference: null,
      by_category: [{ category: "Novel", units: 2, total: 2400 }],
    });
    expect(x.body.by_payment_method).toEqual([
      { payment_method: "card", sales: 1200, refunds: 0, voids: 0, total: 1200 },
      { payment_method: "cash", sales: 2400, refunds: -1200, voids: 0, total: 1200 },
    ]);
    const ended = await end(seller, { counted_cash: 11400 });
    expect(ended.body.report).toMatchObject({
      report: "Z",
      z_number: 1,
      counted_cash: 11400,
      difference: -100,
    });
    await start(seller);
    await refund(sale.body.id, 1);
    expect((await report()).body).toEqual(ended.body.report);
    expect((await end(seller)).body.report).toMatchObject({
      z_number: 2,
      refunds: { count: 1, total: -1200 },
    });
  });

  it("is visible to its person and to an ADMIN, not to a colleague or another shop", async () => {
    const { shop, seller } = await newSeller();
    const { id } = (await start(seller)).body;
    const report = async (person: Person) =>
      (await call("GET", `${API}/shifts/${id}/report`, { token: person.token })).status;
    expect(await report(seller)).toBe(200);
    expect(await report(shop.admin)).toBe(200);
    expect(await report(await newPerson(shop.tenant, "EMPLOYEE"))).toBe(403);
    expect(await report((await newShop()).admin)).toBe(404);
  });

  it("subtracts the cash refund of a card sale from the expected cash", async () => {
    const { shop, seller } = await newSeller();
    const book = await newProduct(shop, { price: 1200, stock: 10 });
    await start(seller, { opening_cash: 5000 });
    const items = [{ product_id: book.id, quantity: 2 }];
    const request = { token: seller.token, json: { items, payment_method: "card" } };
    const sale = (await call("POST", `${API}/sales`, request)).body;
    for (const method of [{ payment_method: "cash" }, {}])
      await call("POST", `${API}/sales/${sale.id}/refunds`, {
        token: seller.token,
        json: { items: [{ product_id: book.id, quantity: 1 }], reason: "torn", ...method },
      });
    const { report } = (await end(seller, { counted_cash: 3800 })).body;
    expect(report).toMatchObject({ total: 0, expected_cash: 3800, difference: 0 });
    expect(report.by_payment_method).toEqual([
      { payment_method: "card", sales: 2400, refunds: -1200, voids: 0, total: 1200 },
      { payment_method: "cash", sales: 0, refunds: -1200, voids: 0, total: -1200 },
    ]);
  });
});
