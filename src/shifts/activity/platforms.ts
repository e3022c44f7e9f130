// The platforms that a shop allows for activity, in one row, so that a new list replaces the old one atomically.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { auditDifference } from "../../audit/log.ts";
import type { Ctx } from "../../platform/context.ts";
import type { PlatformsSeen } from "./schema.ts";

type PlatformList = z.infer<typeof PlatformsSeen>;

const namesRow = z.object({ names: z.string() });
const nameList = z.array(z.string());

/** A scalar query: the JSON list of the shop's platforms, or NULL if it never set one. */
export const platformNames = (tenantId: string): SQL =>
  sql`(SELECT names FROM platform_lists WHERE tenant_id = ${tenantId})`;

/** The platforms in a column that holds `platformNames`; null allows all. */
export const parsePlatforms = (names: string | null): string[] | null =>
  names === null ? null : nameList.parse(JSON.parse(names));

/** The shop's allowlist. One round trip. */
export async function getPlatforms(ctx: Ctx): Promise<PlatformList> {
  const [row] = await ctx.db.all(
    namesRow,
    sql`SELECT names FROM platform_lists WHERE tenant_id = ${ctx.tenant.id}`,
  );
  return { platforms: parsePlatforms(row?.names ?? null) ?? [], allows_all: row === undefined };
}

/** Replaces the shop's allowlist. One round trip. */
export async function putPlatforms(ctx: Ctx, platforms: string[]): Promise<PlatformList> {
  const names = [...new Set(platforms)].toSorted();
  const states = sql`SELECT json_object('platforms', json(${platformNames(ctx.tenant.id)})) AS was,
    ${JSON.stringify({ platforms: names })} AS becomes`;
  await ctx.db.batch([
    auditDifference(ctx, "platforms.changed", ctx.tenant.id, states),
    sql`INSERT INTO platform_lists (tenant_id, names) VALUES (${ctx.tenant.id}, ${JSON.stringify(names)})
      ON CONFLICT (tenant_id) DO UPDATE SET names = excluded.names`,
  ]);
  return { platforms: names, allows_all: false };
}
