// Applies the migrations one after another to a database that has a shop, and checks that they lose nothing.
// A new migration is covered without a change here.
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { runChecks } from "../../scripts/backup/checks.ts";
import { migrationHash } from "../../scripts/schema/inventory.ts";
import { indexStaleProducts } from "../../src/catalog/search/indexing.ts";
import { resumeErasures } from "../../src/erasure/sweep.ts";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { API, call } from "../support/client.ts";
import { change } from "../support/change.ts";
import { count, rowsOf } from "../support/d1.ts";
import { withFullScrypt } from "../support/light-scrypt.ts";
import { base, PASSWORD } from "../support/shops.ts";
import landed from "./landed.json";
import { migrateOldShop, tables, TENANT } from "./old-shop.ts";

const id = (end: string): string => `01900000-0000-7000-8000-${end.padStart(12, "0")}`;

// Columns that a migration may change: they are derived, no longer used (devices of ended sessions) or were unknown before.
const CHANGEABLE = [
  "products.indexed_version",
  "products.text_version",
  "products.sku_key",
  "auth_sessions.device",
  "shift_audit.before",
  "shift_audit.after",
  "users.self_registered",
  "lake_days.version",
  "events.batch_id",
];

type Rows = Map<string, Record<string, unknown>[]>;

// The columns of quantities, which 0027 makes thousandths.
const QUANTITIES = [
  "cart_items.quantity",
  "products.stock",
  "products.low_stock_threshold",
  "products.sold",
  "stock_moves.delta",
  "sale_lines.quantity",
  "sale_lines.refunded",
  "sales.units",
  "daily_sales.units",
  "daily_countries.units",
  "daily_sellers.units",
  "daily_products.units",
];

const COMMERCE = "0027_commerce.sql";
const WATERMARK = "0034_watermark.sql";

/** What 0027 makes of a value that it changes; `undefined` if another test says what becomes of it. */
function inThousandths(column: string, value: unknown): unknown {
  if (QUANTITIES.includes(column) && typeof value === "number") return value * 1000;
  if (column === "sales.number" && value === null) return undefined;
  return [
    "lake_days.version",
    "events.batch_id",
    "idempotency_keys.body",
    "idempotency_keys.fingerprint",
    "shifts.z_report",
  ].includes(column)
    ? undefined
    : value;
}

const NUMBERS = "0037_customer_numbers.sql";

/** The rows as they are expected after a migration. */
const expectedAfter = (name: string, before: Rows): Rows => {
  // Another test says what becomes of them.
  if (name === NUMBERS)
    return new Map(
      [...before].filter(([table]) => table !== "customer_totals" && table !== "daily_customers"),
    );
  return name === COMMERCE
    ? new Map(
        [...before].map(([table, rows]) => [
          table,
          rows.map((row) =>
            Object.fromEntries(
              Object.entries(row).flatMap(([column, value]) => {
                const expected = inThousandths(`${table}.${column}`, value);
                return expected === undefined ? [] : [[column, expected]];
              }),
            ),
          ),
        ]),
      )
    : before;
};

async function allRows(): Promise<Rows> {
  const rows: Rows = new Map();
  for (const table of await tables(false)) rows.set(table, await rowsOf(`SELECT * FROM "${table}"`));
  return rows;
}

/** The rows that are gone or have changed; columns that were dropped are ignored. */
function lostRows(before: Rows, after: Rows): string[] {
  return [...before].flatMap(([table, rows]) => {
    const now = after.get(table);
    if (!now) return rows.length > 0 ? [`the rows of ${table}`] : [];
    return rows
      .map((row) => Object.entries(row).filter(([column]) => !CHANGEABLE.includes(`${table}.${column}`)))
      .filter(
        (row) =>
          !now.some((each) => row.every(([column, value]) => !(column in each) || each[column] === value)),
      )
      .map((row) => `${table}: ${JSON.stringify(Object.fromEntries(row))}`);
  });
}

async function expectSound(): Promise<void> {
  expect(await rowsOf("PRAGMA foreign_key_check")).toEqual([]);
  expect(await rowsOf("PRAGMA quick_check")).toEqual([{ quick_check: "ok" }]);
}

let token: string;
let watermark: Rows = new Map();
const commerce: { before: Rows; after: Rows } = { before: new Map(), after: new Map() };
const numbers: { before: Rows; after: Rows } = { before: new Map(), after: new Map() };

const FIGURES = "0038_figures.sql";
const FIGURE_TABLES = [
  "daily_hours",
  "daily_channels",
  "daily_payments",
  "daily_refund_reasons",
  "daily_amounts",
  "daily_margins",
  "daily_cohorts",
  "daily_basket_sizes",
];
const figures: Rows = new Map();

const rowsAt = (rows: Rows, table: string): Record<string, unknown>[] =>
  (rows.get(table) ?? []).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

const get = async (path: string) => {
  const { status, text, body } = await call("GET", `${API}${path}`, { token });
  expect(status, text).toBe(200);
  return body;
};

// Once, because every test reads the database at its last migration.
beforeAll(async () => {
  let before: Rows = new Map();
  await migrateOldShop({
    before: async () => {
      before = await allRows();
    },
    after: async (name) => {
      const after = await allRows();
      if (name === COMMERCE) Object.assign(commerce, { before, after });
      if (name === WATERMARK) watermark = after;
      if (name === NUMBERS) Object.assign(numbers, { before, after });
      if (name === FIGURES) for (const table of FIGURE_TABLES) figures.set(table, after.get(table) ?? []);
      expect(lostRows(expectedAfter(name, before), after), name).toEqual([]);
      await expectSound();
    },
    filled: async (name) => {
      const empty = [...(await allRows())].filter(([, rows]) => rows.length === 0).map(([table]) => table);
      expect(empty, `tables without a row at ${name}`).toEqual([]);
      await expectSound();
    },
  });
  const json = { tenant: "old", email: "ana@example.com", password: PASSWORD };
  // Its hash is of the first shops that signed up.
  token = (await withFullScrypt(() => call("POST", `${API}/auth/login`, { json }))).body.access_token;
}, 120_000);

describe("a migration", () => {
  it("is named in landed.json by its hash, and never edited, because databases that have it would not get the change", () => {
    const hashes = env.TEST_MIGRATIONS.map((migration) => [migration.name, migrationHash(migration)]);
    expect(hashes, "run npm run db:schema if the migration is new").toEqual(Object.entries(landed));
  });
});

describe("the migration to watermarks", () => {
  it("rebuilds nothing: each day is built up to its last sale, and those that were dirty or not counted need a rebuild", () => {
    const sales = watermark.get("sales") ?? [];
    const days = watermark.get("daily_sales") ?? [];
    expect(days.length).toBeGreaterThan(0);
    for (const { day, built_until } of days)
      expect(built_until).toBe(
        sales
          .filter((sale) => sale["day"] === day)
          .map(({ placed_at, id }) => `${String(placed_at)} ${String(id)}`)
          .toSorted()
          .at(-1),
      );
    const dirty = watermark.get("dirty_days") ?? [];
    expect(dirty.length).toBeGreaterThan(0);
    for (const { needs_rebuild } of dirty) expect(needs_rebuild).toBe(1);
    for (const { day, is_built } of watermark.get("dirty_product_days") ?? [])
      if (is_built === 0) expect(dirty.map((each) => each["day"])).toContain(day);
  });
});

describe("the migration to numbers of customers", () => {
  type Row = Record<string, unknown>;

  const days = () => rowsAt(numbers.after, "daily_sales").map(({ day }) => day);
  // The others are dirty, so that their rows do not count.
  const customersBefore = () =>
    rowsAt(numbers.before, "daily_customers").filter(({ day }) => days().includes(day));
  const keyOf = ({ customer_key, is_account }: Row) => JSON.stringify([customer_key, is_account]);
  const sumsOf = ({ day, sales, refunds, units, revenue }: Row) => [day, sales, refunds, units, revenue];

  it("numbers the customers from 0, and keeps their totals of each day", () => {
    const numbered = rowsAt(numbers.after, "customer_numbers");
    expect(new Set(numbered.map(({ number }) => number))).toEqual(new Set(numbered.map((_, index) => index)));
    const keys = new Map(numbered.map((row) => [row["number"], keyOf(row)]));
    const after = rowsAt(numbers.after, "daily_customers");
    expect(after.map((row) => [keys.get(row["number"]), ...sumsOf(row)])).toEqual(
      customersBefore().map((row) => [keyOf(row), ...sumsOf(row)]),
    );
    expect(after.length).toBeGreaterThan(1);
  });

  it("fills the sets and rankings of each day, and leaves the months to the ETL", () => {
    const ranked = rowsAt(numbers.after, "ranking_days").filter(({ subject }) => subject === "products");
    expect(ranked.map(({ day }) => day)).toEqual(days());
    expect(rowsAt(numbers.after, "customer_sets").map((row) => [row["period"], row["customers"]])).toEqual(
      rowsAt(numbers.after, "daily_customers").map(({ day, number }) => [day, `[0,${2 ** Number(number)}]`]),
    );
    expect(rowsAt(numbers.after, "unbuilt_months").map(({ month }) => month)).toEqual([
      ...new Set(days().map((day) => `${String(day).slice(0, 8)}01`)),
    ]);
  });
});

describe("the migration to thousandths", () => {
  const pick = (table: string, ...columns: string[]) =>
    rowsAt(commerce.after, table).map((row) => columns.map((column) => row[column]));

  it("sends no event and writes no audit entry, also where the stock is at its threshold", () => {
    expect(pick("products", "sku", "stock", "low_stock_threshold", "unit", "tax_rate_id")).toContainEqual([
      "LOW",
      2000,
      2000,
      "piece",
      null,
    ]);
    for (const table of ["events", "audit_log"])
      expect(rowsAt(commerce.after, table)).toEqual(rowsAt(commerce.before, table));
  });

  it("numbers receipts of the counter and refunds in the order in which they were made, and keeps those of orders", () => {
    expect(new Map(pick("sales", "id", "series", "number").map(([of, ...number]) => [of, number]))).toEqual(
      new Map([
        [id("e1"), ["C", 1]],
        [id("e2"), ["R", 1]],
        [id("e3"), ["C", null]],
        [id("102"), ["A", 10_001]],
        [id("104"), ["R", 2]],
      ]),
    );
  });

  it("makes one payment of each method that a sale or refund names", () => {
    expect(pick("sale_payments", "sale_id", "payment_no", "method", "amount", "tendered")).toEqual([
      [id("e1"), 1, "cash", 3750, null],
      [id("e2"), 1, "cash", -1250, null],
      [id("102"), 1, "card", 1800, null],
      [id("104"), 1, "card", -900, null],
    ]);
  });

  it("takes the charged price as the list price, and leaves sales without tax and discount", () => {
    expect(
      pick("sale_lines", "list_price", "unit_price", "discount", "tax_rate", "tax", "net", "subtotal"),
    ).toEqual(
      rowsAt(commerce.after, "sale_lines").map(({ unit_price: price, subtotal }) => [
        price,
        price,
        0,
        null,
        0,
        subtotal,
        subtotal,
      ]),
    );
    for (const [tax, net, discount, rounding, total] of pick(
      "sales",
      "tax",
      "net",
      "discount",
      "rounding",
      "total",
    ))
      expect([tax, net, discount, rounding]).toEqual([0, total, 0, 0]);
  });

  it("counts past days as sales and refunds without a tax rate", () => {
    expect(pick("daily_taxes", "day", "tax_rate_id", "net", "tax", "refunded_net", "refunded_tax")).toEqual([
      ["2025-01-10", "", 1800, 0, 0, 0],
      ["2025-03-02", "", 3750, 0, 1250, 0],
      ["2025-06-01", "", 1800, 0, 0, 0],
      ["2025-06-02", "", 0, 0, 900, 0],
    ]);
  });

  it("has the days of sales and the months of the lake built again, and not those of events", () => {
    const versions = (rows: Rows) =>
      new Map(
        rowsAt(rows, "lake_days").map((row) => [
          `${String(row["dataset"])} ${String(row["day"])}`,
          Number(row["version"]),
        ]),
      );
    const before = versions(commerce.before);
    expect([...before.keys()]).toEqual(
      expect.arrayContaining(["daily_summary 2025-03-01", "events 2025-03-02", "purchases 2025-03-02"]),
    );
    for (const [partition, version] of versions(commerce.after))
      expect(version - (before.get(partition) ?? 0), partition).toBe(partition.startsWith("events") ? 0 : 1);
  });

  it("leaves every figure of a Z report, and adds the fields of today", () => {
    const [[report] = []] = pick("shifts", "z_report");
    const [before] = rowsAt(commerce.before, "shifts");
    const [old, now] = [before?.["z_report"], report].map((text) => JSON.parse(String(text)));
    const [cash] = old.by_payment_method;
    expect(now).toEqual({
      ...old,
      voids: { count: 0, total: 0 },
      net: 2500,
      tax: 0,
      discounts: 0,
      rounding: 0,
      by_payment_method: [{ ...cash, voids: 0 }],
      taxes: [{ tax_rate_id: null, name: null, rate: null, net: 2500, tax: 0, gross: 2500 }],
    });
  });

  it("leaves the cart of a customer as it was", () => {
    expect(pick("cart_items", "quantity", "price")).toEqual([[2000, 1250]]);
  });
});

describe("a shop that has been through all migrations", () => {
  it("keeps every rule once its sweeps have run", async () => {
    await indexStaleProducts(base());
    await rebuildDirtyDays(base(), TENANT);
    const wrong: string[] = [];
    await runChecks(env.DB, (what, why) => {
      if (why !== null) wrong.push(`${what}: ${why}`);
    });
    expect(wrong).toEqual([]);
  });

  it("has had the figures of its days since their tables exist", async () => {
    await change(
      "INSERT INTO dirty_days (tenant_id, day) SELECT DISTINCT tenant_id, day FROM sales WHERE true ON CONFLICT DO NOTHING",
    );
    await rebuildDirtyDays(base(), TENANT);
    for (const table of FIGURE_TABLES) {
      expect(figures.get(table)?.length, table).toBeGreaterThan(0);
      expect(figures.get(table), table).toEqual(await rowsOf(`SELECT * FROM ${table}`));
    }
  });

  it("has its sales, refunds and imports", async () => {
    expect(await get(`/sales/${id("e1")}`)).toMatchObject({ total: 3750 });
    expect(await get(`/sales/${id("e2")}`)).toMatchObject({ refund_of: id("e1"), total: -1250 });
    expect(await get(`/imports/${id("e4")}`)).toMatchObject({ status: "done", rows_rejected: 1 });
    expect(await get(`/sales/${id("102")}`)).toMatchObject({ number: "A-10001", total: 1800 });
    expect((await get("/payments")).data).toEqual(
      expect.arrayContaining([expect.objectContaining({ status: "refund_due", amount: 900 })]),
    );
    const kpis = await get("/metrics/kpis?from=2025-01-01&to=2025-12-31");
    expect(kpis).toMatchObject({
      total_revenue: 1800 + 2500 + 900,
      total_products_sold: 2 + 2 + 1,
      sales: 3,
      refunds: 2,
    });
  });

  it("has a profile, with defaults for what it did not have", async () => {
    expect(await get("/shop")).toMatchObject({
      slug: "old",
      locale: "es-ES",
      country: null,
      prices_include_tax: true,
      legal_name: null,
      tax_id: null,
      address: null,
      receipt_header: null,
    });
  });

  it("has its shifts and webhooks unchanged", async () => {
    expect(await get(`/shifts/${id("f1")}/report`)).toMatchObject({
      z_number: 1,
      expected_cash: 12_400,
      late_sales: [{ number: "C-000002", total: 1000 }],
    });
    expect((await get("/shifts")).data).toMatchObject([
      { id: id("f1"), status: "CLOSED", counted_cash: 12_400 },
    ]);
    expect(await get(`/webhooks/${id("101")}`)).toMatchObject({ url: "https://hooks.example.com/old" });
    expect((await get(`/webhooks/${id("101")}/deliveries`)).data.length).toBe(1);
  });

  it("finishes the erasure that had begun, and has its audit log", async () => {
    const [entry] = (await get("/audit?action=product.changed")).data;
    expect(entry).toMatchObject({ id: id("201"), before: { price: 1200 }, after: { price: 1250 } });
    await resumeErasures(base());
    expect(await count("SELECT count(*) n FROM erasures")).toBe(0);
  });

  it("answers a sale that a till repeats as it was, with the fields of today", async () => {
    const json = {
      items: [{ product_id: id("c1"), quantity: 3 }],
      payment_method: "cash",
      customer_id: id("a2"),
    };
    const headers = { "idempotency-key": "till-sale" };
    const repeated = await call("POST", `${API}/sales`, { token, json, headers });
    expect(repeated.status, repeated.text).toBe(201);
    expect(repeated.headers.get("idempotent-replayed")).toBe("true");
    expect(repeated.body).toMatchObject({
      id: id("e1"),
      number: "C-000001",
      units: 3,
      total: 3750,
      net: 3750,
      tax: 0,
      payments: [{ method: "cash", amount: 3750, tendered: null }],
      items: [{ quantity: 3, unit: "piece", list_price: 1250, discount: 0, tax_rate: null, net: 3750 }],
    });
  });

  it("answers a stock move that is repeated as it was", async () => {
    const json = { delta: 2, reason: "received" };
    const headers = { "idempotency-key": "till-stock" };
    const repeated = await call("POST", `${API}/products/${id("c3")}/stock`, { token, json, headers });
    expect(repeated.status, repeated.text).toBe(201);
    expect(repeated.headers.get("idempotent-replayed")).toBe("true");
    expect(repeated.body).toMatchObject({ id: id("d4"), delta: 2, stock: 2 });
  });

  it("answers a refund and a cash movement that are repeated as they were, without warnings", async () => {
    const repeat = async (path: string, json: object, key: string) => {
      const answer = await call("POST", `${API}${path}`, {
        token,
        json,
        headers: { "idempotency-key": key },
      });
      expect([answer.status, answer.headers.get("idempotent-replayed")], answer.text).toEqual([201, "true"]);
      return answer.body;
    };
    const items = [{ product_id: id("c1"), quantity: 1 }];
    expect(
      await repeat(`/sales/${id("e1")}/refunds`, { items, reason: "torn" }, "till-refund"),
    ).toMatchObject({
      id: id("e2"),
      number: "R-000001",
      approved_by: null,
      payments: [{ method: "cash", amount: -1250 }],
      warnings: [],
    });
    const move = { kind: "paid_out", amount: 100, reason: "stamps" };
    expect(await repeat("/shifts/current/cash", move, "till-cash")).toEqual({
      ...move,
      id: id("f6"),
      shift_id: id("f1"),
      approved_by: null,
      created_at: "2025-03-02T14:00:00.000Z",
      warnings: [],
    });
  });

  it("finds, sells and refunds its products", async () => {
    await indexStaleProducts(base());
    expect((await get("/products/search?q=olibar")).data.map((book: { sku: string }) => book.sku)).toEqual([
      "POEMS",
    ]);
    const items = [{ product_id: id("c1"), quantity: 1 }];
    const stock = () => count("SELECT stock n FROM products WHERE id = ?", id("c1"));
    const before = await stock();
    expect(await get(`/sales/${id("e1")}`)).toMatchObject({ items: [{ refunded: 1 }] });
    expect((await call("POST", `${API}/sales`, { token, json: { items } })).status).toBe(201);
    const refund = { items, reason: "torn", restock: true };
    expect((await call("POST", `${API}/sales/${id("e1")}/refunds`, { token, json: refund })).status).toBe(
      201,
    );
    expect(await stock()).toBe(before);
  });
});
