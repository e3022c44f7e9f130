/**
 * The domains in dependency order: each may import only those before it. The linter derives the import fences from this list,
 * and docs/architecture.md repeats it.
 */
export const DOMAINS = [
  "idempotency",
  "audit",
  "events",
  "quota",
  "mail",
  "auth",
  "api-keys",
  "customers",
  "catalog",
  "taxes",
  "shifts",
  "sales",
  "purchases",
  "cart",
  "rollups",
  "recommendations",
  "imports",
  "metrics",
  "lake",
  "webhooks",
  "erasure",
  "health",
] as const;
