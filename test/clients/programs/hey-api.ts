import { createSale, type Sale } from "../generated/hey-api";

/** Sells a product; returns what is available if that is not enough. */
export async function sell(productId: string, quantity: number): Promise<Sale | { available: number[] }> {
  const { data, error } = await createSale({
    body: { items: [{ product_id: productId, quantity }], payment_method: "cash" },
    headers: { "idempotency-key": "6f1c2a0e" },
  });
  if (data) return data;
  if (error?.type === "/problems/out-of-stock")
    return { available: error.items.map(({ available }) => available) };
  throw new Error(error?.detail);
}
