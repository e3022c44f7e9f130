// Customers with a filled cart, as many as a run needs: written to D1 at once, because registering takes a fifth of a second.
import { randomUUID } from "node:crypto";
import { signAccessToken } from "../src/auth/tokens.ts";
import type { Runtime, Worker } from "./runtime.ts";
import { actorOf, type Shop } from "./shop.ts";

/** A customer with a login, a token of ten minutes, and each of these products once in his cart. */
export type Buyer = { id: string; token: string };

export async function makeBuyers(
  { miniflare }: Runtime,
  worker: Worker,
  shop: Shop,
  products: string[],
  count: number,
): Promise<Buyer[]> {
  const { tenant } = actorOf(shop);
  const now = new Date();
  const people = Array.from({ length: count }, () => ({ id: randomUUID(), session: randomUUID() }));
  const db = await miniflare.getD1Database("DB");
  const json = JSON.stringify(people);
  const at = now.toISOString();
  await db.batch([
    db
      .prepare(
        `INSERT INTO users (tenant_id, id, email, password_hash, first_name, last_name, role, created_at)
          SELECT ?, value ->> 'id', value ->> 'id', '', 'A', 'Buyer', 'CUSTOMER', ? FROM json_each(?)`,
      )
      .bind(tenant, at, json),
    db
      .prepare(
        `INSERT INTO auth_sessions (tenant_id, family, generation, user_id, token_hash, created_at, expires_at)
          SELECT ?, value ->> 'session', 1, value ->> 'id', '', ?, '9999' FROM json_each(?)`,
      )
      .bind(tenant, at, json),
    db
      .prepare(
        `INSERT INTO cart_items (tenant_id, user_id, product_id, quantity, price, added_at)
          SELECT ?, buyer.value ->> 'id', product.value, 1, 0, ? FROM json_each(?) AS buyer, json_each(?) AS product`,
      )
      .bind(tenant, at, json, JSON.stringify(products)),
  ]);
  const env = { AUTH_KEYS: worker.bindings["AUTH_KEYS"] ?? "" };
  return Promise.all(
    people.map(async ({ id, session }) => {
      const token = await signAccessToken(env, now, tenant, { id, role: "CUSTOMER", session });
      return { id, token };
    }),
  );
}
