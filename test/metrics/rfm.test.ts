// RFM against a plain computation over the sale lines, for clean and dirty days and for any day.
import * as fc from "fast-check";
import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { runImport } from "../../src/imports/consume.ts";
import { segmentOf } from "../../src/metrics/rankings/segments.ts";
import { buildMonths } from "../../src/rollups/months.ts";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { addDays, countDays, dayOf } from "../../src/values/days.ts";
import { API, call, costOf } from "../support/client.ts";
import { rowsOf } from "../support/d1.ts";
import { fileOf, importFile, storeImport } from "../support/imports.ts";
import { pagesOf } from "../support/pages.ts";
import { base, newPerson, newProduct, newShop, type Shop } from "../support/shops.ts";

const FIRST_DAY = "2026-01-01";
const DAYS = 90;

const getRfm = async (shop: Shop, query: string) =>
  (await call("GET", `${API}/metrics/rfm?${query}`, { token: shop.admin.token })).body;

const allCustomers = async (shop: Shop, query: string) =>
  (
    await pagesOf((cursor) =>
      getRfm(shop, `${query}&limit=100${cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`}`),
    )
  ).flatMap((page: { data: Customer[] }) => page.data);

type Measured = { key: string; recency: number; frequency: number; monetary: number };
type Customer = Measured & {
  customer_id: string | null;
  customer_ref: string | null;
  segment: string;
} & Record<"r" | "f" | "m", number>;

/** RFM as the contract defines it, from the lines. */
async function plainRfm(shop: Shop, asOf: string) {
  const lines = await rowsOf(
    `SELECT s.id, s.kind, s.day, s.customer_key AS key, l.subtotal FROM sales s
      JOIN sale_lines l ON l.tenant_id = s.tenant_id AND l.sale_id = s.id
      WHERE s.tenant_id = ? AND s.status = 'completed' AND s.customer_key IS NOT NULL AND s.day <= ?`,
    shop.tenant.id,
    asOf,
  );
  const measured = [...Map.groupBy(lines, (line) => String(line.key))].flatMap(([key, own]): Measured[] => {
    const sales = own.filter((line) => line.kind === "sale");
    const last = sales
      .map((line) => String(line.day))
      .toSorted()
      .at(-1);
    if (last === undefined) return [];
    return [
      {
        key,
        recency: countDays(last, asOf) - 1,
        frequency: new Set(sales.map((line) => line.id)).size,
        monetary: own.reduce((sum, line) => sum + Number(line.subtotal), 0),
      },
    ];
  });
  const score = (name: "recency" | "frequency" | "monetary") => {
    const sorted = measured.map((each) => each[name]).toSorted((a, b) => a - b);
    const thresholds = [1, 2, 3, 4].map((k) => sorted[Math.ceil((k * sorted.length) / 5) - 1] ?? 0);
    return (each: Measured) => 1 + thresholds.filter((threshold) => threshold < each[name]).length;
  };
  const [r, f, m] = [score("recency"), score("frequency"), score("monetary")];
  return measured
    .map((each) => ({ ...each, r: 6 - r(each), f: f(each), m: m(each) }))
    .map((each) => ({ ...each, segment: segmentOf(each.r, each.f) }))
    .toSorted((a, b) => b.monetary - a.monetary || (a.key < b.key ? -1 : 1));
}

const keyed = (customers: Customer[]) =>
  customers.map(({ customer_id, customer_ref, ...rest }) => ({ ...rest, key: customer_id ?? customer_ref }));

const invoice = fc.record({
  day: fc.nat(DAYS - 1),
  customer: fc.nat(40).map((customer) => (customer === 0 ? "" : `customer-${customer % 30}`)),
  isRefund: fc.boolean(),
  price: fc.integer({ min: 1, max: 40 }),
});

const build = async (shop: Shop) => {
  await rebuildDirtyDays(base(), shop.tenant.id);
  await buildMonths(base(), shop.tenant.id);
  await base().db.run(sql`UPDATE tenants SET revision = revision + 1 WHERE id = ${shop.tenant.id}`);
};

describe("RFM", () => {
  it("is that of a plain computation over the lines, on any day, whichever days are dirty", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(invoice, { minLength: 1, maxLength: 60 }), { minLength: 1, maxLength: 4 }),
        fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
        fc.integer({ min: -1, max: DAYS + 30 }),
        async (files, builds, asOfDay) => {
          const shop = await newShop();
          for (const [nth, invoices] of files.entries()) {
            const rows = invoices.map(({ day, customer, isRefund, price }, index) => ({
              invoice: `${isRefund ? "C" : ""}${nth}-${index}`,
              date: `${addDays(FIRST_DAY, day)} 10:00`,
              quantity: isRefund ? -1 : 1,
              price: String(price),
              customer,
            }));
            await runImport(base(), shop.tenant, await storeImport(shop.admin.ctx(), fileOf(rows)));
            if (builds[nth]) await build(shop);
          }
          for (const asOf of [addDays(FIRST_DAY, asOfDay), addDays(FIRST_DAY, DAYS)]) {
            const expected = await plainRfm(shop, asOf);
            expect(keyed(await allCustomers(shop, `as_of=${asOf}`))).toEqual(expected);
            const { segments } = await getRfm(shop, `as_of=${asOf}`);
            for (const { segment, customers, revenue } of segments) {
              const own = expected.filter((each) => each.segment === segment);
              expect(customers).toBe(own.length);
              expect(revenue).toBe(own.reduce((sum, each) => sum + each.monetary, 0));
            }
          }
        },
      ),
      { numRuns: 12, seed: 7 },
    );
  }, 120_000);

  describe("of a shop", () => {
    let shop: Shop;
    const asOf = "2026-03-31";

    beforeAll(async () => {
      shop = await newShop({ name: "Librería Sol" });
      const rows = Array.from({ length: 10 }, (_, customer) =>
        Array.from({ length: customer + 1 }, (_, nth) => ({
          invoice: `${customer}-${nth}`,
          date: `${addDays(FIRST_DAY, customer * 8 + nth)} 10:00`,
          customer: customer === 3 ? "=three, 3" : `c${customer}`,
        })),
      ).flat();
      await importFile(shop, fileOf(rows.map((row) => ({ ...row, customer: `"${row.customer}"` }))));
    });

    it("lists every segment with its customers and revenue, which add up to all", async () => {
      const { segments, currency, as_of } = await getRfm(shop, `as_of=${asOf}`);
      expect({ currency, as_of }).toEqual({ currency: "EUR", as_of: asOf });
      expect(segments.length).toBe(10);
      const total = (name: "customers" | "revenue") =>
        segments.reduce(
          (sum: number, segment: Record<"customers" | "revenue", number>) => sum + segment[name],
          0,
        );
      expect(total("customers")).toBe(10);
      expect(total("revenue")).toBe(5500);
      expect(segments.find((each: { segment: string }) => each.segment === "Champions")).toEqual({
        segment: "Champions",
        customers: 2,
        revenue: 1900,
      });
    });

    it("lists the customers of one segment", async () => {
      const { data } = await getRfm(shop, `as_of=${asOf}&segment=Champions`);
      expect(data.map((each: Customer) => [each.customer_ref, each.r, each.f, each.m])).toEqual([
        ["c9", 5, 5, 5],
        ["c8", 5, 5, 5],
      ]);
    });

    it("of one segment has pages, which do not go on with those of another or of all", async () => {
      const first = await getRfm(shop, `as_of=${asOf}&segment=Champions&limit=1`);
      const after = (query: string) =>
        call("GET", `${API}/metrics/rfm?as_of=${asOf}&limit=1&cursor=${first.next_cursor}${query}`, {
          token: shop.admin.token,
        });
      expect((await after("&segment=Champions")).body.data).toMatchObject([{ customer_ref: "c8" }]);
      for (const query of ["", "&segment=Hibernating"])
        expect((await after(query)).body.type).toBe("/problems/invalid-cursor");
    });

    it("is CSV with all customers, whatever the limit", async () => {
      const csv = await call("GET", `${API}/metrics/rfm?as_of=${asOf}&format=csv&limit=1`, {
        token: shop.admin.token,
      });
      expect(csv.headers.get("content-disposition")).toContain("rfm.csv");
      const lines = csv.text.split("\r\n");
      expect(lines[0]).toBe("customer_id,customer_ref,recency,frequency,monetary,r,f,m,segment,currency");
      expect(lines.length).toBe(12);
      expect(lines[1]).toMatch(/^[\da-f-]{36},"c9",8,10,10\.00,5,5,5,Champions,EUR$/);
      expect(csv.text).toContain(`"'=three, 3"`);
    });

    it("is as of today by default, in the shop's time zone", async () => {
      expect((await getRfm(shop, "limit=1")).as_of).toBe(dayOf(new Date(), shop.tenant.timezone));
    });

    it.each(["as_of=2026-02-30", "segment=Rich", "limit=0", "cursor=x", "from=2026-01-01"])(
      "rejects %s",
      async (query) => {
        const { status } = await call("GET", `${API}/metrics/rfm?${query}`, { token: shop.admin.token });
        expect(status).toBe(422);
      },
    );
  });

  it("of a shop without customers is empty", async () => {
    const body = await getRfm(await newShop(), "");
    expect(body).toMatchObject({ data: [], next_cursor: null });
    expect(body.segments.length).toBe(10);
  });

  it("includes a counter sale to an account immediately", async () => {
    const shop = await newShop();
    const { id } = await newPerson(shop.tenant, "CUSTOMER");
    const product = await newProduct(shop, { price: 700 });
    const json = { items: [{ product_id: product.id, quantity: 2 }], customer_id: id };
    await call("POST", `${API}/sales`, { token: shop.admin.token, json });
    expect((await getRfm(shop, "")).data).toEqual([
      {
        customer_id: id,
        customer_ref: null,
        recency: 0,
        frequency: 1,
        monetary: 1400,
        r: 5,
        f: 1,
        m: 1,
        segment: "New customers",
      },
    ]);
  });

  it("reads the same number of rows with ten times the sales", async () => {
    const reads: number[] = [];
    for (const perCustomer of [2, 20]) {
      const shop = await newShop();
      const rows = Array.from({ length: 30 * perCustomer }, (_, index) => ({
        invoice: String(index),
        date: `${addDays(FIRST_DAY, index % 60)} 10:00`,
        customer: `c${index % 30}`,
      }));
      await importFile(shop, fileOf(rows));
      const answer = await call("GET", `${API}/metrics/rfm`, { token: shop.admin.token });
      reads.push(costOf(answer).read);
    }
    expect(reads[1]).toBe(reads[0]);
    // Some 25 for each of the 30 customers, most of them in the sorts of the scores.
    expect(reads[0]).toBeLessThan(1000);
  });
});
