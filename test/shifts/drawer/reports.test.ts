// Worked hours, lists as CSV and who is on shift, over HTTP.
import { describe, expect, it } from "vitest";
import { buildShifts } from "../../../src/shifts/hours/build.ts";
import { dayOf, addDays } from "../../../src/values/days.ts";
import { API, call, costOf } from "../../support/client.ts";
import { change } from "../../support/change.ts";
import { pagesOf } from "../../support/pages.ts";
import { storeShift } from "../../support/shifts.ts";
import { base, newPerson, newShop, type Person, type Shop } from "../../support/shops.ts";

type Row = { user_id: string; day: string; seconds: number; hours: number; shifts: number };

const get = (person: Person, path: string) => call("GET", `${API}/shifts${path}`, { token: person.token });
const post = (person: Person, path: string, json: unknown = {}) =>
  call("POST", `${API}/shifts${path}`, { token: person.token, json });

async function newStaff(): Promise<{ shop: Shop; ana: Person; bo: Person }> {
  const shop = await newShop();
  const [ana, bo] = [await newPerson(shop.tenant, "EMPLOYEE"), await newPerson(shop.tenant, "EMPLOYEE")];
  await change("UPDATE users SET first_name = 'Ana', last_name = 'Sol' WHERE id = ?", ana.id);
  await change("UPDATE users SET first_name = '=1+1', last_name = 'Bo' WHERE id = ?", bo.id);
  return { shop, ana, bo };
}

/** Ana worked a night and a morning, Bo a whole day on which the clocks change. */
async function newHistory() {
  const staff = await newStaff();
  const { shop, ana, bo } = staff;
  await storeShift(shop, ana, {
    start: "2026-10-21T20:00:00Z",
    end: "2026-10-22T00:00:00Z",
    breaks: [
      { start: "2026-10-21T21:30:00Z", end: "2026-10-21T22:30:00Z" },
      { start: "2026-10-21T23:00:00Z", end: "2026-10-21T23:30:00Z", paid: true },
    ],
    openingCash: 10000,
    countedCash: 9950,
    zNumber: 1,
  });
  await storeShift(shop, ana, { start: "2026-10-22T08:00:00Z", end: "2026-10-22T09:00:00Z", zNumber: 2 });
  await storeShift(shop, bo, { start: "2026-10-24T22:00:00Z", end: "2026-10-25T23:00:00Z", zNumber: 3 });
  return staff;
}

const OCTOBER = "/hours?from=2026-10-01&to=2026-10-31";

describe("worked hours", () => {
  it("are by day and person, without unpaid breaks, split at midnight in the shop's time zone, with totals", async () => {
    const { shop, ana, bo } = await newHistory();
    const { body } = await get(shop.admin, OCTOBER);
    expect(body).toMatchObject({ from: "2026-10-01", to: "2026-10-31" });
    const [night, morning] = [
      { day: "2026-10-21", seconds: 5400, hours: 1.5, unpaid_break_seconds: 1800, shifts: 1 },
      { day: "2026-10-22", seconds: 9000, hours: 2.5, unpaid_break_seconds: 1800, shifts: 2 },
    ];
    const long = { day: "2026-10-25", seconds: 90000, hours: 25, unpaid_break_seconds: 0, shifts: 1 };
    expect(body.data).toEqual([
      { user_id: ana.id, name: "Ana Sol", ...night },
      { user_id: ana.id, name: "Ana Sol", ...morning },
      { user_id: bo.id, name: "=1+1 Bo", ...long },
    ]);
    expect(body.totals).toEqual([
      { user_id: bo.id, name: "=1+1 Bo", seconds: 90000, hours: 25, shifts: 1 },
      { user_id: ana.id, name: "Ana Sol", seconds: 14400, hours: 4, shifts: 2 },
    ]);
  });

  it("of one day are by name, and so are the totals", async () => {
    const { shop, ana, bo } = await newStaff();
    const work = { start: "2026-10-21T08:00:00Z", end: "2026-10-21T09:00:00Z" };
    for (const person of [ana, bo, shop.admin]) await storeShift(shop, person, work);
    const { body } = await get(shop.admin, OCTOBER);
    for (const rows of [body.data, body.totals])
      expect(rows.map(({ name }: { name: string }) => name)).toEqual(["=1+1 Bo", "Ana Sol", "First Last"]);
  });

  it("of a range include a shift that started before it, however long, and exclude what lies outside", async () => {
    const { shop, ana } = await newStaff();
    await storeShift(shop, ana, { start: "2026-08-01T08:00:00Z", end: "2026-08-01T10:00:00Z" });
    await storeShift(shop, ana, { start: "2026-08-01T12:00:00Z", end: "2026-10-11T07:00:00Z" });
    await storeShift(shop, ana, { start: "2026-10-11T20:00:00Z", end: "2026-10-12T20:00:00Z" });
    const days = (await get(shop.admin, "/hours?from=2026-10-10&to=2026-10-11")).body.data;
    expect(days.map(({ day, hours, shifts }: Row) => [day, hours, shifts])).toEqual([
      ["2026-10-10", 24, 1],
      ["2026-10-11", 11, 2],
    ]);
  });

  it("of an EMPLOYEE are their own, whatever the filter; an ADMIN may filter by person; another shop sees none", async () => {
    const { shop, ana, bo } = await newHistory();
    const other = await newShop();
    const usersOf = async (person: Person, query = "") => [
      ...new Set((await get(person, OCTOBER + query)).body.data.map((row: Row) => row.user_id)),
    ];
    expect(await usersOf(ana)).toEqual([ana.id]);
    expect(await usersOf(ana, `&user_id=${bo.id}`)).toEqual([]);
    expect(await usersOf(shop.admin, `&user_id=${bo.id}`)).toEqual([bo.id]);
    expect(await usersOf(other.admin)).toEqual([]);
    expect(await usersOf(other.admin, `&user_id=${bo.id}`)).toEqual([]);
    expect((await get(await newPerson(shop.tenant, "CUSTOMER"), "/hours")).status).toBe(403);
  });

  it("are those of the last 31 days by default, until now for an open shift", async () => {
    const { shop, ana } = await newStaff();
    const hour = 3_600_000;
    await storeShift(shop, ana, {
      start: new Date(Date.now() - 50 * 24 * hour).toISOString(),
      end: new Date(Date.now() - 49 * 24 * hour).toISOString(),
    });
    const start = new Date(Date.now() - 2 * hour).toISOString();
    await storeShift(shop, ana, { start, breaks: [{ start: new Date(Date.now() - hour).toISOString() }] });
    const { body } = await get(ana, "/hours");
    const today = dayOf(new Date(), shop.tenant.timezone);
    expect(body).toMatchObject({ from: addDays(today, -30), to: today });
    expect(body.totals).toMatchObject([{ user_id: ana.id, hours: 1, shifts: 1 }]);
  });

  it("grow with each shift", async () => {
    const { shop, ana } = await newStaff();
    const shifts = async () => (await get(shop.admin, "/hours")).body.totals;
    expect(await shifts()).toEqual([]);
    await post(ana, "/start");
    expect(await shifts()).toMatchObject([{ user_id: ana.id, hours: 0, shifts: 1 }]);
    await post(ana, "/end");
    await post(ana, "/start");
    expect(await shifts()).toMatchObject([{ user_id: ana.id, hours: 0, shifts: 2 }]);
  });

  it("cover at most 366 days", async () => {
    const { admin } = await newShop();
    const status = async (query: string) => (await get(admin, `/hours?${query}`)).status;
    expect(await status("from=2024-01-01&to=2024-12-31")).toBe(200);
    expect(await status("from=2024-01-01&to=2025-01-01")).toBe(422);
    expect(await status("from=2001-01-01")).toBe(422);
    const { body } = await get(admin, "/hours?to=2001-01-31");
    expect(body).toMatchObject({ from: "2001-01-01", to: "2001-01-31", data: [], totals: [] });
    expect(await status("to=2001-01-01")).toBe(200);
    expect(await status("from=2026-03-02&to=2026-03-01")).toBe(422);
    expect(await status("from=9999-12-31&to=9999-12-31")).toBe(200);
    expect(await status("to=1900-01-01")).toBe(200);
    expect(await status("colour=red")).toBe(422);
  });

  it("as CSV are the same rows, with a formula in a name escaped", async () => {
    const { shop, ana, bo } = await newHistory();
    const answer = await get(shop.admin, `${OCTOBER}&format=csv`);
    expect(answer.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    const named = 'filename="Test shop hours from 2026-10-01 to 2026-10-31.csv"';
    expect(answer.headers.get("content-disposition")).toContain(named);
    expect(answer.text.split("\r\n")).toEqual([
      "user_id,user,day,seconds,hours,unpaid_break_seconds,shifts",
      `${ana.id},"Ana Sol",2026-10-21,5400,1.5,1800,1`,
      `${ana.id},"Ana Sol",2026-10-22,9000,2.5,1800,2`,
      `${bo.id},"'=1+1 Bo",2026-10-25,90000,25,0,1`,
      "",
    ]);
  });

  it("cost one round trip, and no more for shifts outside the range", async () => {
    const { shop, ana, bo } = await newHistory();
    await get(shop.admin, OCTOBER);
    const before = costOf(await get(shop.admin, OCTOBER));
    expect(before.queries).toBe(1);
    for (let day = 1; day <= 28; day += 1)
      for (const person of [ana, bo])
        for (const month of ["2025-02", "2026-11"]) {
          const date = `${month}-${String(day).padStart(2, "0")}`;
          await storeShift(shop, person, { start: `${date}T08:00:00Z`, end: `${date}T16:00:00Z` });
        }
    await buildShifts(base(), "");
    const after = costOf(await get(shop.admin, OCTOBER));
    expect(after.queries).toBe(1);
    expect(after.read - before.read).toBeLessThan(30);
  });
});

describe("the list of shifts", () => {
  const COLUMNS =
    "shift_id,user_id,user,day,start_at,end_at,status,hours,opening_cash,counted_cash,z_number,currency";

  it("of an EMPLOYEE has their own, whatever the filter, and an ADMIN of another shop sees none of them", async () => {
    const { shop, ana, bo } = await newHistory();
    const users = async (person: Person, query = "") =>
      (await get(person, query)).body.data.map((shift: Row) => shift.user_id);
    expect(await users(shop.admin)).toEqual([bo.id, ana.id, ana.id]);
    expect(await users(ana)).toEqual([ana.id, ana.id]);
    expect(await users(ana, `?user_id=${bo.id}`)).toEqual([]);
    expect(await users((await newShop()).admin, `?user_id=${bo.id}`)).toEqual([]);
  });

  it("is the same page by page, also of shifts that started at one instant", async () => {
    const { shop, ana } = await newHistory();
    const start = "2026-10-24T22:00:00.000Z";
    const latest = await storeShift(shop, ana, { start, end: "2026-10-24T23:00:00Z", zNumber: 4 });
    const { data } = (await get(shop.admin, "")).body;
    expect(data.map(({ day }: Row) => day)).toEqual(["2026-10-25", "2026-10-25", "2026-10-22", "2026-10-21"]);
    expect(data[0]).toMatchObject({ id: latest, start_at: start });
    for (const limit of [1, 3]) {
      const pages = await pagesOf(
        async (cursor) =>
          (await get(shop.admin, `?limit=${limit}${cursor === null ? "" : `&cursor=${cursor}`}`)).body,
      );
      expect(pages.flatMap((page) => page.data)).toEqual(data);
      expect(pages).toHaveLength(Math.ceil(data.length / limit));
    }
  });

  it("as CSV has every shift that matches the filters, newest first, with its hours and its cash", async () => {
    const { shop, ana, bo } = await newHistory();
    const lines = async (person: Person, query: string) =>
      (await get(person, `?format=csv${query}`)).text
        .split("\r\n")
        .map((line) => line.replace(/^[^,]{36},/, ""));
    expect(await lines(shop.admin, "&limit=1")).toEqual([
      COLUMNS,
      `${bo.id},"'=1+1 Bo",2026-10-25,2026-10-24T22:00:00.000Z,2026-10-25T23:00:00.000Z,CLOSED,25,0.00,,3,EUR`,
      `${ana.id},"Ana Sol",2026-10-22,2026-10-22T08:00:00.000Z,2026-10-22T09:00:00.000Z,CLOSED,1,0.00,,2,EUR`,
      `${ana.id},"Ana Sol",2026-10-21,2026-10-21T20:00:00.000Z,2026-10-22T00:00:00.000Z,CLOSED,3,100.00,99.50,1,EUR`,
      "",
    ]);
    expect(await lines(shop.admin, "&from=2026-10-22&to=2026-10-22")).toHaveLength(3);
    const { headers } = await get(shop.admin, "?format=csv&from=2026-10-22");
    const named = 'filename="Test shop shifts from 2026-10-22.csv"';
    expect(headers.get("content-disposition")).toContain(named);
    expect(await lines(shop.admin, "&status=OPEN")).toEqual([COLUMNS, ""]);
    expect(await lines(ana, "")).toHaveLength(4);
    expect(await lines(ana, `&user_id=${bo.id}`)).toEqual([COLUMNS, ""]);
    expect(await lines((await newShop()).admin, "")).toEqual([COLUMNS, ""]);
  });

  it("as CSV has hours with two decimals, without unpaid breaks", async () => {
    const { shop, ana } = await newStaff();
    const breaks = [{ start: "2026-10-21T08:30:00Z", end: "2026-10-21T08:35:00Z" }];
    await storeShift(shop, ana, { start: "2026-10-21T08:00:00Z", end: "2026-10-21T09:20:00Z", breaks });
    const [, line = ""] = (await get(shop.admin, "?format=csv")).text.split("\r\n");
    expect(line).toContain(",2026-10-21T09:20:00.000Z,CLOSED,1.25,0.00,");
    await change("UPDATE breaks SET end_at = '2026-10-21T08:30:01.000Z' WHERE tenant_id = ?", shop.tenant.id);
    const [, later = ""] = (await get(shop.admin, "?format=csv")).text.split("\r\n");
    expect(later).toContain(",CLOSED,1.33,");
  });

  it("as CSV is complete if it takes more than one query", async () => {
    const { shop, ana } = await newStaff();
    const first = Date.UTC(2020, 0, 1);
    const stored = Array.from({ length: 1003 }, (_, index) =>
      new Date(first + index * 7_200_000).toISOString(),
    );
    await change(
      `INSERT INTO shifts (tenant_id, id, user_id, status, start_at, day, end_at, opening_cash, created_at)
        SELECT ?, printf('00000000-0000-7000-8000-%012d', key), ?, 'CLOSED', value, substr(value, 1, 10), value, 0, value FROM json_each(?)`,
      shop.tenant.id,
      ana.id,
      JSON.stringify(stored),
    );
    const { text } = await get(shop.admin, "?format=csv");
    const starts = text
      .split("\r\n")
      .slice(1, -1)
      .map((line) => line.split(",")[4]);
    expect(starts).toEqual(stored.toReversed());
  });
});

describe("who is on shift", () => {
  it("is everyone with an open shift, with devices, break and worked seconds, and an EMPLOYEE sees themselves", async () => {
    const { shop, ana, bo } = await newStaff();
    const other = await newShop();
    expect((await get(shop.admin, "/active")).body).toEqual({ data: [] });
    const start = new Date(Date.now() - 7_200_000).toISOString();
    const morningBreak = { start, end: new Date(Date.now() - 3_600_000).toISOString() };
    await storeShift(shop, bo, { start, breaks: [morningBreak], device: "Till 2" });
    const { body: shift } = await post(ana, "/start", { device_label: "Till 1" });
    await post(ana, "/current/sessions");
    await post(ana, "/current/breaks/start");
    const { data } = (await get(shop.admin, "/active")).body;
    expect(data).toMatchObject([
      { user_id: bo.id, role: "EMPLOYEE", on_break: false, devices: ["Till 2"], start_at: start },
      {
        user_id: ana.id,
        name: "Ana Sol",
        shift_id: shift.id,
        start_at: shift.start_at,
        on_break: true,
        devices: ["Till 1", null],
      },
    ]);
    expect(data[0].seconds).toBeGreaterThanOrEqual(3600);
    expect(data[0].seconds).toBeLessThan(3630);
    expect(costOf(await get(shop.admin, "/active")).queries).toBe(1);
    expect((await get(other.admin, "/active")).body).toEqual({ data: [] });
    expect((await get(ana, "/active")).body.data.map((each: { user_id: string }) => each.user_id)).toEqual([
      ana.id,
    ]);
    await post(ana, "/end");
    expect((await get(shop.admin, "/active")).body.data).toHaveLength(1);
  });

  it("costs the same with a long history", async () => {
    const { shop, ana } = await newStaff();
    await post(ana, "/start");
    const before = costOf(await get(shop.admin, "/active"));
    for (let day = 10; day < 28; day += 1)
      await storeShift(shop, ana, { start: `2026-03-${day}T08:00:00Z`, end: `2026-03-${day}T16:00:00Z` });
    expect(costOf(await get(shop.admin, "/active")).read - before.read).toBeLessThan(5);
  });
});
