// The same person by import (reference or e-mail), by account and by merge counts once in every figure.
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { runImport } from "../../src/imports/consume.ts";
import { buildMonths } from "../../src/rollups/months.ts";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { moveMergedSales } from "../../src/sales/merged-customers.ts";
import { sell } from "../../src/sales/sell.ts";
import { API, call } from "../support/client.ts";
import { change } from "../support/change.ts";
import { rowsOf } from "../support/d1.ts";
import { storeImport } from "../support/imports.ts";
import { base, newPerson, newProduct, newShop, type Shop } from "../support/shops.ts";
import { repeatUntil } from "../support/pages.ts";

const PEOPLE = 4;
const person = fc.nat(PEOPLE - 1);
const day = fc
  .integer({ min: 1, max: 28 })
  .map((nth) => `2026-0${1 + (nth % 3)}-${String(nth).padStart(2, "0")}`);

/** How a row of a file names a person: by reference, by e-mail in any case, or by both. */
const naming = fc.constantFrom(
  (n: number) => `R${n},,`,
  (n: number) => `Person${n}@Example.com,,`,
  (n: number) => `,person${n}@example.COM,Name ${n}`,
  (n: number) => `R${n},person${n}@example.com,`,
  (n: number) => `S${n},person${n}@example.com,`,
);

const action = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("import" as const),
      rows: fc.array(fc.record({ person, day, naming, quantity: fc.integer({ min: 1, max: 5 }) }), {
        minLength: 1,
        maxLength: 8,
      }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("sell" as const), person, day }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("register" as const), person }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("confirm" as const), person }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("build" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("sweep" as const) }) },
);

type Sold = { person: number; day: string; units: number };

const HEADER = "Order ID,SKU,Item,Qty,Date,Price,Customer ID,Customer Email,Customer Name";

async function build({ tenant }: Shop): Promise<void> {
  await repeatUntil(async () => !(await rebuildDirtyDays(base(), tenant.id)).more);
  await repeatUntil(async () => !(await buildMonths(base(), tenant.id)));
}

/** What the figures have to be, counted plainly. */
function expected(sold: Sold[]) {
  const people = [...Map.groupBy(sold, (sale) => sale.person).values()];
  const months = (sales: Sold[]) => sales.map((sale) => sale.day.slice(0, 7)).toSorted();
  return {
    customers: people.length,
    totals: people
      .map((sales) => [sales.length, sales.reduce((sum, { units }) => sum + units, 0)])
      .toSorted(([a = 0, b = 0], [c = 0, d = 0]) => a - c || b - d),
    cohorts: [...Map.groupBy(people, (sales) => months(sales)[0] ?? "")]
      .map(([cohort, all]) => ({
        cohort,
        customers: all.length,
        active: ["2026-01", "2026-02", "2026-03"]
          .filter((month) => month >= cohort)
          .map((month) => all.filter((sales) => months(sales).includes(month)).length),
      }))
      .toSorted((a, b) => a.cohort.localeCompare(b.cohort)),
  };
}

type Totals = { sales: number; units: number };
type Cohort = { cohort: string; customers: number; months: { active: number }[] };

async function figuresOf(shop: Shop) {
  await change("UPDATE tenants SET revision = revision + 1 WHERE id = ?", shop.tenant.id);
  const get = async (path: string) => {
    const { body, text } = await call("GET", `${API}/${path}`, { token: shop.admin.token });
    return body ?? text;
  };
  const [kpis, top, rfm, cohorts, customers, csv] = await Promise.all([
    get("metrics/kpis"),
    get("metrics/top-customers?limit=100"),
    get("metrics/rfm?limit=100"),
    get("metrics/cohorts?from=2026-01-01&to=2026-03-31"),
    get("metrics/customers"),
    get("customers?format=csv"),
  ]);
  const bought = String(csv)
    .trim()
    .split("\r\n")
    .slice(1)
    .filter((line) => !line.includes(",0,0,0,0.00,"));
  const counts = [kpis.customers, top.data.length, rfm.data.length, customers.new_customers, bought.length];
  return {
    customers: counts.every((count) => count === counts[0]) ? counts[0] : counts,
    totals: top.data
      .map(({ sales, units }: Totals) => [sales, units])
      .toSorted(([a, b]: number[], [c, d]: number[]) => (a ?? 0) - (c ?? 0) || (b ?? 0) - (d ?? 0)),
    cohorts: cohorts.data.map(({ cohort, customers: size, months }: Cohort) => ({
      cohort,
      customers: size,
      active: months.map(({ active }) => active),
    })),
  };
}

it("a person counts once in all figures, however they were named", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 4, maxLength: 14 }), async (actions) => {
      const shop = await newShop();
      const { id: product } = await newProduct(shop, { sku: "A", price: 100 });
      const accounts = new Map<number, string>();
      const sold: Sold[] = [];
      let orders = 0;
      const register = async (nth: number): Promise<string> => {
        const id =
          accounts.get(nth) ?? (await newPerson(shop.tenant, "CUSTOMER", `person${nth}@example.com`)).id;
        accounts.set(nth, id);
        return id;
      };
      const importRows = async (
        rows: { person: number; day: string; naming: (n: number) => string; quantity: number }[],
      ) => {
        const lines = rows.map(({ person: nth, day: date, naming: named, quantity }) => {
          orders += 1;
          sold.push({ person: nth, day: date, units: quantity });
          return `N${orders},A,Thing,${quantity},${date},1.00,${named(nth)}`;
        });
        const id = await storeImport(shop.admin.ctx(), [HEADER, ...lines, ""].join("\n"));
        await repeatUntil(async () => (await runImport(base(), shop.tenant, id)) !== "more");
      };
      const confirm = async (nth: number) =>
        change(
          "UPDATE users SET email_confirmed_at = '2026-04-01T00:00:00.000Z' WHERE tenant_id = ? AND id = ?",
          shop.tenant.id,
          await register(nth),
        );
      for (const each of actions) {
        if (each.kind === "import") await importRows(each.rows);
        else if (each.kind === "register") await register(each.person);
        else if (each.kind === "confirm") await confirm(each.person);
        else if (each.kind === "build") await build(shop);
        else if (each.kind === "sweep") await moveMergedSales(base());
        else {
          const ctx = shop.admin.ctx(new Date(`${each.day}T10:00:00Z`));
          const customer_id = await register(each.person);
          await sell(
            ctx,
            { items: [{ product_id: product, quantity: 1000 }], payment_method: "card", customer_id },
            undefined,
          );
          sold.push({ person: each.person, day: each.day, units: 1 });
        }
      }
      // Whoever has an account confirms it, and a file says which references are theirs: then all is known to be of one person.
      const links = Array.from({ length: PEOPLE }, (_, nth) =>
        ["R", "S"].map((prefix) => ({
          person: nth,
          day: "2026-03-28",
          naming: (n: number) => `${prefix}${n},person${n}@example.com,`,
          quantity: 1,
        })),
      ).flat();
      for (const nth of accounts.keys()) await confirm(nth);
      await importRows(links);
      await mergeReferences(shop);
      await repeatUntil(async () => (await moveMergedSales(base(new Date(Date.now() + 3_600_000)))) === null);
      const wanted = expected(sold);
      expect(await figuresOf(shop)).toEqual(wanted);
      await build(shop);
      expect(await figuresOf(shop)).toEqual(wanted);
    }),
    { numRuns: 15, endOnFailure: true },
  );
}, 240_000);

/** Merges each record that has only a reference into the one with the e-mail of that person, as an ADMIN would. */
async function mergeReferences(shop: Shop): Promise<void> {
  const references = await rowsOf(
    `SELECT r.id, e.id AS into_id FROM customers r JOIN customers e ON e.tenant_id = r.tenant_id
        AND e.email = 'person' || substr(r.external_ref, 2) || '@example.com' AND e.merged_into IS NULL
      WHERE r.tenant_id = ? AND r.merged_into IS NULL AND r.email IS NULL`,
    shop.tenant.id,
  );
  for (const { id, into_id: into } of references) {
    const { status, text } = await call("POST", `${API}/customers/${String(id)}/merge`, {
      token: shop.admin.token,
      json: { into },
    });
    if (status !== 200) throw new Error(text);
  }
}
