// Authentication. The user, the login and the shop are read or confirmed in D1 by every request, so a disabled user, a changed role
// or an ended login takes effect with the next one.
import type { Context, MiddlewareHandler } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { unauthenticated, Problem } from "../platform/problem.ts";
import { type App, mayHaveCommitted, settleIdentity } from "../http/app-context.ts";
import { countRequest, requestedShop, rejectExhausted } from "../quota/rate-limit.ts";
import { DEVICE_TTL } from "./login/devices.ts";
import { ACCESS_TTL, verifyAccessToken } from "./login/tokens.ts";
import { readIdentity, recallIdentity } from "./identity.ts";
import type { Identity, Recollection } from "./recollection.ts";
import { relyOn } from "./rely-on.ts";
import { readNamedShop, recallNamedShop, unknownTenant } from "./shops/tenants.ts";

const ACCESS_COOKIE = "mostrador_access";
const REFRESH_COOKIE = "mostrador_refresh";
// Says only that there is a login, to the scripts of our pages: an anonymous start need not try to refresh.
const HINT_COOKIE = "mostrador_signed_in";
const REFRESH_PATH = "/api/v1/auth";
const DEVICE_COOKIE = "mostrador_device";
const DEVICE_PATH = "/api/v1/auth/login";
const REFRESH_SECONDS = 30 * 86_400;

// Operations that authenticate by themselves and must not fail because of a stale token.
const SIGN_IN_PATHS = new Set(
  ["/auth/login", "/auth/register", "/auth/refresh", "/oauth/token"].map((path) => `/api/v1${path}`),
);

/** How API keys are identified; both are null for other tokens, and `recall` for a key of which nothing is remembered. */
type KeyAccess = {
  identify: (c: Context<App>, token: string) => Promise<Identity> | null;
  recall: (c: Context<App>, token: string) => Recollection | null;
};

/**
 * Sets the actor and the shop of a request: from the bearer token, else from the cookie, else the named shop without actor. If this
 * isolate remembers them, the first batch of the request confirms them; else one round trip reads them.
 * @throws Problem invalid-token, ambiguous-credentials, csrf, unknown-tenant, quota-exceeded, origin-not-allowed
 */
export const authenticate =
  (keys: KeyAccess): MiddlewareHandler<App> =>
  async (c, next) => {
    if (SIGN_IN_PATHS.has(c.req.path)) return next();
    const identified = async (): Promise<void> => identify(c, keys);
    const recollection = await recall(c, keys);
    if (!recollection || !(await relyOn(c, recollection, identified))) await identified();
    // What middleware has set for every response, such as those of CORS.
    const inherited = new Headers(c.res.headers);
    await next();
    if (mayHaveCommitted(c, c.error)) return;
    try {
      // A response that needed nothing of D1 is given only to an identity that still holds.
      if (c.var.recalled && (await settleIdentity(c))) recollection?.confirmed?.();
    } catch (error) {
      // Hono adds the headers of this response to those of the problem.
      c.res = undefined;
      c.res = new Response(null, { headers: inherited });
      throw error;
    }
  };

/** What is remembered of a request whose identity depends on one credential, or the name of a shop. @throws Problem quota-exceeded, invalid */
async function recall(c: Context<App>, keys: KeyAccess): Promise<Recollection | null> {
  const header = authorizationOf(c);
  const cookie = getCookie(c, ACCESS_COOKIE);
  if (header !== undefined && cookie !== undefined && header !== `Bearer ${cookie}`) return null;
  if (header === undefined && cookie === undefined) {
    const slug = requestedShop(c);
    rejectExhausted(c, null);
    return slug === undefined ? null : recallNamedShop(slug);
  }
  const token = header === undefined ? cookie : bearerOf(header);
  if (token === undefined || (header === undefined && isWrite(c) && !isFromTrustedOrigin(c))) return null;
  const recollection = keys.recall(c, token) ?? (await recallLogin(c, token));
  const slug = recollection && requestedShop(c);
  return slug === undefined || slug === recollection?.identity.tenant.slug ? recollection : null;
}

/** @throws Problem quota-exceeded, invalid */
async function recallLogin(c: Context<App>, token: string): Promise<Recollection | null> {
  const { base } = c.var;
  const signed = await orNull(verifyAccessToken(base.env, base.now, token));
  const recollection = signed && recallIdentity(signed);
  if (!recollection) return null;
  const { userId: id, tenantId, role } = signed;
  rejectExhausted(c, { tenantId, actor: { kind: "user", id, role } });
  return recollection;
}

async function identify(c: Context<App>, keys: KeyAccess): Promise<void> {
  const { base } = c.var;
  const header = authorizationOf(c);
  const cookie = getCookie(c, ACCESS_COOKIE);
  if (header !== undefined) {
    const token = bearerOf(header);
    if (!token) throw unauthenticated("Send Authorization: Bearer TOKEN.");
    const identity = await (keys.identify(c, token) ?? identityOf(c, token));
    if (cookie && cookie !== token) await requireSameLogin(c, identity, cookie);
    setIdentity(c, identity);
  } else if (cookie) {
    // A stale cookie is ignored rather than an error, because browsers send it automatically.
    const identity = await orNull(identityOf(c, cookie));
    if (identity) {
      if (isWrite(c)) requireTrustedOrigin(c);
      setIdentity(c, identity);
    }
  }
  // A user of one shop who names another is anonymous there, and never gets a response of their own shop.
  const slug = requestedShop(c);
  if (slug !== undefined && slug !== c.var.tenant?.slug) {
    rejectExhausted(c, null);
    base.db.enterShop(null);
    const tenant = await readNamedShop(base, slug);
    if (!tenant) throw unknownTenant();
    c.set("tenant", tenant);
    c.set("actor", null);
  }
  const { tenant, actor } = c.var;
  base.db.enterShop(tenant?.id ?? null);
  if (tenant) await countRequest(c, tenant, actor);
  else c.set("hasStaleLogin", cookie !== undefined || getCookie(c, HINT_COOKIE) !== undefined);
}

const isWrite = (c: Context<App>): boolean => c.req.method !== "GET" && c.req.method !== "HEAD";

const bearerOf = (header: string): string | undefined => /^Bearer ([\w.-]+)$/i.exec(header)?.[1];

/** The header Authorization; undefined also if it is empty, as API explorers send it before somebody enters a token. */
function authorizationOf(c: Context<App>): string | undefined {
  const header = c.req.header("authorization");
  return header === undefined || /^(?:Bearer)?\s*$/i.test(header) ? undefined : header;
}

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
  const isSame = other.tenantId === tenant.id && actor?.kind === "user" && other.session === actor.session;
  if (isSame && other.userId === actor.id) return;
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

/** The actor and shop of an access token. One round trip, or none if it is rejected. @throws Problem invalid-token, quota-exceeded */
async function identityOf(c: Context<App>, token: string): Promise<Identity> {
  const { base } = c.var;
  const signed = await verifyAccessToken(base.env, base.now, token);
  const { userId, tenantId, role } = signed;
  rejectExhausted(c, { tenantId, actor: { kind: "user", id: userId, role } });
  base.db.enterShop(tenantId);
  const identity = await readIdentity(base, signed);
  if (!identity) throw unauthenticated("The login has ended, or the account is disabled.");
  return identity;
}

/** Requires that a page of a trusted origin sent the request, since browsers send cookies with requests of any site. @throws Problem csrf */
export function requireTrustedOrigin(c: Context<App>): void {
  if (!isFromTrustedOrigin(c))
    throw new Problem(
      "csrf",
      `A write that uses the cookie requires the header Origin: ${new URL(c.req.url).origin}, or one of CORS_ORIGINS.`,
    );
}

function isFromTrustedOrigin(c: Context<App>): boolean {
  const origin = c.req.header("origin");
  return origin !== undefined && [new URL(c.req.url).origin, ...allowedOrigins(c.env)].includes(origin);
}

/** Other origins whose pages may call the API, from the comma-separated variable CORS_ORIGINS. */
export const allowedOrigins = (env: Env): string[] =>
  env.CORS_ORIGINS.split(",").flatMap((origin) => (origin.trim() ? [origin.trim()] : []));

const cookieOptions = (c: Context<App>) =>
  ({ httpOnly: true, secure: c.env.ENVIRONMENT !== "local", sameSite: "Lax" }) as const;

/** Sets the cookies of a login. */
export function setLoginCookies(c: Context<App>, accessToken: string, refreshToken: string): void {
  const common = cookieOptions(c);
  setCookie(c, ACCESS_COOKIE, accessToken, { ...common, path: "/", maxAge: ACCESS_TTL });
  setCookie(c, REFRESH_COOKIE, refreshToken, { ...common, path: REFRESH_PATH, maxAge: REFRESH_SECONDS });
  setCookie(c, HINT_COOKIE, "1", { ...common, httpOnly: false, path: "/", maxAge: REFRESH_SECONDS });
}

/** Sets the cookie by which accounts know the device. It outlives logins. */
export const setDeviceCookie = (c: Context<App>, devices: string): void =>
  setCookie(c, DEVICE_COOKIE, devices, { ...cookieOptions(c), path: DEVICE_PATH, maxAge: DEVICE_TTL });

/** The cookie by which accounts know the device, if any. */
export const deviceCookie = (c: Context<App>): string | undefined => getCookie(c, DEVICE_COOKIE);

/** Clears the cookies of a login. */
export function clearLoginCookies(c: Context<App>): void {
  deleteCookie(c, ACCESS_COOKIE, { path: "/" });
  deleteCookie(c, REFRESH_COOKIE, { path: REFRESH_PATH });
  deleteCookie(c, HINT_COOKIE, { path: "/" });
}

/** The refresh token of the cookie, if any. */
export const refreshCookie = (c: Context<App>): string | undefined => getCookie(c, REFRESH_COOKIE);
