// A shop, and how a request finds it.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { audit } from "../../audit/log.ts";
import type { Base, Tenant } from "../../platform/context.ts";
import { violates } from "../../platform/d1.ts";
import { idempotentRequest, runOnce, storeResponse } from "../../idempotency/run-once.ts";
import { newId } from "../../values/ids.ts";
import { Problem } from "../../platform/problem.ts";
import { PlanName } from "../../quota/plans.ts";
import { passwordMark } from "../login/passwords.ts";
import { type NewTenant, TenantMade } from "../schema.ts";
import { newUser } from "../accounts/users.ts";

const tenantRow = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  currency: z.string(),
  timezone: z.string(),
  revision: z.number(),
  plan: PlanName,
});

const select = sql.raw("SELECT id, slug, name, currency, timezone, revision, plan FROM tenants");

/** The open shop of this slug, or null. One round trip. */
export async function findTenant(ctx: Base, slug: string): Promise<Tenant | null> {
  const [row] = await ctx.db.all(tenantRow, sql`${select} WHERE slug = ${slug} AND is_active = 1`);
  return row ?? null;
}

/** The open shop of this id, for cron and queue; null where there is none. One round trip. */
export async function tenantById(ctx: Base, id: string): Promise<Tenant | null> {
  const [row] = await ctx.db.all(tenantRow, sql`${select} WHERE id = ${id} AND is_active = 1`);
  return row ?? null;
}

/** The shop of this id though it is closed: its money and its goods still want their place. One round trip. */
export async function findTenantIncludingClosed(ctx: Base, id: string): Promise<Tenant | null> {
  const [row] = await ctx.db.all(tenantRow, sql`${select} WHERE id = ${id}`);
  return row ?? null;
}

export const unknownTenant = (): Problem => new Problem("unknown-tenant", "There is no shop of this name.");

/** Opens a shop with its first ADMIN. @throws Problem signup-closed, slug-taken */
export async function openTenant(
  ctx: Base,
  input: z.infer<typeof NewTenant>,
  key: string | undefined,
): Promise<{ replayed: boolean; value: z.infer<typeof TenantMade> }> {
  if (ctx.env.SIGNUP !== "open")
    throw new Problem("signup-closed", "Ask the operator to open a shop for you.");
  const admin = { ...input.admin, password: passwordMark(ctx.env, input.admin.password) };
  // Before the shop exists its key has no home: a repeated request finds it in the shop that has the slug now.
  const home = key === undefined ? null : await findTenant(ctx, input.slug);
  const id = home?.id ?? newId();
  const content = { ...input, admin };
  const request = idempotentRequest(id, "signup", key, content);
  return runOnce(ctx, request, TenantMade, async () => {
    if (home) throw slugTaken();
    const { slug, name, currency, timezone } = input;
    const created_at = ctx.now.toISOString();
    const { user, insert } = newUser(ctx.now, id, input.admin, "ADMIN");
    const made = { tenant: { id, slug, name, currency, timezone, created_at }, user };
    try {
      await ctx.db.batch([
        sql`INSERT INTO tenants (id, slug, name, currency, timezone, created_at)
          VALUES (${id}, ${slug}, ${name}, ${currency}, ${timezone}, ${created_at})`,
        insert,
        audit({ ...ctx, tenant: { id }, actor: user }, "shop.opened", id, {
          after: sql`${JSON.stringify({ slug, name, currency, timezone, admin_id: user.id })}`,
        }),
        ...storeResponse(ctx.now, request, JSON.stringify(made)),
      ]);
    } catch (error) {
      if (violates(error, "tenants.slug")) throw slugTaken();
      throw error;
    }
    return made;
  }).catch(async (error: unknown) => {
    // A rival under the same key may have opened it since we looked: the key is at home in that shop.
    const isTaken = error instanceof Problem && error.slug === "slug-taken";
    const rival = isTaken && request && !home ? await findTenant(ctx, input.slug) : null;
    if (!rival) throw error;
    return runOnce(ctx, idempotentRequest(rival.id, "signup", key, content), TenantMade, () =>
      Promise.reject(error),
    );
  });
}

const slugTaken = (): Problem => new Problem("slug-taken", "Another shop has this slug: choose another.");
