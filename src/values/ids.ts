// Ids are UUIDv7: they sort by creation time, so new rows are appended to the end of each index.
import { z } from "@hono/zod-openapi";
import { uuidv7 } from "uuidv7";

export const newId = (): string => uuidv7();

export const Id = z.uuid();

/** The creation time in an id, to the millisecond. */
export const instantOfId = (id: string): Date =>
  new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));

/** A lower bound: ids of this instant and later sort after it, earlier ones before it. */
export function firstIdAt(instant: Date): string {
  const hex = Math.max(instant.getTime(), 0).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}
