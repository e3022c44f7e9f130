// The HTTP application: what every request goes through, and the domains that are mounted.
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context, MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import { HTTPException } from "hono/http-exception";
import { requestId } from "hono/request-id";
import { matchedRoutes } from "hono/route";
import { secureHeaders } from "hono/secure-headers";
import { auditRoutes } from "./audit/routes.ts";
import { allowedOrigins, identify } from "./auth/access.ts";
import { keys } from "./auth/login/key-routes.ts";
import { logins } from "./auth/login/routes.ts";
import { auth } from "./auth/routes.ts";
import { guarded } from "./platform/bindings.ts";
import { covers } from "./catalog/covers/routes.ts";
import { cart } from "./cart/routes.ts";
import { catalog } from "./catalog/products/routes.ts";
import type { Base } from "./platform/context.ts";
import { search } from "./catalog/search/routes.ts";
import { saved } from "./catalog/saved-items/routes.ts";
import { stock } from "./catalog/stock/routes.ts";
import { openDb } from "./platform/d1.ts";
import { docsPage, docsPolicy } from "./http/reference-page.ts";
import { erasure } from "./erasure/routes.ts";
import { deliver } from "./events/deliver.ts";
import { events } from "./events/routes.ts";
import { router } from "./http/validation.ts";
import { shopOf, type App } from "./http/app-context.ts";
import { Id } from "./values/ids.ts";
import { health } from "./health/routes.ts";
import { imports } from "./imports/routes.ts";
import { lake } from "./lake/routes.ts";
import { logFailure, logRequest } from "./platform/log.ts";
import { metrics } from "./metrics/routes.ts";
import { allowedMethods, openApiDocument } from "./http/openapi.ts";
import { Problem } from "./platform/problem.ts";
import { problemPage } from "./http/problem-responses.ts";
import { shield, tellQuotas } from "./quota/rate-limit.ts";
import { recommendations } from "./recommendations/routes.ts";
import { giveBackRefunds } from "./purchases/payments/refund-payments.ts";
import { purchases } from "./purchases/routes.ts";
import { rollups } from "./rollups/routes.ts";
import { sales } from "./sales/routes.ts";
import { hours } from "./shifts/hours/routes.ts";
import { activity } from "./shifts/activity/routes.ts";
import { shifts } from "./shifts/routes.ts";
import { till } from "./shifts/drawer/routes.ts";
import { webhooks } from "./webhooks/routes.ts";

const API = "/api/v1";
// What D1 hands out; anything else would make it throw.
const BOOKMARK = /^[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{32}$/;

export const app: OpenAPIHono<App> = router();

/** The audit log keeps it for ever, and a client may send any text: only a UUID says nothing of anybody. */
const requestIdForLog = (id: string): string | null => (Id.safeParse(id).success ? id : null);

/** Makes the base of every verb, and says afterwards what the request cost. */
const measure: MiddlewareHandler<App> = async (c, next) => {
  const now = new Date();
  const reads = c.req.method === "GET" || c.req.method === "HEAD";
  const bookmark = BOOKMARK.test(c.req.header("x-d1-bookmark") ?? "")
    ? c.req.header("x-d1-bookmark")
    : undefined;
  const db = openDb(c.env, reads ? (bookmark ?? "first-unconstrained") : "first-primary");
  const waitUntil = (work: Promise<unknown>): void =>
    c.executionCtx.waitUntil(work.catch((error: unknown) => logFailure("after the answer", error)));
  const base: Base = {
    db,
    env: guarded(c.env),
    now,
    requestId: requestIdForLog(c.var.requestId),
    outbox: [],
    waitUntil,
  };
  c.set("base", base);
  c.set("tenant", null);
  c.set("actor", null);
  await next();
  deliver(base);
  const { cost } = db;
  // Answers are for whoever asked, and tokens are among them.
  if (c.req.path.startsWith(API) && !c.res.headers.has("cache-control"))
    c.header("Cache-Control", "no-store");
  const d1 = `d1;desc="queries=${cost.queries} read=${cost.read} written=${cost.written}";dur=${cost.ms}`;
  c.header("Server-Timing", [c.res.headers.get("server-timing"), d1].filter(Boolean).join(", "));
  const written = reads ? null : db.bookmark();
  if (written !== null) c.header("x-d1-bookmark", written);
  const line = {
    request_id: c.var.requestId,
    tenant: c.var.tenant?.slug ?? null,
    method: c.req.method,
    route: matchedRoutes(c).find((route) => !route.path.endsWith("*"))?.path ?? "none",
    status: c.res.status,
    ms: Date.now() - now.getTime(),
    d1: cost,
  };
  logRequest(line, c.error);
};

/** Gives back what was paid at a provider, after the answer and at no cost to it; sales do not know of purchases. */
const giveBack: MiddlewareHandler<App, "/:id"> = async (c, next) => {
  await next();
  if (c.res.status !== 201) return;
  const ctx = { ...shopOf(c), db: openDb(c.env, "first-primary"), outbox: [] };
  ctx.waitUntil(giveBackRefunds(ctx, c.req.param("id")).finally(() => deliver(ctx)));
};

app.use(requestId());
app.use(measure);
app.use(tellQuotas);
app.use(secureHeaders({ crossOriginResourcePolicy: "cross-origin" }));
// Any other is counted behind cors(), so that a browser may read that it is refused.
app.on("OPTIONS", "*", shield, async (c, next) => {
  await next();
  const allowed = allowedMethods(app, c.req.path);
  if (allowed.length > 0) c.header("Allow", allowed.join(", "));
});
app.use(
  cors({
    origin: (origin, c: Context<App>) => (allowedOrigins(c.env).includes(origin) ? origin : null),
    credentials: true,
    exposeHeaders: [
      "ETag",
      "Location",
      "Server-Timing",
      "X-Request-Id",
      "X-D1-Bookmark",
      "Idempotent-Replayed",
      "Retry-After",
      "RateLimit-Policy",
      "RateLimit",
      "Age",
    ],
    maxAge: 600,
  }),
);
app.use(shield);
app.use(`${API}/*`, identify);
app.use(`${API}/sales/:id/refunds`, giveBack);

for (const domain of [
  auditRoutes,
  auth,
  logins,
  search,
  catalog,
  covers,
  stock,
  saved,
  hours,
  shifts,
  activity,
  sales,
  till,
  purchases,
  cart,
  imports,
  rollups,
  recommendations,
  metrics,
  lake,
  events,
  webhooks,
  erasure,
])
  app.route(API, domain);

app.route("/", health);
app.route("/", keys);

app.get("/openapi.json", (c) => c.json(openApiDocument(app)));

app.get("/docs", (c) => {
  c.header("Content-Security-Policy", docsPolicy);
  return c.html(docsPage);
});

app.get("/problems/:slug", (c) => {
  const page = problemPage(c.req.param("slug"));
  if (!page) throw new Problem("not-found", "There is no such problem.");
  return c.json(page);
});

app.get("/", (c) => c.redirect("/docs"));

app.notFound((c) => {
  const allowed = allowedMethods(app, c.req.path);
  const problem =
    allowed.length > 0 && !allowed.includes(c.req.method)
      ? new Problem("method-not-allowed", `Use ${allowed.join(" or ")}.`, {}, { allow: allowed.join(", ") })
      : new Problem("not-found", "There is nothing under this path.");
  return problem.toResponse(c.req.path, c.var.requestId);
});

app.onError((error, c) => {
  const problem = problemOf(error);
  return problem.toResponse(c.req.path, c.var.requestId);
});

function problemOf(error: Error): Problem {
  if (error instanceof Problem) return error;
  // The only HTTPException that reaches us: Hono's validator could not parse the body.
  if (error instanceof HTTPException && error.status === 400)
    return new Problem("malformed-json", "The body is not valid JSON.");
  return new Problem("internal", "It is not your request. Tell us the request_id if it happens again.");
}
