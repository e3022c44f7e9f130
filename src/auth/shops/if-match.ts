// Conditional changes (RFC 9110, section 13) of rows with a version, such as products and customers: their strong ETag is the version.
import { sql, type SQL } from "drizzle-orm";
import type { Ctx } from "../../platform/context.ts";
import { Problem } from "../../platform/problem.ts";

type Versioned = { version: number };

/** The strong ETag of a version. */
export const etagOf = ({ version }: Versioned): string => `"v${version}"`;

// If-Match compares strongly, but a proxy that compresses turns our strong ETags into weak ones.
const ETAG = /^(?:W\/)?"v([1-9]\d{0,14})(?:-[\w-]{22})?"$/;

/** The versions that an If-Match header accepts, or null if it accepts all. */
export function acceptedVersions(ifMatch: string | undefined): number[] | null {
  if (ifMatch === undefined || ifMatch.trim() === "*") return null;
  return ifMatch.split(",").flatMap((tag) => {
    const version = ETAG.exec(tag.trim())?.[1];
    return version === undefined ? [] : [Number(version)];
  });
}

/** A scalar subquery: whether the shop requires If-Match for every change of a versioned row. */
export const requiresIfMatch = (ctx: Ctx): SQL =>
  sql`(SELECT require_if_match = 1 FROM tenants WHERE id = ${ctx.tenant.id})`;

/** The condition that `ifMatch` accepts the column `version` of a row. */
export function versionCondition(ctx: Ctx, ifMatch: string | undefined): SQL {
  if (ifMatch === undefined) return sql`NOT ${requiresIfMatch(ctx)}`;
  const versions = acceptedVersions(ifMatch);
  return versions ? sql`version IN (SELECT value FROM json_each(${JSON.stringify(versions)}))` : sql`true`;
}

/** `what` names the kind of row. */
export const preconditionFailed = (what: string, row: Versioned): Problem =>
  new Problem(
    "precondition-failed",
    `The current ETag of the ${what} is ${etagOf(row)}. Read it again before changing it.`,
  );

/** `what` names the kind of row. */
export const preconditionRequired = (what: string): Problem =>
  new Problem("precondition-required", `This shop requires If-Match: send the ETag of the ${what}.`);
