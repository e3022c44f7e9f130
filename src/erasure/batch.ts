// What is erased besides the account is done a part at a time: what a part reads and writes does not grow with shop or person.
// Each may be done twice. Which places these are, and which stay, is in places.ts.
import type { SQL } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "../platform/context.ts";

type Job = { tenant_id: string; user_id: string; email: string; after: string };

/** The statements of a part, and behind what the next one goes on; null: there is none. */
type Part = { statements: SQL[]; after: string | null };

/** Answers null where it has to wait for others. */
export type ErasureStep = (ctx: Base, job: Job) => Promise<Part | null>;

/** The key behind which a step goes on. */
export const keysOf = (after: string): unknown[] =>
  after === "" ? ["", "", ""] : z.array(z.unknown()).parse(JSON.parse(after));

/** Where a step goes on behind the last of its rows; null where these were fewer than it asked for. */
export const behind = (found: unknown[], limit: number, last: () => unknown): string | null =>
  found.length < limit ? null : JSON.stringify(last());

/** The ids as a JSON array. */
export const ids = (found: { id: string }[]): string => JSON.stringify(found.map(({ id }) => id));
