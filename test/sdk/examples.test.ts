import { Mostrador, type WebhookEvent } from "@mostrador/sdk";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { linesOf, yesterday } from "../../examples/nightly-export.ts";
import { storefront } from "../../examples/storefront.ts";
import { till } from "../../examples/till.ts";
import { receive } from "../../examples/webhook-receiver.ts";
import { newSecretKey } from "../support/api-keys.ts";
import { ORIGIN } from "../support/client.ts";
import { fetchOver, signedIn } from "../support/sdk.ts";
import { newProduct, newShop } from "../support/shops.ts";

async function* lines(...texts: string[]): AsyncGenerator<string> {
  yield* texts;
}

describe("the examples", () => {
  it("the till sells what is scanned, and says what it cannot sell", async () => {
    const shop = await newShop();
    await newProduct(shop, { title: "A book", price: 1250, barcodes: ["9520000000011"], stock: 2 });
    const printed: string[] = [];
    const code = "9520000000011";
    const scans = lines(code, code, "nothing", "", "", code, "");
    const { key: apiKey } = await newSecretKey(shop, "products:read", "sales:write");
    await till(new Mostrador({ url: ORIGIN, apiKey, fetch: fetchOver().fetch }), scans, (text) => {
      printed.push(text);
    });
    expect(printed).toEqual([
      "A book  €12.50",
      "A book  €12.50",
      expect.stringContaining("code"),
      "C-000001  €25.00",
      "A book  €12.50",
      "Some products have insufficient stock.",
    ]);
  });

  it("the storefront shows products, fills a cart and takes an order", async () => {
    const shop = await newShop();
    const book = await newProduct(shop, { title: "Tea & <cake>", price: 1250, stock: 3 });
    const app = storefront({ url: ORIGIN, tenant: shop.tenant.slug, fetch: fetchOver().fetch });
    expect(await (await app.request("/")).text()).toContain("Tea &amp; &lt;cake&gt; €12.50");
    const first = await app.request(`/cart/${book.id}`, { method: "POST" });
    const [cookie = ""] = (first.headers.get("set-cookie") ?? "").split(";");
    const second = await app.request(`/cart/${book.id}`, { method: "POST", headers: { cookie } });
    expect(await second.text()).toContain("Buy for €25.00");
    const body = new URLSearchParams({ name: "Greta", email: "greta@example.com" });
    const order = await app.request("/order", { method: "POST", headers: { cookie }, body });
    expect(await order.text()).toMatch(/^<p>Thank you, Greta: order A-\d+\.<\/p>$/);
  });

  it("the receiver handles a webhook once, again if that failed, and none that nobody signed", async () => {
    const secret = `whsec_${btoa("a secret of thirty-two characters")}`;
    const now = new Date();
    const body = JSON.stringify({ type: "webhook.ping", timestamp: now.toISOString(), data: {} });
    const request = (signature: string) =>
      new Request("https://receiver.example", {
        method: "POST",
        body,
        headers: {
          "webhook-id": "msg_1",
          "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
          "webhook-signature": signature,
        },
      });
    const handled: WebhookEvent[] = [];
    const ids = new Set<string>();
    const send = (signature: string) =>
      receive(request(signature), secret, ids, (event) => {
        handled.push(event);
        if (handled.length === 1) throw new Error("the handler failed");
      });
    const signature = new Webhook(secret).sign("msg_1", now, body);
    expect((await send("v1,bm9uZQ==")).status).toBe(400);
    await expect(send(signature)).rejects.toThrow("the handler failed");
    expect([(await send(signature)).status, (await send(signature)).status]).toEqual([204, 204]);
    expect(handled.map(({ type }) => type)).toEqual(["webhook.ping", "webhook.ping"]);
  });

  it("the export streams the lines of a day", async () => {
    const shop = await newShop({ timezone: "Pacific/Auckland" });
    const product = await newProduct(shop, { sku: "TEA" });
    const items = [{ product_id: product.id, quantity: 1 }];
    const { day } = await (await signedIn(shop)).createSale({ items });
    const { key: apiKey } = await newSecretKey(shop, "shop:read", "sales:read");
    const mostrador = new Mostrador({ url: ORIGIN, apiKey, fetch: fetchOver().fetch });
    expect((await mostrador.getShop()).timezone).toBe("Pacific/Auckland");
    const chunks: Uint8Array[] = [];
    for await (const chunk of linesOf(mostrador, day)) chunks.push(chunk);
    expect(await new Blob(chunks).text()).toContain("TEA");
  });

  it.each([
    ["2026-11-27T12:00:00Z", "Pacific/Auckland", "2026-11-27"],
    // Half an hour after days of 23 and 25 hours.
    ["2026-03-29T22:30:00Z", "Europe/Madrid", "2026-03-29"],
    ["2026-10-25T23:30:00Z", "Europe/Madrid", "2026-10-25"],
  ])("the nightly export of %s in %s is that of %s", (now, timezone, day) => {
    expect(yesterday(timezone, new Date(now))).toBe(day);
  });
});
