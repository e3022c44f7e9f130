// An unknown shop, an unknown e-mail, a disabled account and a wrong password return the same problem after the same time.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "../../platform/context.ts";
import { returning, undisclosed } from "../../platform/d1.ts";
import { attemptFromDevice, attemptOnAccount, countAttempt } from "./attempts.ts";
import { knownDevice, readDevices, rememberDevice } from "./devices.ts";
import { verifyPassword } from "./passwords.ts";
import type { Credentials, Login } from "./schema.ts";
import { signInColumns, signInRow } from "./sign-in-row.ts";
import { createSession, rotateSession, wrongCredentials } from "./sessions.ts";
import { ACCESS_TTL, signAccessToken } from "./tokens.ts";

type LoginBody = z.infer<typeof Login>;

const accountRow = signInRow.extend({ password_hash: z.string() });

/** Signs in with a password; `cookie` is that of the device, and `knownDevices` the next one. Two round trips. @throws Problem invalid-credentials, too-many-attempts */
export async function login(
  ctx: Base,
  input: z.infer<typeof Credentials>,
  address: string,
  device: string | null,
  cookie: string | undefined,
): Promise<{ body: LoginBody; knownDevices: string }> {
  const devices = readDevices(cookie, ctx.now);
  // Whether the account knows the device is found out with its hash.
  if (devices.length === 0) await countAttempt(ctx, address);
  // How many rows it reads would tell whether the account exists.
  const selected = undisclosed(
    returning(
      accountRow,
      sql`SELECT ${signInColumns}, password_hash FROM users
        WHERE tenant_id = (SELECT id FROM tenants WHERE slug = ${input.tenant} AND is_active = 1)
          AND email = ${input.email} AND is_active = 1`,
    ),
  );
  const [account] = (await ctx.db.batch([selected])).of(selected);
  const known = knownDevice(ctx.env, devices, account);
  if (devices.length > 0) await countAttempt(ctx, address, known ? "known" : "address");
  const verify = (): boolean => verifyPassword(input.password, account?.password_hash ?? null);
  const isRight = await (known
    ? attemptFromDevice(ctx, known.id, verify)
    : attemptOnAccount(ctx, input.tenant, input.email, verify));
  if (!account || !isRight) throw wrongCredentials();
  const { password_hash, ...user } = account;
  ctx.db.enterShop(user.tenant_id);
  // A concurrent change of the password ends all logins, so it must prevent this one too.
  const isUnchanged = sql`password_hash = ${password_hash} AND is_active = 1`;
  const { session, refreshToken } = await createSession(ctx, user.tenant_id, user.id, device, isUnchanged);
  return {
    body: await loginBody(ctx, user, session, refreshToken),
    knownDevices: rememberDevice(ctx.env, ctx.now, devices, known, account),
  };
}

/** Signs in again with a refresh token. One round trip, two if the token was reused. @throws Problem invalid-token, token-reused, too-many-attempts */
export async function refresh(ctx: Base, token: string): Promise<LoginBody> {
  const { user, session, refreshToken } = await rotateSession(ctx, token);
  return loginBody(ctx, user, session, refreshToken);
}

/** Does not query D1: once the tokens are stored, no failure may withhold them from the client. */
export async function loginBody(
  ctx: Base,
  { shop, ...user }: z.infer<typeof signInRow>,
  session: string,
  refreshToken: string,
): Promise<LoginBody> {
  const { id: userId, tenant_id: tenantId, role } = user;
  return {
    access_token: await signAccessToken(ctx.env, ctx.now, { userId, tenantId, session, role, shop }),
    token_type: "Bearer",
    expires_in: ACCESS_TTL,
    refresh_token: refreshToken,
    user,
  };
}
