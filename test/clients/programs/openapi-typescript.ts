import createClient from "openapi-fetch";
import type { components, paths } from "../generated/openapi-typescript/schema.d.ts";

type Sale = components["schemas"]["Sale"];

/** Sells a product; returns what is available if that is not enough. */
export async function sell(
  { baseUrl, headers }: { baseUrl: string; headers: Record<string, string> },
  productId: string,
  quantity: number,
): Promise<{ sale: Sale } | { available: number[] }> {
  const client = createClient<paths>({ baseUrl, headers });
  const { data, error } = await client.POST("/api/v1/sales", {
    params: { header: { "idempotency-key": `${productId}-${quantity}` } },
    body: { items: [{ product_id: productId, quantity }], payment_method: "cash" },
  });
  if (data) return { sale: data };
  if (error.type === "/problems/out-of-stock")
    return { available: error.items.map(({ available }) => available) };
  throw new Error(error.detail);
}
