import type { ApiKeyScope } from "@mostrador/sdk";

/** All scopes, by the order of their domains. The type fails to compile when the API has another one. */
const ALL: Record<ApiKeyScope, true> = {
  "products:read": true,
  "products:write": true,
  "stock:read": true,
  "stock:write": true,
  "sales:read": true,
  "sales:write": true,
  "orders:read": true,
  "orders:write": true,
  "carts:read": true,
  "carts:write": true,
  "customers:read": true,
  "customers:write": true,
  "payments:read": true,
  "payments:write": true,
  "shifts:read": true,
  "shifts:write": true,
  "imports:read": true,
  "imports:write": true,
  "metrics:read": true,
  "metrics:write": true,
  "taxes:read": true,
  "taxes:write": true,
  "shop:read": true,
  "shop:write": true,
  "users:read": true,
  "mails:read": true,
  "mails:write": true,
  "webhooks:read": true,
  "webhooks:write": true,
  "events:read": true,
  "events:write": true,
  "lake:read": true,
  "lake:write": true,
  "rollups:read": true,
  "rollups:write": true,
  "audit:read": true,
};

const isScope = (text: string): text is ApiKeyScope => Object.hasOwn(ALL, text);

const scopeOf = (domain: string, right: "read" | "write"): ApiKeyScope | undefined => {
  const scope = `${domain}:${right}`;
  return isScope(scope) ? scope : undefined;
};

export type ScopeRow = { domain: string; read: ApiKeyScope | undefined; write: ApiKeyScope | undefined };

/** Each domain with its scopes. */
export const SCOPE_ROWS: readonly ScopeRow[] = [
  ...new Set(Object.keys(ALL).map((scope) => scope.split(":")[0] ?? "")),
].map((domain) => ({ domain, read: scopeOf(domain, "read"), write: scopeOf(domain, "write") }));
