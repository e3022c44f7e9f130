// What D1 has of a shop, to see that a refusal has changed nothing.
import { env } from "cloudflare:workers";
import { rowsOf } from "../support/d1.ts";
import type { Shop } from "../support/shops.ts";

// What the queues that the request before has filled may change at any time: only how many rows there are is compared, or nothing.
const MOVING = /^(events|webhook_endpoints)$/;
const BUILT =
  /^(imports|import_rejects|daily_|dirty_|lake_|rollup_|customer_|webhook_deliveries|product_(sales|days|neighbours))/;

let tables: string[] | undefined;

async function tablesOfShops(): Promise<string[]> {
  const found = await rowsOf(
    `SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE TABLE%tenant_id%' ORDER BY 1`,
  );
  return found.map(({ name }) => String(name)).filter((name) => !BUILT.test(name) && !name.includes("_fts"));
}

/** All that D1 has of a shop, and how many shops there are. */
export async function stored({ tenant }: Shop): Promise<string> {
  tables ??= await tablesOfShops();
  const statements = tables.map((name) =>
    env.DB.prepare(`SELECT ${MOVING.test(name) ? "count(*) n" : "*"} FROM ${name} WHERE tenant_id = ?`).bind(
      tenant.id,
    ),
  );
  const results = await env.DB.batch([
    ...statements,
    env.DB.prepare("SELECT id, slug, revision FROM tenants ORDER BY id"),
  ]);
  return JSON.stringify(results.map(({ results }) => results));
}
