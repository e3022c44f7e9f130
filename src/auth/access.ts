// Authentication. One round trip to D1 reads the user, the login and the shop together, so a disabled user, a changed role
// or an ended login takes effect with the next request, and the shop's revision needs no further query.
import { sql } from "drizzle-orm";
import type { Context, MiddlewareHandler } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { z } from "zod";
import type { Actor, Tenant } from "../platform/context.ts";
import { unauthenticated, Problem } from "../platform/problem.ts";
import { type App } from "../http/app-context.ts";
import { countRequest, requestedShop, rejectExhausted } from "../quota/rate-limit.ts";
import { DEVICE_TTL } from "./login/devices.ts";
import { ACCESS_TTL, verifyAccessToken } from "./login/tokens.ts";
import { findTenant, tenantRow, unknownTenant } from "./shops/tenants.ts";

const ACCESS_COOKIE = "mostrador_access";
const REFRESH_COOKIE = "mostrador_refresh";
const REFRESH_PATH = "/api/v1/auth";
const DEVICE_COOKIE = "mostrador_device";
const DEVICE_PATH = "/api/v1/auth/login";
const REFRESH_SECONDS = 30 * 86_400;

// Operations that authenticate by themselves and must not fail because of a stale token.
const SIGN_IN_PATHS = new Set(
  ["/auth/login", "/auth/register", "/auth/refresh"].map((path) => `/api/v1${path}`),
);

/**
 * Sets the actor and the shop of a request: from the bearer token, else from the cookie, else the named shop without actor.
 * @throws Problem invalid-token, ambiguous-credentials, csrf, unknown-tenant, quota-exceeded
 */
export const authenticate: MiddlewareHandler<App> = async (c, next) => {
  if (SIGN_IN_PATHS.has(c.req.path)) return next();
  const { base } = c.var;
  const header = c.req.header("authorization");
  const cookie = getCookie(c, ACCESS_COOKIE);
  if (header !== undefined) {
    const token = /^Bearer ([\w.-]+)$/i.exec(header)?.[1];
    if (!token) throw unauthenticated("Send Authorization: Bearer TOKEN.");
    const identity = await identityOf(c, token);
    if (cookie && cookie !== token) await requireSameLogin(c, identity, cookie);
    setIdentity(c, identity);
  } else if (cookie) {
    // A stale cookie is ignored rather than an error, because browsers send it automatically.
    const identity = await orNull(identityOf(c, cookie));
    if (identity) {
      if (c.req.method !== "GET" && c.req.method !== "HEAD") requireTrustedOrigin(c);
      setIdentity(c, identity);
    }
  }
  // A user of one shop who names another is anonymous there, and never gets a response of their own shop.
  const slug = requestedShop(c);
  if (slug !== undefined && slug !== c.var.tenant?.slug) {
    rejectExhausted(c, null);
    const tenant = await findTenant(base, slug);
    if (!tenant) throw unknownTenant();
    c.set("tenant", tenant);
    c.set("actor", null);
  }
  const { tenant, actor } = c.var;
  if (tenant) await countRequest(c, tenant, actor);
  return next();
};

type Identity = { tenant: Tenant; actor: Actor };

/** Null for an invalid token; other failures are rethrown. */
async function orNull<T>(verified: Promise<T>): Promise<T | null> {
  try {
    return await verified;
  } catch (error) {
    if (error instanceof Problem && error.slug === "invalid-token") return null;
    throw error;
  }
}

/**
 * Rejects a request whose token and cookie belong to different active logins. A stale cookie is ignored, because browsers
 * send it automatically. No round trip if both belong to the same login. @throws Problem ambiguous-credentials
 */
async function requireSameLogin(c: Context<App>, { tenant, actor }: Identity, cookie: string): Promise<void> {
  const { base } = c.var;
  const other = await orNull(verifyAccessToken(base.env, base.now, cookie));
  if (!other) return;
  if (other.tenantId === tenant.id && other.userId === actor.id && other.session === actor.session) return;
  if (await orNull(identityOf(c, cookie)))
    throw new Problem(
      "ambiguous-credentials",
      "Send either the token or the cookie, or both of the same login.",
    );
}

function setIdentity(c: Context<App>, identity: Identity): void {
  c.set("tenant", identity.tenant);
  c.set("actor", identity.actor);
}

const identityRow = tenantRow.omit({ id: true }).extend({ role: z.enum(["ADMIN", "EMPLOYEE", "CUSTOMER"]) });

/** The actor and shop of an access token. One round trip, or none if it is rejected. @throws Problem invalid-token, quota-exceeded */
async function identityOf(c: Context<App>, token: string): Promise<Identity> {
  const { base } = c.var;
  const signed = await verifyAccessToken(base.env, base.now, token);
  const { userId, tenantId, session } = signed;
  rejectExhausted(c, signed);
  const [row] = await base.db.all(
    identityRow,
    sql`SELECT u.role, t.slug, t.name, t.currency, t.timezone, t.revision, t.plan, t.prices_include_tax, t.employees_see
      FROM users u JOIN tenants t ON t.id = u.tenant_id AND t.is_active = 1
      WHERE u.tenant_id = ${tenantId} AND u.id = ${userId} AND u.is_active = 1
        AND EXISTS (SELECT 1 FROM auth_sessions s INDEXED BY auth_sessions_live WHERE s.tenant_id = u.tenant_id
          AND s.user_id = u.id AND s.family = ${session} AND s.used_at IS NULL AND s.revoked_at IS NULL)`,
  );
  if (!row) throw unauthenticated("The login has ended, or the account is disabled.");
  const { role, ...shop } = row;
  return { tenant: { id: tenantId, ...shop }, actor: { id: userId, role, session } };
}

/** Requires that a page of a trusted origin sent the request, since browsers send cookies with requests of any site. @throws Problem csrf */
export function requireTrustedOrigin(c: Context<App>): void {
  const origin = c.req.header("origin");
  const trusted = [new URL(c.req.url).origin, ...allowedOrigins(c.env)];
  if (origin === undefined || !trusted.includes(origin))
    throw new Problem(
      "csrf",
      `A write that uses the cookie requires the header Origin: ${trusted[0]}, or one of CORS_ORIGINS.`,
    );
}

/** Other origins whose pages may call the API, from the comma-separated variable CORS_ORIGINS. */
export const allowedOrigins = (env: Env): string[] =>
  env.CORS_ORIGINS.split(",").flatMap((origin) => (origin.trim() ? [origin.trim()] : []));

const cookieOptions = (c: Context<App>) =>
  ({ httpOnly: true, secure: c.env.ENVIRONMENT !== "local", sameSite: "Lax" }) as const;

/** Sets both cookies of a login. */
export function setLoginCookies(c: Context<App>, accessToken: string, refreshToken: string): void {
  const common = cookieOptions(c);
  setCookie(c, ACCESS_COOKIE, accessToken, { ...common, path: "/", maxAge: ACCESS_TTL });
  setCookie(c, REFRESH_COOKIE, refreshToken, { ...common, path: REFRESH_PATH, maxAge: REFRESH_SECONDS });
}

/** Sets the cookie by which accounts know the device. It outlives logins. */
export const setDeviceCookie = (c: Context<App>, devices: string): void =>
  setCookie(c, DEVICE_COOKIE, devices, { ...cookieOptions(c), path: DEVICE_PATH, maxAge: DEVICE_TTL });

/** The cookie by which accounts know the device, if any. */
export const deviceCookie = (c: Context<App>): string | undefined => getCookie(c, DEVICE_COOKIE);

/** Clears both cookies of a login. */
export function clearLoginCookies(c: Context<App>): void {
  deleteCookie(c, ACCESS_COOKIE, { path: "/" });
  deleteCookie(c, REFRESH_COOKIE, { path: REFRESH_PATH });
}

/** The refresh token of the cookie, if any. */
export const refreshCookie = (c: Context<App>): string | undefined => getCookie(c, REFRESH_COOKIE);
