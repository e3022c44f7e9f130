// A snapshot of a shop in D1, to check that a refused request has changed nothing.
import { rowsOf } from "../support/d1.ts";
import type { Shop } from "../support/shops.ts";
import { rowsOfShops } from "../support/tables.ts";

// Queue consumers may still be processing an earlier request. Only the number of rows of these tables is compared.
const COUNTED = /^(events|webhook_endpoints)$/;

/** Tables that consumers of queues and the clock write after the response: they are not compared. */
export const WRITTEN_LATER =
  /^(customer_|daily_|day_timelines|dirty_|imports|import_rejects|lake_|late_sales|monthly_totals|product_(days|neighbours|numbers|sales)|ranking_|rollup_|shift_days|unbuilt_|webhook_deliveries|worked_totals)/;

/** The rows of a shop, and the list of all shops. */
export async function stored({ tenant }: Shop): Promise<string> {
  const rows = Object.entries(await rowsOfShops([tenant.id])).filter(([name]) => !WRITTEN_LATER.test(name));
  return JSON.stringify([
    rows.map(([name, stored]) => [name, COUNTED.test(name) ? stored.length : stored]),
    // As one text: some tests have a thousand shops.
    await rowsOf("SELECT group_concat(id || ' ' || slug || ' ' || revision ORDER BY id) shops FROM tenants"),
    await rowsOf("SELECT * FROM tenants WHERE id = ?", tenant.id),
  ]);
}
