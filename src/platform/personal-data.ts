// How a domain declares what it holds about people, and how an erasure removes it.
import type { SQL } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "./context.ts";

/** An erasure in progress: whose, and the key after which its current step continues ("" at its start). */
export type Erasure = { tenant_id: string; user_id: string; email: string; after: string };

/** The statements of one batch of a step, and the key after which the next batch continues; null when the step is complete. */
type ErasureBatch = { statements: SQL[]; after: string | null };

/** One bounded batch of a step; safe to run twice. Resolves to null when the step must wait for other work. */
export type ErasureStep = (ctx: Base, erasure: Erasure) => Promise<ErasureBatch | null>;

/**
 * Whose data are exported. `email` is SQL that yields their address, or NULL unless they have confirmed it, so that nobody reads the mails
 * to an address that is not theirs.
 */
export type Person = { tenant_id: string; user_id: string; email: SQL };

/** A member of the export of a person's data, and the tables that it covers. */
export type ExportedPart = {
  tables: readonly string[];
  /**
   * A query of at most `limit` rows after the key `after` ("" at the start), in the order of their keys: `key`, and `data`, a JSON
   * object or NULL for nothing.
   */
  rows: (person: Person, after: string) => SQL;
  limit: number;
};

export type PersonalData = {
  /** By table: what an erasure removes. */
  erased?: Record<string, string>;
  /** By table: why its rows stay. */
  retained?: Record<string, string>;
  /** By name of the member: what a person gets who exports their data. */
  exported?: Record<string, ExportedPart>;
  /** By table: why its rows about a person are not exported. Tables that are only retained need no reason. */
  notExported?: Record<string, string>;
  /** Statements that belong into the batch that erases the account. `email` is SQL that yields the account's e-mail. */
  withAccount?: (tenantId: string, userId: string, email: SQL) => SQL[];
  /** What the sweep does after the account is gone, by step name. Names are stored in `erasures.step`. */
  steps?: Record<string, ErasureStep>;
};

/** The key after which a batch continues. */
export const decodeResumeKey = (after: string): unknown[] =>
  after === "" ? ["", "", ""] : z.array(z.unknown()).parse(JSON.parse(after));

/** The key after which the next batch continues, or null when this one found fewer rows than its limit. */
export const encodeResumeKey = (found: unknown[], limit: number, last: () => unknown): string | null =>
  found.length < limit ? null : JSON.stringify(last());

/** The ids as a JSON array. */
export const idList = (rows: { id: string }[]): string => JSON.stringify(rows.map(({ id }) => id));
