// What this isolate remembers of credentials: the shop and who acts. A request that relies on it compares it with the rows in the guard of
// its first batch, so it never outlives a change.
import type { SQL } from "drizzle-orm";
import type { Actor, Tenant } from "../platform/context.ts";
import { setBounded } from "../values/bounded-map.ts";

/** The shop of a credential and who acts; null for a publishable API key, and where nobody is signed in. */
export type Identity = { tenant: Tenant; actor: Actor | null };

/**
 * A remembered identity. `guard` is a scalar query: the shop's revision, or no row where the identity has changed or the credential is
 * no longer valid.
 */
export type Recollection = {
  identity: Identity;
  guard: SQL;
  /** Whether the cost of the guard is not disclosed to clients. */
  isUndisclosed?: boolean;
  publishableScopes?: readonly string[] | null;
  /** Called after a request whose guard held. */
  confirmed?: () => void;
  discard: () => void;
};

/** The identity as it is remembered. */
export const withoutRevision = ({ tenant, actor }: Identity): Identity => ({
  tenant: { ...tenant, revision: null },
  actor,
});

const MAX_REMEMBERED = 5000;

type Memory<T> = {
  get: (key: string) => T | undefined;
  set: (key: string, value: T) => void;
  delete: (key: string) => void;
};

const clears: (() => void)[] = [];

/** What this isolate remembers of one kind of credential, by a key that names it. */
export function newMemory<T>(): Memory<T> {
  const entries = new Map<string, T>();
  clears.push(() => entries.clear());
  return {
    get: (key) => entries.get(key),
    set: (key, value) => setBounded(entries, MAX_REMEMBERED, key, value),
    delete: (key) => void entries.delete(key),
  };
}

/** Forgets all credentials, so that the next request of each reads its identity. */
export function forgetIdentities(): void {
  for (const clear of clears) clear();
}
