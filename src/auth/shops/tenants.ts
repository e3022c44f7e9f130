// Finds and opens shops.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { audit } from "../../audit/log.ts";
import { columnsOf } from "../../platform/columns.ts";
import { storeMail } from "../../mail/outbox.ts";
import type { Base, Tenant } from "../../platform/context.ts";
import { sqlBoolean, violates } from "../../platform/d1.ts";
import { idempotentRequest, runOnce, storeResponse } from "../../idempotency/run-once.ts";
import { newId } from "../../values/ids.ts";
import { Problem } from "../../platform/problem.ts";
import { PlanName } from "../../quota/plans.ts";
import { passwordFingerprint } from "../login/passwords.ts";
import { type NewTenant, TenantMade } from "./schema.ts";
import { newUser } from "../accounts/users.ts";

export const tenantRow = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  currency: z.string(),
  timezone: z.string(),
  revision: z.number(),
  plan: PlanName,
  prices_include_tax: sqlBoolean,
  employees_see: z.enum(["own", "all"]),
});

const select = sql`SELECT ${columnsOf(tenantRow)} FROM tenants`;

/** The open shop with this slug, or null. One round trip. */
export async function findTenant(ctx: Base, slug: string): Promise<Tenant | null> {
  const [row] = await ctx.db.all(tenantRow, sql`${select} WHERE slug = ${slug} AND is_active = 1`);
  return row ?? null;
}

/** The open shop with this id, or null. One round trip. */
export async function tenantById(ctx: Base, id: string): Promise<Tenant | null> {
  const [row] = await ctx.db.all(tenantRow, sql`${select} WHERE id = ${id} AND is_active = 1`);
  return row ?? null;
}

/** The shop with this id, open or closed, for payments and stock that remain to be settled; or null. One round trip. */
export async function findTenantIncludingClosed(ctx: Base, id: string): Promise<Tenant | null> {
  const [row] = await ctx.db.all(tenantRow, sql`${select} WHERE id = ${id}`);
  return row ?? null;
}

export const unknownTenant = (): Problem => new Problem("unknown-tenant", "There is no shop with this slug.");

/** Opens a shop with its first ADMIN. Costs one scrypt. @throws Problem signup-closed, slug-taken, idempotency-mismatch */
export async function openTenant(
  ctx: Base,
  input: z.infer<typeof NewTenant>,
  key: string | undefined,
): Promise<{ replayed: boolean; value: z.infer<typeof TenantMade> }> {
  if (ctx.env.SIGNUP !== "open")
    throw new Problem("signup-closed", "Ask the operator to open a shop for you.");
  const admin = { ...input.admin, password: passwordFingerprint(ctx.env, input.admin.password) };
  // The key is stored under the new shop's id, so a repeated request looks for it in the shop that now has the slug.
  const existing = key === undefined ? null : await findTenant(ctx, input.slug);
  const id = existing?.id ?? newId();
  const content = { ...input, admin };
  const request = idempotentRequest(id, "signup", key, content);
  return runOnce(ctx, request, TenantMade, async () => {
    if (existing) throw slugTaken();
    const { slug, name, currency, timezone } = input;
    const created_at = ctx.now.toISOString();
    const { user, insert } = newUser(ctx.now, id, input.admin, "ADMIN", { isOwnPassword: true });
    const opened = { tenant: { id, slug, name, currency, timezone, created_at }, user };
    try {
      await ctx.db.batch([
        sql`INSERT INTO tenants (id, slug, name, currency, timezone, created_at)
          VALUES (${id}, ${slug}, ${name}, ${currency}, ${timezone}, ${created_at})`,
        insert,
        audit({ ...ctx, tenant: { id }, actor: user }, "shop.opened", id, {
          after: sql`${JSON.stringify({ slug, name, currency, timezone, admin_id: user.id })}`,
        }),
        storeMail(ctx, id, { kind: "email.confirm", subjectId: user.id, recipient: user.email }),
        ...storeResponse(ctx.now, request, JSON.stringify(opened)),
      ]);
    } catch (error) {
      if (violates(error, "tenants.slug")) throw slugTaken();
      throw error;
    }
    return opened;
  }).catch(async (error: unknown) => {
    // A parallel request with the same key may have opened the shop in the meantime; the key is then stored under that shop.
    const isTaken = error instanceof Problem && error.slug === "slug-taken";
    const concurrent = isTaken && request && !existing ? await findTenant(ctx, input.slug) : null;
    if (!concurrent) throw error;
    return runOnce(ctx, idempotentRequest(concurrent.id, "signup", key, content), TenantMade, () =>
      Promise.reject(error),
    );
  });
}

const slugTaken = (): Problem => new Problem("slug-taken", "Choose another slug.");
