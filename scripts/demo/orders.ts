// Orders that the demo shop took by telephone and that wait for payment, so that GET /orders has something to do.
import { bodyOf, get, listAt, post, type Caller } from "./api.ts";

const ORDERS = [
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
export async function takeOrders(seller: Caller, ids: Map<string, string>): Promise<void> {
  const taken = listAt(bodyOf("The orders", await get(seller, "/orders?limit=100"), 200), "data").length;
  for (const [index, { skus, ...order }] of ORDERS.entries()) {
    if (index < taken) continue;
    const items = skus.map((sku) => ({ product_id: ids.get(sku), quantity: 1 }));
    bodyOf("An order", await post(seller, "/orders", `demo-order-${index + 1}`, { ...order, items }), 201);
  }
}
