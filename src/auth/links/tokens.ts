// Tokens of links in mails. A token names its shop and has 256 random bits, of which only the hash is stored. It is made when the
// mail is sent, so that it is nowhere but in the mail.
import { sql, type SQL } from "drizzle-orm";
import type { Base } from "../../platform/context.ts";
import { Problem } from "../../platform/problem.ts";
import { newShopToken, readShopToken } from "../../platform/secret-tokens.ts";
import { sweepRows } from "../../platform/sweep-rows.ts";

export type Purpose = "password" | "email" | "invitation";

const LIFETIME_MS: Record<Purpose, number> = {
  password: 30 * 60_000,
  email: 3 * 24 * 3_600_000,
  invitation: 7 * 24 * 3_600_000,
};

/** Makes a token and stores its hash. One round trip. */
export async function createToken(
  ctx: Base,
  tenantId: string,
  purpose: Purpose,
  subjectId: string,
  email: string,
): Promise<string> {
  const { token, tokenHash } = newShopToken(tenantId);
  const expiresAt = new Date(ctx.now.getTime() + LIFETIME_MS[purpose]).toISOString();
  await ctx.db.run(sql`INSERT INTO link_tokens (tenant_id, token_hash, purpose, subject_id, email, expires_at)
    VALUES (${tenantId}, ${tokenHash}, ${purpose}, ${subjectId}, ${email}, ${expiresAt})`);
  return token;
}

/** The address of a page that takes a token. */
export const linkTo = (env: Env, page: string, token: string): string =>
  `${env.PUBLIC_URL.replace(/\/$/, "")}/${page}?token=${token}`;

/** A token as a condition on `link_tokens`: that it exists, for this purpose, and has not expired. */
export type ReadToken = { tenantId: string; isToken: SQL };

/** Reads a token and enters its shop. @throws Problem invalid-link, if the text cannot be a token */
export function readToken(ctx: Base, purpose: Purpose, text: string): ReadToken {
  const token = readShopToken(text);
  if (token === null) throw invalidLink();
  const { tenantId, tokenHash } = token;
  ctx.db.enterShop(tenantId);
  return {
    tenantId,
    isToken: sql`tenant_id = ${tenantId} AND token_hash = ${tokenHash} AND purpose = ${purpose}
      AND expires_at > ${ctx.now.toISOString()}`,
  };
}

/** A query for the id of what a token is about: the row of `table` that satisfies `condition`, in which `l` is the token. */
export const subjectOf = ({ tenantId, isToken }: ReadToken, table: SQL, condition: SQL): SQL =>
  sql`SELECT ${table}.id FROM (SELECT subject_id, email FROM link_tokens WHERE ${isToken}) l
    CROSS JOIN ${table} ON ${table}.tenant_id = ${tenantId} AND ${table}.id = l.subject_id WHERE ${condition}`;

export const invalidLink = (): Problem =>
  new Problem("invalid-link", "The link has expired or has been used. Request a new one.");

/** Deletes the tokens of all shops that have expired; a page of a sweep. */
export const deleteExpiredTokens = (ctx: Base, after = ""): Promise<string | null> =>
  sweepRows(
    ctx,
    after,
    "link_tokens",
    ["tenant_id", "token_hash"],
    sql`expires_at < ${ctx.now.toISOString()}`,
  );
