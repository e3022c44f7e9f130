// What of a shop handlers must know before their first batch. Access tokens carry it, so an isolate that has never seen a login need not read
// it; the guard compares it with the row.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Tenant } from "../platform/context.ts";
import { PlanName } from "../quota/plans.ts";

/** The facts of a shop `t` as a JSON array, in the order of `ShopFacts`. */
export const shopState = sql.raw(
  "json_array(t.slug, t.name, t.currency, t.timezone, t.plan, t.prices_include_tax, t.employees_see)",
);

/** Slug, name, currency, time zone, plan, whether prices include tax, and what employees see. */
export const ShopFacts = z.tuple([
  z.string(),
  z.string(),
  z.string(),
  z.string(),
  PlanName,
  z.union([z.literal(0), z.literal(1)]),
  z.enum(["own", "all"]),
]);

export type ShopFacts = z.infer<typeof ShopFacts>;

/** A column of `shopState`. */
export const shopFactsColumn = z.string().transform((text) => ShopFacts.parse(JSON.parse(text)));

/** The facts of the shop with this id, as a column. */
export const factsOfShop = (tenantId: SQL): SQL =>
  sql`(SELECT ${shopState} FROM tenants t WHERE t.id = ${tenantId})`;

/** The text of `shopState` where the facts are those of the shop. */
export const stateOfFacts = (facts: ShopFacts): string => JSON.stringify(facts);

export function tenantOf(id: string, facts: ShopFacts, revision: number | null): Tenant {
  const [slug, name, currency, timezone, plan, includesTax, employees_see] = facts;
  const prices_include_tax = includesTax === 1;
  return { id, slug, name, currency, timezone, revision, plan, prices_include_tax, employees_see };
}
