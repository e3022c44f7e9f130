// What the queue is told of an import, and who tells it.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "../platform/context.ts";
import { sweepObjects } from "../platform/sweep-objects.ts";

export const ImportJob = z.object({
  kind: z.literal("import"),
  tenant_id: z.string(),
  import_id: z.string(),
});
export type ImportJob = z.infer<typeof ImportJob>;

const importRow = ImportJob.omit({ kind: true });

const PREFIX = "imports/";

/** Where the file lies in R2. */
export const fileKey = (tenantId: string, importId: string): string => `${PREFIX}${tenantId}/${importId}.csv`;

/** Whether the import's checkpoint has moved since `ctx.now`, when the message came. */
export async function hasMoved(ctx: Base, job: ImportJob): Promise<boolean> {
  const found = await ctx.db.all(
    z.object({ progress_at: z.string() }),
    sql`SELECT progress_at FROM imports WHERE tenant_id = ${job.tenant_id} AND id = ${job.import_id}
      AND progress_at > ${ctx.now.toISOString()}`,
  );
  return found.length > 0;
}

const STALE_MS = 60_000;
const A_SWEEP = 100;

/** Sends imports again that have made no progress for a minute: their message or their consumer was lost. */
export async function resumeStaleImports(ctx: Base): Promise<void> {
  const before = new Date(ctx.now.getTime() - STALE_MS).toISOString();
  const stale = await ctx.db.all(
    importRow,
    sql`UPDATE imports SET progress_at = ${ctx.now.toISOString()}, resumes = resumes + 1
      WHERE finished_at IS NULL AND (tenant_id, id) IN
        (SELECT tenant_id, id FROM imports WHERE finished_at IS NULL AND progress_at < ${before} LIMIT ${A_SWEEP})
      RETURNING tenant_id, id AS import_id`,
  );
  if (stale.length > 0)
    await ctx.env.IMPORTS.sendBatch(
      stale.map((row) => ({ body: { kind: "import", ...row } satisfies ImportJob })),
    );
}

/** Deletes the files that no unfinished import needs; a nightly job. A round trip and a delete a page. */
export const sweepOrphanedFiles = (ctx: Base): Promise<void> =>
  sweepObjects(ctx, PREFIX, async (keys) => {
    const orphans = await ctx.db.all(
      z.object({ key: z.string() }),
      sql`SELECT value AS key FROM json_each(${JSON.stringify(keys)}) EXCEPT
        SELECT ${PREFIX} || tenant_id || '/' || id || '.csv' FROM imports INDEXED BY imports_open WHERE finished_at IS NULL`,
    );
    if (orphans.length > 0) await ctx.env.FILES.delete(orphans.map(({ key }) => key));
  });
