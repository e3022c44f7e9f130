// Customers with a filled cart, written to D1 at once.
import { createAccounts, tokenOf } from "./accounts.ts";
import type { Runtime, Worker } from "./runtime.ts";
import { actorOf, type Shop } from "./client.ts";

/** A customer with a session and its access token, and one unit of each product in the cart. */
export type Buyer = { id: string; session: string; token: string };

export async function createBuyers(
  runtime: Runtime,
  worker: Worker,
  shop: Shop,
  products: string[],
  count: number,
): Promise<Buyer[]> {
  const { tenant, shop: facts } = actorOf(shop);
  const accounts = await createAccounts(runtime, tenant, "CUSTOMER", count);
  const db = await runtime.miniflare.getD1Database("DB");
  // All buyers of a benchmark have one address.
  await db
    .prepare(
      "UPDATE tenants SET pending_orders_per_address = 1000000, pending_units_per_address = 1000000 WHERE id = ?",
    )
    .bind(tenant)
    .run();
  await db
    .prepare("INSERT INTO carts (tenant_id, id, created_at) SELECT ?, value ->> 'id', ? FROM json_each(?)")
    .bind(tenant, new Date().toISOString(), JSON.stringify(accounts))
    .run();
  await db
    .prepare(
      `INSERT INTO cart_items (tenant_id, cart_id, product_id, quantity, price, added_at)
        SELECT ?, buyer.value ->> 'id', product.value, 1000, 0, ? FROM json_each(?) AS buyer, json_each(?) AS product`,
    )
    .bind(tenant, new Date().toISOString(), JSON.stringify(accounts), JSON.stringify(products))
    .run();
  return Promise.all(
    accounts.map(async (account) => ({ ...account, token: await tokenOf(worker, account, facts) })),
  );
}
