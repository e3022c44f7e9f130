// Authentication by API key: one round trip reads the key and its shop, or the first batch of the request confirms them. Whatever is wrong
// with a key, the statement and the response are the same, and its cost is not disclosed, so a refusal does not tell whether it exists.
import { sql, type SQL } from "drizzle-orm";
import type { Context } from "hono";
import { z } from "zod";
import { type Identity, newMemory, type Recollection, withoutRevision } from "../auth/recollection.ts";
import { shopState } from "../auth/shop-facts.ts";
import { tenantRow } from "../auth/shops/tenants.ts";
import { knownAddress } from "../http/client-address.ts";
import type { App } from "../http/app-context.ts";
import { openDb, returning, undisclosed } from "../platform/d1.ts";
import { Problem, unauthenticated } from "../platform/problem.ts";
import { rejectExhausted } from "../quota/rate-limit.ts";
import { isInNetwork } from "../values/network.ts";
import { isMeantAsKey, type NamedKey, readKey } from "./secrets.ts";

const list = <T extends z.ZodType>(item: T) =>
  z.string().transform((text) => z.array(item).parse(JSON.parse(text)));

const keyRow = tenantRow.omit({ id: true }).extend({
  key_name: z.string(),
  scopes: list(z.string()),
  allowed_ips: list(z.string()),
  origins: list(z.string()),
  last_used_at: z.string().nullable(),
  state: z.string(),
});

const invalidKey = (): Problem =>
  unauthenticated(
    "The API key is not valid: it is unknown, revoked or expired, or this address may not use it.",
  );

const claimOf = ({ kind, tenantId, id }: NamedKey) => ({
  tenantId,
  actor: kind === "secret" ? { kind: "key" as const, keyId: id } : null,
});

function isAllowedFrom(c: Context<App>, networks: string[]): boolean {
  const address = knownAddress(c);
  return (
    networks.length === 0 || networks.some((network) => address !== null && isInNetwork(address, network))
  );
}

const isAllowedOrigin = (c: Context<App>, { kind }: NamedKey, origins: string[]): boolean =>
  kind === "secret" || origins.includes(c.req.header("origin") ?? "");

const publishableScopesOf = ({ kind }: NamedKey, { scopes }: z.infer<typeof keyRow>) =>
  kind === "publishable" ? scopes : null;

type Remembered = { identity: Identity; row: z.infer<typeof keyRow>; lastUsedAt: string | null };

const remembered = newMemory<Remembered>();

// With the hash, so that a rotated secret is not taken for another one of its key.
const memoryKey = ({ tenantId, kind, id, hash }: NamedKey): string => `${tenantId} ${kind} ${id} ${hash}`;

async function identityOf(c: Context<App>, token: string): Promise<Identity> {
  const { base } = c.var;
  const named = readKey(base.env, token);
  if (!named) throw invalidKey();
  if (!named.isOfEnvironment) throw unauthenticated("The API key is of another environment.");
  rejectExhausted(c, claimOf(named));
  base.db.enterShop(named.tenantId);
  const selected = undisclosed(selectKey(named, base.now));
  const [row] = (await base.db.batch([selected])).of(selected);
  if (!row || !isAllowedFrom(c, row.allowed_ips)) throw invalidKey();
  if (!isAllowedOrigin(c, named, row.origins))
    throw new Problem("origin-not-allowed", "Send the publishable key from a page of one of its origins.");
  const lastUsedAt = recordUse(c, named, row.last_used_at);
  const {
    key_name: name,
    scopes,
    allowed_ips: _,
    origins: __,
    last_used_at: ___,
    state: ____,
    ...shop
  } = row;
  const actor = named.kind === "secret" ? { kind: "key" as const, keyId: named.id, name, scopes } : null;
  const identity = { tenant: { id: named.tenantId, ...shop }, actor };
  remembered.set(memoryKey(named), { identity: withoutRevision(identity), row, lastUsedAt });
  c.set("publishableScopes", publishableScopesOf(named, row));
  return identity;
}

/** @throws Problem quota-exceeded, invalid */
function recall(c: Context<App>, token: string): Recollection | null {
  const { env, now } = c.var.base;
  const named = isMeantAsKey(token) ? readKey(env, token) : null;
  const known = named?.isOfEnvironment === true ? remembered.get(memoryKey(named)) : undefined;
  if (!named || !known) return null;
  rejectExhausted(c, claimOf(named));
  const { identity, row } = known;
  if (!isAllowedFrom(c, row.allowed_ips) || !isAllowedOrigin(c, named, row.origins)) return null;
  return {
    identity,
    guard: sql`SELECT t.revision ${validKey(named, now)} AND ${state} = ${row.state}`,
    isUndisclosed: true,
    publishableScopes: publishableScopesOf(named, row),
    confirmed: () => {
      known.lastUsedAt = recordUse(c, named, known.lastUsedAt);
    },
    discard: () => remembered.delete(memoryKey(named)),
  };
}

/** Identifies requests by API key. `identify` throws Problem invalid-token, origin-not-allowed and quota-exceeded. */
export const keyAccess = {
  identify: (c: Context<App>, token: string): Promise<Identity> | null =>
    isMeantAsKey(token) ? identityOf(c, token) : null,
  recall,
};

const state = sql`json_array(k.name, k.scopes, k.allowed_ips, k.origins, ${shopState})`;

const validKey = ({ tenantId, id, kind, hash }: NamedKey, now: Date): SQL =>
  sql`FROM api_keys k JOIN tenants t ON t.id = k.tenant_id AND t.is_active = 1
    WHERE k.tenant_id = ${tenantId} AND k.id = ${id} AND k.kind = ${kind} AND k.revoked_at IS NULL
      AND (k.expires_at IS NULL OR k.expires_at > ${now.toISOString()})
      AND (k.secret_hash = ${hash} OR EXISTS (SELECT 1 FROM json_each(k.old_secrets)
        WHERE value ->> 'hash' = ${hash} AND value ->> 'until' > ${now.toISOString()}))`;

const selectKey = (named: NamedKey, now: Date) =>
  returning(
    keyRow,
    sql`SELECT k.name AS key_name, k.scopes, k.allowed_ips, k.origins, k.last_used_at, ${state} AS state,
        t.slug, t.name, t.currency, t.timezone, t.revision, t.plan, t.prices_include_tax, t.employees_see
      ${validKey(named, now)}`,
  );

const USE_RECORDED_EVERY_MS = 3_600_000;

/** Records the use of a key after the response, at most once an hour. Returns when the key was last recorded as used. */
function recordUse(c: Context<App>, { tenantId, id }: NamedKey, lastUsedAt: string | null): string | null {
  const { env, now, waitUntil } = c.var.base;
  const before = new Date(now.getTime() - USE_RECORDED_EVERY_MS).toISOString();
  if (lastUsedAt !== null && lastUsedAt > before) return lastUsedAt;
  waitUntil(
    openDb(env, tenantId, "first-primary").run(
      sql`UPDATE api_keys SET last_used_at = ${now.toISOString()} WHERE tenant_id = ${tenantId} AND id = ${id}
        AND (last_used_at IS NULL OR last_used_at <= ${before})`,
    ),
  );
  return now.toISOString();
}
