// The OpenAPI 3.1 document, generated from the declared operations, and the methods that a path allows.
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { App } from "./app-context.ts";
import { registerHeaders, tokenHeaders } from "./headers.ts";
import { registerProblems } from "./problem-responses.ts";
import { tidyDocument, type OpenApiDocument } from "./tidy-document.ts";

/** The server that the document names until it is served: that of `npm run dev`. */
const LOCAL_SERVER = "http://localhost:8787";

let document: OpenApiDocument | undefined;

const description = `The back office of many shops: accounts, a catalogue with search, counter sales and purchases, shifts, imports, metrics, webhooks and a data lake.

- JSON is snake_case. Unknown fields and query parameters are rejected, and so is a body where an operation takes none. Amounts are integers in minor units (such as cents) of the shop's \`currency\`. Quantities are numbers with at most three decimals in the \`unit\` of the product, and whole where it is \`piece\`.
- Times are RFC 3339 in UTC. A \`day\` is \`YYYY-MM-DD\` in the shop's time zone. Ids are UUIDv7.
- Sign in with POST /api/v1/auth/login and send \`Authorization: Bearer ACCESS_TOKEN\`. Public reads name the shop with the header
  \`X-Tenant: SLUG\` or \`?tenant=SLUG\`. A browser may use the HttpOnly cookies instead; its writes then require a trusted \`Origin\`.
- A guest creates a cart with POST /api/v1/carts and sends its token as \`X-Cart\`, and later the token of the order as \`X-Order\`. Both
  name their shop. They are ignored where a login is sent too, except by the sign-in, which moves the guest's cart into the account's.
- Lists return \`{ data, next_cursor }\`. Send \`next_cursor\` as \`?cursor=\` for the next page.
- Errors are RFC 9457 problems (\`application/problem+json\`): switch on \`type\`. A 422 lists the invalid fields in \`errors\`.
- A POST that creates something accepts an \`Idempotency-Key\`. A repeated request returns the first response with
  \`Idempotent-Replayed: true\`. POST /api/v1/carts takes none: of its response only a hash is stored.
- Every response has \`X-Request-Id\`, and \`Server-Timing\` with its cost at D1: round trips, rows read and rows written.
- Requests count against quotas per minute: of the address, the shop and the user. Anonymous readers and customers share half of the
  shop's quota. Every response shows the quotas in \`RateLimit-Policy\` and \`RateLimit\`. Beyond a quota, requests return 429
  \`quota-exceeded\` with \`Retry-After\`.`;

/** The document, generated once per isolate. */
export function openApiDocument(app: OpenAPIHono<App>): OpenApiDocument {
  if (document) return document;
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
  for (const [name, header] of Object.entries(tokenHeaders))
    app.openAPIRegistry.registerComponent("securitySchemes", name, {
      type: "apiKey",
      in: "header",
      name: header,
    });
  registerHeaders(app);
  registerProblems(app);
  const generated = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Mostrador",
      version: "1",
      description,
      license: { name: "MIT", url: "https://opensource.org/license/mit" },
    },
    servers: [{ url: LOCAL_SERVER }],
    tags: [
      { name: "Shops and accounts", description: "Shops, sign-in, accounts and settings" },
      { name: "Customers", description: "The customers of a shop, with and without an account" },
      { name: "Catalogue", description: "Products and their stock" },
      { name: "Favorites and wishlist", description: "Products that a customer saves for later" },
      { name: "Taxes", description: "Tax rates; the tax report is one of the figures" },
      { name: "Sales", description: "Counter sales and refunds" },
      {
        name: "Orders",
        description: "Online sales as staff see them, taken on behalf of customers or in the web shop",
      },
      { name: "Purchases", description: "Cart, checkout and online payment" },
      { name: "Shifts", description: "Shifts, breaks and the cash drawer" },
      { name: "Mail", description: "The mails that the shop sends" },
      { name: "Imports", description: "Import past sales or products from CSV" },
      { name: "Figures", description: "Metrics, and the daily tables from which they are summed" },
      { name: "Lake", description: "Sales and events as Parquet files, for SQL" },
      { name: "Events", description: "Events that could not be processed" },
      { name: "Webhooks", description: "Endpoints that receive the shop's events" },
      { name: "Audit", description: "Who changed what, and when" },
      { name: "Service", description: "Health and keys" },
    ],
  });
  generated.paths = Object.fromEntries(
    Object.entries(generated.paths ?? {}).map(([path, item]) => [path.replace(WILDCARD, "{$1}"), item]),
  );
  document = tidyDocument(generated);
  return document;
}

// The router's pattern for a last parameter that may contain slashes is not an OpenAPI path template.
const WILDCARD = /\{(\w+)\{\.\+\}\}$/;

function isPathOf(template: string, segments: string[]): boolean {
  const expected = template.split("/");
  const isLongEnough =
    expected.length === segments.length || (WILDCARD.test(template) && expected.length < segments.length);
  return (
    isLongEnough &&
    expected.every((name, index) =>
      name.startsWith("{") ? segments[index] !== "" : name === segments[index],
    )
  );
}

/**
 * The methods of the operations at this path, for the Allow header; empty for an unknown path. Read from the declarations, because a
 * request for an unknown path must not cost the generation of the document.
 */
export function allowedMethods(app: OpenAPIHono<App>, path: string): string[] {
  const segments = path.split("/");
  const methods = app.openAPIRegistry.definitions.flatMap((definition) =>
    definition.type === "route" && isPathOf(definition.route.path, segments) ? [definition.route.method] : [],
  );
  return [
    ...new Set(methods.flatMap((method) => (method === "get" ? ["GET", "HEAD"] : [method.toUpperCase()]))),
  ];
}
