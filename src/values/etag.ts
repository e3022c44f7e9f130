// Entity tags (RFC 9110, section 8.8.3).
import { createHash } from "node:crypto";

/** A digest of a representation, which differs whenever the representation does. */
export const digestOf = (body: unknown): string =>
  createHash("sha256").update(JSON.stringify(body)).digest("base64url").slice(0, 22);

/**
 * The strong ETag of a row as its reader sees it. Reads compare the digest too, because bodies of one version may differ, for example
 * by role; changes compare the version alone.
 */
export const bodyEtagOf = (body: { version: number }): string => `"v${body.version}-${digestOf(body)}"`;

/** Whether an If-None-Match names this ETag. It compares weakly (RFC 9110, section 13.1.2). */
export const matchesEtag = (ifNoneMatch: string | undefined, etag: string): boolean =>
  ifNoneMatch !== undefined &&
  ifNoneMatch.split(",").some((each) => each.trim() === "*" || each.trim().replace(/^W\//, "") === etag);
