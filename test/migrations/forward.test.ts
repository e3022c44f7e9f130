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
import { count, rowsOf } from "../support/d1.ts";
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
];

type Rows = Map<string, Record<string, unknown>[]>;

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
      expect(lostRows(before, await allRows()), name).toEqual([]);
      await expectSound();
    },
    filled: async (name) => {
      const empty = [...(await allRows())].filter(([, rows]) => rows.length === 0).map(([table]) => table);
      expect(empty, `tables without a row at ${name}`).toEqual([]);
      await expectSound();
    },
  });
  const json = { tenant: "old", email: "ana@example.com", password: PASSWORD };
  token = (await call("POST", `${API}/auth/login`, { json })).body.access_token;
}, 120_000);

describe("a migration", () => {
  it("is named in landed.json by its hash, and never edited, because databases that have it would not get the change", () => {
    const hashes = env.TEST_MIGRATIONS.map((migration) => [migration.name, migrationHash(migration)]);
    expect(hashes, "run npm run db:schema if the migration is new").toEqual(Object.entries(landed));
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

  it("has its sales, refunds and imports", async () => {
    expect(await get(`/sales/${id("e1")}`)).toMatchObject({ total: 3750 });
    expect(await get(`/sales/${id("e2")}`)).toMatchObject({ refund_of: id("e1"), total: -1250 });
    expect(await get(`/imports/${id("e4")}`)).toMatchObject({ status: "done", rows_rejected: 1 });
    expect(await get(`/sales/${id("102")}`)).toMatchObject({ number: "A-10001", total: 1800 });
    expect((await get("/payments")).data).toEqual(
      expect.arrayContaining([expect.objectContaining({ status: "refund_due", amount: 900 })]),
    );
    const kpis = await get("/metrics/kpis?from=2025-01-01&to=2025-12-31");
    expect(kpis).toMatchObject({ total_revenue: 1800 + 2500 + 900, sales: 3, refunds: 2 });
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
    expect(await get(`/shifts/${id("f1")}/report`)).toMatchObject({ z_number: 1, expected_cash: 12_400 });
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
