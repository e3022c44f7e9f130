// Links to one order, for whoever has no account. A token names its shop and order and has 256 random bits, of which only the hash is
// stored. It is sent as X-Order, or by the form of the order's page.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { linkTo } from "../auth/links/tokens.ts";
import { type Identity, newMemory, type Recollection, withoutRevision } from "../auth/recollection.ts";
import { shopState } from "../auth/shop-facts.ts";
import { tenantRow } from "../auth/shops/tenants.ts";
import { columnsOf } from "../platform/columns.ts";
import type { Base, Ctx } from "../platform/context.ts";
import { sqlBoolean } from "../platform/d1.ts";
import { Problem } from "../platform/problem.ts";
import { hashOfSecret, newSecret } from "../platform/secret-tokens.ts";
import { sweepRows } from "../platform/sweep-rows.ts";

const LIFETIME_MS = 90 * 86_400_000;

/** A new token of an order, and the statement that stores its hash. It expires after 90 days. */
export function storeOrderToken(
  ctx: Base,
  tenantId: string,
  saleId: string,
): { token: string; statement: SQL } {
  const secret = newSecret();
  const expiresAt = new Date(ctx.now.getTime() + LIFETIME_MS).toISOString();
  return {
    token: `${tenantId}.${saleId}.${secret}`,
    statement: sql`INSERT INTO order_tokens (tenant_id, sale_id, token_hash, expires_at)
      VALUES (${tenantId}, ${saleId}, ${hashOfSecret(secret)}, ${expiresAt})`,
  };
}

/** The address of the order's page. */
export const orderLink = (env: Env, token: string): string => linkTo(env, "order", token);

const MAX_TOKENS = 20;

/** A new token of an order, of which the oldest ones beyond twenty stop working. One round trip. */
export async function replaceOrderToken(ctx: Ctx, saleId: string): Promise<string> {
  const { token, statement } = storeOrderToken(ctx, ctx.tenant.id, saleId);
  const ofOrder = sql`tenant_id = ${ctx.tenant.id} AND sale_id = ${saleId}`;
  await ctx.db.batch([
    sql`DELETE FROM order_tokens WHERE ${ofOrder} AND token_hash IN (
      SELECT token_hash FROM order_tokens WHERE ${ofOrder} ORDER BY expires_at DESC LIMIT -1 OFFSET ${MAX_TOKENS - 1})`,
    statement,
  ]);
  return token;
}

export const unknownOrder = (): Problem =>
  new Problem(
    "unknown-order",
    "The link to the order has expired, or was never valid. Use that of a newer mail, or sign in.",
  );

const TOKEN = /^([0-9a-f-]{36})\.([0-9a-f-]{36})\.([\w-]{43})$/;

/** The shop and the order of a token, and the condition that it exists and has not expired. */
export type ReadOrderToken = { tenantId: string; saleId: string; tokenHash: string; isToken: SQL };

/** @throws Problem unknown-order, if the text cannot be a token */
export function readOrderToken(ctx: Base, text: string): ReadOrderToken {
  const [, tenantId, saleId, secret] = TOKEN.exec(text) ?? [];
  if (tenantId === undefined || saleId === undefined || secret === undefined) throw unknownOrder();
  const tokenHash = hashOfSecret(secret);
  return {
    tenantId,
    saleId,
    tokenHash,
    isToken: sql`EXISTS (SELECT 1 FROM order_tokens WHERE tenant_id = ${tenantId} AND sale_id = ${saleId}
      AND token_hash = ${tokenHash} AND expires_at > ${ctx.now.toISOString()})`,
  };
}

/** The shop of a page or mail: its name, colour and contacts. */
const linkShopRow = tenantRow.extend({
  is_valid: sqlBoolean,
  locale: z.string(),
  email: z.string().nullable(),
  phone: z.string().nullable(),
  brand_color: z.string().nullable(),
  state: z.string(),
});

export type LinkShop = Omit<z.infer<typeof linkShopRow>, "is_valid" | "state">;

const remembered = newMemory<{ identity: Identity; state: string }>();

const memoryKey = ({ tenantId, saleId, tokenHash }: ReadOrderToken): string =>
  `${tenantId} ${saleId} ${tokenHash}`;

/** The shop of a token, and whether the token is valid; null if there is no such shop. One round trip. */
export async function findOrderLink(
  ctx: Base,
  token: ReadOrderToken,
): Promise<{ shop: LinkShop; isValid: boolean } | null> {
  const [row] = await ctx.db.all(
    linkShopRow,
    sql`SELECT ${columnsOf(linkShopRow.omit({ is_valid: true, state: true }))}, ${token.isToken} AS is_valid, ${shopState} AS state
      FROM tenants t WHERE id = ${token.tenantId} AND is_active = 1`,
  );
  if (!row) return null;
  const { is_valid: isValid, state, ...shop } = row;
  const { locale: _, email: __, phone: ___, brand_color: ____, ...tenant } = shop;
  const identity = withoutRevision({ tenant, actor: null });
  if (isValid) remembered.set(memoryKey(token), { identity, state });
  return { shop, isValid };
}

/** What this isolate remembers of the shop of a token, if the token was valid. */
export function recallOrderLink(token: ReadOrderToken): Recollection | null {
  const known = remembered.get(memoryKey(token));
  if (!known) return null;
  return {
    identity: known.identity,
    guard: sql`SELECT t.revision FROM tenants t
      WHERE t.id = ${token.tenantId} AND t.is_active = 1 AND ${token.isToken} AND ${shopState} = ${known.state}`,
    discard: () => remembered.delete(memoryKey(token)),
  };
}

/** Deletes the tokens of all shops that have expired; a page of a sweep. */
export const deleteExpiredOrderTokens = (ctx: Base, after = ""): Promise<string | null> =>
  sweepRows(
    ctx,
    after,
    "order_tokens",
    ["tenant_id", "sale_id", "token_hash"],
    sql`expires_at < ${ctx.now.toISOString()}`,
  );
