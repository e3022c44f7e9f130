// The statements that store a piece of an import, whatever its kind: the checkpoint and the rejects.
import { sql, type SQL } from "drizzle-orm";

/** How far an import has come. */
type Checkpoint = { bytes_read: number; rows_read: number };

/** Compare and set: where another consumer was faster the NOT NULL of bytes_read fails, and the batch with it. */
export const moveCheckpoint = (
  tenantId: string,
  importId: string,
  from: Checkpoint,
  to: Checkpoint,
  accepted: number,
  rejected: number,
): SQL => {
  const now = new Date().toISOString();
  return sql`UPDATE imports SET status = 'running', started_at = coalesce(started_at, ${now}), progress_at = ${now}, resumes = 0,
      bytes_read = CASE WHEN bytes_read = ${from.bytes_read} AND finished_at IS NULL THEN ${to.bytes_read} END,
      rows_read = ${to.rows_read}, rows_accepted = rows_accepted + ${accepted},
      rows_rejected = rows_rejected + ${rejected}
    WHERE tenant_id = ${tenantId} AND id = ${importId}`;
};

/** A refused row: its number in the file, why, and its text. */
export type Reject = { row: number; reason: string; text: string };

// Well below what D1 takes as one value (2 MB), in UTF-16 units that may be two bytes each.
const JSON_UNITS = 500_000;

/** The statements that keep the refused rows, several where they are too much for one value. */
export function storeRejects(tenantId: string, importId: string, rejects: Reject[]): SQL[] {
  const values: string[][] = [];
  let units = JSON_UNITS;
  for (const reject of rejects) {
    const json = JSON.stringify(reject);
    if (units + json.length > JSON_UNITS) {
      values.push([]);
      units = 0;
    }
    values.at(-1)?.push(json);
    units += json.length;
  }
  return values.map(
    (json) => sql`INSERT INTO import_rejects (tenant_id, import_id, row, reason, text)
      SELECT ${tenantId}, ${importId}, value ->> 'row', value ->> 'reason', value ->> 'text'
      FROM json_each(${`[${json.join(",")}]`})`,
  );
}
