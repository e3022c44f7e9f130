// Applies the migrations one after another to a database that has a shop, and checks that they lose nothing.
// A new migration is covered without a change here.
import { createHash } from "node:crypto";
import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { runChecks } from "../../scripts/backup/checks.ts";
import { indexStaleProducts } from "../../src/catalog/search/indexing.ts";
import { resumeErasures } from "../../src/erasure/sweep.ts";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { API, call } from "../support/client.ts";
import { count, rowsOf } from "../support/d1.ts";
import { base, PASSWORD } from "../support/shops.ts";
import released from "./landed.json";
import first from "./shop-0003.sql?raw";
import second from "./shop-0013.sql?raw";
import third from "./shop-0019.sql?raw";

const TENANT = "01900000-0000-7000-8000-000000000001";
const id = (end: string): string => `01900000-0000-7000-8000-${end.padStart(12, "0")}`;

// The rows of a shop as the API of that version stored them.
const filledAfter: Record<string, string> = {
  "0003_shift_overlap.sql": first,
  "0013_lake_rules.sql": second,
  "0019_lake_days_again.sql": third,
};

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

const tableRow = z.object({ name: z.string(), type: z.string() });

/** The tables of the schema, either the virtual or the other ones. */
async function tables(isVirtual: boolean): Promise<string[]> {
  const all = z.array(tableRow).parse(await rowsOf("PRAGMA table_list"));
  return all
    .filter(({ name, type }) => !/^(sqlite|_cf|d1)_/.test(name) && type === (isVirtual ? "virtual" : "table"))
    .map(({ name }) => name);
}

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

const statementsOf = (text: string): string[] =>
  text
    .replace(/^--.*$/gm, "")
    .split(/;$/m)
    .filter((statement) => statement.trim() !== "");

const hashOf = ({ queries }: { queries: string[] }): string =>
  createHash("sha256").update(queries.join("\n")).digest("hex").slice(0, 16);

let token: string;

const get = async (path: string) => {
  const { status, text, body } = await call("GET", `${API}${path}`, { token });
  expect(status, text).toBe(200);
  return body;
};

// Once, because every test reads the database at its last migration.
beforeAll(async () => {
  const names = [...(await tables(true)), ...(await tables(false))];
  // A queue consumer of an earlier test file may have stored rows.
  const drops = ["PRAGMA defer_foreign_keys = on", ...names.map((name) => `DROP TABLE "${name}"`)];
  await env.DB.batch(drops.map((drop) => env.DB.prepare(drop)));
  for (const [index, { name }] of env.TEST_MIGRATIONS.entries()) {
    const before = await allRows();
    await applyD1Migrations(env.DB, env.TEST_MIGRATIONS.slice(0, index + 1));
    expect(lostRows(before, await allRows()), name).toEqual([]);
    await expectSound();
    const rows = filledAfter[name];
    if (rows === undefined) continue;
    await env.DB.batch(statementsOf(rows).map((statement) => env.DB.prepare(statement)));
    const empty = [...(await allRows())].filter(([, stored]) => stored.length === 0).map(([table]) => table);
    expect(empty, `tables without a row at ${name}`).toEqual([]);
    await expectSound();
  }
  const json = { tenant: "old", email: "ana@example.com", password: PASSWORD };
  token = (await call("POST", `${API}/auth/login`, { json })).body.access_token;
}, 120_000);

describe("a released migration", () => {
  it("is never edited, because databases that have it would not get the change", () => {
    const hashes = Object.fromEntries(
      env.TEST_MIGRATIONS.map((migration) => [migration.name, hashOf(migration)]),
    );
    expect(hashes).toMatchObject(released);
    // The list grows at its end when a migration is released.
    expect(Object.keys(hashes).slice(0, Object.keys(released).length)).toEqual(Object.keys(released));
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
