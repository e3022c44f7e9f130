// SQL fragments derived from a row shape or a patch, so that no list of columns is repeated by hand.
import { sql, type SQL } from "drizzle-orm";
import type { z } from "zod";

/** The columns that a row shape names, for SELECT or RETURNING. */
export const columnsOf = (row: z.ZodObject): SQL =>
  sql.join(
    Object.keys(row.shape).map((name) => sql.identifier(name)),
    sql`, `,
  );

/** `column = value` for each defined field of a patch, for UPDATE; a boolean becomes 0 or 1, an object JSON. */
export const assignments = (patch: Record<string, unknown>): SQL[] =>
  Object.entries(patch).flatMap(([name, value]) =>
    value === undefined ? [] : [sql`${sql.identifier(name)} = ${bindable(value)}`],
  );

const bindable = (value: unknown): unknown => {
  if (typeof value === "boolean") return Number(value);
  return typeof value === "object" && value !== null ? JSON.stringify(value) : value;
};
