// Target revenue by month, for the shop and for its sellers.
import { beforeAll, describe, expect, it } from "vitest";
import { change } from "../support/change.ts";
import { API, call, costOf } from "../support/client.ts";
import { rowsOf } from "../support/d1.ts";
import { newPerson, newProduct, newShop, type Person, sellOne, type Shop } from "../support/shops.ts";
import { dayOf } from "../../src/values/days.ts";
import { goalsOf } from "../../src/metrics/goals/goals.ts";
import { runPlan } from "../../src/platform/plan.ts";

const TIMEZONE = "Europe/Madrid";
const today = (): string => dayOf(new Date(), TIMEZONE);
const thisMonth = (): string => today().slice(0, 7);

const get = (person: Person, query = "") => call("GET", `${API}/goals${query}`, { token: person.token });

const put = (person: Person, json: unknown) => call("PUT", `${API}/goals`, { token: person.token, json });

describe("goals", () => {
  let shop: Shop;
  let me: Person;
  let colleague: Person;

  beforeAll(async () => {
    shop = await newShop({ timezone: TIMEZONE });
    me = await newPerson(shop.tenant, "EMPLOYEE");
    colleague = await newPerson(shop.tenant, "EMPLOYEE");
    const { id } = await newProduct(shop, { price: 1000 });
    await sellOne(me.token, id, 1);
    await sellOne(colleague.token, id, 3);
    await put(shop.admin, {
      month: thisMonth(),
      target: 20_000,
      sellers: [
        { user_id: me.id, target: 4000 },
        { user_id: colleague.id, target: 3000 },
      ],
    });
  });

  const seeColleagues = (rule: "own" | "all") =>
    call("PATCH", `${API}/shop`, { token: shop.admin.token, json: { employees_see: rule } });

  it("show the revenue of the month as the key figures do, and that of each seller as the dashboard does", async () => {
    const [goal] = (await get(shop.admin)).body.data;
    const range = `from=${thisMonth()}-01&to=${today()}`;
    const figures = (await call("GET", `${API}/metrics/kpis?${range}`, { token: shop.admin.token })).body;
    const { sellers } = (await call("GET", `${API}/reports/dashboard?${range}`, { token: shop.admin.token }))
      .body;
    const revenueOf = (list: { user_id: string; revenue: number }[], { id }: Person) =>
      list.find(({ user_id }) => user_id === id)?.revenue;
    expect(goal).toMatchObject({ month: thisMonth(), target: 20_000, revenue: 4000, percent: 20 });
    expect(goal.revenue).toBe(figures.total_revenue);
    for (const person of [me, colleague])
      expect(revenueOf(goal.sellers, person)).toBe(revenueOf(sellers, person));
    expect(goal.sellers.map(({ percent }: { percent: number }) => percent).toSorted()).toEqual([100, 25]);
  });

  it("are written by an ADMIN, and read by staff", async () => {
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    expect((await put(me, { month: "2098-01", target: 1 })).status).toBe(403);
    expect((await get(customer)).status).toBe(403);
    expect((await get(me)).status).toBe(200);
  });

  it("of colleagues are shown to an EMPLOYEE only if the shop allows it", async () => {
    const shown = async () =>
      (await get(me)).body.data[0].sellers.map(({ user_id }: { user_id: string }) => user_id).toSorted();
    expect(await shown()).toEqual([me.id]);
    expect((await get(me)).body.data[0]).toMatchObject({ target: 20_000, revenue: 4000 });
    await seeColleagues("all");
    expect(await shown()).toEqual([me.id, colleague.id].toSorted());
    await seeColleagues("own");
  });

  it("of a month in which only colleagues have one are not shown", async () => {
    await put(shop.admin, {
      month: "2099-05",
      target: null,
      sellers: [{ user_id: colleague.id, target: 5 }],
    });
    expect((await get(me, "?from=2099-05")).body.data).toEqual([]);
    expect((await get(shop.admin, "?to=2099-05")).body.data).toMatchObject([
      { target: null, expected: null, percent: null, sellers: [{ target: 5, expected: 0, percent: 0 }] },
    ]);
  });

  it("are replaced together with those of all sellers, and deleted by an empty month", async () => {
    const month = "2098-02";
    const of = async () => (await get(shop.admin, `?from=${month}`)).body.data;
    await put(shop.admin, { month, target: 10, sellers: [{ user_id: me.id, target: 4 }] });
    const { body } = await put(shop.admin, {
      month,
      target: 20,
      sellers: [{ user_id: colleague.id, target: 5 }],
    });
    expect(body.data).toEqual(await of());
    expect(body.data).toMatchObject([{ target: 20, sellers: [{ user_id: colleague.id, target: 5 }] }]);
    await put(shop.admin, { month, target: null });
    expect(await of()).toEqual([]);
  });

  it("are audited once for each change, and not if nothing changes", async () => {
    const body = { month: "2098-03", target: 7, sellers: [{ user_id: me.id, target: 2 }] };
    for (const target of [7, 7, 8]) await put(shop.admin, { ...body, target });
    expect(
      await rowsOf(
        "SELECT before, after FROM audit_log WHERE tenant_id = ? AND entity_id = '2098-03' ORDER BY id",
        shop.tenant.id,
      ),
    ).toEqual([
      {
        before: '{"target":null,"sellers":{}}',
        after: `{"target":7,"sellers":{"${me.id}":2}}`,
      },
      { before: '{"target":7}', after: '{"target":8}' },
    ]);
  });

  it("of several sellers are audited once, in whatever order they are sent", async () => {
    const month = "2098-06";
    const sellers = [me, colleague].map(({ id }, nth) => ({ user_id: id, target: nth + 1 }));
    for (const list of [sellers, sellers.toReversed(), sellers])
      await put(shop.admin, { month, target: 7, sellers: list });
    const entries = await rowsOf(
      "SELECT id FROM audit_log WHERE tenant_id = ? AND entity_id = ?",
      shop.tenant.id,
      month,
    );
    expect(entries).toHaveLength(1);
  });

  it("of sellers are listed by name, those of a name by id, and months from the first", async () => {
    const staff = [];
    for (const name of ["Cleo", "Ana", "Bo", "Ana"]) {
      const person = await newPerson(shop.tenant, "EMPLOYEE");
      await change("UPDATE users SET first_name = ?, last_name = 'Sol' WHERE id = ?", name, person.id);
      staff.push(person.id);
    }
    const sellers = staff.toReversed().map((user_id) => ({ user_id, target: 1 }));
    for (const month of ["2097-08", "2097-07"]) await put(shop.admin, { month, target: null, sellers });
    const { data } = (await get(shop.admin, "?from=2097-07&to=2097-08")).body;
    expect(data.map(({ month }: { month: string }) => month)).toEqual(["2097-07", "2097-08"]);
    expect(
      data[0].sellers.map(({ user_id, name }: { user_id: string; name: string }) => [name, user_id]),
    ).toEqual([
      ["Ana Sol", staff[1]],
      ["Ana Sol", staff[3]],
      ["Bo Sol", staff[2]],
      ["Cleo Sol", staff[0]],
    ]);
  });

  it("are of people who work in the shop", async () => {
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    const stranger = (await newShop()).admin;
    const erased = await newPerson(shop.tenant, "EMPLOYEE");
    await change("UPDATE users SET erased_at = created_at WHERE id = ?", erased.id);
    for (const person of [customer, stranger, erased]) {
      const sellers = [me, person].map(({ id }) => ({ user_id: id, target: 1 }));
      const { status } = await put(shop.admin, { month: "2098-04", target: 1, sellers });
      expect(status).toBe(404);
    }
    expect((await get(shop.admin, "?from=2098-04")).body.data).toEqual([]);
  });

  it.each([
    { month: "2026-13", target: 1 },
    { month: "1999-12", target: 1 },
    { month: "2026-11", target: 0 },
    { month: "2026-11", target: 1.5 },
    { month: "2026-11", target: 1_000_000_000_001 },
    { month: "2026-11" },
  ])("are refused outside their bounds: %j", async (json) => {
    expect((await put(shop.admin, json)).status).toBe(422);
  });

  it("of a seller twice, or of more than a hundred, are refused", async () => {
    for (const sellers of [
      [1, 2].map((target) => ({ user_id: me.id, target })),
      Array.from({ length: 101 }, () => ({ user_id: crypto.randomUUID(), target: 1 })),
    ])
      expect((await put(shop.admin, { month: "2026-11", target: 1, sellers })).status).toBe(422);
  });

  it("are read for at most 36 months", async () => {
    for (const query of ["?from=2025-01&to=2027-12", "?from=2025-12&to=2028-11", "?from=2026-02&to=2026-02"])
      expect((await get(shop.admin, query)).status, query).toBe(200);
    for (const [query, pointer] of [
      ["?from=2025-01&to=2028-01", "#/query/to"],
      ["?from=2025-12&to=2028-12", "#/query/to"],
      ["?from=2026-02&to=2026-01", "#/query/from"],
    ] as const) {
      const { status, body } = await get(shop.admin, query);
      expect([status, body.errors], query).toEqual([422, [{ pointer, detail: expect.any(String) }]]);
    }
  });

  it("expect the share of the target that the days up to today have", async () => {
    const ctx = shop.admin.ctx();
    await put(shop.admin, { month: "2026-02", target: 2800 });
    const expectedOn = async (day: string) =>
      (await runPlan(ctx, goalsOf(ctx, { from: "2026-02", to: "2026-02", today: day })))[0]?.expected;
    expect(await expectedOn("2026-01-31")).toBe(0);
    expect(await expectedOn("2026-02-01")).toBe(100);
    expect(await expectedOn("2026-02-14")).toBe(1400);
    expect(await expectedOn("2026-02-28")).toBe(2800);
    expect(await expectedOn("2026-07-01")).toBe(2800);
  });

  it("count the sales of the last day of the month up to midnight in the shop", async () => {
    const other = await newShop({ timezone: TIMEZONE });
    const { id } = await newProduct(other, { price: 100 });
    const { body } = await sellOne(other.admin.token, id, 1);
    await change(
      "UPDATE sales SET day = '2026-03-31', placed_at = '2026-03-31T21:59:59.000Z' WHERE tenant_id = ? AND id = ?",
      other.tenant.id,
      body.id,
    );
    await change(
      "INSERT INTO dirty_days (tenant_id, day, needs_rebuild) VALUES (?, '2026-03-31', 1) ON CONFLICT DO UPDATE SET needs_rebuild = 1",
      other.tenant.id,
    );
    const sellers = [{ user_id: other.admin.id, target: 500 }];
    for (const month of ["2026-03", "2026-04"]) await put(other.admin, { month, target: 1000, sellers });
    const earlier = (await sellOne(other.admin.token, id, 2)).body;
    await change(
      "UPDATE sales SET day = '2026-03-02' WHERE tenant_id = ? AND id = ?",
      other.tenant.id,
      earlier.id,
    );
    await change("INSERT INTO dirty_days (tenant_id, day) VALUES (?, '2026-03-02')", other.tenant.id);
    const { data } = (await get(other.admin, "?from=2026-03&to=2026-04")).body;
    expect(data.map(({ revenue }: { revenue: number }) => revenue)).toEqual([300, 0]);
    expect(data[0].sellers).toMatchObject([
      { user_id: other.admin.id, name: "First Last", revenue: 300, percent: 60 },
    ]);
  });

  it("cost one round trip", async () => {
    expect(costOf(await get(shop.admin)).queries).toBe(1);
  });
});
