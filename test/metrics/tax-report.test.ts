import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { runChecks } from "../../scripts/backup/checks.ts";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { env } from "cloudflare:workers";
import { API, call, costOf } from "../support/client.ts";
import { rowsOf } from "../support/d1.ts";
import { base, newPerson, newProduct, newShop, type Shop } from "../support/shops.ts";
import { insertSale, newTaxRate } from "../support/taxes.ts";

const report = (shop: Shop, query = "") =>
  call("GET", `${API}/reports/tax${query}`, { token: shop.admin.token });

/** What the report must contain, from the lines alone. */
const sumsOf = (shop: Shop, from = "0000", to = "9999") =>
  rowsOf(
    `SELECT l.tax_rate_id, r.name, l.tax_rate AS rate,
      sum(l.net) FILTER (WHERE s.kind = 'sale') AS net, sum(l.tax) FILTER (WHERE s.kind = 'sale') AS tax,
      sum(l.subtotal) FILTER (WHERE s.kind = 'sale') AS gross, sum(-l.net) FILTER (WHERE s.kind = 'refund') AS refunded_net,
      sum(-l.tax) FILTER (WHERE s.kind = 'refund') AS refunded_tax, sum(-l.subtotal) FILTER (WHERE s.kind = 'refund') AS refunded_gross
    FROM sales s JOIN sale_lines l ON l.tenant_id = s.tenant_id AND l.sale_id = s.id
      LEFT JOIN tax_rates r ON r.tenant_id = l.tenant_id AND r.id = l.tax_rate_id
    WHERE s.tenant_id = ? AND s.status = 'completed' AND s.day BETWEEN ? AND ? GROUP BY l.tax_rate_id
    ORDER BY rate DESC NULLS LAST, name`,
    shop.tenant.id,
    from,
    to,
  );

const zeros = (row: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      value === null && /net|tax$|gross/.test(name) ? 0 : value,
    ]),
  );

const DIRTY_AND_CLEAN = [false, true];

/** Builds the daily tables, without a sale that would change the key of cached responses. */
async function build(shop: Shop): Promise<void> {
  await rebuildDirtyDays(base(), shop.tenant.id);
  await base().db.run(sql`UPDATE tenants SET revision = revision + 1 WHERE id = ${shop.tenant.id}`);
}

/** A shop with sales, refunds and an import on three days, with and without tax. */
async function taxedShop() {
  const shop = await newShop({ name: "Librería Sol" });
  const { id } = await newProduct(shop);
  const standard = await newTaxRate(shop, { name: "IVA 21 %", is_default: true });
  const books = await newTaxRate(shop, { name: "IVA 4 %, libros", rate: 4000 });
  const canary = await newTaxRate(shop, { name: "IGIC", rate: 4000 });
  const exempt = await newTaxRate(shop, { name: "Exento", rate: 0 });
  await insertSale(shop, id, "2026-03-02", [
    { rate: standard, net: 1000, tax: 210 },
    { rate: books, net: 995, tax: 40 },
    { rate: standard, net: 3, tax: 1 },
    { net: 500 },
  ]);
  await insertSale(shop, id, "2026-03-03", [{ rate: exempt, net: 700 }]);
  await insertSale(shop, id, "2026-03-03", [{ rate: canary, net: 100, tax: 4 }], { channel: "online" });
  await insertSale(shop, id, "2026-03-03", [{ net: 250 }, { net: 50 }], { channel: "import" });
  await insertSale(shop, id, "2026-03-03", [{ net: 20 }], { channel: "import", kind: "refund" });
  await insertSale(shop, id, "2026-03-03", [{ rate: standard, net: 9000, tax: 1890 }], {
    channel: "online",
    status: "pending",
  });
  await insertSale(shop, id, "2026-03-04", [{ rate: standard, net: 500, tax: 105 }], { kind: "refund" });
  return { shop, standard, books, canary, exempt };
}

describe("the tax report", () => {
  it("sums lines by tax rate, of sales and of refunds, before and after the ETL", async () => {
    const { shop, standard, books, canary, exempt } = await taxedShop();
    for (const isClean of DIRTY_AND_CLEAN) {
      if (isClean) await build(shop);
      const { body } = await report(shop);
      const none = { refunded_net: 0, refunded_tax: 0, refunded_gross: 0 };
      expect(body.data).toEqual([
        {
          tax_rate_id: standard.id,
          name: "IVA 21 %",
          rate: 21_000,
          net: 1003,
          tax: 211,
          gross: 1214,
          refunded_net: 500,
          refunded_tax: 105,
          refunded_gross: 605,
        },
        { tax_rate_id: canary.id, name: "IGIC", rate: 4000, net: 100, tax: 4, gross: 104, ...none },
        {
          tax_rate_id: books.id,
          name: "IVA 4 %, libros",
          rate: 4000,
          net: 995,
          tax: 40,
          gross: 1035,
          ...none,
        },
        { tax_rate_id: exempt.id, name: "Exento", rate: 0, net: 700, tax: 0, gross: 700, ...none },
        {
          tax_rate_id: null,
          name: null,
          rate: null,
          net: 800,
          tax: 0,
          gross: 800,
          refunded_net: 20,
          refunded_tax: 0,
          refunded_gross: 20,
        },
      ]);
      expect(body.data).toEqual((await sumsOf(shop)).map(zeros));
      expect(body).toMatchObject({
        currency: "EUR",
        totals: {
          net: 3598,
          tax: 255,
          gross: 3853,
          refunded_net: 520,
          refunded_tax: 105,
          refunded_gross: 625,
        },
      });
    }
  });

  it("lists rates of the same percentage by name", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop);
    const second = await newTaxRate(shop, { name: "IVA B", rate: 4000 });
    const first = await newTaxRate(shop, { name: "IVA A", rate: 4000 });
    await insertSale(shop, id, "2026-03-02", [{ rate: second, net: 100, tax: 4 }]);
    await insertSale(shop, id, "2026-03-03", [{ rate: first, net: 200, tax: 8 }]);
    for (const isClean of DIRTY_AND_CLEAN) {
      if (isClean) await build(shop);
      expect((await report(shop)).body.data).toMatchObject([
        { tax_rate_id: first.id, net: 200 },
        { tax_rate_id: second.id, net: 100 },
      ]);
    }
  });

  it("lists rates of the same percentage and name in the order in which they were added", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop);
    const first = await newTaxRate(shop, { name: "IVA", rate: 4000 });
    const json = { is_active: false };
    await call("PATCH", `${API}/tax-rates/${first.id}`, { token: shop.admin.token, json });
    const second = await newTaxRate(shop, { name: "IVA", rate: 4000 });
    await insertSale(shop, id, "2026-03-02", [{ rate: second, net: 100, tax: 4 }]);
    await build(shop);
    await insertSale(shop, id, "2026-03-03", [{ rate: first, net: 200, tax: 8 }]);
    for (const isClean of DIRTY_AND_CLEAN) {
      if (isClean) await build(shop);
      expect((await report(shop)).body.data).toMatchObject([
        { tax_rate_id: first.id, net: 200 },
        { tax_rate_id: second.id, net: 100 },
      ]);
    }
  });

  it("counts a refund on its own day, and is empty where nothing was sold", async () => {
    const { shop, standard } = await taxedShop();
    for (const isClean of DIRTY_AND_CLEAN) {
      if (isClean) await build(shop);
      for (const day of ["2026-03-02", "2026-03-03", "2026-03-04"]) {
        const { body } = await report(shop, `?from=${day}&to=${day}`);
        expect(body.data).toEqual((await sumsOf(shop, day, day)).map(zeros));
      }
      const { body } = await report(shop, "?from=2026-03-04");
      expect(body.data).toMatchObject([{ tax_rate_id: standard.id, gross: 0, refunded_gross: 605 }]);
      const before = await report(shop, "?to=2026-03-01");
      expect(before.body.data).toEqual([]);
      expect(before.body.totals).toMatchObject({ gross: 0, refunded_gross: 0 });
    }
  });

  it("includes a sale of a day that the ETL has built", async () => {
    const { shop, books } = await taxedShop();
    await build(shop);
    await insertSale(shop, (await newProduct(shop)).id, "2026-03-02", [{ rate: books, net: 5, tax: 1 }]);
    for (const isClean of DIRTY_AND_CLEAN) {
      if (isClean) await build(shop);
      const { body } = await report(shop);
      expect(body.data).toEqual((await sumsOf(shop)).map(zeros));
      expect(body.data[2]).toMatchObject({ tax_rate_id: books.id, tax: 41 });
    }
  });

  it("equals the lines of sales over HTTP, whether prices include tax or not, and of their refunds", async () => {
    const shop = await newShop();
    const { token } = shop.admin;
    await newTaxRate(shop, { is_default: true });
    const books = await newTaxRate(shop, { rate: 4000 });
    const products = [
      await newProduct(shop, { price: 999 }),
      await newProduct(shop, { price: 1495, tax_rate_id: books.id }),
    ];
    const items = products.map(({ id }) => ({ product_id: id, quantity: 3 }));
    for (const prices_include_tax of [true, false]) {
      await call("PATCH", `${API}/shop`, { token, json: { prices_include_tax } });
      const { body: sale } = await call("POST", `${API}/sales`, {
        token,
        json: { items, payment_method: "card" },
      });
      const refund = { items: [{ ...items[0], quantity: 1 }], reason: "torn" };
      const path = `${API}/sales/${sale.id}/refunds`;
      expect((await call("POST", path, { token, json: refund })).status).toBe(201);
    }
    for (const isClean of DIRTY_AND_CLEAN) {
      if (isClean) await build(shop);
      const { body } = await report(shop);
      expect(body.data).toEqual((await sumsOf(shop)).map(zeros));
      expect(body.data).toMatchObject([
        { rate: 21_000, gross: 2997 + 3626, refunded_gross: 999 + 1209 },
        { name: books.name, rate: 4000, gross: 4485 + 4664, refunded_gross: 0 },
      ]);
    }
  });

  it("is built into daily tables that the checks of a backup compare with the lines", async () => {
    const { shop } = await taxedShop();
    const failures = async (): Promise<string[]> => {
      const wrong: string[] = [];
      await runChecks(env.DB, (what, why) => {
        if (why !== null) wrong.push(what);
      });
      return wrong.filter((what) => what.includes("tax"));
    };
    await build(shop);
    expect(await failures()).toEqual([]);
    await base().db.run(
      sql`UPDATE daily_taxes SET tax = tax + 1 WHERE tenant_id = ${shop.tenant.id} AND day = '2026-03-04'`,
    );
    expect(await failures()).toHaveLength(1);
    await base().db.run(
      sql`UPDATE daily_taxes SET tax = tax - 1 WHERE tenant_id = ${shop.tenant.id} AND day = '2026-03-04'`,
    );
  });

  it("is cached, and shows the new name of a rate at once", async () => {
    const { shop, standard } = await taxedShop();
    expect((await report(shop)).headers.get("server-timing")).toContain('kv;desc="miss"');
    expect((await report(shop)).headers.get("server-timing")).toContain('kv;desc="hit"');
    const json = { name: "IVA general" };
    await call("PATCH", `${API}/tax-rates/${standard.id}`, { token: shop.admin.token, json });
    expect((await report(shop)).body.data[0].name).toBe("IVA general");
  });

  it("is CSV on request, with names that a spreadsheet does not run", async () => {
    const { shop, exempt } = await taxedShop();
    const json = { name: '=1+1, "x"' };
    await call("PATCH", `${API}/tax-rates/${exempt.id}`, { token: shop.admin.token, json });
    const answer = await report(shop, "?format=csv");
    expect(answer.headers.get("content-disposition")).toContain("Librer_a Sol tax.csv");
    expect(answer.text.split("\r\n")).toEqual([
      "name,rate,net,tax,gross,refunded_net,refunded_tax,refunded_gross,percent,currency",
      '"IVA 21 %",21000,10.03,2.11,12.14,5.00,1.05,6.05,21,EUR',
      '"IGIC",4000,1.00,0.04,1.04,0.00,0.00,0.00,4,EUR',
      '"IVA 4 %, libros",4000,9.95,0.40,10.35,0.00,0.00,0.00,4,EUR',
      `"'=1+1, ""x""",0,7.00,0.00,7.00,0.00,0.00,0.00,0,EUR`,
      ",,8.00,0.00,8.00,0.20,0.00,0.20,,EUR",
      "",
    ]);
  });

  it("is for staff, of their shop, and of a range in order", async () => {
    const [{ shop }, other] = [await taxedShop(), await newShop()];
    expect((await report(other)).body.data).toEqual([]);
    expect((await report(shop, "?from=2026-03-03&to=2026-03-02")).status).toBe(422);
    const { token } = await newPerson(shop.tenant, "CUSTOMER");
    expect((await call("GET", `${API}/reports/tax`, { token })).status).toBe(403);
  });

  it("reads as many rows on clean days whatever was sold on them, and no lines of imports", async () => {
    const costs = [];
    for (const sales of [2, 20]) {
      const shop = await newShop();
      const { id } = await newProduct(shop);
      const rate = await newTaxRate(shop);
      for (let nth = 0; nth < sales; nth += 1)
        await insertSale(shop, id, "2026-03-02", [{ rate, net: 100, tax: 21 }]);
      await build(shop);
      const clean = costOf(await report(shop)).read;
      const lines = Array.from({ length: sales }, () => ({ net: 1 }));
      await insertSale(shop, id, "2026-03-03", lines, { channel: "import" });
      costs.push([clean, costOf(await report(shop)).read]);
    }
    expect(costs[1]).toEqual(costs[0]);
  });
});
