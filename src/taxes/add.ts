import { sql, type SQL } from "drizzle-orm";
import type { z } from "zod";
import { audit } from "../audit/log.ts";
import { replaceTaxRate } from "../catalog/products/tax-rates.ts";
import { idempotentRequest, runOnce, storeResponse } from "../idempotency/run-once.ts";
import { actorId, type ActorCtx } from "../platform/context.ts";
import { violates } from "../platform/d1.ts";
import { Problem } from "../platform/problem.ts";
import { newId } from "../values/ids.ts";
import { clearDefault, getTaxRate, nameExists, type TaxRateBody } from "./rates.ts";
import { type NewTaxRate, TaxRate } from "./schema.ts";

/**
 * Adds a tax rate. With `replaces` it takes over the products of that rate and whether it is the default, and the replaced
 * rate becomes inactive. One round trip, two with `replaces`. @throws Problem not-found, tax-rate-exists, tax-rate-inactive, conflict
 */
export async function addTaxRate(
  ctx: ActorCtx,
  input: z.infer<typeof NewTaxRate>,
  key: string | undefined,
): Promise<{ replayed: boolean; value: TaxRateBody }> {
  const request = idempotentRequest(ctx.tenant.id, actorId(ctx), key, input);
  return runOnce(ctx, request, TaxRate, async () => {
    const replaced = input.replaces === undefined ? null : await getTaxRate(ctx, input.replaces);
    if (replaced?.is_active === false)
      throw new Problem("tax-rate-inactive", `${replaced.name} is not active, so it cannot be replaced.`);
    const rate: TaxRateBody = {
      id: newId(),
      name: input.name,
      rate: input.rate,
      is_default: input.is_default === true || replaced?.is_default === true,
      is_active: true,
      is_used: false,
      created_at: ctx.now.toISOString(),
    };
    const added = { name: rate.name, rate: rate.rate, is_default: rate.is_default };
    try {
      await ctx.db.batch([
        ...(replaced ? deactivate(ctx, replaced) : []),
        insert(ctx, rate, replaced ? sql`changes() = 1` : sql`true`),
        ...(rate.is_default ? makeDefault(ctx, rate.id) : []),
        ...(replaced ? [replaceTaxRate(ctx, replaced.id, rate.id)] : []),
        audit(ctx, "tax_rate.added", rate.id, {
          after: replaced
            ? sql`json_set(${JSON.stringify({ ...added, replaces: replaced.id })}, '$.products', changes())`
            : sql`${JSON.stringify(added)}`,
        }),
        ...storeResponse(ctx.now, request, JSON.stringify(rate)),
      ]);
    } catch (error) {
      if (violates(error, "tax_rates.tenant_id")) throw nameExists();
      if (violates(error, "tax_rates.name"))
        throw new Problem(
          "conflict",
          "The replaced tax rate has changed. Read it and send the request again.",
        );
      throw error;
    }
    return rate;
  });
}

/** The statements that deactivate a rate. The last one changes no row if the rate is no longer as it was read. */
function deactivate(ctx: ActorCtx, { id, is_default }: TaxRateBody): SQL[] {
  const unchanged = sql`tenant_id = ${ctx.tenant.id} AND id = ${id} AND is_active = 1 AND is_default = ${Number(is_default)}`;
  const before = JSON.stringify({ is_active: true, ...(is_default ? { is_default } : {}) });
  const after = JSON.stringify({ is_active: false, ...(is_default ? { is_default: false } : {}) });
  return [
    audit(ctx, "tax_rate.changed", id, { before: sql`${before}`, after: sql`${after}` }),
    sql`UPDATE tax_rates SET is_active = 0, is_default = 0 WHERE ${unchanged}`,
  ];
}

// A NULL in a NOT NULL column rejects the batch.
const insert = (ctx: ActorCtx, rate: TaxRateBody, condition: SQL): SQL => sql`
  INSERT INTO tax_rates (tenant_id, id, name, rate, created_at)
  SELECT ${ctx.tenant.id}, ${rate.id}, iif(${condition}, ${rate.name}, NULL), ${rate.rate}, ${rate.created_at}`;

const makeDefault = (ctx: ActorCtx, id: string): SQL[] => [
  clearDefault(ctx, id),
  sql`UPDATE tax_rates SET is_default = 1 WHERE tenant_id = ${ctx.tenant.id} AND id = ${id}`,
];
