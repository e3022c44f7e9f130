// Twins of a shop: other shops whose rows have the same ids. A statement that names rows without their shop finds those of a twin too.
import { env } from "cloudflare:workers";
import { z } from "zod";
import type { Tenant } from "../../src/platform/context.ts";
import { change } from "./change.ts";
import { rowsOf } from "./d1.ts";
import { type Row, rowsOfShops, SEQUENCES, tablesWithRows } from "./tables.ts";

const named = z.object({ name: z.string(), sql: z.string() });

const TRIGGERED = {
  delete: /^CREATE TRIGGER\s+\S+\s+\w+\s+DELETE/i,
  // Copies replace earlier ones, which are deleted.
  insert: /^CREATE TRIGGER\s+\S+\s+\w+\s+(INSERT|DELETE)/i,
  update: /^CREATE TRIGGER\s+\S+\s+\w+\s+UPDATE/i,
};

// One sorts before all ids of shops, the other after them.
const TWINS = ["00000000-0000-7000-8000-000000000001", "ffffffff-0000-7000-8000-000000000001"];

// A twin's values differ, so that a value that is read from it shows.
const PREFIXED = new Set(
  "title name first_name last_name description category author password_hash".split(" "),
);
const INCREMENTED = new Set(["price", "cost", "stock", "low_stock_threshold", "rate"]);

/** SQL of the settings of a twin, by column; the others are those of the shop. */
const SETTINGS: Record<string, string> = {
  ...Object.fromEntries(
    "name legal_name tax_id address phone email receipt_header receipt_footer"
      .split(" ")
      .map((column) => [column, `'twin ' || ${column}`]),
  ),
  ...Object.fromEntries(
    "require_shift_to_sell require_if_match prices_include_tax allow_price_override order_mails"
      .split(" ")
      .map((column) => [column, `1 - ${column}`]),
  ),
  ...Object.fromEntries(
    "revision idle_minutes max_shift_hours hold_minutes guest_hold_minutes pending_orders_per_customer pending_units_per_customer pending_orders_per_address pending_units_per_address"
      .split(" ")
      .map((column) => [column, `${column} + 1`]),
  ),
  currency: "iif(currency = 'CHF', 'EUR', 'CHF')",
  timezone: "iif(timezone = 'Asia/Tokyo', 'Europe/Madrid', 'Asia/Tokyo')",
  plan: "iif(plan = 'large', 'standard', 'large')",
  locale: "iif(locale = 'de-DE', 'es-ES', 'de-DE')",
  country: "iif(country = 'DE', 'ES', 'DE')",
  max_discount_percent: "abs(max_discount_percent - 50000)",
  cash_rounding: "cash_rounding + 5",
  oversell: "iif(oversell = 'refuse', 'allow', 'refuse')",
  payment_methods: `iif(payment_methods = '[]', '[{"method":"twin","name":"Twin"}]', '[]')`,
  scale_codes: "'[]'",
  brand_color: "'#123456'",
  employees_see: "iif(employees_see = 'own', 'all', 'own')",
};

function valueOf(column: string): string {
  if (PREFIXED.has(column)) return `'twin ' || "${column}"`;
  return INCREMENTED.has(column) ? `"${column}" + 1` : `"${column}"`;
}

/** Runs statements that do this to rows of these tables: a trigger would add rows of its own to those that are copied. */
export async function withoutTriggers(
  change: "delete" | "insert" | "update",
  tables: string[],
  statements: D1PreparedStatement[],
): Promise<void> {
  const names = JSON.stringify(tables);
  const triggers = z
    .array(named)
    .parse(
      await rowsOf(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name IN (SELECT value FROM json_each(?))",
        names,
      ),
    )
    .filter(({ sql }) => TRIGGERED[change].test(sql));
  await env.DB.batch([
    env.DB.prepare("PRAGMA defer_foreign_keys = on"),
    ...triggers.map(({ name }) => env.DB.prepare(`DROP TRIGGER ${name}`)),
    ...statements,
    ...triggers.map(({ sql }) => env.DB.prepare(sql)),
  ]);
}

/** Copies the rows of a shop, the shop itself among them, to each twin, whose earlier rows are deleted. */
export async function addTwins({ id }: Tenant): Promise<void> {
  const tables = await tablesWithRows([id, ...TWINS]);
  const columns = z
    .array(z.object({ name: z.string() }))
    .parse(
      await rowsOf(
        "SELECT name FROM pragma_table_xinfo('tenants') WHERE hidden = 0 AND name NOT IN ('id', 'slug')",
      ),
    )
    .map(({ name }) => name);
  const settings = columns.map((column) => SETTINGS[column] ?? column);
  const statements = TWINS.flatMap((twin, index) => [
    ...tables.map(({ name }) => `DELETE FROM ${name} WHERE tenant_id = '${twin}'`),
    `DELETE FROM tenants WHERE id = '${twin}'`,
    `INSERT INTO tenants (id, slug, ${columns.join(", ")}) SELECT '${twin}', slug || '-${twin.slice(0, 1)}', ${settings.join(", ")}
      FROM tenants WHERE id = '${id}'`,
    ...tables.map(({ name, columns: all }) => {
      const others = all.filter((column) => column !== "tenant_id" && !SEQUENCES.has(column));
      return `INSERT INTO ${name} (tenant_id, ${others.map((column) => `"${column}"`).join(", ")})
        SELECT '${twin}', ${others.map(valueOf).join(", ")} FROM ${name} WHERE tenant_id = '${id}'`;
    }),
    // What the ETL has still to do, also where the shop's figures are built.
    `INSERT INTO dirty_days (tenant_id, day, needs_rebuild) SELECT DISTINCT tenant_id, day, ${index} FROM sales
      WHERE tenant_id = '${twin}' ON CONFLICT DO NOTHING`,
    `INSERT INTO late_sales (tenant_id, day, placed_at, sale_id) SELECT tenant_id, day, placed_at, id FROM sales
      WHERE tenant_id = '${twin}' ON CONFLICT DO NOTHING`,
    `INSERT INTO unbuilt_months (tenant_id, month) SELECT DISTINCT tenant_id, substr(day, 1, 8) || '01' FROM sales
      WHERE tenant_id = '${twin}' ON CONFLICT DO NOTHING`,
  ]);
  await withoutTriggers(
    "insert",
    [...tables.map(({ name }) => name), "tenants", "dirty_days", "late_sales", "unbuilt_months"],
    statements.map((statement) => env.DB.prepare(statement)),
  );
}

/** Changes the rows of a table of the twins; `assignments` may use `value` as ?1. */
export const changeTwins = (table: string, assignments: string, value: string | number = ""): Promise<void> =>
  change(
    `UPDATE ${table} SET ${assignments} WHERE ?1 = ?1 AND tenant_id IN (${TWINS.map((twin) => `'${twin}'`).join(", ")})`,
    value,
  );

/** Moves the rows of a shop behind those of its twins, in a table that SQLite reads in the order in which its rows were added. */
export const moveBehindTwins = (table: "customers" | "events" | "products", { id }: Tenant): Promise<void> =>
  withoutTriggers(
    "update",
    [table],
    [
      env.DB.prepare(
        `UPDATE ${table} SET rowid = rowid + (SELECT max(rowid) FROM ${table}) WHERE tenant_id = ?`,
      ).bind(id),
    ],
  );

/** All rows of the twins, by table. */
export const twinRows = async (): Promise<Record<string, Row[]>> => ({
  ...(await rowsOfShops(TWINS)),
  tenants: await rowsOf(
    "SELECT * FROM tenants WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
    JSON.stringify(TWINS),
  ),
});

/** A response without what changes with time: when it was made, and how long the open shifts have lasted. */
export const withoutTime = (text: string): string =>
  text.replaceAll(
    /"(as_of|calculated_at|exported_at|request_id|instance|seconds|hours|sales_per_hour)":("[^"]*"|[\d.]+|null)/g,
    "",
  );
