// The queue message of an import, and the sweeps that recover from lost messages and files.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "../platform/context.ts";
import { sendAll } from "../platform/send-all.ts";
import { sweepObjects } from "../platform/sweep-objects.ts";
import { again } from "../platform/sweeps.ts";

export const ImportJob = z.object({
  kind: z.literal("import"),
  tenant_id: z.string(),
  import_id: z.string(),
});
export type ImportJob = z.infer<typeof ImportJob>;

const importRow = ImportJob.omit({ kind: true });

const FILE_PREFIX = "imports/";

/** The key of an import's file in R2. */
export const fileKey = (tenantId: string, importId: string): string =>
  `${FILE_PREFIX}${tenantId}/${importId}.csv`;

/** Whether the import has progressed since `ctx.now`, when its message was received. */
export async function hasAdvanced(ctx: Base, job: ImportJob): Promise<boolean> {
  const found = await ctx.db.all(
    z.object({ progress_at: z.string() }),
    sql`SELECT progress_at FROM imports WHERE tenant_id = ${job.tenant_id} AND id = ${job.import_id}
      AND progress_at > ${ctx.now.toISOString()}`,
  );
  return found.length > 0;
}

const STALE_MS = 60_000;
const IMPORTS_PER_PAGE = 100;

/** Sends another message for imports without progress for a minute, whose message or consumer was lost; a page of a sweep. */
export async function resumeStaleImports(ctx: Base): Promise<string | null> {
  const before = new Date(ctx.now.getTime() - STALE_MS).toISOString();
  const stale = await ctx.db.all(
    importRow,
    sql`UPDATE imports SET progress_at = ${ctx.now.toISOString()}, resumes = resumes + 1
      WHERE finished_at IS NULL AND (tenant_id, id) IN
        (SELECT tenant_id, id FROM imports WHERE finished_at IS NULL AND progress_at < ${before} LIMIT ${IMPORTS_PER_PAGE})
      RETURNING tenant_id, id AS import_id`,
  );
  await sendAll(
    ctx.env.IMPORTS,
    stale.map((row): ImportJob => ({ kind: "import", ...row })),
  );
  return again(stale.length === IMPORTS_PER_PAGE);
}

/** Deletes files that belong to no unfinished import; a page of a sweep. */
export const sweepOrphanedFiles = (ctx: Base, after = ""): Promise<string | null> =>
  sweepObjects(ctx, after, FILE_PREFIX, async (keys) => {
    const orphans = await ctx.db.all(
      z.object({ key: z.string() }),
      sql`SELECT value AS key FROM json_each(${JSON.stringify(keys)}) EXCEPT
        SELECT ${FILE_PREFIX} || tenant_id || '/' || id || '.csv' FROM imports INDEXED BY imports_open WHERE finished_at IS NULL`,
    );
    if (orphans.length > 0) await ctx.env.FILES.delete(orphans.map(({ key }) => key));
  });
