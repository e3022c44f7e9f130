// What an ADMIN decides for the whole shop.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../context.ts";
import { flag } from "../db.ts";
import { notFound } from "../problem.ts";
import { addressQuota, planQuotas } from "../quota/plans.ts";
import type { Settings, SettingsPatch } from "./schema.ts";

type SettingsBody = z.infer<typeof Settings>;

const settingsRow = z.object({
  require_shift_to_sell: flag,
  idle_minutes: z.number(),
  max_shift_hours: z.number(),
  hold_minutes: z.number(),
});

const columns = sql.raw("require_shift_to_sell, idle_minutes, max_shift_hours, hold_minutes");

/** The settings of the shop. One round trip. */
export const getSettings = (ctx: Ctx): Promise<SettingsBody> =>
  one(ctx, sql`SELECT ${columns} FROM tenants WHERE id = ${ctx.tenant.id}`);

/** Changes what the patch names, and answers all. One round trip. */
export async function changeSettings(ctx: Ctx, patch: z.infer<typeof SettingsPatch>): Promise<SettingsBody> {
  const { require_shift_to_sell: required, idle_minutes, max_shift_hours, hold_minutes } = patch;
  const changes: SQL[] = [];
  if (required !== undefined) changes.push(sql`require_shift_to_sell = ${required ? 1 : 0}`);
  if (idle_minutes !== undefined) changes.push(sql`idle_minutes = ${idle_minutes}`);
  if (max_shift_hours !== undefined) changes.push(sql`max_shift_hours = ${max_shift_hours}`);
  if (hold_minutes !== undefined) changes.push(sql`hold_minutes = ${hold_minutes}`);
  if (changes.length === 0) return getSettings(ctx);
  return one(
    ctx,
    sql`UPDATE tenants SET ${sql.join(changes, sql`, `)} WHERE id = ${ctx.tenant.id} RETURNING ${columns}`,
  );
}

async function one(ctx: Ctx, statement: SQL): Promise<SettingsBody> {
  const [settings] = await ctx.db.all(settingsRow, statement);
  if (!settings) throw notFound("shop");
  const { plan } = ctx.tenant;
  const quotas = { ...planQuotas(ctx.env, plan), address: addressQuota(ctx.env) };
  return { ...settings, plan, quotas };
}
