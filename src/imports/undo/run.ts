import { sql } from "drizzle-orm";
import { forgetResponses } from "../../idempotency/run-once.ts";
import type { Base, Tenant } from "../../platform/context.ts";
import { rebuildDirtyDays } from "../../rollups/rebuild.ts";
import { queueRollup } from "../../rollups/jobs.ts";
import { buildNextProductDays } from "../../recommendations/days.ts";
import { fileKey } from "../jobs.ts";
import { undoCustomers } from "./customers.ts";
import { undoProducts } from "./products.ts";
import { undoSales } from "./sales.ts";
import { commitStep, parseStep, type UndoStep } from "./steps.ts";
import { beginUses, searchUses } from "./uses.ts";

const MAX_PAUSE_MS = 200;

/** Continues the undo of an import at its checkpoint. Resolves to "more" when another message must continue it. */
export async function runUndo(
  ctx: Base,
  tenant: Tenant,
  importId: string,
  stepText: string,
  maxStatements: number,
): Promise<"more" | "ended"> {
  let step = parseStep(stepText);
  while (step.phase !== "end") {
    const begin = Date.now();
    const next = await runStep(ctx, tenant, importId, step);
    // Another consumer has done this step and continues.
    if (next === null) return "ended";
    if (next === "more") return "more";
    step = next;
    if (step.phase !== "end" && ctx.db.cost.statements >= maxStatements) return "more";
    // Other requests need D1 meanwhile.
    await scheduler.wait(Math.min(MAX_PAUSE_MS, 1 + (Date.now() - begin) / 2));
  }
  await ctx.db.batch([
    sql`DELETE FROM import_held WHERE tenant_id = ${tenant.id} AND import_id = ${importId}`,
    forgetResponses(
      tenant.id,
      sql`(SELECT actor_id FROM imports WHERE tenant_id = ${tenant.id} AND id = ${importId})`,
      importId,
    ),
    sql`UPDATE imports SET undo_status = 'undone', progress_at = ${new Date().toISOString()},
        finished_at = ${new Date().toISOString()}
      WHERE tenant_id = ${tenant.id} AND id = ${importId} AND undo_status = 'undoing'`,
  ]);
  await ctx.env.FILES.delete(fileKey(tenant.id, importId));
  await queueRollup(ctx, { kind: "rollup", tenant_id: tenant.id, products: true });
  return "ended";
}

async function runStep(
  ctx: Base,
  tenant: Tenant,
  importId: string,
  step: UndoStep,
): Promise<UndoStep | "more" | null> {
  const shop = { ...ctx, tenant, actor: null };
  if (step.phase === "sales") return undoSales(shop, importId, step);
  if (step.phase === "uses") return searchUses(shop, importId, step);
  if (step.phase === "products") return undoProducts(shop, importId, step);
  if (step.phase === "customers") return undoCustomers(shop, importId, step);
  if ((await rebuildDirtyDays(ctx, tenant.id)).more) return "more";
  if (await buildNextProductDays(ctx, tenant.id)) return step;
  const next = await beginUses(shop, importId);
  return (await commitStep(shop, importId, step, next, {}, [])) ? next : null;
}

/** Ends an undo that repeatedly failed: what it removed stays removed, and a new request continues it. */
export async function failUndo(ctx: Base, tenantId: string, importId: string): Promise<void> {
  const now = new Date().toISOString();
  await ctx.db
    .run(sql`UPDATE imports SET status = 'failed', undo_status = NULL, progress_at = ${now}, finished_at = ${now},
      error = 'The undo repeatedly stopped because of an internal error. Request it again to continue it.'
    WHERE tenant_id = ${tenantId} AND id = ${importId} AND undo_status = 'undoing'`);
}
