import { createSale } from "../generated/orval/sales/sales";
import type { Sale } from "../generated/orval/model";

/** Sells a product; returns what is available if that is not enough. */
export async function sell(productId: string, quantity: number): Promise<Sale | { available: number[] }> {
  const response = await createSale(
    { items: [{ product_id: productId, quantity }], payment_method: "cash" },
    { headers: { "idempotency-key": "6f1c2a0e" } },
  );
  if (response.status === 201) return response.data;
  if (response.status === 409 && response.data.type === "/problems/out-of-stock")
    return { available: response.data.items.map(({ available }) => available) };
  throw new Error(response.data.detail);
}
