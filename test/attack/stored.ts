// A snapshot of a shop in D1, to check that a refused request has changed nothing.
import { rowsOfEach } from "../support/d1.ts";
import type { Shop } from "../support/shops.ts";
import { rowsOfShops } from "../support/tables.ts";

// Queue consumers may still be processing an earlier request. Only the number of rows of these tables is compared.
const COUNTED = /^(events|webhook_endpoints)$/;

/** Tables that consumers of queues and the clock write after the response: they are not compared. */
export const WRITTEN_LATER =
  /^(customer_|daily_|day_timelines|dirty_|imports|import_rejects|lake_|late_sales|monthly_totals|product_(days|neighbours|numbers|sales)|ranking_|rollup_|shift_days|unbuilt_|webhook_deliveries|worked_totals)/;

/** The rows of a shop, and the list of all shops. */
export async function stored({ tenant }: Shop): Promise<string> {
  const [byTable, ofShops] = await Promise.all([
    rowsOfShops([tenant.id]),
    rowsOfEach({
      // As one text: some tests have a thousand shops.
      shops: {
        query: "SELECT group_concat(id || ' ' || slug || ' ' || revision ORDER BY id) FROM tenants",
        values: [],
      },
      shop: { query: "SELECT * FROM tenants WHERE id = ?", values: [tenant.id] },
    }),
  ]);
  const rows = Object.entries(byTable).filter(([name]) => !WRITTEN_LATER.test(name));
  return JSON.stringify([
    rows.map(([name, stored]) => [name, COUNTED.test(name) ? stored.length : stored]),
    [...ofShops],
  ]);
}
