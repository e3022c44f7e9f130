// The undo of an import is requested here and done by the consumer of imports, which resumes it at its checkpoint. `finished_at` is
// NULL meanwhile, so that the sweep that resumes imports resumes undos too.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { audit } from "../../audit/log.ts";
import type { ActorCtx } from "../../platform/context.ts";
import { returning } from "../../platform/d1.ts";
import { logFailure } from "../../platform/log.ts";
import { notFound } from "../../platform/problem.ts";
import type { ImportJob } from "../jobs.ts";
import { selectImport } from "../progress.ts";
import type { ImportStatus } from "../schema.ts";

/**
 * Starts to undo an import; a running one stops. Without effect on an import that is being undone or has been. One round trip.
 * @throws Problem not-found
 */
export async function requestUndo(ctx: ActorCtx, id: string): Promise<z.infer<typeof ImportStatus>> {
  const isImport = sql`tenant_id = ${ctx.tenant.id} AND id = ${id} AND undo_status IS NULL`;
  const started = returning(
    z.object({ id: z.string() }),
    sql`UPDATE imports SET undo_status = 'undoing', undo_step = iif(undo_step = '', 'sales:', undo_step), error = NULL,
        resumes = 0, progress_at = ${ctx.now.toISOString()}, finished_at = NULL
      WHERE ${isImport} RETURNING id`,
  );
  const selected = selectImport(ctx, id);
  const done = await ctx.db.batch([
    audit(ctx, "import.undo_started", id, {
      after: sql`(SELECT json_object('kind', kind, 'rows_accepted', rows_accepted) FROM imports WHERE ${isImport})`,
      when: sql`EXISTS (SELECT 1 FROM imports WHERE ${isImport})`,
    }),
    started,
    selected,
  ]);
  const [state] = done.of(selected);
  if (!state) throw notFound("import");
  // The sweep sends a message that fails here within two minutes.
  if (done.of(started).length > 0)
    await ctx.env.IMPORTS.send({
      kind: "import",
      tenant_id: ctx.tenant.id,
      import_id: id,
    } satisfies ImportJob).catch((error: unknown) => logFailure("import queue", error));
  return state;
}
