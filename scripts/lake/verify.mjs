// Compares the lake with D1, a day at a time: what the API counts from the sales, and what DuckDB counts from the files.
import { readList } from "./pull.mjs";
import { query } from "./sql.mjs";

const MEASURES = ["sales", "refunds", "lines", "units", "revenue"];

const BY_DAY = `SELECT sale_day, count(DISTINCT sale_id) FILTER (WHERE kind = 'sale'),
    count(DISTINCT sale_id) FILTER (WHERE kind = 'refund'), count(*), sum(quantity), sum(subtotal_minor)
  FROM purchases WHERE status = 'completed' GROUP BY sale_day`;

/** Answers how many days there are, and what to say of those that differ. */
export async function verify(to, connection, { files }) {
  const { data: days } = await readList(to, "/lake/days");
  const hasLines = files.some((file) => file.dataset === "purchases");
  const found = hasLines ? (await query(connection, BY_DAY)).rows : [];
  const lake = new Map(found.map(([day, ...counts]) => [day, counts.map(Number)]));
  const differences = [];
  for (const day of days) {
    const counts = lake.get(day.day) ?? [0, 0, 0, 0, 0];
    lake.delete(day.day);
    const wrong = MEASURES.flatMap((name, at) =>
      day[name] === counts[at] ? [] : [`${name} ${counts[at]} in the lake, ${day[name]} in the shop`],
    );
    const note = day.is_whole ? "" : " (its last changes are not built yet)";
    if (wrong.length > 0) differences.push(`${day.day}: ${wrong.join("; ")}${note}`);
  }
  for (const day of lake.keys()) differences.push(`${day}: in the lake only`);
  return { days: days.length, differences };
}
