// Conditional changes of a product (RFC 9110, section 13): its strong ETag is its version.
import { sql, type SQL } from "drizzle-orm";
import type { Ctx } from "../../platform/context.ts";
import { Problem } from "../../platform/problem.ts";
import type { ProductBody } from "./columns.ts";

/** The strong ETag of a product. */
export const etagOf = (product: Pick<ProductBody, "version">): string => `"v${product.version}"`;

// If-Match compares strongly, but a proxy that compresses turns our strong ETags into weak ones.
const ETAG = /^(?:W\/)?"v([1-9]\d{0,14})"$/;

/** The versions that an If-Match header accepts, or null if it accepts all. */
export function acceptedVersions(ifMatch: string | undefined): number[] | null {
  if (ifMatch === undefined || ifMatch.trim() === "*") return null;
  return ifMatch.split(",").flatMap((tag) => {
    const version = ETAG.exec(tag.trim())?.[1];
    return version === undefined ? [] : [Number(version)];
  });
}

/** A scalar subquery: whether the shop requires If-Match for every change of a product. */
export const requiresIfMatch = (ctx: Ctx): SQL =>
  sql`(SELECT require_if_match = 1 FROM tenants WHERE id = ${ctx.tenant.id})`;

/** The condition that `ifMatch` accepts the version of a row of products. */
export function versionCondition(ctx: Ctx, ifMatch: string | undefined): SQL {
  if (ifMatch === undefined) return sql`NOT ${requiresIfMatch(ctx)}`;
  const versions = acceptedVersions(ifMatch);
  return versions ? sql`version IN (SELECT value FROM json_each(${JSON.stringify(versions)}))` : sql`true`;
}

export const preconditionFailed = (product: ProductBody): Problem =>
  new Problem(
    "precondition-failed",
    `The current ETag of the product is ${etagOf(product)}. Read it again before changing it.`,
  );

export const preconditionRequired = (): Problem =>
  new Problem("precondition-required", "This shop requires If-Match: send the ETag of the product.");
