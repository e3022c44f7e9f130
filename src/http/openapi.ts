// The OpenAPI 3.1 document, generated from the declared operations when the Worker is built.
import type { OpenAPIHono, RouteConfig } from "@hono/zod-openapi";
import { WILDCARD } from "./allowed-methods.ts";
import type { App } from "./app-context.ts";
import { registerHeaders, tokenHeaders } from "./headers.ts";
import { registerNamed } from "./named.ts";
import type { Documented } from "./operation.ts";
import { registerProblems } from "./problem-schemas.ts";
import { tidyDocument, type OpenApiDocument } from "./tidy-document.ts";

/** The server that the document names until it is served: that of `npm run dev`. */
const LOCAL_SERVER = "http://localhost:8787";

const description = `The back office of many shops: accounts, a catalogue with search, counter sales and purchases, shifts, imports, metrics, webhooks and a data lake.

- JSON is snake_case. Unknown fields and query parameters are rejected, and so is a body where an operation takes none. Amounts are integers in minor units (such as cents) of the shop's \`currency\`. Quantities are numbers with at most three decimals in the \`unit\` of the product, and whole where it is \`piece\`.
- Times are RFC 3339 in UTC. A \`day\` is \`YYYY-MM-DD\` in the shop's time zone. Ids are UUIDv7.
- Sign in with POST /api/v1/auth/login and send \`Authorization: Bearer ACCESS_TOKEN\`. Public reads name the shop with the header
  \`X-Tenant: SLUG\` or \`?tenant=SLUG\`. A browser may use the HttpOnly cookies instead; its writes then require a trusted \`Origin\`.
- A system sends an API key of its shop instead: \`Authorization: Bearer mk_live_...\`. It may call the operations of its scopes; 403
  \`insufficient-scope\` names the \`scope\` that is missing. Pages of a storefront send a publishable key, \`mp_live_...\`, which also names the shop.
- A guest creates a cart with POST /api/v1/carts and sends its token as \`X-Cart\`, and later the token of the order as \`X-Order\`. Both
  name their shop. They are ignored where a login is sent too, except by the sign-in, which moves the guest's cart into the account's.
- Lists return \`{ data, next_cursor }\`. Send \`next_cursor\` as \`?cursor=\` for the next page.
- Errors are RFC 9457 problems (\`application/problem+json\`): switch on \`type\`, which decides the other members. \`invalid\` (422) lists
  the invalid fields in \`errors\`. Each operation declares the problems that it may answer: those of its kind under \`4XX\` and \`5XX\`,
  and under a status of its own all that it may answer with that status.
- A POST that creates something accepts an \`Idempotency-Key\`. A repeated request returns the first response with
  \`Idempotent-Replayed: true\`. POST /api/v1/carts takes none: of its response only a hash is stored.
- Every response has \`X-Request-Id\`, and \`Server-Timing\` with its cost at D1: round trips, rows read and rows written.
- Requests count against quotas per minute: of the address, the shop and the user or API key. Anonymous readers and customers share half of the
  shop's quota. Every response shows the quotas in \`RateLimit-Policy\` and \`RateLimit\`. Beyond a quota, requests return 429
  \`quota-exceeded\` with \`Retry-After\`.`;

/** Adds the texts of operations to their declarations, which the Worker does without. */
export function addDocumentation({ openAPIRegistry }: Pick<OpenAPIHono<App>, "openAPIRegistry">): void {
  for (const definition of openAPIRegistry.definitions)
    if (definition.type === "route") {
      const route: RouteConfig & Documented = definition.route;
      const { document: documentation } = route;
      delete route.document;
      Object.assign(route, documentation?.());
    }
}

/** Generates the document; once for each application. */
export function generateDocument(app: OpenAPIHono<App>): OpenApiDocument {
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
  app.openAPIRegistry.registerComponent("securitySchemes", "apiKey", {
    type: "http",
    scheme: "bearer",
    bearerFormat: "mk_live_...",
    description: "A secret API key with the scope of the operation (`x-scope`). For servers and scripts.",
  });
  app.openAPIRegistry.registerComponent("securitySchemes", "publishableKey", {
    type: "http",
    scheme: "bearer",
    bearerFormat: "mp_live_...",
    description:
      "A publishable API key. For pages of its origins: it names the shop of public reads, carts and checkouts of guests.",
  });
  for (const [name, header] of Object.entries(tokenHeaders))
    app.openAPIRegistry.registerComponent("securitySchemes", name, {
      type: "apiKey",
      in: "header",
      name: header,
    });
  addDocumentation(app);
  registerNamed(app);
  registerHeaders(app);
  registerProblems(app);
  const generated = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Mostrador",
      version: "1.0.0",
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
      { name: "API keys", description: "Access for systems: secret keys with scopes, and publishable keys" },
      { name: "Service", description: "Health and keys" },
    ],
  });
  generated.paths = Object.fromEntries(
    Object.entries(generated.paths ?? {}).map(([path, item]) => [path.replace(WILDCARD, "{$1}"), item]),
  );
  return tidyDocument(generated);
}
