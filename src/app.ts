// The HTTP application: the middleware of every request, and the domains it mounts.
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context, MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import { HTTPException } from "hono/http-exception";
import { requestId } from "hono/request-id";
import { matchedRoutes } from "hono/route";
import { secureHeaders } from "hono/secure-headers";
import type { App } from "./http/app-context.ts";
import { afterCommit } from "./after-commit.ts";
import { keyAccess } from "./api-keys/access.ts";
import { apiKeyRoutes } from "./api-keys/routes.ts";
import { isPublishableRequest } from "./api-keys/browsers.ts";
import { auditRoutes } from "./audit/routes.ts";
import { allowedOrigins, authenticate } from "./auth/access.ts";
import { jwksRoutes } from "./auth/login/key-routes.ts";
import { invitationRoutes } from "./auth/invitations/routes.ts";
import { demoLogin } from "./auth/login/demo.ts";
import { loginRoutes } from "./auth/login/routes.ts";
import { approvalRoutes } from "./auth/approvals/routes.ts";
import { deviceRoutes } from "./auth/device-grants/routes.ts";
import { devicePages } from "./auth/pages/device-routes.ts";
import { accountPages } from "./auth/pages/routes.ts";
import { accountRoutes } from "./auth/accounts/routes.ts";
import { shopRoutes } from "./auth/shops/routes.ts";
import { guardBindings } from "./platform/bindings.ts";
import { coverRoutes } from "./catalog/covers/routes.ts";
import { mergeGuestCart } from "./cart/access.ts";
import { cartRoutes } from "./cart/routes.ts";
import { productRoutes } from "./catalog/products/routes.ts";
import type { Base } from "./platform/context.ts";
import { searchRoutes } from "./catalog/search/routes.ts";
import { savedItemRoutes } from "./catalog/saved-items/routes.ts";
import { stockRoutes } from "./catalog/stock/routes.ts";
import { openSharedDb } from "./platform/d1.ts";
import { referenceResponse } from "./http/reference/page.ts";
import { erasureRoutes } from "./erasure/routes.ts";
import { eventRoutes } from "./events/routes.ts";
import { router } from "./http/validation.ts";
import { opensPage, webAppPage } from "./http/web-app.ts";
import { Id } from "./values/ids.ts";
import { healthRoutes } from "./health/routes.ts";
import { mappingRoutes } from "./imports/mapping/routes.ts";
import { importRoutes } from "./imports/routes.ts";
import { lakeRoutes } from "./lake/routes.ts";
import { logFailure, logRequest } from "./platform/log.ts";
import { devMailPage, devMailPolicy } from "./mail/dev-page.ts";
import { listFiles } from "./mail/provider.ts";
import { mailRoutes } from "./mail/routes.ts";
import { breakdownRoutes } from "./metrics/breakdowns/routes.ts";
import { customerRoutes } from "./customers/routes.ts";
import { customerRecordRoutes } from "./metrics/customers/record-routes.ts";
import { customerFigureRoutes } from "./metrics/customers/routes.ts";
import { goalRoutes } from "./metrics/goals/routes.ts";
import { metricRoutes } from "./metrics/routes.ts";
import { stockFigureRoutes } from "./metrics/stock/routes.ts";
import { webRoutes } from "./metrics/web/routes.ts";
import { allowedMethods } from "./http/allowed-methods.ts";
import { openApiResponse } from "./http/openapi-response.ts";
import { Problem } from "./platform/problem.ts";
import { startTrace, traceMessages, withTrace } from "./platform/trace.ts";
import { problemIndex, problemPage } from "./http/problem-pages.ts";
import { limitByAddress, rateLimitHeaders } from "./quota/rate-limit.ts";
import { recommendationRoutes } from "./recommendations/routes.ts";
import { orderPages } from "./purchases/order-page/routes.ts";
import { orderRoutes } from "./purchases/orders/routes.ts";
import { paidPage } from "./purchases/paid-page/routes.ts";
import { purchaseRoutes } from "./purchases/routes.ts";
import { rollupRoutes } from "./rollups/routes.ts";
import { discrepancyRoutes } from "./sales/discrepancies/routes.ts";
import { saleExportRoutes } from "./sales/exports/routes.ts";
import { saleRoutes } from "./sales/routes.ts";
import { taxRoutes } from "./taxes/routes.ts";
import { receiptRoutes } from "./sales/receipts/routes.ts";
import { hoursRoutes } from "./shifts/hours/routes.ts";
import { activityRoutes } from "./shifts/activity/routes.ts";
import { shiftRoutes } from "./shifts/routes.ts";
import { drawerRoutes } from "./shifts/drawer/routes.ts";
import { webhookRoutes } from "./webhooks/routes.ts";

const API = "/api/v1";
// The format of D1 bookmarks; D1 throws on anything else.
const BOOKMARK = /^[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{32}$/;

export const app: OpenAPIHono<App> = router();

/** A client may send any text as X-Request-Id. The audit log is permanent, so it takes only UUIDs, which cannot hold personal data. */
const requestIdForLog = (id: string): string | null => (Id.safeParse(id).success ? id : null);

/** Provides the base context, and reports the cost of the request afterwards. */
const measure: MiddlewareHandler<App> = async (c, next) => {
  const now = new Date();
  const reads = c.req.method === "GET" || c.req.method === "HEAD";
  const bookmark = BOOKMARK.test(c.req.header("x-d1-bookmark") ?? "")
    ? c.req.header("x-d1-bookmark")
    : undefined;
  const db = openSharedDb(c.env, reads ? (bookmark ?? "first-unconstrained") : "first-primary");
  const waitUntil = (work: Promise<unknown>): void =>
    c.executionCtx.waitUntil(work.catch((error: unknown) => logFailure("after the response", error)));
  const trace = startTrace(c.req.header("traceparent"), c.var.requestId);
  const base: Base = {
    db,
    env: traceMessages(guardBindings(c.env), trace),
    now,
    requestId: requestIdForLog(c.var.requestId),
    trace,
    outbox: [],
    mails: [],
    waitUntil,
  };
  c.set("base", base);
  c.set("tenant", null);
  c.set("actor", null);
  c.set("publishableScopes", null);
  c.set("recalled", null);
  c.set("permit", null);
  c.set("guest", null);
  c.set("orderId", null);
  c.set("signedIn", null);
  c.set("hasStaleLogin", false);
  await withTrace(trace, next);
  afterCommit(base);
  if (!c.res.headers.has("referrer-policy")) c.header("Referrer-Policy", "no-referrer");
  const { cost, undisclosed } = db;
  // Responses are personal, and some contain tokens.
  if (c.req.path.startsWith(API) && !c.res.headers.has("cache-control"))
    c.header("Cache-Control", "no-store");
  const d1 = `d1;desc="queries=${cost.queries} read=${cost.read - undisclosed.read} written=${cost.written - undisclosed.written}";dur=${cost.ms}`;
  c.header("Server-Timing", [c.res.headers.get("server-timing"), d1].filter(Boolean).join(", "));
  const written = reads ? null : db.bookmark();
  if (written !== null) c.header("x-d1-bookmark", written);
  const line = {
    request_id: c.var.requestId,
    trace_id: trace.traceId,
    tenant: c.var.tenant?.slug ?? null,
    method: c.req.method,
    route: matchedRoutes(c).find((route) => !route.path.endsWith("*"))?.path ?? "none",
    status: c.res.status,
    ms: Date.now() - now.getTime(),
    d1: cost,
  };
  logRequest(line, c.error);
};

app.use(requestId());
app.use(measure);
app.use(rateLimitHeaders);
// Referrer-Policy is set by `measure`, where a page has not chosen its own.
app.use(secureHeaders({ crossOriginResourcePolicy: "cross-origin", referrerPolicy: false }));
// Other methods are counted after cors(), so that a browser can read the refusal.
app.on("OPTIONS", "*", limitByAddress, async (c, next) => {
  await next();
  const allowed = allowedMethods(app, c.req.path);
  if (allowed.length > 0) c.header("Allow", allowed.join(", "));
});
const exposeHeaders = [
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
  "Deprecation",
  "Sunset",
  "Link",
];
const isTrusted = (origin: string, c: Context<App>): boolean => allowedOrigins(c.env).includes(origin);
const trustedCors = cors({
  origin: (origin, c: Context<App>) => (isTrusted(origin, c) ? origin : null),
  credentials: true,
  exposeHeaders,
  maxAge: 600,
});
// Without credentials: pages of any origin may read what a publishable key allows, and the key names its origins.
const storefrontCors = cors({ origin: (origin) => origin, exposeHeaders, maxAge: 600 });
app.use((c, next) =>
  isPublishableRequest(c) && !isTrusted(c.req.header("origin") ?? "", c)
    ? storefrontCors(c, next)
    : trustedCors(c, next),
);
app.use(limitByAddress);
app.use(`${API}/*`, authenticate(keyAccess));
for (const path of ["login", "register"]) app.use(`${API}/auth/${path}`, mergeGuestCart);

for (const domain of [
  auditRoutes,
  shopRoutes,
  accountRoutes,
  loginRoutes,
  deviceRoutes,
  approvalRoutes,
  invitationRoutes,
  apiKeyRoutes,
  mailRoutes,
  customerRoutes,
  searchRoutes,
  productRoutes,
  coverRoutes,
  stockRoutes,
  savedItemRoutes,
  taxRoutes,
  hoursRoutes,
  shiftRoutes,
  activityRoutes,
  saleExportRoutes,
  saleRoutes,
  receiptRoutes,
  discrepancyRoutes,
  drawerRoutes,
  purchaseRoutes,
  orderRoutes,
  cartRoutes,
  importRoutes,
  mappingRoutes,
  rollupRoutes,
  recommendationRoutes,
  metricRoutes,
  customerRecordRoutes,
  breakdownRoutes,
  customerFigureRoutes,
  stockFigureRoutes,
  webRoutes,
  goalRoutes,
  lakeRoutes,
  eventRoutes,
  webhookRoutes,
  erasureRoutes,
])
  app.route(API, domain);

app.route("/", healthRoutes);
app.route("/", jwksRoutes);
app.route("/", accountPages);
app.route("/", devicePages);
app.route("/", orderPages);
app.route("/", paidPage);

app.get("/openapi.json", (c) => openApiResponse(c));

app.get("/docs", async (c) => referenceResponse(c, await demoLogin(c.var.base)));

app.get("/dev/mail", async (c) => {
  if (c.env.ENVIRONMENT !== "local") return c.notFound();
  const mails = await listFiles(c.env);
  if (c.req.header("accept")?.startsWith("application/json")) return c.json({ data: mails });
  c.header("Content-Security-Policy", devMailPolicy);
  return c.html(devMailPage(mails));
});

app.get("/problems", problemIndex);
app.get("/problems/:slug", (c) => problemPage(c, c.req.param("slug")));

app.notFound((c) => {
  if (opensPage(c)) return webAppPage(c);
  const allowed = allowedMethods(app, c.req.path);
  const problem =
    allowed.length > 0 && !allowed.includes(c.req.method)
      ? new Problem("method-not-allowed", `Use ${allowed.join(" or ")}.`, {}, { allow: allowed.join(", ") })
      : new Problem("not-found", "There is nothing at this path.");
  return problem.toResponse(c.req.path, c.var.requestId);
});

app.onError((error, c) => {
  const problem = problemOf(error);
  return problem.toResponse(c.req.path, c.var.requestId);
});

function problemOf(error: Error): Problem {
  if (error instanceof Problem) return error;
  // Hono's validator throws this, and only this, when it cannot parse the body.
  if (error instanceof HTTPException && error.status === 400)
    return new Problem("malformed-json", "The body is not valid JSON.");
  return new Problem(
    "internal",
    "The server failed to handle this request. Quote the request_id if you report it.",
  );
}
