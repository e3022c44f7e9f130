// The setting require_shift_to_sell: a shop may restrict counter sales to open shifts. The rule is a NULL in the batch of the
// sale, so it holds against a shift that ends, or a setting that is switched on, after the read.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { userIdOf, type ActorCtx } from "../../platform/context.ts";
import { returning, type Returning, violates } from "../../platform/d1.ts";
import { Problem } from "../../platform/problem.ts";
import { openShiftId } from "../record.ts";

/**
 * A scalar query for `sales.channel`: 'counter', or NULL where the shop requires a shift and the seller has none; `shiftId` is SQL, by
 * default the open shift of the seller. A seller of null is an API key that names nobody, of whom no shift is required.
 */
export const counterChannel = (
  ctx: ActorCtx,
  sellerId: string | null = userIdOf(ctx),
  shiftId = openShiftId(ctx.tenant.id, sellerId),
): SQL =>
  sellerId === null
    ? sql`'counter'`
    : sql`(SELECT iif(require_shift_to_sell AND ${shiftId} IS NULL, NULL, 'counter')
    FROM tenants WHERE id = ${ctx.tenant.id})`;

/** Whether D1 rejected a sale because its `counterChannel` is NULL. */
export const violatesShiftPolicy = (error: unknown): boolean => violates(error, "sales.channel");

/** `soldAt` is the instant of a sale of earlier. */
export const shiftRequired = (soldAt?: string): Problem<"no-open-shift"> =>
  new Problem(
    "no-open-shift",
    soldAt === undefined
      ? "This shop sells only during a shift: start one first."
      : `This shop sells only during a shift, and you had none at ${soldAt}. An ADMIN can correct when your shift started or ended.`,
    {},
    {},
    409,
  );

const policyRow = z.object({ channel: z.string().nullable() });

type PolicyRow = z.infer<typeof policyRow>;

/** The statement that reads `counterChannel`, for a batch of reads. */
export const selectShiftPolicy = (
  ctx: ActorCtx,
  sellerId?: string | null,
  shiftId?: SQL,
): Returning<PolicyRow> =>
  returning(policyRow, sql`SELECT ${counterChannel(ctx, sellerId, shiftId)} AS channel`);

/** Checks the rows of `selectShiftPolicy`; `soldAt` is the instant of a sale of earlier. @throws Problem no-open-shift (409) */
export function requireShift([policy]: PolicyRow[], soldAt?: string): void {
  if (policy?.channel === null) throw shiftRequired(soldAt);
}
