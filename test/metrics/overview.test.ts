import { beforeAll, describe, expect, it } from "vitest";
import { addDays, dayOf } from "../../src/values/days.ts";
import { newId } from "../../src/values/ids.ts";
import { buildNextProductDays } from "../../src/recommendations/days.ts";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { change } from "../support/change.ts";
import { API, call, costOf } from "../support/client.ts";
import { fileOf, importFile, waitForFigures } from "../support/imports.ts";
import { repeatUntil } from "../support/pages.ts";
import { base, newPerson, newProduct, newShop, type Person, sellOne, type Shop } from "../support/shops.ts";

describe("the overview", () => {
  let shop: Shop;
  let employee: Person;
  let today: string;

  const get = (path: string, token = shop.admin.token) => call("GET", `${API}${path}`, { token });

  beforeAll(async () => {
    shop = await newShop();
    today = dayOf(new Date(), shop.tenant.timezone);
    employee = await newPerson(shop.tenant, "EMPLOYEE");
    await importFile(
      shop,
      fileOf(
        Array.from({ length: 60 }, (_, index) => ({
          invoice: String(index),
          date: `${addDays(today, -index)} 10:00`,
          price: String(index + 1),
          country: ["Spain", "EIRE", ""][index % 3] ?? "",
          sku: `S${index % 12}`,
        })),
      ),
    );
    const shift = await call("POST", `${API}/shifts/start`, { token: employee.token, json: {} });
    await sellOne(employee.token, (await newProduct(shop)).id);
    for (const [kind, closedAt] of [
      ["idle", new Date().toISOString()],
      ["overlong", null],
    ])
      await change(
        "INSERT INTO alerts (tenant_id, id, kind, shift_id, user_id, opened_at, closed_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        shop.tenant.id,
        newId(),
        kind,
        shift.body.id,
        employee.id,
        new Date().toISOString(),
        closedAt,
      );
  });

  it("is what the single operations return, in one round trip", async () => {
    const range = `from=${addDays(today, -29)}&to=${today}`;
    const overview = await get(`/metrics/overview?compare=previous`);
    expect(costOf(overview).queries).toBe(1);
    const { body } = overview;
    expect(body).toMatchObject({ currency: "EUR", from: addDays(today, -29), to: today, interval: "day" });
    const compared = `${range}&compare=previous`;
    const until = body.compared_with.until;
    const same = async (path: string) => (await get(path)).body;
    const { currency: _, as_of: __, compared_with, ...figures } = await same(`/metrics/kpis?${compared}`);
    expect(body.kpis).toEqual(figures);
    expect({ ...body.compared_with, until: null }).toEqual({ ...compared_with, until: null });
    expect(until).not.toBeNull();
    expect(body.series).toEqual((await same(`/metrics/series?${compared}`)).data);
    expect(body.series.length).toBe(30);
    expect(body.countries).toEqual((await same(`/metrics/top-countries?${compared}`)).data);
    expect(body.countries.map((each: { country_code: string }) => each.country_code).toSorted()).toEqual([
      "ES",
      "IE",
      null,
    ]);
    expect(body.products).toEqual((await same(`/metrics/top-products?${compared}&limit=10`)).data);
    const dashboard = await same(`/reports/dashboard?${compared}`);
    expect({ totals: body.totals, sellers: body.sellers }).toMatchObject({
      totals: { orders: dashboard.totals.orders, on_shift: 1 },
      sellers: [{ user_id: employee.id, orders: 1, on_shift: true }, { user_id: shop.admin.id }],
    });
    expect(body.sales).toEqual((await same("/sales?limit=10")).data);
    expect(body.alerts).toEqual((await same("/alerts?open=true&limit=10")).data);
    expect(body.alerts.map((each: { kind: string }) => each.kind)).toEqual(["overlong"]);
    expect(body.imports).toEqual((await same("/imports?limit=10")).data);
    expect(body.on_shift.map((each: { user_id: string }) => each.user_id)).toEqual([employee.id]);
  });

  it("has no alerts and imports for an EMPLOYEE, their own shift, and no comparison unless it is requested", async () => {
    const { body } = await get("/metrics/overview", employee.token);
    expect(body).toMatchObject({ on_shift: [{ user_id: employee.id }], alerts: null, imports: null });
    expect(body.compared_with).toBeUndefined();
    expect(body.kpis.before).toBeUndefined();
    expect(body.sellers.map((each: { user_id: string }) => each.user_id)).toEqual([employee.id]);
  });

  it("chooses the interval of the series by the length of the range", async () => {
    for (const [days, interval] of [
      [62, "day"],
      [63, "week"],
      [420, "week"],
      [421, "month"],
    ] as const) {
      const { body } = await get(`/metrics/overview?from=${addDays(today, 1 - days)}`);
      expect([body.interval, days]).toEqual([interval, days]);
    }
    expect((await get("/metrics/overview?interval=year")).body.interval).toBe("year");
  });

  it("is of the days up to the last one that is asked for, thirty without from", async () => {
    const to = addDays(today, -10);
    for (const [query, from] of [
      [`to=${to}`, addDays(to, -29)],
      [`from=${addDays(to, -3)}&to=${to}`, addDays(to, -3)],
    ]) {
      const { body } = await get(`/metrics/overview?${query}`);
      const { body: kpis } = await get(`/metrics/kpis?from=${from}&to=${to}`);
      expect(body).toMatchObject({
        from,
        to,
        kpis: { sales: kpis.sales, total_revenue: kpis.total_revenue },
      });
      expect(body.series.at(-1).period).toBe(to);
    }
  });

  it("compares the last thirty days without from", async () => {
    const { body } = await get("/metrics/overview?compare=year");
    expect(body.kpis.before).toMatchObject({ sales: 0 });
  });

  it("reads the same number of rows with ten times the sales on clean days", async () => {
    const reads: number[] = [];
    for (const perDay of [3, 30]) {
      const other = await newShop();
      const rows = Array.from({ length: 20 * perDay }, (_, index) => ({
        invoice: String(index),
        date: `${addDays(today, -40 + (index % 20))} 10:00`,
        sku: `S${index % 2}`,
      }));
      await importFile(other, fileOf(rows));
      await waitForFigures(other);
      await rebuildDirtyDays(base(), other.tenant.id);
      await repeatUntil(async () => !(await buildNextProductDays(base(), other.tenant.id)));
      await sellOne(other.admin.token, (await newProduct(other)).id);
      await change("DELETE FROM dirty_product_days WHERE tenant_id = ?", other.tenant.id);
      const path = `${API}/metrics/overview?from=${addDays(today, -45)}&compare=previous`;
      reads.push(costOf(await call("GET", path, { token: other.admin.token })).read);
    }
    expect(reads[1]).toBe(reads[0]);
    expect(reads[0]).toBeLessThan(500);
  });
});
