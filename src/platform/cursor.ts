// Lists use keyset pagination: a cursor names the last row seen, so rows added meanwhile are neither repeated nor skipped.
// A cursor carries no authority, since every query is scoped to the tenant. Its checksum turns a damaged one into a clear 422.
import { createHash } from "node:crypto";
import { z } from "zod";
import { Problem } from "./problem.ts";

type Key = (string | number)[];

const checksum = (list: string, tenantId: string, keys: string): string =>
  createHash("sha256").update(`${tenantId}\n${list}\n${keys}`).digest("base64url").slice(0, 12);

/** A cursor that continues after the row with this key, in this list (its name and sort) of this shop. */
export function encodeCursor(list: string, tenantId: string, key: Key): string {
  const keys = JSON.stringify(key);
  return `${checksum(list, tenantId, keys)}${Buffer.from(keys).toString("base64url")}`;
}

/** The key of a list sorted by one column, an id or a day. */
export const singleKey = z.tuple([z.string()]);

/** The key of a list sorted by day, then instant, then id. */
export const dayTimeKey = z.tuple([z.string(), z.string(), z.string()]);

const invalidCursor = (): Problem =>
  new Problem("invalid-cursor", "Send next_cursor unchanged, with the same sort.", {
    errors: [{ pointer: "#/query/cursor", detail: "not a cursor of this list" }],
  });

/**
 * The key in a cursor, or null without a cursor. The checksum is no secret, so the key is validated against its list's
 * shape. @throws Problem invalid-cursor
 */
export function decodeCursor<T extends Key>(
  shape: z.ZodType<T>,
  list: string,
  tenantId: string,
  cursor: string | undefined,
): T | null {
  if (cursor === undefined) return null;
  const keys = Buffer.from(cursor.slice(12), "base64url").toString();
  if (cursor !== `${checksum(list, tenantId, keys)}${Buffer.from(keys).toString("base64url")}`)
    throw invalidCursor();
  const key = shape.safeParse(jsonOrNull(keys));
  if (!key.success) throw invalidCursor();
  return key.data;
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Only a forged checksum gets here; no list has the key null.
    return null;
  }
}

/** Wraps a list: query `limit` + 1 rows and pass all of them. */
export function pageOf<T>(
  rows: T[],
  limit: number,
  cursor: (last: T) => string,
): { data: T[]; next_cursor: string | null } {
  const data = rows.slice(0, limit);
  const last = rows.length > limit ? data.at(-1) : undefined;
  return { data, next_cursor: last === undefined ? null : cursor(last) };
}
