// The OpenAPI 3.1 document, made from the declared operations; it also knows which methods a path has.
import type { OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import type { App } from "./app-context.ts";

type Document = ReturnType<OpenAPIHono<App>["getOpenAPI31Document"]>;

let made: Document | undefined;

const description = `The back office of many shops: accounts, a catalogue with search, counter sales and purchases, shifts, imports, figures, webhooks and a data lake.

- JSON is snake_case. Unknown fields are refused. Money is an integer of minor units (cents) of the shop's \`currency\`.
- Times are RFC 3339 in UTC; a \`day\` is \`YYYY-MM-DD\` in the shop's time zone. Ids are UUIDv7.
- Sign in with POST /api/v1/auth/login and send \`Authorization: Bearer ACCESS_TOKEN\`. Public reads name the shop by the header
  \`X-Tenant: SLUG\` or by \`?tenant=SLUG\`. A browser may use the HttpOnly cookie instead; its writes need an \`Origin\` of ours.
- Lists answer \`{ data, next_cursor }\`: send \`?cursor=\` to go on.
- Errors are RFC 9457 problems (\`application/problem+json\`): switch on \`type\`. For 422, \`errors\` points to what is wrong.
- A POST that creates takes an \`Idempotency-Key\`: repeated with the same body it answers the same, with \`Idempotent-Replayed: true\`.
- Every answer has \`X-Request-Id\` and \`Server-Timing\` with what it cost at D1: round trips, rows read, rows written.
- Requests are counted by the minute, for the address, the shop and the user; those of public readers and customers besides for half of
  the shop's. \`RateLimit-Policy\` and \`RateLimit\` on every answer say how that stands; what is too much is 429 \`quota-exceeded\` with
  \`Retry-After\`.`;

/** The document, made once. */
export function openApiDocument(app: OpenAPIHono<App>): Document {
  if (made) return made;
  app.openAPIRegistry.registerComponent("securitySchemes", "bearer", {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
  });
  app.openAPIRegistry.registerComponent("securitySchemes", "cookie", {
    type: "apiKey",
    in: "cookie",
    name: "mostrador_access",
  });
  made = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Mostrador",
      version: "1",
      description,
      license: { name: "MIT", url: "https://opensource.org/license/mit" },
    },
    servers: [{ url: "/" }],
    tags: [
      { name: "Shops and accounts", description: "Open a shop, sign in, manage its people" },
      { name: "Catalogue", description: "What the shop sells, and its stock" },
      { name: "Favorites and wishlist", description: "What a person keeps to buy another time" },
      { name: "Sales", description: "Counter sales and refunds" },
      { name: "Purchases", description: "The cart, what was bought with it, and its payment" },
      { name: "Shifts", description: "Who is on shift, and the drawer" },
      { name: "Imports", description: "Bring past sales or products in from CSV" },
      { name: "Figures", description: "Key figures, and the daily tables that they are summed from" },
      { name: "Lake", description: "Every sale and event as Parquet files, for SQL" },
      { name: "Events", description: "What happened in the shop, on its way to those who listen" },
      { name: "Webhooks", description: "Endpoints that are told of events" },
      { name: "Audit", description: "Who changed what, and when" },
      { name: "Service", description: "Health and keys" },
    ],
  });
  made.paths = Object.fromEntries(
    Object.entries(made.paths ?? {}).map(([path, item]) => {
      const plain = path.replace(TAKES_SLASHES, "{$1}");
      if (plain !== path) withSlashes.add(plain);
      return [plain, item];
    }),
  );
  return made;
}

// What the router needs to know of a last parameter that takes slashes is no template of OpenAPI.
const TAKES_SLASHES = /\{(\w+)\{\.\+\}\}$/;
const withSlashes = new Set<string>();

const methodsShape = z.record(z.string(), z.record(z.string(), z.unknown()));

/** The methods of the operations at this path; empty for an unknown path. */
export function allowedMethods(app: OpenAPIHono<App>, path: string): string[] {
  const paths = methodsShape.parse(openApiDocument(app).paths ?? {});
  const segments = path.split("/");
  const methods = Object.entries(paths).flatMap(([pattern, operations]) => {
    const parts = pattern.split("/");
    const matches =
      (parts.length === segments.length || (withSlashes.has(pattern) && parts.length < segments.length)) &&
      parts.every((part, at) => (part.startsWith("{") ? segments[at] !== "" : part === segments[at]));
    return matches ? Object.keys(operations) : [];
  });
  return [
    ...new Set(methods.flatMap((method) => (method === "get" ? ["GET", "HEAD"] : [method.toUpperCase()]))),
  ];
}
