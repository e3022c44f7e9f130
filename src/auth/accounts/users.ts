// The accounts of a shop: customers register, and an ADMIN creates staff.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { audit } from "../../audit/log.ts";
import { columnsOf } from "../../platform/columns.ts";
import { bouncedAt } from "../../mail/bounces.ts";
import { storeMail } from "../../mail/outbox.ts";
import type { UserCtx, Base, Ctx, Role } from "../../platform/context.ts";
import { sqlBoolean, violates } from "../../platform/d1.ts";
import { idempotentRequest, runOnce, storeResponse } from "../../idempotency/run-once.ts";
import { newId } from "../../values/ids.ts";
import { encodeCursor, decodeCursor, pageOf, singleKey } from "../../platform/cursor.ts";
import { notFound, Problem } from "../../platform/problem.ts";
import { hashPassword, passwordFingerprint } from "../login/passwords.ts";
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
  is_active: sqlBoolean,
  preferences: z.string().transform((text) => Preferences.parse(JSON.parse(text))),
  created_at: z.string(),
  email_confirmed: sqlBoolean,
  email_bounced_at: z.string().nullable(),
});

const storedColumns = columnsOf(userRow.omit({ email_confirmed: true, email_bounced_at: true }));

// A bounce before the account existed would tell somebody who registers with an address that the shop knows it.
export const userColumns = sql`${storedColumns}, email_confirmed_at IS NOT NULL AS email_confirmed,
  ${bouncedAt(sql`users.tenant_id`, sql`users.email`, sql`users.created_at`)} AS email_bounced_at`;

type AccountOptions = {
  /** Whether the person chose the password: then nobody else may set it. */
  isOwnPassword: boolean;
  /** Whether mail to the address has reached the person. */
  isConfirmed?: boolean;
  /** SQL that says whether the account is stored. */
  when?: SQL;
};

/** A new account and the statement that stores it and returns its id. Costs one scrypt. */
export function newUser(
  now: Date,
  tenantId: string,
  person: Person,
  role: Role,
  { isOwnPassword, isConfirmed = false, when = sql`true` }: AccountOptions,
): { user: UserBody; insert: SQL } {
  const { email, first_name, last_name } = person;
  const created_at = now.toISOString();
  const user: UserBody = {
    id: newId(),
    tenant_id: tenantId,
    email,
    email_confirmed: isConfirmed,
    email_bounced_at: null,
    first_name,
    last_name,
    role,
    is_active: true,
    preferences: {},
    created_at,
  };
  const insert = sql`INSERT INTO users (tenant_id, id, email, password_hash, first_name, last_name, role, created_at,
      self_registered, email_confirmed_at)
    SELECT ${tenantId}, ${user.id}, ${email}, ${hashPassword(person.password)}, ${first_name}, ${last_name}, ${role},
      ${created_at}, ${Number(isOwnPassword)}, ${isConfirmed ? created_at : null} WHERE ${when} RETURNING id`;
  return { user, insert };
}

/**
 * Adds an account. `by` is the ADMIN, or null for a person who registers; the Idempotency-Key then belongs to their e-mail.
 * @throws Problem email-taken, idempotency-mismatch
 */
export async function addUser(
  ctx: Base,
  tenantId: string,
  by: { id: string } | null,
  person: Person,
  role: Role,
  key: string | undefined,
): Promise<{ replayed: boolean; value: UserBody }> {
  const content = { role, ...person, password: passwordFingerprint(ctx.env, person.password) };
  const request = idempotentRequest(tenantId, by?.id ?? person.email, key, content);
  return runOnce(ctx, request, User, async () => {
    const { user, insert } = newUser(ctx.now, tenantId, person, role, { isOwnPassword: by === null });
    const auditContext = { ...ctx, tenant: { id: tenantId }, actor: by ?? user };
    const after = sql`json_object('role', ${role})`;
    try {
      await ctx.db.batch([
        ...storeResponse(ctx.now, request, JSON.stringify(user)),
        insert,
        audit(auditContext, by ? "user.added" : "user.registered", user.id, { after }),
        storeMail(ctx, tenantId, { kind: "email.confirm", subjectId: user.id, recipient: person.email }),
      ]);
    } catch (error) {
      if (violates(error, "users.tenant_id"))
        throw new Problem("email-taken", "An account of this shop already has this e-mail. Use another one.");
      throw error;
    }
    return user;
  });
}

/** One account of a shop. One round trip. @throws Problem not-found */
export async function getUser(ctx: Base, tenantId: string, id: string): Promise<UserBody> {
  const [user] = await ctx.db.all(
    userRow,
    sql`SELECT ${userColumns} FROM users WHERE tenant_id = ${tenantId} AND id = ${id} AND has_login = 1`,
  );
  if (!user) throw notFound("user");
  return user;
}

/** The signed-in user's account. One round trip. @throws Problem not-found */
export const getMe = (ctx: UserCtx): Promise<UserBody> => getUser(ctx, ctx.tenant.id, ctx.actor.id);

/** The accounts of the shop, newest first. One round trip. @throws Problem invalid-cursor */
export async function listUsers(
  ctx: Ctx,
  query: { limit: number; cursor?: string | undefined; role?: Role | undefined },
) {
  const list = `users:${query.role ?? ""}`;
  const [after] = decodeCursor(singleKey, list, ctx.tenant.id, query.cursor) ?? [];
  const found = await ctx.db.all(
    userRow,
    sql`SELECT ${userColumns} FROM users INDEXED BY ${query.role === undefined ? sql`users_logins` : sql`users_role`}
      WHERE tenant_id = ${ctx.tenant.id} AND has_login = 1
      ${after === undefined ? sql`` : sql`AND id < ${after}`}
      ${query.role === undefined ? sql`` : sql`AND role = ${query.role}`}
      ORDER BY id DESC LIMIT ${query.limit + 1}`,
  );
  return pageOf(found, query.limit, (last) => encodeCursor(list, ctx.tenant.id, [last.id]));
}
