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
import { type Identity, newMemory, type Recollection, withoutRevision } from "../recollection.ts";
import { shopState } from "../shop-facts.ts";
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

const remembered = newMemory<{ identity: Identity; state: string }>();

const namedShop = tenantRow.extend({ state: z.string() });

/** Like `findTenant`, for requests that name the shop: this isolate remembers it. One round trip. */
export async function readNamedShop(ctx: Base, slug: string): Promise<Tenant | null> {
  const [row] = await ctx.db.all(
    namedShop,
    sql`SELECT ${columnsOf(tenantRow)}, ${shopState} AS state FROM tenants t WHERE slug = ${slug} AND is_active = 1`,
  );
  if (!row) return null;
  const { state, ...tenant } = row;
  remembered.set(slug, { identity: withoutRevision({ tenant, actor: null }), state });
  return tenant;
}

/** What this isolate remembers of a shop that is named, if anything. */
export function recallNamedShop(slug: string): Recollection | null {
  const known = remembered.get(slug);
  if (!known) return null;
  return {
    identity: known.identity,
    guard: sql`SELECT t.revision FROM tenants t
      WHERE t.id = ${known.identity.tenant.id} AND t.is_active = 1 AND ${shopState} = ${known.state}`,
    discard: () => remembered.delete(slug),
  };
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
  const content = { ...input, admin };
  try {
    return { replayed: false, value: await open(ctx, input, key, content) };
  } catch (error) {
    if (!violates(error, "tenants.slug")) throw error;
    // The key is stored under the id of the shop that a first request has opened.
    const opened = sql`(SELECT id FROM tenants WHERE slug = ${input.slug} AND is_active = 1)`;
    return runOnce(ctx, idempotentRequest(opened, "signup", key, content), TenantMade, () =>
      Promise.reject(new Problem("slug-taken", "Choose another slug.")),
    );
  }
}

async function open(
  ctx: Base,
  { slug, name, currency, timezone, admin }: z.infer<typeof NewTenant>,
  key: string | undefined,
  content: object,
): Promise<z.infer<typeof TenantMade>> {
  const id = newId();
  const created_at = ctx.now.toISOString();
  const { user, insert } = newUser(ctx.now, id, admin, "ADMIN", { isOwnPassword: true });
  const opened = { tenant: { id, slug, name, currency, timezone, created_at }, user };
  await ctx.db.batch([
    sql`INSERT INTO tenants (id, slug, name, currency, timezone, created_at)
      VALUES (${id}, ${slug}, ${name}, ${currency}, ${timezone}, ${created_at})`,
    insert,
    audit({ ...ctx, tenant: { id }, actor: user }, "shop.opened", id, {
      after: sql`${JSON.stringify({ slug, name, currency, timezone, admin_id: user.id })}`,
    }),
    storeMail(ctx, id, { kind: "email.confirm", subjectId: user.id, recipient: user.email }),
    ...storeResponse(ctx.now, idempotentRequest(id, "signup", key, content), JSON.stringify(opened)),
  ]);
  return opened;
}
