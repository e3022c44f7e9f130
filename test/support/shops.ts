// Shops, people and products. All people share one password hash.
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { hashPassword } from "../../src/auth/login/passwords.ts";
import { newSession } from "../../src/auth/login/sessions.ts";
import { signAccessToken } from "../../src/auth/login/tokens.ts";
import { factsOfShop, shopFactsColumn } from "../../src/auth/shop-facts.ts";
import { returning } from "../../src/platform/d1.ts";
import type { Base, Role, Tenant, UserCtx } from "../../src/platform/context.ts";
import { newId } from "../../src/values/ids.ts";
import { baseOf } from "../../workers/base.ts";
import { API, call } from "./client.ts";

export const PASSWORD = "correct horse battery";

let hash: string | undefined;

export const base = (now = new Date()): Base => ({ ...baseOf(env, createExecutionContext()), now });

export type Shop = { tenant: Tenant; admin: Person };
export type Person = { id: string; email: string; role: Role; token: string; ctx: (now?: Date) => UserCtx };

let shops = 0;

/** A shop with an ADMIN who is signed in. */
export async function newShop(
  overrides: Partial<Pick<Tenant, "currency" | "timezone" | "name">> = {},
): Promise<Shop> {
  const id = newId();
  shops += 1;
  const tenant: Tenant = {
    id,
    slug: `shop-${shops}-${id.slice(-6)}`,
    name: "Test shop",
    currency: "EUR",
    timezone: "Europe/Madrid",
    revision: 0,
    plan: "standard",
    prices_include_tax: true,
    employees_see: "own",
    ...overrides,
  };
  const inserted = sql`INSERT INTO tenants (id, slug, name, currency, timezone, created_at)
    VALUES (${id}, ${tenant.slug}, ${tenant.name}, ${tenant.currency}, ${tenant.timezone}, ${new Date().toISOString()})`;
  return { tenant, admin: await addPerson(tenant, "ADMIN", undefined, [inserted]) };
}

/** Adds a person to the shop and signs them in. */
export const newPerson = (tenant: Tenant, role: Role, email?: string): Promise<Person> =>
  addPerson(tenant, role, email, []);

/** Runs the statements, then adds a person and signs them in. One batch, because nearly every test begins with it. */
async function addPerson(
  tenant: Tenant,
  role: Role,
  email: string | undefined,
  before: SQL[],
): Promise<Person> {
  const ctx = base();
  const id = newId();
  const address = email ?? `${role.toLowerCase()}-${id.slice(-8)}@example.com`;
  hash ??= hashPassword(PASSWORD);
  const inserted = sql`INSERT INTO users (tenant_id, id, email, password_hash, first_name, last_name, role, created_at)
    VALUES (${tenant.id}, ${id}, ${address}, ${hash}, 'First', 'Last', ${role}, ${ctx.now.toISOString()})`;
  const { session, statements } = newSession(ctx, tenant.id, id, "test", { condition: sql`true` });
  const facts = returning(
    z.object({ shop: shopFactsColumn }),
    sql`SELECT ${factsOfShop(sql`${tenant.id}`)} AS shop`,
  );
  const done = await ctx.db.batch([...before, inserted, ...statements, facts]);
  const actor = { kind: "user" as const, id, role, session };
  const token = await signAccessToken(env, ctx.now, {
    userId: id,
    tenantId: tenant.id,
    session,
    role,
    shop: done.of(facts)[0]?.shop ?? null,
  });
  return { id, email: address, role, token, ctx: (now) => ({ ...base(now), tenant, actor }) };
}

/** Adds a product over HTTP. */
export async function newProduct(
  shop: Shop,
  fields: Record<string, unknown> = {},
): Promise<{ id: string; sku: string; version: number }> {
  const sku = `SKU-${newId().slice(-12)}`;
  const { body } = await call("POST", `${API}/products`, {
    token: shop.admin.token,
    json: { sku, title: "A book", price: 1000, ...fields },
  });
  return body;
}

/** Sells one product over HTTP. */
export const sellOne = (
  token: string,
  productId: string,
  quantity = 1,
  headers: Record<string, string> = {},
) => call("POST", `${API}/sales`, { token, headers, json: { items: [{ product_id: productId, quantity }] } });
