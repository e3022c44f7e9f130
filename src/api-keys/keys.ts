// The keys of a shop. A key is returned only by the request that makes it: no response with a key is stored, so these requests take no
// Idempotency-Key, and a lost response is repaired by rotating or revoking.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { audit, auditUpdate } from "../audit/log.ts";
import { assignments, columnsOf } from "../platform/columns.ts";
import type { Ctx, UserCtx } from "../platform/context.ts";
import { decodeCursor, encodeCursor, pageOf, singleKey } from "../platform/cursor.ts";
import { returning } from "../platform/d1.ts";
import { invalid, notFound, Problem } from "../platform/problem.ts";
import { hashOfSecret, newSecret } from "../platform/secret-tokens.ts";
import { newId } from "../values/ids.ts";
import {
  ApiKey,
  type ApiKeyPatch,
  type CreatedApiKey,
  kindsWith,
  LISTS,
  type RotatedApiKey,
  type NewApiKey,
  type Rotation,
} from "./schema.ts";
import { keyText } from "./secrets.ts";

const MAX_KEYS = 50;
// More rotations within a grace period end the oldest secret.
const MAX_OLD_SECRETS = 5;

const list = z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text)));

const keyRow = ApiKey.extend({ scopes: list, allowed_ips: list, origins: list });

const columns = columnsOf(keyRow);

const unique = (values: string[] = []): string[] => [...new Set(values)].toSorted();

/** A time of expiry as it is stored. @throws Problem invalid */
function expiryOf(ctx: Ctx, text: string): string {
  const expiresAt = new Date(text).toISOString();
  if (expiresAt <= ctx.now.toISOString())
    throw invalid([{ pointer: "#/expires_at", detail: "must be in the future" }]);
  return expiresAt;
}

/** Creates a key. One round trip. @throws Problem invalid, too-many-api-keys */
export async function addKey(
  ctx: UserCtx,
  input: z.infer<typeof NewApiKey>,
): Promise<z.infer<typeof CreatedApiKey>> {
  const now = ctx.now.toISOString();
  const expiresAt = input.expires_at === undefined ? null : expiryOf(ctx, input.expires_at);
  const { kind, name } = input;
  const id = newId();
  const secret = newSecret();
  const lists = {
    scopes: unique(input.scopes),
    allowed_ips: unique(input.allowed_ips),
    origins: unique(input.origins),
  };
  const inserted = returning(
    keyRow,
    sql`INSERT INTO api_keys (tenant_id, id, kind, name, secret_hash, last_four, scopes, allowed_ips, origins, expires_at, created_by, created_at)
      SELECT ${ctx.tenant.id}, ${id}, ${kind}, ${name}, ${hashOfSecret(secret)}, ${secret.slice(-4)}, ${JSON.stringify(lists.scopes)},
        ${JSON.stringify(lists.allowed_ips)}, ${JSON.stringify(lists.origins)}, ${expiresAt}, ${ctx.actor.id}, ${now}
      WHERE (SELECT count(*) FROM api_keys WHERE tenant_id = ${ctx.tenant.id} AND revoked_at IS NULL) < ${MAX_KEYS}
      RETURNING ${columns}`,
  );
  const done = await ctx.db.batch([
    inserted,
    audit(ctx, "api_key.added", id, {
      after: sql`${JSON.stringify({ name, kind, ...lists, expires_at: expiresAt })}`,
      when: sql`changes() = 1`,
    }),
  ]);
  const [created] = done.of(inserted);
  if (!created)
    throw new Problem("too-many-api-keys", `A shop can have ${MAX_KEYS} API keys. Revoke one first.`);
  return { ...created, key: keyText(ctx.env, kind, ctx.tenant.id, id, secret) };
}

/** The keys of the shop, also revoked ones, newest first. One round trip. @throws Problem invalid-cursor */
export async function listKeys(ctx: Ctx, query: { limit: number; cursor?: string | undefined }) {
  const [after] = decodeCursor(singleKey, "api keys", ctx.tenant.id, query.cursor) ?? [];
  const found = await ctx.db.all(
    keyRow,
    sql`SELECT ${columns} FROM api_keys WHERE tenant_id = ${ctx.tenant.id}
      ${after === undefined ? sql`` : sql`AND id < ${after}`} ORDER BY id DESC LIMIT ${query.limit + 1}`,
  );
  return pageOf(found, query.limit, (last) => encodeCursor("api keys", ctx.tenant.id, [last.id]));
}

const isKey = (ctx: Ctx, id: string): SQL => sql`tenant_id = ${ctx.tenant.id} AND id = ${id}`;

/** A key of the shop, also a revoked one. One round trip. @throws Problem not-found */
export async function getKey(ctx: Ctx, id: string): Promise<z.infer<typeof ApiKey>> {
  const [found] = await ctx.db.all(keyRow, sql`SELECT ${columns} FROM api_keys WHERE ${isKey(ctx, id)}`);
  if (!found) throw notFound("API key");
  return found;
}

/**
 * Changes a key that is not revoked, from the next request on; its secret stays. One round trip.
 * @throws Problem not-found, invalid
 */
export async function changeKey(
  ctx: UserCtx,
  id: string,
  patch: z.infer<typeof ApiKeyPatch>,
): Promise<z.infer<typeof ApiKey>> {
  const given = LISTS.flatMap((list) => {
    const values = patch[list];
    return values ? [{ list, values: unique(values), kinds: kindsWith(list, values) }] : [];
  });
  const next = {
    ...patch,
    ...Object.fromEntries(given.map(({ list, values }) => [list, values])),
    ...(typeof patch.expires_at === "string" ? { expires_at: expiryOf(ctx, patch.expires_at) } : {}),
  };
  const isActive = sql`${isKey(ctx, id)} AND revoked_at IS NULL`;
  const hasLists = sql.join(
    [
      sql`true`,
      ...given.map(({ kinds }) => sql`kind IN (SELECT value FROM json_each(${JSON.stringify(kinds)}))`),
    ],
    sql` AND `,
  );
  const found = returning(keyRow, sql`SELECT ${columns} FROM api_keys WHERE ${isActive}`);
  const changes = assignments(next);
  const update = sql`UPDATE api_keys SET ${sql.join(changes, sql`, `)} WHERE ${isActive} AND ${hasLists}`;
  const done = await ctx.db.batch([
    auditUpdate(ctx, "api_key.changed", id, next, sql`FROM api_keys WHERE ${isActive} AND ${hasLists}`),
    ...(changes.length === 0 ? [] : [update]),
    found,
  ]);
  const [key] = done.of(found);
  if (!key) throw notFound("API key that is not revoked");
  const wrong = given.filter(({ kinds }) => !kinds.includes(key.kind));
  if (wrong.length > 0)
    throw invalid(
      wrong.map(({ list }) => ({ pointer: `#/${list}`, detail: `is not for a ${key.kind} key` })),
    );
  return key;
}

const idRow = z.object({ id: z.string() });

/** Revokes a key: it is refused from the next request. One that is revoked already stays so. One round trip. @throws Problem not-found */
export async function revokeKey(ctx: UserCtx, id: string): Promise<void> {
  const found = returning(idRow, sql`SELECT id FROM api_keys WHERE ${isKey(ctx, id)}`);
  const done = await ctx.db.batch([
    sql`UPDATE api_keys SET revoked_at = ${ctx.now.toISOString()} WHERE ${isKey(ctx, id)} AND revoked_at IS NULL`,
    audit(ctx, "api_key.revoked", id, { when: sql`changes() = 1` }),
    found,
  ]);
  if (done.of(found).length === 0) throw notFound("API key");
}

/**
 * Gives a key a new secret; earlier secrets work for `grace_seconds`, or until their own end if that is sooner. One round trip.
 * @throws Problem not-found
 */
export async function rotateKey(
  ctx: UserCtx,
  id: string,
  { grace_seconds }: z.infer<typeof Rotation>,
): Promise<z.infer<typeof RotatedApiKey>> {
  const now = ctx.now.toISOString();
  const until = new Date(ctx.now.getTime() + grace_seconds * 1000).toISOString();
  const secret = newSecret();
  // Rotations at the same moment follow one another: the second takes over the secret of the first as an old one.
  const rotated = returning(
    keyRow.pick({ kind: true, last_four: true }),
    sql`UPDATE api_keys SET secret_hash = ${hashOfSecret(secret)}, last_four = ${secret.slice(-4)}, old_secrets =
        (SELECT json_group_array(json(value)) FROM (
          SELECT json_object('hash', secret_hash, 'until', ${until}) AS value
          UNION ALL SELECT json_set(value, '$.until', min(value ->> 'until', ${until})) FROM json_each(old_secrets)
            WHERE value ->> 'until' > ${now}
          LIMIT ${MAX_OLD_SECRETS}))
      WHERE ${isKey(ctx, id)} AND revoked_at IS NULL RETURNING kind, last_four`,
  );
  const done = await ctx.db.batch([
    rotated,
    audit(ctx, "api_key.secret_rotated", id, {
      after: sql`${JSON.stringify({ old_until: until })}`,
      when: sql`changes() = 1`,
    }),
  ]);
  const [row] = done.of(rotated);
  if (!row) throw notFound("API key that is not revoked");
  const key = keyText(ctx.env, row.kind, ctx.tenant.id, id, secret);
  return { key, last_four: row.last_four, old_until: until };
}
