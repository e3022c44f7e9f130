import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { API, call } from "../support/client.ts";
import { count } from "../support/d1.ts";
import { fileOf, importFile, rejectsOf } from "../support/imports.ts";
import { newPerson, newShop, type Shop } from "../support/shops.ts";

type Seller = { user_id: string; name: string; orders: number; units: number; revenue: number };

const dashboard = async (
  shop: Shop,
  query = "",
): Promise<{ totals: Record<string, number>; sellers: Seller[] }> =>
  (await call("GET", `${API}/reports/dashboard${query}`, { token: shop.admin.token })).body;

describe("the column Seller", () => {
  it("assigns the sale to the employee with that e-mail, ignoring case and spaces", async () => {
    const shop = await newShop();
    const clerk = await newPerson(shop.tenant, "EMPLOYEE", "ana@example.com");
    const done = await importFile(
      shop,
      fileOf([
        { invoice: "1", quantity: 2, price: "10", seller: "ana@example.com" },
        { invoice: "2", price: "5", seller: " ANA@Example.com " },
        { invoice: "C3", quantity: -1, price: "10", seller: "ana@example.com" },
        { invoice: "4", price: "1", seller: "" },
      ]),
    );
    expect(done).toMatchObject({ rows_accepted: 4, rows_rejected: 0 });
    const { sellers, totals } = await dashboard(shop);
    expect(sellers.find((seller) => seller.user_id === clerk.id)).toMatchObject({
      orders: 2,
      units: 2,
      revenue: 1500,
      average_sale: 750,
    });
    expect(totals).toMatchObject({ orders: 3, revenue: 1600 });
    expect(
      await count("SELECT count(*) n FROM sales WHERE tenant_id = ? AND seller_id IS NULL", shop.tenant.id),
    ).toBe(1);
  });

  it("rejects an unknown e-mail, a customer and another shop's employee", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    const foreign = await newPerson(other.tenant, "EMPLOYEE");
    const emails = ["nobody@example.com", customer.email, foreign.email];
    const rows = emails.map((seller, index) => ({ invoice: String(index), seller }));
    const done = await importFile(shop, fileOf([...rows, { invoice: "9", seller: shop.admin.email }]));
    expect(done).toMatchObject({ rows_accepted: 1, rows_rejected: 3 });
    const reasons = (await rejectsOf(shop.admin.token, done.id)).split("\r\n").slice(1, 4);
    expect(reasons.map((line) => line.split('"')[1])).toEqual(
      emails.map((email) => `no employee has the e-mail ${email}`),
    );
    expect((await dashboard(other)).totals).toMatchObject({ orders: 0, revenue: 0 });
  });
});

const Staff = z.array(z.object({ email: z.string(), first_name: z.string(), last_name: z.string() }));
const Truth = z.object({
  orders: z.number(),
  lines: z.number(),
  revenue_minor: z.number(),
  sellers: z.record(
    z.string(),
    z.object({ orders: z.number(), units: z.number(), revenue_minor: z.number() }),
  ),
});
const parsed = (bytes: ArrayBuffer): unknown => JSON.parse(new TextDecoder().decode(bytes));

const { NORTHWIND: file, NORTHWIND_STAFF: staff, NORTHWIND_TRUTH: truth } = env;

describe("the Northwind file", () => {
  if (!file || !staff || !truth) {
    it.skip("is missing: northwind-sales.csv, -employees.json or -truth.json", () => {});
    return;
  }

  it("matches the known totals of nine sellers on the dashboard to the cent", async () => {
    const shop = await newShop({ currency: "USD", timezone: "America/New_York" });
    const emails = new Map<string, string>();
    for (const person of Staff.parse(parsed(staff))) {
      const { status, body } = await call("POST", `${API}/users`, {
        token: shop.admin.token,
        json: { ...person, password: "correct horse battery", role: "EMPLOYEE" },
      });
      expect(status).toBe(201);
      emails.set(body.id, person.email);
    }
    const expected = Truth.parse(parsed(truth));
    expect(await importFile(shop, file)).toMatchObject({
      status: "done",
      rows_read: expected.lines,
      rows_accepted: expected.lines,
    });
    expect((await dashboard(shop, "?to=1995-12-31")).totals).toMatchObject({ orders: 0, revenue: 0 });
    expect((await dashboard(shop, "?from=1999-01-01")).totals).toMatchObject({ orders: 0, revenue: 0 });
    const { totals, sellers } = await dashboard(shop, "?from=1996-01-01&to=1998-12-31");
    expect(totals).toMatchObject({ employees: 10, orders: expected.orders, revenue: expected.revenue_minor });
    const actual = sellers.map(
      ({ user_id, orders, units, revenue }) =>
        [emails.get(user_id) ?? "admin", { orders, units, revenue_minor: revenue }] as const,
    );
    const named = Object.keys(expected.sellers);
    expect(Object.fromEntries(actual.filter(([email]) => named.includes(email)))).toEqual(expected.sellers);
    expect(sellers.filter((seller) => seller.orders > 0).length).toBe(9);
  });
});
