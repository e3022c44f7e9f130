// The people of a shop: customers who register, staff that an ADMIN creates.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { audit, auditUpdate } from "../audit/log.ts";
import type { ActorCtx, Base, Ctx, Role } from "../context.ts";
import { flag, refusedBy, rows } from "../db.ts";
import { keyed, once, remember } from "../idempotency/once.ts";
import { newId } from "../ids.ts";
import { cursorOf, keyOf, page } from "../page.ts";
import { notFound, Problem } from "../problem.ts";
import { hashPassword, passwordMark } from "./passwords.ts";
import { Preferences, User } from "./schema.ts";

type UserBody = z.infer<typeof User>;

export type Person = { email: string; password: string; first_name: string; last_name: string };

/** A row of `userColumns`. */
export const userRow = z.object({
  id: z.string(),
  tenant_id: z.string(),
  email: z.string(),
  first_name: z.string(),
  last_name: z.string(),
  role: z.enum(["ADMIN", "EMPLOYEE", "CUSTOMER"]),
  is_active: flag,
  preferences: z.string().transform((text) => Preferences.parse(JSON.parse(text))),
  created_at: z.string(),
});

/** What is answered of an account. */
export const userColumns = sql.raw(
  "id, tenant_id, email, first_name, last_name, role, is_active, preferences, created_at",
);

/** A new account and the statement that stores it. It costs one scrypt. */
export function newUser(
  now: Date,
  tenantId: string,
  person: Person,
  role: Role,
): { user: UserBody; insert: SQL } {
  const { email, first_name, last_name } = person;
  const user: UserBody = {
    id: newId(),
    tenant_id: tenantId,
    email,
    first_name,
    last_name,
    role,
    is_active: true,
    preferences: {},
    created_at: now.toISOString(),
  };
  const insert = sql`INSERT INTO users (tenant_id, id, email, password_hash, first_name, last_name, role, created_at)
    VALUES (${tenantId}, ${user.id}, ${email}, ${hashPassword(person.password)}, ${first_name}, ${last_name}, ${role},
      ${user.created_at})`;
  return { user, insert };
}

/**
 * Adds an account. `by` is who does it, null for somebody who registers himself; his e-mail owns the Idempotency-Key then.
 * @throws Problem email-taken
 */
export async function addUser(
  ctx: Base,
  tenantId: string,
  by: { id: string } | null,
  person: Person,
  role: Role,
  key: string | undefined,
): Promise<{ replayed: boolean; value: UserBody }> {
  const content = { role, ...person, password: passwordMark(ctx.env, person.password) };
  const request = keyed(tenantId, by?.id ?? person.email, key, content);
  return once(ctx, request, User, async () => {
    const { user, insert } = newUser(ctx.now, tenantId, person, role);
    const who = { ...ctx, tenant: { id: tenantId }, actor: by ?? user };
    const after = sql`json_object('role', ${role})`;
    try {
      await ctx.db.batch([
        ...remember(ctx.now, request, JSON.stringify(user)),
        insert,
        audit(who, by ? "user.added" : "user.registered", user.id, { after }),
      ]);
    } catch (error) {
      if (refusedBy(error, "users.tenant_id"))
        throw new Problem("email-taken", "Somebody in this shop has this e-mail already.");
      throw error;
    }
    return user;
  });
}

/** One account of a shop. One round trip. @throws Problem not-found */
export async function getUser(ctx: Base, tenantId: string, id: string): Promise<UserBody> {
  const [user] = await ctx.db.all(
    userRow,
    sql`SELECT ${userColumns} FROM users WHERE tenant_id = ${tenantId} AND id = ${id}`,
  );
  if (!user) throw notFound("user");
  return user;
}

/** The accounts of the shop, newest first. */
export async function listUsers(
  ctx: Ctx,
  query: { limit: number; cursor?: string | undefined; role?: Role | undefined },
) {
  const list = `users:${query.role ?? ""}`;
  const [after] = keyOf(list, ctx.tenant.id, query.cursor) ?? [];
  const found = await ctx.db.all(
    userRow,
    sql`SELECT ${userColumns} FROM users WHERE tenant_id = ${ctx.tenant.id}
      ${after === undefined ? sql`` : sql`AND id < ${after}`}
      ${query.role === undefined ? sql`` : sql`AND role = ${query.role}`}
      ORDER BY id DESC LIMIT ${query.limit + 1}`,
  );
  return page(found, query.limit, (last) => cursorOf(list, ctx.tenant.id, [last.id]));
}

export const accountErased = (): Problem =>
  new Problem("account-erased", "Nothing is left of this account to change.");

/** Changes these columns; the log tells of `told` what it may. One round trip. @throws Problem not-found, account-erased */
async function update(ctx: Ctx, id: string, changes: SQL[], told: SQL): Promise<UserBody> {
  if (changes.length === 0) return getUser(ctx, ctx.tenant.id, id);
  try {
    const results = await ctx.db.batch([
      told,
      sql`UPDATE users SET ${sql.join(changes, sql`, `)} ${of(ctx, id)} RETURNING ${userColumns}`,
    ]);
    const [user] = rows(userRow, results.at(-1));
    if (!user) throw notFound("user");
    return user;
  } catch (error) {
    throw refusedBy(error, "erased") ? accountErased() : error;
  }
}

const of = (ctx: Ctx, id: string): SQL => sql`WHERE tenant_id = ${ctx.tenant.id} AND id = ${id}`;

const row = (ctx: Ctx, id: string): SQL => sql`FROM users ${of(ctx, id)}`;

/** Changes role or activity; both count from the next request. @throws Problem last-admin, not-found, account-erased */
export async function changeUser(
  ctx: ActorCtx,
  id: string,
  patch: { role?: Role | undefined; is_active?: boolean | undefined },
): Promise<UserBody> {
  const changes: SQL[] = [];
  if (patch.role !== undefined) changes.push(sql`role = ${patch.role}`);
  if (patch.is_active !== undefined) changes.push(sql`is_active = ${patch.is_active ? 1 : 0}`);
  try {
    return await update(ctx, id, changes, auditUpdate(ctx, "user.changed", id, patch, row(ctx, id)));
  } catch (error) {
    if (refusedBy(error, "last_admin")) throw new Problem("last-admin", "Make somebody else an ADMIN first.");
    throw error;
  }
}

/** Changes the signed-in user's own profile; the log names the fields only. */
export async function changeMe(
  ctx: ActorCtx,
  patch: {
    first_name?: string | undefined;
    last_name?: string | undefined;
    preferences?: z.infer<typeof Preferences> | undefined;
  },
): Promise<UserBody> {
  const { id } = ctx.actor;
  const changes: SQL[] = [];
  if (patch.first_name !== undefined) changes.push(sql`first_name = ${patch.first_name}`);
  if (patch.last_name !== undefined) changes.push(sql`last_name = ${patch.last_name}`);
  if (patch.preferences !== undefined) changes.push(sql`preferences = ${JSON.stringify(patch.preferences)}`);
  const told = auditUpdate(ctx, "user.profile_changed", id, patch, row(ctx, id), { namesOnly: true });
  return update(ctx, id, changes, told);
}
