// Sales of before imports had customers get theirs without a change of any figure.
import { describe, expect, it } from "vitest";
import { buildMonths } from "../../src/rollups/months.ts";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { setMissingCustomers } from "../../src/rollups/references.ts";
import { API, call } from "../support/client.ts";
import { change } from "../support/change.ts";
import { count, rowsOf } from "../support/d1.ts";
import { fileOf, importFile } from "../support/imports.ts";
import { base, newPerson, newShop, type Shop } from "../support/shops.ts";
import { repeatUntil } from "../support/pages.ts";
import { addTwins, changeTwins, twinRows } from "../support/twins.ts";

const rows = Array.from({ length: 120 }, (_, at) => ({
  invoice: at % 9 === 8 ? `C${at}` : String(at),
  sku: "A",
  quantity: at % 9 === 8 ? -1 : 1 + (at % 4),
  price: "2.50",
  customer: at % 7 === 0 ? "" : `K${at % 13}`,
  country: at % 3 === 0 ? "Spain" : "France",
  date: `2026-0${1 + (at % 5)}-${10 + (at % 7)} 10:00`,
}));

/** As an earlier version stored sales: customers only by their reference. */
async function forgetCustomers({ tenant }: Shop): Promise<void> {
  await change(
    `UPDATE customer_numbers AS n SET is_account = 0, customer_key = (SELECT s.customer_ref FROM sales s
      WHERE s.tenant_id = n.tenant_id AND s.customer_id = n.customer_key AND s.customer_ref IS NOT NULL)
    WHERE n.tenant_id = ?1 AND EXISTS (SELECT 1 FROM sales s WHERE s.tenant_id = n.tenant_id AND s.customer_id = n.customer_key
      AND s.customer_ref IS NOT NULL)`,
    tenant.id,
  );
  await change("UPDATE sales SET customer_id = NULL WHERE tenant_id = ? AND channel = 'import'", tenant.id);
  await change("DELETE FROM customers WHERE tenant_id = ? AND added_by_import IS NOT NULL", tenant.id);
}

async function build({ tenant }: Shop): Promise<void> {
  await repeatUntil(async () => !(await rebuildDirtyDays(base(), tenant.id)).more);
  await repeatUntil(async () => !(await buildMonths(base(), tenant.id)));
}

const PATHS = [
  "kpis",
  "kpis?from=2026-02-01&to=2026-04-12",
  "customers",
  "customers?from=2026-03-01&to=2026-03-31",
  "cohorts?from=2026-01-01&to=2026-06-30",
  "top-customers?limit=100",
  "top-customers?limit=100&from=2026-02-11&to=2026-05-02",
  "rfm?limit=100",
  "top-countries",
];

/** The figures, without the ids of customers and their times. */
const figuresOf = async (shop: Shop) => {
  // A new revision, so that nothing is cached.
  await change("UPDATE tenants SET revision = revision + 1 WHERE id = ?", shop.tenant.id);
  const bodies = await Promise.all(
    PATHS.map((path) => call("GET", `${API}/metrics/${path}`, { token: shop.admin.token })),
  );
  return bodies.map(({ body }) => ({
    ...body,
    as_of: null,
    calculated_at: null,
    data: body.data?.map((row: object) => JSON.stringify({ ...row, customer_id: null })).toSorted(),
  }));
};

const daysToRebuild = (shop: Shop) =>
  count("SELECT count(*) n FROM dirty_days WHERE tenant_id = ? AND needs_rebuild = 1", shop.tenant.id);

const withoutCustomer = (shop: Shop) =>
  count(
    "SELECT count(*) n FROM sales WHERE tenant_id = ? AND customer_key IS NOT NULL AND customer_id IS NULL",
    shop.tenant.id,
  );

const numbersOfReferences = (shop: Shop) =>
  count("SELECT count(*) n FROM customer_numbers WHERE tenant_id = ? AND is_account = 0", shop.tenant.id);

const oldShop = async (): Promise<Shop> => {
  const shop = await newShop();
  await importFile(shop, fileOf(rows));
  await build(shop);
  await forgetCustomers(shop);
  return shop;
};

describe("sales without a customer", () => {
  it("get theirs page by page; all figures are the same before, meanwhile and after, and no day is rebuilt", async () => {
    const shop = await oldShop();
    const before = await figuresOf(shop);
    let pages = 0;
    await repeatUntil(async () => {
      if ((await setMissingCustomers(base(), "", shop.tenant.id, 25)) === null) return true;
      pages += 1;
      expect(await figuresOf(shop)).toEqual(before);
      return false;
    });
    expect(pages).toBeGreaterThan(3);
    expect(await withoutCustomer(shop)).toBe(0);
    expect(await figuresOf(shop)).toEqual(before);
    expect(await daysToRebuild(shop)).toBe(0);
    expect(await numbersOfReferences(shop)).toBe(0);
    await change("UPDATE dirty_days SET needs_rebuild = 1 WHERE tenant_id = ?", shop.tenant.id);
    await build(shop);
    expect(await figuresOf(shop)).toEqual(before);
  });

  it("are done by the sweep of all shops, and twice does no harm", async () => {
    const [one, other] = [await oldShop(), await oldShop()];
    const before = await figuresOf(one);
    for (let after: string | null = ""; after !== null;) {
      const [next]: (string | null)[] = await Promise.all([
        setMissingCustomers(base(), after),
        setMissingCustomers(base(), after),
      ]);
      after = next ?? null;
    }
    expect([await withoutCustomer(one), await withoutCustomer(other)]).toEqual([0, 0]);
    expect(await figuresOf(one)).toEqual(before);
    expect(
      await count(
        "SELECT count(*) n FROM customers WHERE tenant_id = ? AND added_by_import IS NOT NULL",
        one.tenant.id,
      ),
    ).toBe(13);
  });

  it("of somebody with other sales make one customer, whose days are rebuilt", async () => {
    const shop = await newShop();
    const ana = await newPerson(shop.tenant, "CUSTOMER", "ana@example.com");
    await importFile(
      shop,
      fileOf([
        { invoice: "1", customer: "Ana@example.com", date: "2026-01-05 10:00" },
        { invoice: "2", customer: "ana@example.com", date: "2026-02-05 10:00" },
        { invoice: "3", customer: "K1", date: "2026-02-05 10:00" },
      ]),
    );
    await forgetCustomers(shop);
    await change("UPDATE customers SET email = 'ana@example.com' WHERE id = ?", ana.id);
    await change(
      "INSERT INTO dirty_days (tenant_id, day, needs_rebuild) SELECT tenant_id, day, 1 FROM daily_sales WHERE tenant_id = ?",
      shop.tenant.id,
    );
    await build(shop);
    const kpis = async () => (await figuresOf(shop))[2];
    expect(await kpis()).toMatchObject({ customers: 3, new_customers: 3 });
    expect(await setMissingCustomers(base(), "", shop.tenant.id)).toBeNull();
    expect(await kpis()).toMatchObject({ customers: 2, new_customers: 2 });
    expect(await daysToRebuild(shop)).toBe(2);
    await build(shop);
    expect(await kpis()).toMatchObject({ customers: 2, new_customers: 2 });
    expect(await numbersOfReferences(shop)).toBe(0);
    expect(
      await rowsOf(
        "SELECT DISTINCT customer_id FROM sales WHERE tenant_id = ? AND customer_ref LIKE '%@%'",
        shop.tenant.id,
      ),
    ).toEqual([{ customer_id: ana.id }]);
  });

  it("of a reference with more sales than a page take several, and are exact at the end", async () => {
    const shop = await oldShop();
    const before = await figuresOf(shop);
    await repeatUntil(async () => {
      if ((await setMissingCustomers(base(), "", shop.tenant.id, 3)) === null) return true;
      await build(shop);
      return false;
    });
    await build(shop);
    expect(await withoutCustomer(shop)).toBe(0);
    expect(await figuresOf(shop)).toEqual(before);
  });

  it("of a customer who has bought before have their days rebuilt, though others are left to the next page", async () => {
    const shop = await newShop();
    const ana = await newPerson(shop.tenant, "CUSTOMER", "ana@example.com");
    await importFile(
      shop,
      fileOf([
        { invoice: "1", customer: "Ana@example.com", date: "2026-01-05 10:00" },
        { invoice: "2", customer: "K1", date: "2026-02-05 10:00" },
        { invoice: "3", customer: "K2", date: "2026-03-05 10:00" },
      ]),
    );
    await build(shop);
    await forgetCustomers(shop);
    await change("UPDATE customers SET email = 'ana@example.com' WHERE id = ?", ana.id);
    await change(
      "UPDATE sales SET customer_id = ?, customer_ref = NULL WHERE tenant_id = ? AND customer_ref = 'K2'",
      ana.id,
      shop.tenant.id,
    );
    await repeatUntil(async () => (await setMissingCustomers(base(), "", shop.tenant.id, 1)) === null);
    expect(await withoutCustomer(shop)).toBe(0);
    expect(
      await rowsOf(
        "SELECT day FROM dirty_days WHERE tenant_id = ? AND needs_rebuild = 1 ORDER BY day",
        shop.tenant.id,
      ),
    ).toEqual([{ day: "2026-01-05" }, { day: "2026-03-05" }]);
  });

  it("of more than a thousand references take another page", async () => {
    const shop = await newShop();
    await change(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1001)
        INSERT INTO sales (tenant_id, id, kind, channel, status, customer_ref, total, units, lines, placed_at, day, created_at)
        SELECT ?1, ?1 || i, 'sale', 'import', 'completed', 'K' || i, 100, 1000, 1, '2026-03-02T10:00:00.000Z', '2026-03-02', '' FROM n`,
      shop.tenant.id,
    );
    const page = () => setMissingCustomers(base(), "", shop.tenant.id);
    expect(await page()).not.toBeNull();
    expect(await withoutCustomer(shop)).toBe(1);
    await change(
      "UPDATE sales SET customer_id = NULL WHERE tenant_id = ? AND customer_ref <> 'K1'",
      shop.tenant.id,
    );
    expect(await withoutCustomer(shop)).toBe(1000);
    expect(await page()).toBeNull();
    expect(await withoutCustomer(shop)).toBe(0);
  });

  it("get theirs before an import adds others", async () => {
    const shop = await oldShop();
    await importFile(shop, fileOf([{ invoice: "new", customer: "K1", date: "2026-06-01 10:00" }]));
    expect(await withoutCustomer(shop)).toBe(0);
    expect((await figuresOf(shop))[2]).toMatchObject({ customers: 13, new_customers: 13 });
  });
});

describe("beside shops whose rows have the same ids, sales without a customer", () => {
  const DAYS = ["2026-01-05", "2026-02-05"];

  /** A shop of before whose file named these customers, an invoice for each. */
  async function shopOf(customers: string[]): Promise<Shop> {
    const shop = await newShop();
    const sales = customers.map((customer, nth) => ({
      invoice: String(nth),
      customer,
      date: `${DAYS[nth]} 10:00`,
    }));
    await importFile(shop, fileOf(sales));
    await build(shop);
    return shop;
  }

  /** The same with the records of its customers, which staff have added. */
  async function recordedShop(customers: string[]): Promise<Shop> {
    const shop = await shopOf(customers);
    await change("UPDATE customers SET added_by_import = NULL WHERE tenant_id = ?", shop.tenant.id);
    await forgetCustomers(shop);
    return shop;
  }

  const idOf = async (shop: Shop, ref: string) =>
    String(
      (
        await rowsOf("SELECT id FROM customers WHERE tenant_id = ? AND external_ref = ?", shop.tenant.id, ref)
      )[0]?.["id"],
    );

  const addedTo = async (shop: Shop) =>
    (
      await rowsOf(
        "SELECT external_ref FROM customers WHERE tenant_id = ? AND added_by_import IS NOT NULL ORDER BY 1",
        shop.tenant.id,
      )
    ).map(({ external_ref }) => external_ref);

  const daysMarkedIn = async (shop: Shop) =>
    (
      await rowsOf(
        "SELECT day FROM dirty_days WHERE tenant_id = ? AND needs_rebuild = 1 ORDER BY 1",
        shop.tenant.id,
      )
    ).map(({ day }) => day);

  it("get theirs at the same cost, and the sales of the others stay without", async () => {
    const [one, other] = [await oldShop(), await oldShop()];
    const costOf = async ({ tenant }: Shop) => {
      const ctx = base();
      expect(await setMissingCustomers(ctx, "", tenant.id)).toBeNull();
      return ctx.db.cost.read;
    };
    const alone = await costOf(one);
    await addTwins(other.tenant);
    const before = await twinRows();
    expect(await costOf(other)).toBe(alone);
    expect(await withoutCustomer(other)).toBe(0);
    expect(await twinRows()).toEqual(before);
  });

  it("add no customers whom only others have named", async () => {
    const [shop, other] = [await shopOf(["K2"]), await shopOf(["K1"])];
    for (const each of [shop, other]) await forgetCustomers(each);
    await setMissingCustomers(base(), "", shop.tenant.id);
    expect([await addedTo(shop), await addedTo(other)]).toEqual([["K2"], []]);
    for (const each of [shop, other]) await forgetCustomers(each);
    for (let page = 0; page < 9; page += 1) await setMissingCustomers(base());
    expect([await addedTo(shop), await addedTo(other)]).toEqual([["K2"], ["K1"]]);
  });

  const recordOf = (table: string, ref: string) =>
    `(SELECT k.id FROM customers k WHERE k.tenant_id = ${table}.tenant_id AND k.external_ref = ${ref})`;

  it.each([
    ["sales", "sales", `customer_id = ${recordOf("sales", "customer_ref")}`],
    [
      "a number",
      "customer_numbers",
      `is_account = 1, customer_key = ${recordOf("customer_numbers", "customer_key")}`,
    ],
  ])("have no day rebuilt because the customer has %s in others", async (_, table, assignments) => {
    const shop = await recordedShop(["K1", "K2"]);
    await addTwins(shop.tenant);
    await changeTwins(table, assignments);
    await setMissingCustomers(base(), "", shop.tenant.id);
    expect(await withoutCustomer(shop)).toBe(0);
    expect(await daysMarkedIn(shop)).toEqual([]);
  });

  it("have no day rebuilt because a reference of the file equals the id of their customer", async () => {
    const shop = await recordedShop(["K1", "K2"]);
    for (const statement of [
      "UPDATE sales SET customer_ref = ? WHERE tenant_id = ? AND customer_ref = 'K2'",
      "UPDATE customer_numbers SET customer_key = ? WHERE tenant_id = ? AND customer_key = 'K2'",
    ])
      await change(statement, await idOf(shop, "K1"), shop.tenant.id);
    // A page of exactly as many sales as there are is the last one.
    expect(await setMissingCustomers(base(), "", shop.tenant.id, 2)).toBeNull();
    expect(await withoutCustomer(shop)).toBe(0);
    expect(await daysMarkedIn(shop)).toEqual([]);
    const numbered =
      "SELECT count(*) n FROM customer_numbers n JOIN customers k ON k.tenant_id = n.tenant_id AND k.id = n.customer_key";
    expect(await count(`${numbered} WHERE n.tenant_id = ? AND n.is_account = 1`, shop.tenant.id)).toBe(2);
  });

  it("leave a customer their number, though a reference reads like their id", async () => {
    const shop = await recordedShop(["K1", "K2"]);
    const id = await idOf(shop, "K1");
    for (const statement of [
      "UPDATE sales SET customer_ref = ? WHERE tenant_id = ? AND customer_ref = 'K2'",
      "UPDATE customer_numbers SET customer_key = ? WHERE tenant_id = ? AND customer_key = 'K2'",
      "INSERT INTO customer_numbers (customer_key, tenant_id, is_account, number) VALUES (?, ?, 1, 9)",
    ])
      await change(statement, id, shop.tenant.id);
    await setMissingCustomers(base(), "", shop.tenant.id);
    expect(
      await rowsOf(
        "SELECT number FROM customer_numbers WHERE tenant_id = ? AND customer_key = ?",
        shop.tenant.id,
        id,
      ),
    ).toEqual([{ number: 9 }]);
  });

  it("have their days rebuilt where the customer has a number already", async () => {
    const shop = await recordedShop(["K1", "K2"]);
    await change(
      "INSERT INTO customer_numbers (tenant_id, customer_key, is_account, number) VALUES (?, ?, 1, 9)",
      shop.tenant.id,
      await idOf(shop, "K1"),
    );
    await setMissingCustomers(base(), "", shop.tenant.id);
    expect(await daysMarkedIn(shop)).toEqual(DAYS.slice(0, 1));
  });

  it("have the days of this shop rebuilt where the customer has bought before", async () => {
    const shop = await recordedShop(["K1", "K1"]);
    await change(
      "UPDATE sales SET customer_id = ? WHERE tenant_id = ? AND day = ?",
      await idOf(shop, "K1"),
      shop.tenant.id,
      DAYS[0],
    );
    await addTwins(shop.tenant);
    await changeTwins("sales", "day = '2026-04-05'");
    await setMissingCustomers(base(), "", shop.tenant.id);
    expect(await daysMarkedIn(shop)).toEqual(DAYS);
  });

  it("do not change whose a sale is that has none in others", async () => {
    const shop = await recordedShop(["K1", "K1"]);
    await importFile(shop, fileOf([{ invoice: "eva", customer: "Eva", date: "2026-03-05 10:00" }]));
    const eva = await idOf(shop, "Eva");
    await change(
      "UPDATE sales SET customer_id = ? WHERE tenant_id = ? AND day = ?",
      eva,
      shop.tenant.id,
      DAYS[0],
    );
    await addTwins(shop.tenant);
    await changeTwins("sales", "customer_id = NULL");
    await setMissingCustomers(base(), "", shop.tenant.id);
    expect(
      await rowsOf(
        "SELECT customer_id FROM sales WHERE tenant_id = ? AND day = ?",
        shop.tenant.id,
        String(DAYS[0]),
      ),
    ).toEqual([{ customer_id: eva }]);
  });
});
