// Runs the nightly job at once, and sells several products together.
import { buildProducts } from "../../src/recommendations/build.ts";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import type { ProductJob } from "../../src/rollups/jobs.ts";
import { API, call } from "./client.ts";
import { base, type Person, type Shop } from "./shops.ts";

const MAX_MESSAGES = 100;

/** Runs the ETL and then the nightly job; returns the D1 cost of the latter. */
export async function runNight(shop: Shop): Promise<{ queries: number; read: number; written: number }> {
  await rebuildDirtyDays(base(), shop.tenant.id);
  const ctx = base();
  let job: ProductJob | null = { kind: "product-counts", tenant_id: shop.tenant.id, products_after: "" };
  for (let messages = 0; job; messages += 1) {
    if (messages === MAX_MESSAGES) throw new Error(`The job does not end after ${MAX_MESSAGES} messages.`);
    job = await buildProducts(ctx, job);
  }
  return ctx.db.cost;
}

/** Sells one unit of each over the counter, to the customer if given; returns the id of the sale. */
export async function sellTogether(shop: Shop, productIds: string[], customer?: Person): Promise<string> {
  const items = productIds.map((product_id) => ({ product_id, quantity: 1 }));
  const { status, text, body } = await call("POST", `${API}/sales`, {
    token: shop.admin.token,
    json: { items, ...(customer ? { customer_id: customer.id } : {}) },
  });
  if (status !== 201) throw new Error(text);
  return body.id;
}

/** Refunds one unit of a product of a sale. */
export const refundOne = (shop: Shop, saleId: string, productId: string) =>
  call("POST", `${API}/sales/${saleId}/refunds`, {
    token: shop.admin.token,
    json: { items: [{ product_id: productId, quantity: 1 }], reason: "not wanted", restock: false },
  });

type Item = { product: { id: string }; reason: string; score: number };

/** The products related to this one, for an anonymous caller or that of the token. */
export async function recommendedWith(
  shop: Shop,
  productId: string,
  token?: string,
  limit = 10,
): Promise<Item[]> {
  const headers = token === undefined ? { "x-tenant": shop.tenant.slug } : {};
  const path = `${API}/products/${productId}/recommendations?limit=${limit}`;
  return (await call("GET", path, { token, headers })).body.data;
}

/** The products recommended to a person. */
export const recommendedFor = async (person: Person, limit = 10): Promise<Item[]> =>
  (await call("GET", `${API}/recommendations?limit=${limit}`, { token: person.token })).body.data;

export const idsOf = (items: Item[]): string[] => items.map(({ product }) => product.id);
