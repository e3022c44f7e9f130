// What an ADMIN decides for the whole shop.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { auditUpdate } from "../../audit/log.ts";
import type { Ctx } from "../../platform/context.ts";
import { sqlBoolean, rows } from "../../platform/d1.ts";
import { notFound } from "../../platform/problem.ts";
import { addressQuota, planQuotas } from "../../quota/plans.ts";
import type { Settings, SettingsPatch } from "../schema.ts";

type SettingsBody = z.infer<typeof Settings>;

const settingsRow = z.object({
  require_shift_to_sell: sqlBoolean,
  require_if_match: sqlBoolean,
  idle_minutes: z.number(),
  max_shift_hours: z.number(),
  hold_minutes: z.number(),
});

const columns = sql.raw(
  "require_shift_to_sell, require_if_match, idle_minutes, max_shift_hours, hold_minutes",
);

/** The settings of the shop. One round trip. */
export const getSettings = (ctx: Ctx): Promise<SettingsBody> =>
  one(ctx, sql`SELECT ${columns} FROM tenants WHERE id = ${ctx.tenant.id}`);

/** Changes what the patch names, and answers all. One round trip. */
export async function changeSettings(ctx: Ctx, patch: z.infer<typeof SettingsPatch>): Promise<SettingsBody> {
  const { require_shift_to_sell: shift, require_if_match: version } = patch;
  const { idle_minutes, max_shift_hours, hold_minutes } = patch;
  const changes: SQL[] = [];
  if (shift !== undefined) changes.push(sql`require_shift_to_sell = ${shift ? 1 : 0}`);
  if (version !== undefined) changes.push(sql`require_if_match = ${version ? 1 : 0}`);
  if (idle_minutes !== undefined) changes.push(sql`idle_minutes = ${idle_minutes}`);
  if (max_shift_hours !== undefined) changes.push(sql`max_shift_hours = ${max_shift_hours}`);
  if (hold_minutes !== undefined) changes.push(sql`hold_minutes = ${hold_minutes}`);
  if (changes.length === 0) return getSettings(ctx);
  const row = sql`FROM tenants WHERE id = ${ctx.tenant.id}`;
  return one(
    ctx,
    auditUpdate(ctx, "settings.changed", ctx.tenant.id, patch, row),
    sql`UPDATE tenants SET ${sql.join(changes, sql`, `)} WHERE id = ${ctx.tenant.id} RETURNING ${columns}`,
  );
}

/** The settings that the last statement answers. One round trip. */
async function one(ctx: Ctx, ...statements: SQL[]): Promise<SettingsBody> {
  const [settings] = rows(settingsRow, (await ctx.db.batch(statements)).at(-1));
  if (!settings) throw notFound("shop");
  const { plan } = ctx.tenant;
  const quotas = { ...planQuotas(ctx.env, plan), address: addressQuota(ctx.env) };
  return { ...settings, plan, quotas };
}
