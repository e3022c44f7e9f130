import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { payloads } from "../../src/webhooks/payloads.ts";
import { API, call } from "../support/client.ts";
import { newShop } from "../support/shops.ts";

const rowShape = z.object({
  type: z.string(),
  payload: z.string().transform((text): unknown => JSON.parse(text)),
});

describe("the declared data of an event", () => {
  it("has exactly the fields that are sent", async () => {
    const { tenant, admin } = await newShop();
    const send = async (method: string, path: string, json?: unknown) => {
      const answer = await call(method, `${API}${path}`, { token: admin.token, json });
      expect(answer.status, `${method} ${path} ${answer.text}`).toBeLessThan(300);
      return answer.body;
    };
    const product = await send("POST", "/products", {
      sku: "1",
      title: "A book",
      price: 100,
      stock: 5,
      low_stock_threshold: 4,
    });
    await send("PATCH", `/products/${product.id}`, { price: 200 });
    await send("POST", `/products/${product.id}/stock`, { delta: 1, reason: "received" });
    await send("POST", "/shifts/start", {});
    const items = [{ product_id: product.id, quantity: 3 }];
    const sale = await send("POST", "/sales", { items, payment_method: "cash" });
    await send("POST", `/sales/${sale.id}/refunds`, {
      reason: "damaged",
      items: [{ product_id: product.id, quantity: 1 }],
    });
    await send("POST", "/shifts/end", {});
    await send("DELETE", `/products/${product.id}`);
    const { results } = await env.DB.prepare("SELECT type, payload FROM events WHERE tenant_id = ?")
      .bind(tenant.id)
      .all();
    const events = results.map((row) => rowShape.parse(row));
    for (const { type, payload } of events) {
      const schema = Object.entries(payloads).find(([name]) => name === type)?.[1].data;
      expect(schema?.parse(payload), type).toEqual(payload);
    }
    expect([...new Set(events.map(({ type }) => type))].toSorted()).toEqual([
      "product.created",
      "product.hidden",
      "product.low_stock",
      "product.stock_changed",
      "product.updated",
      "sale.completed",
      "sale.refunded",
      "shift.ended",
      "shift.started",
    ]);
  });
});
