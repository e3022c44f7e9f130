// Orders that the demo shop took by telephone and that wait for payment, so that GET /orders has something to do.
import type { Mostrador, NewOrder } from "../../sdk/src/index.ts";
import { idOf } from "./catalogue.ts";

const ORDERS: (Omit<NewOrder, "items"> & { skus: string[] })[] = [
  {
    customer: { name: "Begoña Núñez", email: "begona@vecinas.example" },
    skus: ["LM-0017", "LM-0142"],
    shipping_address: {
      name: "Begoña Núñez",
      lines: ["Calle de la Palma 8, 3.º A"],
      city: "Madrid",
      postal_code: "28004",
      country: "ES",
    },
    payment: "on_delivery",
    note: "Llamar antes de llevarlo",
  },
  {
    customer: { name: "Biblioteca Municipal", email: "compras@biblioteca.example" },
    skus: ["LM-0025", "LM-0088", "LM-0230"],
    payment: "transfer",
  },
];

/** Takes the orders that the shop does not have yet. `ids` are the products' ids by SKU. */
export async function takeOrders(seller: Mostrador, ids: Map<string, string>): Promise<void> {
  const taken = (await seller.listOrders({ limit: 100 })).data.length;
  for (const [index, { skus, ...order }] of ORDERS.entries()) {
    if (index < taken) continue;
    const items = skus.map((sku) => ({ product_id: idOf(ids, sku), quantity: 1 }));
    await seller.createOrder({ ...order, items }, { idempotencyKey: `demo-order-${index + 1}` });
  }
}
