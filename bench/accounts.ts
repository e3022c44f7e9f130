// Accounts with a session, inserted into D1 in one batch, because registering one takes a fifth of a second.
import { signAccessToken } from "../src/auth/login/tokens.ts";
import type { ShopFacts } from "../src/auth/shop-facts.ts";
import type { Role } from "../src/platform/context.ts";
import { newId } from "../src/values/ids.ts";
import type { Runtime, Worker } from "./runtime.ts";

/** An account of a shop and its session. Its e-mail is its id, its password that of the shop's first account. */
export type Account = { tenant: string; id: string; session: string; role: Role };

export async function createAccounts(
  { miniflare }: Runtime,
  tenant: string,
  role: Role,
  count: number,
): Promise<Account[]> {
  const accounts = Array.from({ length: count }, () => ({
    tenant,
    id: newId(),
    session: newId(),
    role,
  }));
  const db = await miniflare.getD1Database("DB");
  const json = JSON.stringify(accounts);
  const at = new Date().toISOString();
  await db.batch([
    db
      .prepare(
        `INSERT INTO users (tenant_id, id, email, password_hash, first_name, last_name, role, created_at)
          SELECT ?1, value ->> 'id', value ->> 'id',
            (SELECT password_hash FROM users WHERE tenant_id = ?1 ORDER BY created_at LIMIT 1),
            'A', 'Person', value ->> 'role', ?2 FROM json_each(?3)`,
      )
      .bind(tenant, at, json),
    db
      .prepare(
        `INSERT INTO auth_sessions (tenant_id, family, generation, user_id, token_hash, created_at, expires_at)
          SELECT ?, value ->> 'session', 1, value ->> 'id', '', ?, '9999-12-31T00:00:00.000Z' FROM json_each(?)`,
      )
      .bind(tenant, at, json),
  ]);
  return accounts;
}

/** Signs an access token, which is valid for ten minutes. Without facts, the first request of an isolate reads them. */
export const tokenOf = (
  worker: Worker,
  { tenant, id, session, role }: Account,
  shop: ShopFacts | null = null,
): Promise<string> =>
  signAccessToken({ AUTH_SIGNING_KEY: worker.bindings["AUTH_SIGNING_KEY"] ?? "" }, new Date(), {
    userId: id,
    tenantId: tenant,
    session,
    role,
    shop,
  });
