// The statements that every kind of import adds to the batch of a chunk: its checkpoint and its rejected rows.
import { sql, type SQL } from "drizzle-orm";

/** How far the file has been read. */
type Checkpoint = { bytes_read: number; rows_read: number };

/**
 * Advances the checkpoint. If another consumer has already advanced it, or the import has ended or is being undone, NOT NULL on
 * bytes_read fails and the batch with it.
 */
export const advanceCheckpoint = (
  tenantId: string,
  importId: string,
  from: Checkpoint,
  to: Checkpoint,
  counts: { accepted: number; rejected: number; skipped: number; known: number },
): SQL => {
  const now = new Date().toISOString();
  return sql`UPDATE imports SET status = 'running', started_at = coalesce(started_at, ${now}), progress_at = ${now}, resumes = 0,
      bytes_read = CASE WHEN bytes_read = ${from.bytes_read} AND finished_at IS NULL AND undo_status IS NULL THEN ${to.bytes_read} END,
      rows_read = ${to.rows_read}, rows_accepted = rows_accepted + ${counts.accepted},
      rows_rejected = rows_rejected + ${counts.rejected}, rows_skipped = rows_skipped + ${counts.skipped},
      rows_known = rows_known + ${counts.known}
    WHERE tenant_id = ${tenantId} AND id = ${importId}`;
};

/**
 * Advances the second reading of the file, which turns accepted rows into rejected ones. NOT NULL on bytes_reread fails where
 * `advanceCheckpoint` fails.
 */
export const advanceRereading = (
  tenantId: string,
  importId: string,
  from: { bytes_reread: number },
  to: { bytes_reread: number; rows_reread: number },
  rejected: number,
): SQL => sql`UPDATE imports SET progress_at = ${new Date().toISOString()}, resumes = 0,
    bytes_reread = CASE WHEN bytes_reread = ${from.bytes_reread} AND finished_at IS NULL AND undo_status IS NULL
      THEN ${to.bytes_reread} END,
    rows_reread = ${to.rows_reread}, rows_accepted = rows_accepted - ${rejected}, rows_rejected = rows_rejected + ${rejected}
  WHERE tenant_id = ${tenantId} AND id = ${importId}`;

/** A rejected row: its number in the file, the reason, and its text. */
export type RejectedRow = { row: number; reason: string; text: string };

// Well below D1's limit of 2 MB per value, in UTF-16 units of up to three bytes of UTF-8.
const MAX_JSON_LENGTH = 500_000;

/** The statements that store the rejected rows, as many as D1's limit per value requires. */
export function storeRejectedRows(tenantId: string, importId: string, rejected: RejectedRow[]): SQL[] {
  const groups: string[][] = [];
  let length = MAX_JSON_LENGTH;
  for (const row of rejected) {
    const json = JSON.stringify(row);
    if (length + json.length > MAX_JSON_LENGTH) {
      groups.push([]);
      length = 0;
    }
    groups.at(-1)?.push(json);
    length += json.length;
  }
  return groups.map(
    (group) => sql`INSERT INTO import_rejects (tenant_id, import_id, row, reason, text)
      SELECT ${tenantId}, ${importId}, value ->> 'row', value ->> 'reason', value ->> 'text'
      FROM json_each(${`[${group.join(",")}]`})`,
  );
}
