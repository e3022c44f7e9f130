// Signing in. An unknown shop, an unknown e-mail, a disabled account and a wrong password get one answer, after the
// same work.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "../context.ts";
import { unauthenticated } from "../http.ts";
import { attemptOnAccount, countAddress } from "./attempts.ts";
import { verifyPassword } from "./passwords.ts";
import type { Credentials, Login } from "./schema.ts";
import { beginSession, rotateSession, wrongCredentials } from "./sessions.ts";
import { ACCESS_TTL, signAccessToken } from "./tokens.ts";
import { getUser } from "./users.ts";

type LoginBody = z.infer<typeof Login>;

const accountRow = z.object({ id: z.string(), password_hash: z.string(), tenant_id: z.string() });

/** Signs in with a password. @throws Problem invalid-credentials, too-many-attempts */
export async function login(
  ctx: Base,
  input: z.infer<typeof Credentials>,
  address: string,
  device: string | null,
): Promise<LoginBody> {
  await countAddress(ctx, address);
  const [account] = await ctx.db.all(
    accountRow,
    sql`SELECT u.id, u.password_hash, u.tenant_id FROM users u JOIN tenants t ON t.id = u.tenant_id
      WHERE t.slug = ${input.tenant} AND t.is_active = 1 AND u.email = ${input.email} AND u.is_active = 1`,
  );
  const right = await attemptOnAccount(ctx, input.tenant, input.email, () =>
    verifyPassword(input.password, account?.password_hash ?? null),
  );
  if (!account || !right) throw wrongCredentials();
  // Not where the password was changed while this one was looked at: that ends logins, and this would outlive it.
  const isSame = sql`password_hash = ${account.password_hash} AND is_active = 1`;
  const { session, refreshToken } = await beginSession(ctx, account.tenant_id, account.id, device, isSame);
  return loginBody(ctx, account.tenant_id, account.id, session, refreshToken);
}

/** Signs in again with a refresh token. @throws Problem invalid-token, token-reused */
export async function refresh(ctx: Base, token: string): Promise<LoginBody> {
  const { tenantId, userId, session, refreshToken } = await rotateSession(ctx, token);
  return loginBody(ctx, tenantId, userId, session, refreshToken);
}

async function loginBody(
  ctx: Base,
  tenantId: string,
  userId: string,
  session: string,
  refreshToken: string,
): Promise<LoginBody> {
  const user = await getUser(ctx, tenantId, userId);
  if (!user.is_active) throw unauthenticated("The account is disabled.");
  const actor = { id: user.id, role: user.role, session };
  return {
    access_token: await signAccessToken(ctx.env, ctx.now, tenantId, actor),
    token_type: "Bearer",
    expires_in: ACCESS_TTL,
    refresh_token: refreshToken,
    user,
  };
}
