// The checkpoint of an undo: what it removes next. It advances in the batch of the deletions, so a step is done once, however
// often a consumer is killed.
import { sql, type SQL } from "drizzle-orm";
import type { Ctx } from "../../platform/context.ts";
import { violates } from "../../platform/d1.ts";

const PHASES = ["sales", "days", "uses", "products", "customers", "end"] as const;

/**
 * What is removed next, after `after`: a sale, the line that was searched last, a product, or a customer. Days are rebuilt in between, because
 * products are counted by day. `since` is a lower bound of the ids of the sales that "uses" may have missed.
 */
export type UndoStep = { phase: (typeof PHASES)[number]; after: string; since?: string };

export const stepText = ({ phase, after, since }: UndoStep): string =>
  since === undefined ? `${phase}:${after}` : `${phase}@${since}:${after}`;

/** @throws Error if the text is no step */
export function parseStep(text: string): UndoStep {
  const [, name, since, after = ""] = /^([a-z]+)(?:@([\da-f-]+))?:(.*)$/.exec(text) ?? [];
  const phase = PHASES.find((each) => each === name);
  if (phase === undefined) throw new Error(`not a step of an undo: ${text}`);
  return since === undefined ? { phase, after } : { phase, after, since };
}

/** The numbers that a step adds, as SQL that is evaluated before the deletions of its batch. */
type Counts = { sales?: SQL; products?: SQL; customers?: SQL; retained?: SQL };

const nothing = sql.raw("0");

/** Commits a step with its checkpoint. Resolves to false when another consumer has done it. One round trip. */
export async function commitStep(
  ctx: Ctx,
  importId: string,
  from: UndoStep,
  to: UndoStep,
  { sales = nothing, products = nothing, customers = nothing, retained = nothing }: Counts,
  statements: SQL[],
): Promise<boolean> {
  // NOT NULL on undo_step rejects the batch when another consumer has advanced it.
  const advance = sql`UPDATE imports SET progress_at = ${new Date().toISOString()}, resumes = 0,
      undo_step = CASE WHEN undo_step = ${stepText(from)} AND undo_status = 'undoing' THEN ${stepText(to)} END,
      undone_sales = undone_sales + ${sales}, undone_products = undone_products + ${products},
      undone_customers = undone_customers + ${customers}, undo_retained = undo_retained + ${retained}
    WHERE tenant_id = ${ctx.tenant.id} AND id = ${importId}`;
  try {
    await ctx.db.batch([advance, ...statements]);
    return true;
  } catch (error) {
    if (violates(error, "imports.undo_step")) return false;
    throw error;
  }
}
