import { beforeAll, describe, expect, it } from "vitest";
import { change } from "../support/change.ts";
import { API, call, costOf } from "../support/client.ts";
import { fileOf, importFile } from "../support/imports.ts";
import { newProduct, newShop, sellOne, type Shop } from "../support/shops.ts";

type Figures = { country: string; revenue: number; units: number; share: number };

describe("countries", () => {
  let shop: Shop;

  const getCountries = (path: string) =>
    call("GET", `${API}/metrics/top-countries${path}`, { token: shop.admin.token });
  const names = async (query: string) =>
    (await getCountries(query)).body.data.map((each: Figures) => each.country);

  beforeAll(async () => {
    shop = await newShop();
    await importFile(
      shop,
      fileOf([
        { invoice: "1", date: "2026-01-10 10:00", country: "Spain", price: "10", customer: "a" },
        { invoice: "2", date: "2026-01-20 10:00", country: "Spain", price: "10", customer: "a" },
        { invoice: "3", date: "2026-02-20 10:00", country: "Spain", price: "10", customer: "b" },
        {
          invoice: "C4",
          date: "2026-02-21 10:00",
          country: "Spain",
          price: "10",
          quantity: -1,
          customer: "b",
        },
        { invoice: "5", date: "2026-01-10 10:00", country: "France", price: "1", quantity: 9, customer: "c" },
        { invoice: "6", date: "2026-01-10 10:00", country: "Côte d’Ivoire / CI", price: "1", quantity: 9 },
        { invoice: "7", date: "2026-01-10 10:00", country: "", price: "2" },
        { invoice: "8", date: "2026-01-10 10:00", country: "Unspecified", price: "1" },
      ]),
    );
  });

  it("have their customers before, beside those of the range", async () => {
    const { body } = await getCountries("?from=2026-02-01&to=2026-02-28&compare=year");
    expect(body.data).toMatchObject([{ country: "Spain", customers: 1, before: { customers: 0 } }]);
    const { body: later } = await getCountries("?from=2026-02-11&to=2026-03-13&compare=previous");
    expect(later.data).toMatchObject([
      { country: "Spain", customers: 1, before: { sales: 1, customers: 1 }, change: { customers: 0 } },
    ]);
  });

  it("are ranked by revenue, ties by name, with the figures of each", async () => {
    const { body } = await getCountries("");
    expect(body.data).toEqual([
      {
        country: "Spain",
        country_code: "ES",
        revenue: 2000,
        units: 2,
        sales: 3,
        refunds: 1,
        customers: 2,
        share: 0.487805,
      },
      {
        country: "Côte d’Ivoire / CI",
        country_code: null,
        revenue: 900,
        units: 9,
        sales: 1,
        refunds: 0,
        customers: 0,
        share: 0.219512,
      },
      {
        country: "France",
        country_code: "FR",
        revenue: 900,
        units: 9,
        sales: 1,
        refunds: 0,
        customers: 1,
        share: 0.219512,
      },
      {
        country: "Unspecified",
        country_code: null,
        revenue: 300,
        units: 2,
        sales: 2,
        refunds: 0,
        customers: 0,
        share: 0.073171,
      },
    ]);
    expect(body.data.reduce((sum: number, each: Figures) => sum + each.share, 0)).toBeCloseTo(1, 5);
  });

  it("can be ranked by units, in ascending order, and limited", async () => {
    expect(await names("?sort=units")).toEqual(["Côte d’Ivoire / CI", "France", "Spain", "Unspecified"]);
    expect(await names("?order=asc")).toEqual(["Unspecified", "Côte d’Ivoire / CI", "France", "Spain"]);
    expect(await names("?limit=1")).toEqual(["Spain"]);
    expect((await getCountries("?limit=1")).body.data[0].share).toBe(0.487805);
    expect(await names("?from=2026-02-01")).toEqual(["Spain"]);
    for (const query of ["?limit=0", "?limit=101", "?sort=name", "?order=up"])
      expect((await getCountries(query)).status).toBe(422);
  });

  it("have a monthly series each", async () => {
    const { body } = await getCountries("/Spain");
    expect(body).toMatchObject({ country: "Spain", revenue: 2000, customers: 2, share: 0.487805 });
    expect(body.series).toEqual([
      { period: "2026-01-01", partial: false, revenue: 2000, units: 2, sales: 2, refunds: 0 },
      { period: "2026-02-01", partial: false, revenue: 0, units: 0, sales: 1, refunds: 1 },
    ]);
    expect((await getCountries("/Spain?to=2026-01-15")).body).toMatchObject({ revenue: 1000, customers: 1 });
  });

  it("are found by name, even one with a slash and accented letters", async () => {
    expect((await getCountries(`/${encodeURIComponent("Côte d’Ivoire / CI")}`)).body).toMatchObject({
      revenue: 900,
    });
    expect((await getCountries("/Unspecified")).body).toMatchObject({ revenue: 300, sales: 2 });
  });

  it("without sales in the range are unknown", async () => {
    for (const path of ["/Atlantis", "/spain", "/France?from=2026-02-01"]) {
      const response = await getCountries(path);
      expect(response.status).toBe(404);
      const country = /[A-Za-z]+/.exec(path)?.[0];
      expect(response.body).toMatchObject({
        type: "/problems/unknown-country",
        detail: `There were no sales to ${country} in this range of days.`,
      });
    }
  });

  it("include a counter sale immediately, and count one without a country as Unspecified", async () => {
    const other = await newShop();
    const product = await newProduct(other, { price: 400 });
    await call("POST", `${API}/sales`, {
      token: other.admin.token,
      json: { items: [{ product_id: product.id, quantity: 2 }], country: "Peru" },
    });
    await sellOne(other.admin.token, product.id);
    const { body } = await call("GET", `${API}/metrics/top-countries`, { token: other.admin.token });
    expect(body.data.map((each: Figures) => [each.country, each.revenue])).toEqual([
      ["Peru", 800],
      ["Unspecified", 400],
    ]);
  });

  it("have their distinct customers, however many there are and whatever they are called", async () => {
    const many = await newShop();
    const called = [`"Quoted"`, "Back\\slash", "$.a", "[0]", "2", "a.b", "it's", "Ελλάδα"];
    const countries = [...called, ...Array.from({ length: 14 }, (_, nth) => `Country ${nth}`)];
    await importFile(
      many,
      fileOf(
        countries.flatMap((country, nth) =>
          // Each has one customer more than the one before, some of whom buy twice.
          Array.from({ length: 2 * nth + 1 }, (_, sale) => ({
            invoice: `${nth}-${sale}`,
            country: `"${country.replaceAll('"', '""')}"`,
            customer: `c${sale % (nth + 1)}`,
          })),
        ),
      ),
    );
    const listed = (query: string) =>
      call("GET", `${API}/metrics/top-countries?limit=100${query}`, { token: many.admin.token });
    const expected = new Map(countries.map((country, nth) => [country, nth + 1]));
    const few = [
      ["&from=2026-03-01", 1],
      ["&from=2026-03-02&to=2026-03-02&compare=previous", 1],
    ] as const;
    const large = [
      ["&from=2026-02-01", 4],
      ["&from=2026-03-02&to=2026-03-03&compare=previous", 4],
    ] as const;
    for (const ranges of [few, large]) {
      for (const [range, roundTrips] of ranges) {
        const response = await listed(range);
        const counts = response.body.data.map((each: { country: string; customers: number }) => [
          each.country,
          each.customers,
        ]);
        expect(new Map(counts)).toEqual(expected);
        if (range.includes("compare"))
          for (const each of response.body.data)
            expect(each).toMatchObject({ before: { customers: 0 }, change: { customers: each.customers } });
        expect(costOf(response).queries).toBe(roundTrips);
      }
      // A shop with many customers counts those of ten countries at a time, and of the first ten with the ranking if it had them before.
      await change(
        "INSERT OR IGNORE INTO customer_numbers (tenant_id, customer_key, is_account, number) VALUES (?, 'x', 0, 2001)",
        many.tenant.id,
      );
      await change("UPDATE tenants SET revision = revision + 1 WHERE id = ?", many.tenant.id);
    }
    for (const country of called)
      expect(
        (
          await call("GET", `${API}/metrics/top-countries/${encodeURIComponent(country)}`, {
            token: many.admin.token,
          })
        ).body.customers,
      ).toBe(countries.indexOf(country) + 1);
  });
});
