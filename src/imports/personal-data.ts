import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "../platform/context.ts";
import {
  decodeResumeKey,
  encodeResumeKey,
  type ErasureStep,
  type PersonalData,
} from "../platform/personal-data.ts";
import { folded } from "../values/text.ts";

// Each has a text of up to 2,000 characters.
const REJECTS_PER_BATCH = 500;
const rejectRow = z.object({ import_id: z.string(), row: z.number(), text: z.string(), reason: z.string() });

/**
 * A sales file names its sellers by e-mail. A file uploaded before the erasure may still bring it in, so the step waits
 * until such imports have finished. SQLite folds only ASCII, so e-mails are compared here.
 */
const eraseRejectedRows: ErasureStep = async (ctx, { tenant_id, user_id, email, after }) => {
  if (after === "" && (await isImporting(ctx, tenant_id, user_id))) return null;
  const [importId, row] = after === "" ? ["", 0] : decodeResumeKey(after);
  const rejects = await ctx.db.all(
    rejectRow,
    sql`SELECT import_id, row, text, reason FROM import_rejects
      WHERE tenant_id = ${tenant_id} AND (import_id, row) > (${importId}, CAST(${row} AS INTEGER))
      ORDER BY import_id, row LIMIT CAST(${REJECTS_PER_BATCH} AS INTEGER)`,
  );
  const erase = (column: "text" | "reason") => {
    const naming = rejects.filter((reject) => folded(reject[column]).includes(email));
    return sql`UPDATE import_rejects SET ${sql.identifier(column)} = 'erased'
      WHERE tenant_id = ${tenant_id} AND (import_id, row) IN (SELECT value ->> 'import_id', value ->> 'row'
        FROM json_each(${JSON.stringify(naming.map(({ import_id, row }) => ({ import_id, row })))}))`;
  };
  const last = rejects.at(-1);
  return {
    statements: [erase("text"), erase("reason")],
    after: encodeResumeKey(rejects, REJECTS_PER_BATCH, () => [last?.import_id, last?.row]),
  };
};

/** Whether an import from before the erasure is unfinished. */
async function isImporting(ctx: Base, tenantId: string, userId: string): Promise<boolean> {
  const [open] = await ctx.db.all(
    z.object({ id: z.string() }),
    sql`SELECT id FROM imports INDEXED BY imports_open WHERE finished_at IS NULL AND tenant_id = ${tenantId}
      AND created_at <= (SELECT erased_at FROM users WHERE tenant_id = ${tenantId} AND id = ${userId}) LIMIT 1`,
  );
  return open !== undefined;
}

export const personalData: PersonalData = {
  erased: { import_rejects: "rows that contain the e-mail lose their text" },
  notExported: { import_rejects: "rows of files that the shop did not take over, by which nobody is found" },
  retained: {
    imports: "counts and column names; the file is deleted when the import ends",
    import_held: "numbers of invoices, until the import ends",
    import_retained: "numbers of invoices and SKUs",
    import_mappings: "names of columns",
  },
  steps: { rejects: eraseRejectedRows },
};
