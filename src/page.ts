// Lists are read by keyset: a cursor names the last row that was seen, so no row is twice or missing while rows are
// added. A cursor carries no authority (every query is within the tenant); its checksum turns a bent one into a clear 422.
import { createHash } from "node:crypto";
import { z } from "@hono/zod-openapi";
import { isDay } from "./days.ts";
import { Problem } from "./problem.ts";

type Key = (string | number)[];

const checksum = (list: string, tenantId: string, keys: string): string =>
  createHash("sha256").update(`${tenantId}\n${list}\n${keys}`).digest("base64url").slice(0, 12);

/** A cursor behind the row with this key, for this list (its name and sort) of this shop. */
export function cursorOf(list: string, tenantId: string, key: Key): string {
  const keys = JSON.stringify(key);
  return `${checksum(list, tenantId, keys)}${Buffer.from(keys).toString("base64url")}`;
}

/** The key of a list by one column, an id or a day. */
export const oneColumn = z.tuple([z.string()]);

/** The key of a list by day, then instant, then id. */
export const placeInDay = z.tuple([z.string(), z.string(), z.string()]);

const bent = (): Problem =>
  new Problem("invalid-cursor", "Use next_cursor as it came, with the same sort.", {
    errors: [{ pointer: "#/query/cursor", detail: "not a cursor of this list" }],
  });

/** The key in a cursor, null without a cursor; anybody can make a checksum, so it has its list's shape. @throws Problem invalid-cursor */
export function keyOf<T extends Key>(
  shape: z.ZodType<T>,
  list: string,
  tenantId: string,
  cursor: string | undefined,
): T | null {
  if (cursor === undefined) return null;
  const keys = Buffer.from(cursor.slice(12), "base64url").toString();
  if (cursor !== `${checksum(list, tenantId, keys)}${Buffer.from(keys).toString("base64url")}`) throw bent();
  const key = shape.safeParse(jsonOrNull(keys));
  if (!key.success) throw bent();
  return key.data;
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Somebody made the checksum himself: what is no JSON is no key.
    return null;
  }
}

/** The envelope of a list: ask the database for `limit` + 1 rows, and hand them all to this. */
export function page<T>(
  rows: T[],
  limit: number,
  cursor: (last: T) => string,
): { data: T[]; next_cursor: string | null } {
  const data = rows.slice(0, limit);
  const last = data.at(-1);
  return { data, next_cursor: rows.length > limit && last !== undefined ? cursor(last) : null };
}

const Limit = z
  .string()
  .regex(/^[1-9]\d{0,2}$/, "a whole number from 1 to 100")
  .transform(Number)
  .refine((limit) => limit <= 100, "a whole number from 1 to 100")
  .openapi({ type: "integer", minimum: 1, maximum: 100, example: 20 });

/** `?limit=` 1 to 100 with this default. */
export const limitQuery = (standard: number) => Limit.default(standard);

export const PageQuery = {
  limit: limitQuery(20),
  cursor: z
    .string()
    .max(2000)
    .optional()
    .openapi({ description: "next_cursor of the page before; repeat the other parameters" }),
};

/** The schema of a list of these. */
export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({ data: z.array(item), next_cursor: z.string().nullable() });

const day = z
  .string()
  .refine(isDay, "a day, as 2026-11-22")
  .optional()
  .openapi({ format: "date", example: "2026-11-22" });

/** `from` and `to`: days of the shop, both included. */
export const DayRange = { from: day, to: day };
