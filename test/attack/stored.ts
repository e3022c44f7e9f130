// A snapshot of a shop in D1, to check that a refused request has changed nothing.
import { env } from "cloudflare:workers";
import { rowsOf } from "../support/d1.ts";
import type { Shop } from "../support/shops.ts";

// Queue consumers may still be processing an earlier request. Only the number of rows of these tables is compared.
const COUNTED = /^(events|webhook_endpoints)$/;

/** Tables that consumers of queues and the clock write after the response: they are not compared. */
export const WRITTEN_LATER =
  /^(customer_|daily_|day_timelines|dirty_|imports|import_rejects|lake_|late_sales|monthly_totals|product_(days|neighbours|numbers|sales)|ranking_|rollup_|shift_days|unbuilt_|webhook_deliveries|worked_totals)/;

let tables: string[] | undefined;

async function tablesOfShops(): Promise<string[]> {
  const found = await rowsOf(
    `SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE TABLE%tenant_id%' ORDER BY 1`,
  );
  return found
    .map(({ name }) => String(name))
    .filter((name) => !WRITTEN_LATER.test(name) && !name.includes("_fts"));
}

/** The rows of a shop, and the list of all shops. */
export async function stored({ tenant }: Shop): Promise<string> {
  tables ??= await tablesOfShops();
  const statements = tables.map((name) =>
    env.DB.prepare(`SELECT ${COUNTED.test(name) ? "count(*) n" : "*"} FROM ${name} WHERE tenant_id = ?`).bind(
      tenant.id,
    ),
  );
  const results = await env.DB.batch([
    ...statements,
    env.DB.prepare("SELECT id, slug, revision FROM tenants ORDER BY id"),
  ]);
  return JSON.stringify(results.map(({ results }) => results));
}
