// An ADMIN corrects the times of a closed shift, and the audit records the change.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { correctShift } from "../../../src/shifts/drawer/correct.ts";
import { buildShifts } from "../../../src/shifts/hours/build.ts";
import { newId } from "../../../src/values/ids.ts";
import { change } from "../../support/change.ts";
import { API, call, costOf } from "../../support/client.ts";
import { between, count, failureOf, rowsOf } from "../../support/d1.ts";
import { addedBefore, storeShift } from "../../support/shifts.ts";
import { base, newPerson, newProduct, newShop, sellOne, type Shop } from "../../support/shops.ts";
import { withoutTriggers } from "../../support/twins.ts";

const patch = (shop: Shop, id: string, json: Record<string, unknown>) =>
  call("PATCH", `${API}/shifts/${id}`, { token: shop.admin.token, json: { reason: "wrong clock", ...json } });
const auditOf = (shop: Shop, id: string) =>
  call("GET", `${API}/shifts/${id}/audit`, { token: shop.admin.token });
const at = (time: string): string => `2026-03-10T${time}:00.000Z`;

async function newShifts(...times: [string, string][]) {
  const shop = await newShop();
  const seller = await newPerson(shop.tenant, "EMPLOYEE");
  const ids: string[] = [];
  for (const [start, end] of times)
    ids.push(await storeShift(shop, seller, { start: at(start), end: at(end) }));
  const [id = "", next = ""] = ids;
  return { shop, seller, id, next };
}

/** An ended shift with a sale, and the times of so many minutes before that. */
async function endedWithSale() {
  const shop = await newShop();
  const seller = await newPerson(shop.tenant, "EMPLOYEE");
  const product = await newProduct(shop);
  await call("POST", `${API}/shifts/start`, { token: seller.token });
  const sale = await sellOne(seller.token, product.id);
  const { body } = await call("POST", `${API}/shifts/end`, { token: seller.token });
  const soldAt = Date.parse(sale.body.placed_at);
  const before = (minutes: number) => new Date(soldAt - minutes * 60_000).toISOString();
  await addedBefore(seller, before(600));
  return { shop, seller, id: String(body.id), before };
}

describe("a correction", () => {
  it("changes start, end or both, and clamps breaks and sessions to them", async () => {
    const shop = await newShop();
    const seller = await newPerson(shop.tenant, "EMPLOYEE");
    const breaks = [
      { start: at("08:10"), end: at("08:20") },
      { start: at("10:00"), end: at("11:00") },
    ];
    const id = await storeShift(shop, seller, { start: at("08:00"), end: at("16:00"), breaks });
    expect((await patch(shop, id, { start_at: at("09:00") })).body).toMatchObject({
      start_at: at("09:00"),
      end_at: at("16:00"),
      day: "2026-03-10",
      status: "CLOSED",
    });
    const { body } = await patch(shop, id, { end_at: "2026-03-10T11:30:00+01:00" });
    expect(body.end_at).toBe(at("10:30"));
    expect(body.breaks).toMatchObject([
      { start_at: at("09:00"), end_at: at("09:00") },
      { start_at: at("10:00"), end_at: at("10:30") },
    ]);
    expect(body.sessions).toMatchObject([{ start_at: at("09:00"), end_at: at("10:30") }]);
    const both = await patch(shop, id, { start_at: at("05:00"), end_at: at("06:00") });
    expect(both.body).toMatchObject({ start_at: at("05:00"), end_at: at("06:00") });
  });

  it("moves its hours to another day, and leaves none where they were", async () => {
    const { shop, seller, id } = await newShifts(["08:00", "16:00"]);
    await addedBefore(seller, "2026-03-01T00:00:00.000Z");
    const days = async () => {
      await buildShifts(base(), "");
      const path = `${API}/shifts/hours?from=2026-03-01&to=2026-03-31`;
      const { body } = await call("GET", path, { token: shop.admin.token });
      return body.data.map(({ day, hours }: { day: string; hours: number }) => `${day}: ${hours}`);
    };
    expect(await days()).toEqual(["2026-03-10: 8"]);
    await patch(shop, id, { start_at: "2026-03-09T08:00:00Z", end_at: "2026-03-09T10:00:00Z" });
    expect(await days()).toEqual(["2026-03-09: 2"]);
  });

  it("cannot move the start before the account was created", async () => {
    const { shop, seller, id } = await newShifts(["08:00", "16:00"]);
    await change("UPDATE users SET created_at = ? WHERE id = ?", at("07:30"), seller.id);
    const early = await patch(shop, id, { start_at: "2026-03-10T07:29:59.999Z" });
    expect(early.status).toBe(422);
    expect(early.body.errors).toEqual([
      { pointer: "#/start_at", detail: `must not be before the account was created, ${at("07:30")}` },
    ]);
    expect((await patch(shop, id, { start_at: at("07:30") })).body.start_at).toBe(at("07:30"));
    // A shift from before the account was created can still be shortened.
    await storeShift(shop, seller, { start: at("18:00"), end: at("19:00") });
    await change("UPDATE users SET created_at = ? WHERE id = ?", at("07:00"), seller.id);
    const first = await patch(shop, id, { start_at: at("07:00"), end_at: at("18:30") });
    expect(first.body.type).toBe("/problems/shift-overlap");
    await change("UPDATE users SET created_at = ? WHERE id = ?", at("12:00"), seller.id);
    expect((await patch(shop, id, { start_at: at("09:00") })).status).toBe(200);
    expect((await patch(shop, id, { end_at: at("15:00") })).status).toBe(200);
    expect((await patch(shop, id, { end_at: at("18:30") })).body.type).toBe("/problems/shift-overlap");
  });

  it("to more than 24 hours leaves the shift for review", async () => {
    const { shop, id } = await newShifts(["08:00", "16:00"]);
    const end = async (end_at: string) => (await patch(shop, id, { end_at })).body.needs_review;
    expect(await end("2026-03-11T08:00:00.000Z")).toBe(false);
    expect(await end("2026-03-11T08:00:00.001Z")).toBe(true);
    expect(await end(at("20:00"))).toBe(false);
  });

  it("of a shift that its person ended while it was for review leaves no proposed end, as its audit says", async () => {
    const { shop, id } = await newShifts(["08:00", "16:00"]);
    await change("UPDATE shifts SET needs_review = 1, proposed_end_at = ? WHERE id = ?", at("12:00"), id);
    const { body } = await patch(shop, id, { end_at: at("12:30") });
    expect(body).toMatchObject({ needs_review: false, proposed_end_at: null });
    expect((await auditOf(shop, id)).body.data).toMatchObject([
      { before: { needs_review: true, proposed_end_at: at("12:00") }, after: body },
    ]);
  });

  it("leaves the stored Z report unchanged", async () => {
    const shop = await newShop();
    const post = (path: string) => call("POST", `${API}/shifts/${path}`, { token: shop.admin.token });
    await post("start");
    const { id, report, start_at } = (await post("end")).body;
    await addedBefore(shop.admin, start_at);
    const earlier = new Date(Date.parse(start_at) - 60_000).toISOString();
    expect((await patch(shop, id, { start_at: earlier })).body.start_at).toBe(earlier);
    const stored = await call("GET", `${API}/shifts/${id}/report`, { token: shop.admin.token });
    expect(stored.body).toEqual(report);
  });

  it("is rejected if it ends before it starts or in the future, or has no time or no reason", async () => {
    const { shop, id } = await newShifts(["08:00", "16:00"]);
    const pointers = async (json: Record<string, unknown>) => {
      const { status, body } = await patch(shop, id, json);
      expect(status).toBe(422);
      return body.errors.map((error: { pointer: string }) => error.pointer);
    };
    expect(await pointers({ start_at: at("16:00") })).toEqual(["#/start_at"]);
    expect(await pointers({ end_at: at("07:59") })).toEqual(["#/end_at"]);
    expect(await pointers({ start_at: at("15:00"), end_at: at("14:00") })).toEqual(["#/end_at"]);
    expect(await pointers({ end_at: new Date(Date.now() + 60_000).toISOString() })).toEqual(["#/end_at"]);
    expect(await pointers({})).toEqual(["#"]);
    expect(await pointers({ end_at: at("15:00"), reason: " " })).toEqual(["#/reason"]);
    expect(await pointers({ end_at: at("15:00"), reason: "x".repeat(501) })).toEqual(["#/reason"]);
    expect(await pointers({ end_at: at("15:00"), day: "2026-03-11" })).toEqual(["#/day"]);
    expect((await auditOf(shop, id)).body.data).toEqual([]);
  });

  it("of an open shift is 409, since it must be ended or closed first", async () => {
    const { shop } = await newShifts(["08:00", "16:00"]);
    const { body } = await call("POST", `${API}/shifts/start`, { token: shop.admin.token });
    await addedBefore(shop.admin, body.start_at);
    const { start_at } = body;
    const earlier = new Date(Date.parse(start_at) - 60_000).toISOString();
    for (const json of [
      { start_at: at("08:00") },
      { end_at: start_at },
      { start_at: earlier, end_at: start_at },
    ]) {
      const answer = await patch(shop, body.id, json);
      expect(answer.body).toMatchObject({ type: "/problems/shift-open", status: 409 });
    }
    expect((await call("GET", `${API}/shifts/current`, { token: shop.admin.token })).body).toEqual(
      expect.objectContaining({ status: "OPEN", start_at, end_at: null }),
    );
  });

  it("may end now, and not a millisecond later", async () => {
    const { shop, id } = await newShifts(["08:00", "16:00"]);
    const now = new Date();
    const end = (end_at: Date) =>
      correctShift(shop.admin.ctx(now), id, { end_at: end_at.toISOString(), reason: "late" });
    expect(await failureOf(end(new Date(now.getTime() + 1)))).toMatchObject({ slug: "invalid" });
    expect(await end(now)).toMatchObject({ end_at: now.toISOString(), needs_review: true });
  });

  it("that ends now is not said to end in the future where it overlaps another shift", async () => {
    const { shop, id } = await newShifts(["08:00", "16:00"], ["18:00", "19:00"]);
    const now = new Date();
    const correction = correctShift(shop.admin.ctx(now), id, { end_at: now.toISOString(), reason: "late" });
    expect(await failureOf(correction)).toMatchObject({ slug: "shift-overlap" });
  });

  it("may exclude what a colleague sold and moved", async () => {
    const { shop, id } = await newShifts(["08:00", "16:00"]);
    const colleague = await newPerson(shop.tenant, "EMPLOYEE");
    const other = await storeShift(shop, colleague, { start: at("08:00"), end: at("16:00") });
    const book = await newProduct(shop, { stock: 5 });
    const { body: sale } = await sellOne(colleague.token, book.id);
    await change("UPDATE sales SET shift_id = ?, placed_at = ? WHERE id = ?", other, at("15:00"), sale.id);
    await change(
      `INSERT INTO cash_moves (tenant_id, shift_id, id, kind, amount, reason, created_at)
        VALUES (?, ?, 'm', 'paid_in', 1, 'coin', ?)`,
      shop.tenant.id,
      other,
      at("09:00"),
    );
    const { body } = await patch(shop, id, { start_at: at("10:00"), end_at: at("14:00") });
    expect(body).toMatchObject({ start_at: at("10:00"), end_at: at("14:00") });
  });

  it("that starts later, before anything happened, still overlaps another shift", async () => {
    const { shop, seller, id, before } = await endedWithSale();
    await change("UPDATE shifts SET start_at = ? WHERE id = ?", before(300), id);
    await storeShift(shop, seller, { start: before(250), end: before(200) });
    const answer = await patch(shop, id, { start_at: before(280) });
    expect(answer.body).toMatchObject({ type: "/problems/shift-overlap", status: 409 });
  });

  it("that ends earlier, after all that happened, still overlaps another shift", async () => {
    const { shop, seller, id, before } = await endedWithSale();
    await change("UPDATE sales SET placed_at = ? WHERE shift_id = ?", before(30), id);
    await change("UPDATE shifts SET start_at = ? WHERE id = ?", before(60), id);
    await storeShift(shop, seller, { start: before(150), end: before(100) });
    const answer = await patch(shop, id, { start_at: before(120), end_at: before(10) });
    expect(answer.body).toMatchObject({ type: "/problems/shift-overlap", status: 409 });
  });

  it("has its own difference in the audit log, beside those of earlier ones", async () => {
    const { shop, id } = await newShifts(["08:00", "16:00"]);
    await patch(shop, id, { start_at: at("09:00") });
    await patch(shop, id, { end_at: at("15:00") });
    const changes = await rowsOf(
      "SELECT before, after FROM audit_log WHERE tenant_id = ? AND action = 'shift.corrected' ORDER BY id",
      shop.tenant.id,
    );
    expect(changes.map(({ after }) => JSON.parse(String(after)))).toMatchObject([
      { start_at: at("09:00") },
      { end_at: at("15:00") },
    ]);
    expect(JSON.parse(String(changes[1]?.["before"]))).not.toHaveProperty("start_at");
  });

  it("may meet another shift of the person, but not overlap it by a millisecond", async () => {
    const { shop, seller, id, next } = await newShifts(["08:00", "12:00"], ["14:00", "16:00"]);
    expect((await patch(shop, id, { end_at: at("14:00") })).status).toBe(200);
    expect((await patch(shop, next, { start_at: at("14:00") })).status).toBe(200);
    for (const [which, json] of [
      [id, { end_at: "2026-03-10T14:00:00.001Z" }],
      [next, { start_at: "2026-03-10T13:59:59.999Z" }],
      [id, { end_at: at("20:00") }],
      [next, { start_at: at("06:00") }],
      [next, { start_at: at("09:00"), end_at: at("10:00") }],
    ] as const) {
      const answer = await patch(shop, which, json);
      expect(answer.body).toMatchObject({ type: "/problems/shift-overlap", status: 409 });
    }
    const colleague = await newPerson(shop.tenant, "EMPLOYEE");
    await storeShift(shop, colleague, { start: at("16:00"), end: at("18:00") });
    expect((await patch(shop, next, { end_at: at("17:00") })).status).toBe(200);
    await storeShift(shop, seller, { start: at("20:00") });
    expect((await patch(shop, next, { end_at: at("20:00") })).status).toBe(200);
    expect((await patch(shop, next, { end_at: at("21:00") })).body.type).toBe("/problems/shift-overlap");
  });

  it("cannot exclude a sale or a cash movement, to the millisecond, at its start or its end", async () => {
    const { shop, seller, id } = await newShifts(["08:00", "16:00"]);
    const book = await newProduct(shop, { stock: 5 });
    const sale = (await sellOne(seller.token, book.id)).body;
    await change("UPDATE sales SET shift_id = ?, placed_at = ? WHERE id = ?", id, at("10:00"), sale.id);
    const stored = `INSERT INTO cash_moves (tenant_id, shift_id, id, kind, amount, reason, created_at)
      VALUES (?, ?, 'm', 'paid_in', 1, 'coin', ?)`;
    await change(stored, shop.tenant.id, id, at("12:00"));
    for (const [json, pointer, edge] of [
      [{ start_at: "2026-03-10T10:00:00.001Z" }, "#/start_at", at("10:00")],
      [{ end_at: "2026-03-10T11:59:59.999Z" }, "#/end_at", at("12:00")],
      [{ start_at: at("12:30"), end_at: at("15:00") }, "#/start_at", at("10:00")],
      [{ start_at: at("05:00"), end_at: at("06:00") }, "#/end_at", at("12:00")],
    ] as const) {
      const { status, body } = await patch(shop, id, json);
      expect(status).toBe(422);
      expect(body.errors).toEqual([{ pointer, detail: expect.stringContaining(edge) }]);
    }
    expect((await auditOf(shop, id)).body.data).toEqual([]);
    const tight = await patch(shop, id, { start_at: at("10:00"), end_at: at("12:00") });
    expect(tight.body).toMatchObject({ start_at: at("10:00"), end_at: at("12:00") });
  });

  it("of one bound ignores a sale that lies some milliseconds beyond the other", async () => {
    const { shop, seller, id } = await newShifts(["08:00", "16:00"], ["18:00", "19:00"], ["05:00", "06:00"]);
    const book = await newProduct(shop, { stock: 5 });
    const sale = (await sellOne(seller.token, book.id)).body;
    const place = (time: string) =>
      change("UPDATE sales SET shift_id = ?, placed_at = ? WHERE id = ?", id, time, sale.id);
    const typeOf = async (json: Record<string, unknown>) => (await patch(shop, id, json)).body.type;
    await place("2026-03-10T07:59:59.990Z");
    expect((await patch(shop, id, { end_at: at("15:00") })).status).toBe(200);
    expect((await patch(shop, id, { start_at: at("08:01") })).status).toBe(422);
    expect(await typeOf({ end_at: at("18:30") })).toBe("/problems/shift-overlap");
    await place("2026-03-10T15:00:00.010Z");
    expect((await patch(shop, id, { start_at: at("08:01") })).status).toBe(200);
    expect((await patch(shop, id, { end_at: at("14:59") })).status).toBe(422);
    expect(await typeOf({ start_at: at("05:30") })).toBe("/problems/shift-overlap");
    // Nor is a sale at the very start or end the reason.
    await place(at("09:00"));
    expect(await typeOf({ start_at: at("09:00"), end_at: at("18:30") })).toBe("/problems/shift-overlap");
    expect(await typeOf({ start_at: at("05:30"), end_at: at("09:00") })).toBe("/problems/shift-overlap");
  });

  it("is rejected by D1 if a sale joins the shift just before its batch", async () => {
    const { shop, seller, id } = await newShifts(["08:00", "16:00"]);
    const book = await newProduct(shop, { stock: 5 });
    const sale = (await sellOne(seller.token, book.id)).body;
    for (const [json, time] of [
      [{ end_at: at("11:00") }, at("12:00")],
      [{ start_at: at("11:00") }, at("10:00")],
    ] as const) {
      await change("UPDATE sales SET shift_id = NULL WHERE id = ?", sale.id);
      const interrupted = between(shop.admin.ctx(), {
        before: () => change("UPDATE sales SET shift_id = ?, placed_at = ? WHERE id = ?", id, time, sale.id),
      });
      const failure = await failureOf(correctShift(interrupted, id, { ...json, reason: "late" }));
      expect(failure).toMatchObject({ slug: "invalid" });
    }
    expect((await auditOf(shop, id)).body.data).toEqual([]);
  });

  it("is rejected by D1 if a concurrent correction takes the time just before its batch", async () => {
    const { shop, id, next } = await newShifts(["08:00", "10:00"], ["12:00", "14:00"]);
    const interrupted = between(shop.admin.ctx(), {
      before: async () => {
        await patch(shop, next, { start_at: at("10:30") });
      },
    });
    const failure = await failureOf(correctShift(interrupted, id, { end_at: at("11:00"), reason: "late" }));
    expect(failure).toMatchObject({ slug: "shift-overlap" });
    expect((await auditOf(shop, id)).body.data).toEqual([]);
  });

  it("builds on a concurrent correction between the shifts that it meets, and the audit records both", async () => {
    const { shop, id } = await newShifts(["08:00", "10:00"], ["06:00", "07:00"], ["11:00", "12:00"]);
    const interrupted = between(shop.admin.ctx(), {
      before: async (nth) => {
        if (nth === 1) await patch(shop, id, { start_at: at("07:00") });
      },
    });
    const body = await correctShift(interrupted, id, { end_at: at("11:00"), reason: "late" });
    expect(body).toMatchObject({ start_at: at("07:00"), end_at: at("11:00") });
    const { data } = (await auditOf(shop, id)).body;
    expect(data).toHaveLength(2);
    expect(data[1].before).toEqual(data[0].after);
  });

  it("of many at once leaves a chain in which each starts from the result of another", async () => {
    const { shop, id } = await newShifts(["08:00", "16:00"]);
    const minutes = ["01", "02", "03", "04", "05"];
    const answers = await Promise.all(
      minutes.map((minute) => patch(shop, id, { end_at: at(`17:${minute}`) })),
    );
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    const { data } = (await auditOf(shop, id)).body;
    expect(data[0].before.end_at).toBe(at("16:00"));
    for (const [index, entry] of data.slice(1).entries()) expect(entry.before).toEqual(data[index].after);
    const stored = await rowsOf("SELECT end_at FROM shifts WHERE id = ?", id);
    expect(stored).toEqual([{ end_at: data[4].after.end_at }]);
  });

  it("of the end leaves the day as it was, also in another time zone", async () => {
    const { shop, id } = await newShifts(["22:30", "23:00"]);
    await change("UPDATE shifts SET day = '2026-03-10' WHERE id = ?", id);
    const zone = { token: shop.admin.token, json: { timezone: "Asia/Tokyo" } };
    expect((await call("PATCH", `${API}/shop`, zone)).status).toBe(200);
    expect((await patch(shop, id, { end_at: at("23:30") })).body.day).toBe("2026-03-10");
    expect((await patch(shop, id, { start_at: at("22:30") })).body.day).toBe("2026-03-11");
  });

  it("takes one round trip, and a second one to say why not", async () => {
    const { shop, id, next } = await newShifts(["08:00", "10:00"], ["12:00", "14:00"]);
    const queries = async (json: Record<string, unknown>) => costOf(await patch(shop, id, json)).queries;
    expect(await queries({ end_at: at("11:00") })).toBe(1);
    expect(await queries({ end_at: at("13:00") })).toBe(2);
    expect(await queries({ end_at: at("07:00") })).toBe(2);
    expect((await auditOf(shop, next)).body.data).toEqual([]);
  });

  it("is recorded with breaks and sessions as they become", async () => {
    const shop = await newShop();
    const seller = await newPerson(shop.tenant, "EMPLOYEE");
    const breaks = [
      { start: at("08:10"), end: at("08:20") },
      { start: at("08:50"), end: at("09:10") },
      { start: at("10:00"), end: at("10:10") },
      { start: at("14:50"), end: at("15:10") },
      { start: at("15:40"), end: at("15:50") },
    ];
    const id = await storeShift(shop, seller, { start: at("08:00"), end: at("16:00"), breaks });
    const before = (await call("GET", `${API}/shifts?user_id=${seller.id}`, { token: shop.admin.token }))
      .body;
    const { body } = await patch(shop, id, { start_at: at("09:00"), end_at: at("15:00") });
    expect(
      body.breaks.map((each: { start_at: string; end_at: string }) => [each.start_at, each.end_at]),
    ).toEqual([
      [at("09:00"), at("09:00")],
      [at("09:00"), at("09:10")],
      [at("10:00"), at("10:10")],
      [at("14:50"), at("15:00")],
      [at("15:00"), at("15:00")],
    ]);
    expect((await auditOf(shop, id)).body.data).toMatchObject([{ before: before.data[0], after: body }]);
  });

  it.each([
    // Madrid is UTC+1, from 29 March 2026 01:00 UTC to 25 October 2026 01:00 UTC UTC+2.
    ["2026-03-10T22:59:59Z", "2026-03-10"],
    ["2026-03-10T23:00:00Z", "2026-03-11"],
    ["2026-03-28T22:59:59Z", "2026-03-28"],
    ["2026-03-28T23:00:00Z", "2026-03-29"],
    ["2026-03-29T21:59:59Z", "2026-03-29"],
    ["2026-03-29T22:00:00Z", "2026-03-30"],
    ["2026-10-24T22:00:00Z", "2026-10-25"],
    ["2026-10-25T22:59:59Z", "2026-10-25"],
    ["2026-10-25T23:00:00Z", "2026-10-26"],
  ])("to a start at %s sets the day %s in Madrid", async (start, day) => {
    const { shop, id } = await newShifts(["08:00", "10:00"]);
    const end = new Date(Date.parse(start) + 3_600_000).toISOString();
    const { body } = await patch(shop, id, { start_at: start, end_at: end });
    expect([body.day, body.start_at]).toEqual([day, new Date(start).toISOString()]);
  });

  it("can be made only by an ADMIN of the shop", async () => {
    const { shop, seller, id } = await newShifts(["08:00", "10:00"]);
    const other = await newShop();
    expect((await patch(other, id, { end_at: at("11:00") })).status).toBe(404);
    expect((await auditOf(other, id)).status).toBe(404);
    expect((await auditOf(shop, newId())).status).toBe(404);
    const answer = await call("PATCH", `${API}/shifts/${id}`, { token: seller.token, json: {} });
    expect(answer.status).toBe(403);
    expect((await call("GET", `${API}/shifts/${id}/audit`, { token: seller.token })).status).toBe(403);
    expect(await count("SELECT count(*) n FROM shift_audit WHERE tenant_id = ?", shop.tenant.id)).toBe(0);
  });
});

describe("the audit of a shift", () => {
  it("has the actor, reason, time, before and after of every change, in order", async () => {
    const shop = await newShop();
    const seller = await newPerson(shop.tenant, "EMPLOYEE");
    const id = await storeShift(shop, seller, { start: at("08:00"), openingCash: 100 });
    const open = (await call("GET", `${API}/shifts/current`, { token: seller.token })).body;
    const closed = await call("POST", `${API}/shifts/${id}/close`, {
      token: shop.admin.token,
      json: { end_at: at("16:00"), counted_cash: 100, reason: "forgot" },
    });
    const { report: _, ...asClosed } = closed.body;
    const corrected = (await patch(shop, id, { end_at: at("15:00") })).body;
    const entry = {
      id: expect.any(String),
      shift_id: id,
      actor_id: shop.admin.id,
      created_at: expect.any(String),
    };
    expect((await auditOf(shop, id)).body).toEqual({
      data: [
        { ...entry, action: "close", reason: "forgot", before: open, after: asClosed },
        { ...entry, action: "correct", reason: "wrong clock", before: asClosed, after: corrected },
      ],
    });
    const types = "SELECT type FROM events WHERE tenant_id = ? AND type LIKE 'shift.%' ORDER BY id";
    expect(await rowsOf(types, shop.tenant.id)).toEqual([
      { type: "shift.ended" },
      { type: "shift.corrected" },
    ]);
  });

  it("names no devices, neither before nor after a change", async () => {
    const shop = await newShop();
    const seller = await newPerson(shop.tenant, "EMPLOYEE");
    const id = await storeShift(shop, seller, { start: at("08:00"), device: "Till of Ana" });
    const json = { end_at: at("16:00"), reason: "forgot" };
    await call("POST", `${API}/shifts/${id}/close`, { token: shop.admin.token, json });
    const { body } = await patch(shop, id, { end_at: at("15:00") });
    expect(body.sessions).toMatchObject([{ device_label: "Till of Ana" }]);
    const unnamed = { sessions: [{ device_label: null }] };
    const { body: audit } = await auditOf(shop, id);
    expect(audit.data).toMatchObject([
      { before: unnamed, after: unnamed },
      { before: unnamed, after: unnamed },
    ]);
    const log = await rowsOf("SELECT * FROM audit_log WHERE tenant_id = ?", shop.tenant.id);
    expect(JSON.stringify(log)).not.toContain("Till of Ana");
  });

  it("has no entry before one on which it builds: a later one of the shift is a conflict, and none of another", async () => {
    const { shop, id, next } = await newShifts(["08:00", "10:00"], ["12:00", "14:00"]);
    const recordedLater = (shiftId: string) =>
      withoutTriggers(
        "update",
        ["shift_audit"],
        [
          env.DB.prepare("UPDATE shift_audit SET id = 'ffffffff' || substr(id, 9) WHERE shift_id = ?").bind(
            shiftId,
          ),
        ],
      );
    await patch(shop, next, { end_at: at("13:00") });
    await recordedLater(next);
    expect((await patch(shop, id, { end_at: at("09:00") })).status).toBe(200);
    await recordedLater(id);
    const refused = await patch(shop, id, { end_at: at("09:30") });
    expect(refused.body).toMatchObject({ type: "/problems/conflict", status: 409 });
    expect((await auditOf(shop, id)).body.data).toHaveLength(1);
  });

  it("has no entry for what the person did themselves", async () => {
    const shop = await newShop();
    const post = (path: string) => call("POST", `${API}/shifts/${path}`, { token: shop.admin.token });
    const { id } = (await post("start")).body;
    await post("current/breaks/start");
    await post("end");
    expect((await auditOf(shop, id)).body).toEqual({ data: [] });
  });

  it("cannot be changed or deleted, not even in D1", async () => {
    const { shop, id } = await newShifts(["08:00", "10:00"]);
    await patch(shop, id, { end_at: at("11:00") });
    for (const statement of [
      "UPDATE shift_audit SET reason = 'nothing' WHERE tenant_id = ?",
      "DELETE FROM shift_audit WHERE tenant_id = ?",
      "REPLACE INTO shift_audit SELECT * FROM shift_audit WHERE tenant_id = ?",
    ])
      expect(String(await failureOf(change(statement, shop.tenant.id))), statement).toContain("append_only");
    expect((await auditOf(shop, id)).body.data[0].reason).toBe("wrong clock");
  });
});
