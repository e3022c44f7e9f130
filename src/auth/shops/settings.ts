// Settings of a shop that an ADMIN can change.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { auditUpdate } from "../../audit/log.ts";
import { assignments, columnsOf } from "../../platform/columns.ts";
import type { Ctx } from "../../platform/context.ts";
import { returning, sqlBoolean } from "../../platform/d1.ts";
import { notFound } from "../../platform/problem.ts";
import { addressQuota, planQuotas } from "../../quota/plans.ts";
import type { Settings, SettingsPatch } from "./schema.ts";

type SettingsBody = z.infer<typeof Settings>;

/** The columns of the settings. */
export const settingsRow = z.object({
  require_shift_to_sell: sqlBoolean,
  require_if_match: sqlBoolean,
  order_mails: sqlBoolean,
  idle_minutes: z.number(),
  max_shift_hours: z.number(),
  hold_minutes: z.number(),
  guest_hold_minutes: z.number(),
  pending_orders_per_customer: z.number(),
  pending_units_per_customer: z.number(),
  pending_orders_per_address: z.number(),
  pending_units_per_address: z.number(),
});

const columns = columnsOf(settingsRow);

/** The settings of the shop. One round trip. */
export const getSettings = (ctx: Ctx): Promise<SettingsBody> =>
  readSettings(ctx, [], sql`SELECT ${columns} FROM tenants WHERE id = ${ctx.tenant.id}`);

/** Changes the settings in `patch` and returns all. One round trip. */
export async function changeSettings(ctx: Ctx, patch: z.infer<typeof SettingsPatch>): Promise<SettingsBody> {
  const changes = assignments(patch);
  if (changes.length === 0) return getSettings(ctx);
  const row = sql`FROM tenants WHERE id = ${ctx.tenant.id}`;
  return readSettings(
    ctx,
    [auditUpdate(ctx, "settings.changed", ctx.tenant.id, patch, row)],
    sql`UPDATE tenants SET ${sql.join(changes, sql`, `)} WHERE id = ${ctx.tenant.id} RETURNING ${columns}`,
  );
}

/** Runs the statements `before`, and then the one that returns the settings. */
async function readSettings(ctx: Ctx, before: SQL[], statement: SQL): Promise<SettingsBody> {
  const selected = returning(settingsRow, statement);
  const done = await ctx.db.batch([...before, selected]);
  const [settings] = done.of(selected);
  if (!settings) throw notFound("shop");
  const { plan } = ctx.tenant;
  const quotas = { ...planQuotas(ctx.env, plan), address: addressQuota(ctx.env) };
  return { ...settings, plan, quotas };
}
