import { describe, expect, it } from "vitest";
import { closeForgotten } from "../../../src/shifts/drawer/close-forgotten.ts";
import { change } from "../../support/change.ts";
import { API, call, costOf } from "../../support/client.ts";
import { between, count, rowsOf } from "../../support/d1.ts";
import { atNextBatch, resetAtNextBatch } from "../../support/desk.ts";
import { storeShift } from "../../support/shifts.ts";
import { newPerson, newProduct, newShop, type Person, sellOne, type Shop } from "../../support/shops.ts";

const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
const post = (path: string, person: Person, json?: unknown) =>
  call("POST", `${API}/shifts/${path}`, { token: person.token, json });
const current = (person: Person) => call("GET", `${API}/shifts/current`, { token: person.token });
const close = (shop: Shop, id: string, end_at: string, fields: Record<string, unknown> = {}) =>
  call("POST", `${API}/shifts/${id}/close`, {
    token: shop.admin.token,
    json: { end_at, reason: "forgot", ...fields },
  });
const auditOf = (shop: Shop, id: string) =>
  call("GET", `${API}/shifts/${id}/audit`, { token: shop.admin.token });

/** A shift that has been open for ten hours, cached by the object. */
async function newForgottenShift(breaks: { start: string; end?: string }[] = []) {
  const shop = await newShop();
  const seller = await newPerson(shop.tenant, "EMPLOYEE");
  const id = await storeShift(shop, seller, { start: ago(600), openingCash: 5000, breaks });
  expect((await current(seller)).body.id).toBe(id);
  return { shop, seller, id };
}

describe("a forgotten shift", () => {
  it("is closed at the time the ADMIN sends, with a numbered Z report, and its person can start again", async () => {
    const { shop, seller, id } = await newForgottenShift();
    const end = ago(120);
    const closed = await close(shop, id, end, { counted_cash: 4900 });
    expect(closed.status).toBe(200);
    expect(closed.body).toMatchObject({ id, status: "CLOSED", end_at: end, counted_cash: 4900, z_number: 1 });
    expect(closed.body.report).toMatchObject({ report: "Z", z_number: 1, end_at: end, difference: -100 });
    expect(closed.body.sessions[0].end_at).toBe(end);
    const after = await current(seller);
    expect(after.status).toBe(404);
    expect(costOf(after).queries).toBe(1);
    expect((await post("start", seller)).status).toBe(201);
    expect((await post("end", seller)).body.z_number).toBe(2);
  });

  it("is closed without a reason by an ADMIN, as its audit says", async () => {
    const { shop, id } = await newForgottenShift();
    await close(shop, id, ago(60), { reason: undefined });
    expect((await auditOf(shop, id)).body.data).toMatchObject([
      { action: "close", reason: "closed by an ADMIN", actor_id: shop.admin.id },
    ]);
  });

  it("accepts an end with any offset, and stores it in UTC", async () => {
    const { shop, id } = await newForgottenShift();
    const at = new Date(Date.now() - 3_600_000);
    const local = `${new Date(at.getTime() + 2 * 3_600_000).toISOString().slice(0, -1)}+02:00`;
    expect((await close(shop, id, local)).body.end_at).toBe(at.toISOString());
  });

  it("ends its breaks and sessions at its end; those that started later have no length", async () => {
    const [before, over, later] = [ago(500), ago(300), ago(100)];
    const { shop, seller, id } = await newForgottenShift([
      { start: before, end: ago(490) },
      { start: over, end: ago(150) },
      { start: later },
    ]);
    await post("current/sessions", seller, { device_label: "Phone" });
    const end = ago(200);
    const closed = (await close(shop, id, end)).body;
    expect(closed.breaks.map((each: { start_at: string }) => each.start_at)).toEqual([before, over, end]);
    expect(closed.breaks.slice(1).map((each: { end_at: string }) => each.end_at)).toEqual([end, end]);
    expect(closed.sessions.map((each: { end_at: string }) => each.end_at)).toEqual([end, end]);
    expect(closed.sessions[1].start_at).toBe(end);
  });

  it("is closed apart from that of a colleague, which stays open and for review", async () => {
    const { shop, seller, id } = await newForgottenShift();
    const colleague = await newPerson(shop.tenant, "EMPLOYEE");
    const other = await storeShift(shop, colleague, { start: ago(450), openingCash: 100 });
    const proposed = ago(400);
    await change("UPDATE shifts SET needs_review = 1, proposed_end_at = ? WHERE id = ?", proposed, other);
    const open = (await current(colleague)).body;
    expect(open).toMatchObject({ id: other, needs_review: true, proposed_end_at: proposed });
    const end = ago(300);
    const headers = { "idempotency-key": "both" };
    const first = await close(shop, id, end);
    expect(first.body).toMatchObject({ id, user_id: seller.id, opening_cash: 5000 });
    expect(await rowsOf("SELECT needs_review, proposed_end_at FROM shifts WHERE id = ?", other)).toEqual([
      { needs_review: 1, proposed_end_at: proposed },
    ]);
    const send = () =>
      call("POST", `${API}/shifts/${other}/close`, {
        token: shop.admin.token,
        json: { end_at: end, reason: "forgot" },
        headers,
      });
    const second = await send();
    expect(second.body).toMatchObject({ id: other, user_id: colleague.id, z_number: 2, opening_cash: 100 });
    expect((await send()).body).toEqual(second.body);
    expect((await current(colleague)).status).toBe(404);
    const ended =
      "SELECT payload ->> 'id' AS id FROM events WHERE tenant_id = ? AND type = 'shift.ended' ORDER BY id";
    expect(await rowsOf(ended, shop.tenant.id)).toEqual([{ id }, { id: other }]);
  });

  it("may end now, and its answer is a replay where the same request has closed it meanwhile", async () => {
    const { shop, id } = await newForgottenShift();
    const now = new Date();
    const input = { end_at: now.toISOString(), reason: "forgot" };
    const close = (ctx = shop.admin.ctx(now)) => closeForgotten(ctx, id, input, "close");
    const ctx = between(shop.admin.ctx(now), {
      after: async (nth) => {
        if (nth === 1)
          expect(await close()).toMatchObject({ replayed: false, value: { id, status: "CLOSED" } });
      },
    });
    expect(await close(ctx)).toMatchObject({ replayed: true, value: { id, end_at: input.end_at } });
  });

  it("cannot end before its start or in the future, and stays open", async () => {
    const { shop, seller, id } = await newForgottenShift();
    for (const end of [ago(601), ago(-5)]) {
      const answer = await close(shop, id, end);
      expect(answer.status).toBe(422);
      expect(answer.body.errors[0].pointer).toBe("#/end_at");
    }
    for (const [field, value] of [
      ["counted_cash", -1],
      ["counted_cash", 1e12 + 1],
      ["reason", "x".repeat(501)],
    ] as const) {
      const answer = await close(shop, id, ago(60), { [field]: value });
      expect([answer.status, answer.body.errors[0].pointer]).toEqual([422, `#/${field}`]);
    }
    for (const end of ["yesterday", "2026-11-22", "2026-11-22T10:00:00"])
      expect((await close(shop, id, end)).status).toBe(422);
    expect((await current(seller)).body).toMatchObject({ id, status: "OPEN" });
    expect((await auditOf(shop, id)).body.data).toEqual([]);
  });

  it("that was flagged has no proposed end any more, as its audit says", async () => {
    const { shop, id } = await newForgottenShift();
    const proposed = ago(200);
    await change("UPDATE shifts SET needs_review = 1, proposed_end_at = ? WHERE id = ?", proposed, id);
    const { body } = await close(shop, id, ago(180));
    expect(body).toMatchObject({ needs_review: false, proposed_end_at: null });
    const { report: _, ...asClosed } = body;
    expect((await auditOf(shop, id)).body.data).toMatchObject([
      { before: { needs_review: true, proposed_end_at: proposed }, after: asClosed },
    ]);
  });

  it("of more than 24 hours still needs review", async () => {
    for (const [minutes, needs_review] of [
      [24 * 60 - 1, false],
      [24 * 60 + 1, true],
    ] as const) {
      const shop = await newShop();
      const seller = await newPerson(shop.tenant, "EMPLOYEE");
      const start = ago(3000);
      const id = await storeShift(shop, seller, { start });
      await change("UPDATE shifts SET needs_review = 1 WHERE id = ?", id);
      const end = new Date(Date.parse(start) + minutes * 60_000).toISOString();
      expect((await close(shop, id, end)).body).toMatchObject({ needs_review, proposed_end_at: null });
    }
  });

  it("cannot end before its last sale, refund or cash movement", async () => {
    const { shop, seller, id } = await newForgottenShift();
    const book = await newProduct(shop, { stock: 5 });
    const sale = await sellOne(seller.token, book.id);
    expect(sale.body.shift_id).toBe(id);
    const early = await close(shop, id, ago(30));
    expect(early.status).toBe(422);
    expect(early.body.errors).toEqual([
      { pointer: "#/end_at", detail: expect.stringContaining(sale.body.placed_at) },
    ]);
    expect((await current(seller)).body.status).toBe("OPEN");
    await change("UPDATE sales SET placed_at = ? WHERE id = ?", ago(400), sale.body.id);
    await post("current/cash", seller, { kind: "paid_in", amount: 100, reason: "change" });
    expect((await close(shop, id, ago(30))).status).toBe(422);
    await change("UPDATE cash_moves SET created_at = ? WHERE shift_id = ?", ago(300), id);
    const closed = await close(shop, id, ago(30));
    expect(closed.body.report).toMatchObject({ sales: { count: 1, total: 1000 }, expected_cash: 6100 });
  });

  it("may end before what a colleague has sold and moved", async () => {
    const { shop, id } = await newForgottenShift();
    const colleague = await newPerson(shop.tenant, "EMPLOYEE");
    await post("start", colleague);
    const book = await newProduct(shop, { stock: 5 });
    await sellOne(colleague.token, book.id);
    await post("current/cash", colleague, { kind: "paid_in", amount: 100, reason: "change" });
    const closed = await close(shop, id, ago(30));
    expect(closed.body.report).toMatchObject({ sales: { count: 0 }, paid_in: 0, expected_cash: 5000 });
  });

  it("that its person ends while it is being closed is closed already", async () => {
    const { shop, seller, id } = await newForgottenShift();
    const end = ago(40);
    await atNextBatch(shop, seller, "before", () =>
      change("UPDATE shifts SET status = 'CLOSED', end_at = ?, z_number = 1 WHERE id = ?", end, id),
    );
    expect((await close(shop, id, ago(30))).body).toMatchObject({
      type: "/problems/shift-closed",
      status: 409,
    });
    expect((await auditOf(shop, id)).body.data).toEqual([]);
    expect((await current(seller)).status).toBe(404);
  });

  it("cannot end before a sale that is made while it is being closed", async () => {
    const { shop, seller, id } = await newForgottenShift();
    const book = await newProduct(shop, { stock: 5 });
    await atNextBatch(shop, seller, "before", async () => {
      expect((await sellOne(seller.token, book.id)).body.shift_id).toBe(id);
    });
    const early = await close(shop, id, ago(30));
    expect([early.status, early.body.errors[0].pointer]).toEqual([422, "#/end_at"]);
    expect((await current(seller)).body).toMatchObject({ id, status: "OPEN" });
    expect((await auditOf(shop, id)).body.data).toEqual([]);
  });

  it("that is closed like this while it is being closed is returned, closed once", async () => {
    const { shop, seller, id } = await newForgottenShift();
    const end = ago(30);
    await resetAtNextBatch(shop, seller, "after");
    const closed = await close(shop, id, end);
    expect(closed.body).toMatchObject({ id, status: "CLOSED", end_at: end, z_number: 1 });
    expect((await auditOf(shop, id)).body.data).toHaveLength(1);
    expect((await current(seller)).status).toBe(404);
  });

  it("that was closed before the answer was lost leaves the next shift of its person open", async () => {
    const { shop, seller, id } = await newForgottenShift();
    let next = "";
    await resetAtNextBatch(shop, seller, "after", async () => {
      next = await storeShift(shop, seller, { start: ago(1) });
    });
    expect((await close(shop, id, ago(30))).body).toMatchObject({ id, status: "CLOSED" });
    expect((await current(seller)).body).toMatchObject({ id: next, status: "OPEN" });
  });

  it("takes a round trip that finds its person and one that closes it; refused or repeated, the first is enough", async () => {
    const { shop, id } = await newForgottenShift();
    const token = shop.admin.token;
    const headers = { "idempotency-key": "close" };
    const cost = async (json: object, sent: Record<string, string> = {}) => {
      const answer = await call("POST", `${API}/shifts/${id}/close`, { token, json, headers: sent });
      return [answer.status, costOf(answer).queries];
    };
    const json = { end_at: ago(60), reason: "forgot" };
    expect(await cost({ ...json, end_at: ago(601) })).toEqual([422, 1]);
    expect(await cost(json, headers)).toEqual([200, 2]);
    expect(await cost(json, headers)).toEqual([200, 1]);
    expect(await cost(json)).toEqual([200, 1]);
    expect(await cost({ ...json, end_at: ago(59) })).toEqual([409, 1]);
  });

  it("has the answer of its key, whatever was corrected since", async () => {
    const { shop, id } = await newForgottenShift();
    const [token, end_at] = [shop.admin.token, ago(60)];
    const send = () =>
      call("POST", `${API}/shifts/${id}/close`, {
        token,
        json: { end_at, reason: "forgot" },
        headers: { "idempotency-key": "close" },
      });
    const closed = await send();
    const json = { end_at: ago(90), reason: "earlier" };
    expect((await call("PATCH", `${API}/shifts/${id}`, { token, json })).status).toBe(200);
    const repeated = await send();
    expect([repeated.status, repeated.headers.get("idempotent-replayed")]).toEqual([200, "true"]);
    expect(repeated.body).toEqual(closed.body);
  });

  it("is closed once: closing it at another time, or after its person ended it, is 409", async () => {
    const { shop, seller, id } = await newForgottenShift();
    await close(shop, id, ago(60));
    const again = await close(shop, id, ago(50));
    expect(again.body).toMatchObject({ type: "/problems/shift-closed", status: 409 });
    const ended = (await post("start", seller)).body.id;
    await post("end", seller);
    expect((await close(shop, ended, ago(0))).body.type).toBe("/problems/shift-closed");
    expect((await auditOf(shop, ended)).body.data).toEqual([]);
    expect((await auditOf(shop, id)).body.data).toHaveLength(1);
  });

  it("that is closed and ended at once is closed by one of them, with one Z number", async () => {
    const { shop, seller, id } = await newForgottenShift();
    const answers = await Promise.all([
      close(shop, id, ago(60)),
      post("end", seller),
      close(shop, id, ago(50)),
      post("end", seller),
    ]);
    // The second of two ends repeats the first.
    const ended = answers.filter(({ status }) => status === 200);
    expect(new Set(ended.map(({ text }) => text)).size).toBe(1);
    for (const { status, body } of answers)
      if (status !== 200)
        expect([body.type, status]).toEqual(
          status === 409 ? ["/problems/shift-closed", 409] : ["/problems/no-open-shift", 404],
        );
    expect(await count("SELECT max(z_number) n FROM shifts WHERE tenant_id = ?", shop.tenant.id)).toBe(1);
    const endedEvents = "SELECT count(*) n FROM events WHERE tenant_id = ? AND type = 'shift.ended'";
    expect(await count(endedEvents, shop.tenant.id)).toBe(1);
    expect((await post("start", seller)).status).toBe(201);
  });

  it("that was closed in D1 alone is not ended a second time", async () => {
    const { shop, seller, id } = await newForgottenShift();
    await change("UPDATE shifts SET status = 'CLOSED', end_at = ? WHERE id = ?", ago(1), id);
    expect((await post("end", seller)).status).toBe(404);
    expect((await post("start", seller)).status).toBe(201);
    const endedEvents = "SELECT type FROM events WHERE tenant_id = ? AND type = 'shift.ended'";
    expect(await rowsOf(endedEvents, shop.tenant.id)).toEqual([]);
  });

  it("can be closed only by an ADMIN of its shop", async () => {
    const { seller, id } = await newForgottenShift();
    const other = await newShop();
    expect((await close(other, id, ago(60))).status).toBe(404);
    expect((await post(`${id}/close`, seller, { end_at: ago(60), reason: "me" })).status).toBe(403);
    expect((await current(seller)).body.status).toBe("OPEN");
  });
});
