// Who is asking, and in which shop. One round trip to D1 reads user, login and shop together, so a disabled user, a
// changed role or an ended login counts from the next request, and the shop's revision is known without asking again.
import { sql } from "drizzle-orm";
import type { Context, MiddlewareHandler } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { z } from "zod";
import type { Actor, Tenant } from "../platform/context.ts";
import { unauthenticated, Problem } from "../platform/problem.ts";
import { type App } from "../http/app-context.ts";
import { countRequest, requestedShop, rejectExhausted } from "../quota/rate-limit.ts";
import { PlanName } from "../quota/plans.ts";
import { ACCESS_TTL, verifyAccessToken } from "./login/tokens.ts";
import { findTenant, unknownTenant } from "./shops/tenants.ts";

const ACCESS_COOKIE = "mostrador_access";
const REFRESH_COOKIE = "mostrador_refresh";
const REFRESH_PATH = "/api/v1/auth";
const REFRESH_SECONDS = 30 * 86_400;

// These sign in themselves: an old token that a client sends along must not stand in the way.
const SIGNING_IN = new Set(
  ["/auth/login", "/auth/register", "/auth/refresh"].map((path) => `/api/v1${path}`),
);

/** Finds actor and shop of a request: from the bearer token, else the cookie, else the shop that a public reader names. */
export const authenticate: MiddlewareHandler<App> = async (c, next) => {
  if (SIGNING_IN.has(c.req.path)) return next();
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
    // A stale cookie makes an anonymous reader, not an error: the browser sends it unasked.
    const identity = await orNull(identityOf(c, cookie));
    if (identity) {
      if (c.req.method !== "GET" && c.req.method !== "HEAD") requireTrustedOrigin(c);
      setIdentity(c, identity);
    }
  }
  // Who is signed in to one shop and names another is anonymous there: never does he get his own shop's answer for it.
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

/** Null where the token is of nobody; a failure of ours stays one. */
async function orNull<T>(known: Promise<T>): Promise<T | null> {
  try {
    return await known;
  } catch (error) {
    if (error instanceof Problem && error.slug === "invalid-token") return null;
    throw error;
  }
}

/**
 * Whoever sends a token and the cookie of another living login does not know for whom he acts: neither is preferred. A
 * cookie that is worth nothing does not count, for the browser sends it unasked. Of the same login it costs no round trip.
 * @throws Problem ambiguous-credentials
 */
async function requireSameLogin(c: Context<App>, { tenant, actor }: Identity, cookie: string): Promise<void> {
  const { base } = c.var;
  const named = await orNull(verifyAccessToken(base.env, base.now, cookie));
  if (!named) return;
  if (named.tenantId === tenant.id && named.userId === actor.id && named.session === actor.session) return;
  if (await orNull(identityOf(c, cookie)))
    throw new Problem("ambiguous-credentials", "Send the token or the cookie, or both of one login.");
}

function setIdentity(c: Context<App>, identity: Identity): void {
  c.set("tenant", identity.tenant);
  c.set("actor", identity.actor);
}

const identityRow = z.object({
  role: z.enum(["ADMIN", "EMPLOYEE", "CUSTOMER"]),
  slug: z.string(),
  name: z.string(),
  currency: z.string(),
  timezone: z.string(),
  revision: z.number(),
  plan: PlanName,
});

/** Actor and shop of an access token. One round trip, none for whom is refused. @throws Problem invalid-token, quota-exceeded */
async function identityOf(c: Context<App>, token: string): Promise<Identity> {
  const { base } = c.var;
  const signed = await verifyAccessToken(base.env, base.now, token);
  const { userId, tenantId, session } = signed;
  rejectExhausted(c, signed);
  const [row] = await base.db.all(
    identityRow,
    sql`SELECT u.role, t.slug, t.name, t.currency, t.timezone, t.revision, t.plan
      FROM users u JOIN tenants t ON t.id = u.tenant_id AND t.is_active = 1
      WHERE u.tenant_id = ${tenantId} AND u.id = ${userId} AND u.is_active = 1
        AND EXISTS (SELECT 1 FROM auth_sessions s INDEXED BY auth_sessions_live WHERE s.tenant_id = u.tenant_id
          AND s.user_id = u.id AND s.family = ${session} AND s.used_at IS NULL AND s.revoked_at IS NULL)`,
  );
  if (!row) throw unauthenticated("The login has ended, or the account is disabled.");
  const { role, ...shop } = row;
  return { tenant: { id: tenantId, ...shop }, actor: { id: userId, role, session } };
}

/** A browser sends cookies with any site's request: a write must come from a page of ours. @throws Problem csrf */
export function requireTrustedOrigin(c: Context<App>): void {
  const origin = c.req.header("origin");
  const ours = [new URL(c.req.url).origin, ...allowedOrigins(c.env)];
  if (origin === undefined || !ours.includes(origin))
    throw new Problem(
      "csrf",
      `With the cookie, a write needs the header Origin: ${ours[0]}, or one of CORS_ORIGINS.`,
    );
}

/** The other origins whose pages may call us, from the variable CORS_ORIGINS: comma separated. */
export const allowedOrigins = (env: Env): string[] =>
  env.CORS_ORIGINS.split(",").flatMap((origin) => (origin.trim() ? [origin.trim()] : []));

/** Sets both cookies of a login. */
export function setLoginCookies(c: Context<App>, accessToken: string, refreshToken: string): void {
  const secure = c.env.ENVIRONMENT !== "local";
  const common = { httpOnly: true, secure, sameSite: "Lax" } as const;
  setCookie(c, ACCESS_COOKIE, accessToken, { ...common, path: "/", maxAge: ACCESS_TTL });
  setCookie(c, REFRESH_COOKIE, refreshToken, { ...common, path: REFRESH_PATH, maxAge: REFRESH_SECONDS });
}

/** Clears both cookies. */
export function clearLoginCookies(c: Context<App>): void {
  deleteCookie(c, ACCESS_COOKIE, { path: "/" });
  deleteCookie(c, REFRESH_COOKIE, { path: REFRESH_PATH });
}

/** The refresh token of the cookie, if any. */
export const refreshCookie = (c: Context<App>): string | undefined => getCookie(c, REFRESH_COOKIE);
