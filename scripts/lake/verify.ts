// Compares the lake with D1 day by day: the API's counts of the sales with DuckDB's counts of the files.
import type { DuckDBConnection } from "@duckdb/node-api";
import type { Mostrador } from "../../sdk/src/index.ts";
import { labelled } from "../session.ts";
import type { Manifest } from "./pull.ts";
import { query } from "./sql.ts";

const MEASURES = ["sales", "refunds", "lines", "units", "revenue"] as const;

const BY_DAY = `SELECT sale_day, count(DISTINCT sale_id) FILTER (WHERE kind = 'sale'),
    count(DISTINCT sale_id) FILTER (WHERE kind = 'refund'), count(*), sum(quantity), sum(subtotal_minor)
  FROM purchases WHERE status = 'completed' GROUP BY sale_day`;

/** Returns the number of days, and a message for each day that differs. */
export async function verify(
  mostrador: Mostrador,
  connection: DuckDBConnection,
  { files }: Manifest,
): Promise<{ days: number; differences: string[] }> {
  const days = await labelled("The list of days", mostrador.pages.listLakeDays().all());
  const hasLines = files.some((file) => file.dataset === "purchases");
  const dayRows = hasLines ? (await query(connection, BY_DAY)).rows : [];
  const lake = new Map(dayRows.map(([day, ...counts]) => [day, counts.map(Number)]));
  const differences: string[] = [];
  for (const day of days) {
    const counts = lake.get(day.day) ?? [0, 0, 0, 0, 0];
    lake.delete(day.day);
    const mismatches = MEASURES.flatMap((name, at) =>
      day[name] === counts[at] ? [] : [`${name} ${counts[at]} in the lake, ${day[name]} in the shop`],
    );
    const note = day.is_whole ? "" : " (its latest changes are not built yet)";
    if (mismatches.length > 0) differences.push(`${day.day}: ${mismatches.join("; ")}${note}`);
  }
  for (const day of lake.keys()) differences.push(`${day}: in the lake only`);
  return { days: days.length, differences };
}
