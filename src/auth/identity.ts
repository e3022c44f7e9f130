// The user and the shop of an access token. The first batch of a request compares what the token says of them with the rows. Where that has
// changed, or the token does not say it, one round trip reads them with the login, and this isolate remembers them for later requests.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "../platform/context.ts";
import type { TokenIdentity } from "./login/tokens.ts";
import { type Identity, newMemory, type Recollection } from "./recollection.ts";
import { type ShopFacts, shopFactsColumn, shopState, stateOfFacts, tenantOf } from "./shop-facts.ts";

const identityRow = z.object({
  role: z.enum(["ADMIN", "EMPLOYEE", "CUSTOMER"]),
  revision: z.number(),
  shop: shopFactsColumn,
});

type Facts = { role: z.infer<typeof identityRow>["role"]; shop: ShopFacts };

/** By login: what was read of it last; null if it had ended. What a token says counts only where nothing was read. */
const remembered = newMemory<Facts | null>();

const keyOf = ({ tenantId, userId, session }: TokenIdentity): string => `${tenantId} ${userId} ${session}`;

const liveLogin = ({ tenantId, userId, session }: TokenIdentity): SQL =>
  sql`FROM users u JOIN tenants t ON t.id = u.tenant_id AND t.is_active = 1
    WHERE u.tenant_id = ${tenantId} AND u.id = ${userId} AND u.is_active = 1
      AND EXISTS (SELECT 1 FROM auth_sessions s INDEXED BY auth_sessions_live WHERE s.tenant_id = u.tenant_id
        AND s.user_id = u.id AND s.family = ${session} AND s.used_at IS NULL AND s.revoked_at IS NULL)`;

const identityOf = (token: TokenIdentity, { role, shop }: Facts, revision: number | null): Identity => ({
  tenant: tenantOf(token.tenantId, shop, revision),
  actor: { kind: "user", id: token.userId, role, session: token.session },
});

/** The identity of a token; null if its login has ended, or the user or the shop is not active. One round trip. */
export async function readIdentity(ctx: Base, token: TokenIdentity): Promise<Identity | null> {
  const [row] = await ctx.db.all(
    identityRow,
    sql`SELECT u.role, t.revision, ${shopState} AS shop ${liveLogin(token)}`,
  );
  remembered.set(keyOf(token), row ? { role: row.role, shop: row.shop } : null);
  return row ? identityOf(token, row, row.revision) : null;
}

const factsOfToken = ({ role, shop }: TokenIdentity): Facts | null => shop && { role, shop };

/** What is known of a token's login without reading it, if anything. */
export function recallIdentity(token: TokenIdentity): Recollection | null {
  const known = remembered.get(keyOf(token));
  const facts = known === undefined ? factsOfToken(token) : known;
  if (!facts) return null;
  return {
    identity: identityOf(token, facts, null),
    guard: sql`SELECT t.revision ${liveLogin(token)} AND u.role = ${facts.role} AND ${shopState} = ${stateOfFacts(facts.shop)}`,
    discard: () => remembered.delete(keyOf(token)),
  };
}
