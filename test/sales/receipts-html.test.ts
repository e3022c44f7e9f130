import { describe, expect, it } from "vitest";
import { changeShop, insertSale, newRate, receiptOf } from "../support/receipts.ts";
import { newShop } from "../support/shops.ts";

const ATTACK = `<script>alert("1")</script><img src=x onerror='x'>&"'`;

describe("a receipt as HTML", () => {
  it("is one page without scripts and external resources, under a policy that allows none", async () => {
    const shop = await newShop();
    await changeShop(shop, { locale: "de-DE" });
    const id = await insertSale(shop, {
      fields: { number: 7 },
      lines: [{ description: "Ein Buch", price: 1000, rate: await newRate(shop, "MwSt.", 7000) }],
    });
    const { headers, text } = await receiptOf(shop, id, "format=html");
    expect(headers.get("content-type")).toBe("text/html; charset=UTF-8");
    expect(headers.get("content-security-policy")).toBe("default-src 'none'; style-src 'unsafe-inline'");
    expect(text).toMatch(/^<!doctype html>\s*<html lang="de">/);
    expect(text).toContain("<title>Beleg C-000007</title>");
    expect(text).toContain("size: 80mm 297mm");
    expect(text).not.toMatch(/<script|<link|<img|<iframe|src=|href=|url\(|@import/i);
    for (const part of ["Ein Buch", "10,00", "MwSt. 7 %", "0,65", "Bar"]) expect(text).toContain(part);
  });

  it("escapes everything that people have entered", async () => {
    const shop = await newShop({ name: ATTACK });
    const customer = { receipt_header: `${ATTACK}\n${ATTACK}`, receipt_footer: ATTACK };
    const address = JSON.stringify({
      lines: [ATTACK],
      city: ATTACK,
      region: ATTACK,
      postal_code: "1",
      country: "ES",
    });
    const payment_methods = JSON.stringify([{ method: "bizum", name: ATTACK }]);
    await changeShop(shop, {
      ...customer,
      address,
      legal_name: `${ATTACK}!`,
      tax_id: ATTACK,
      payment_methods,
    });
    const id = await insertSale(shop, {
      fields: { kind: "refund", reason: ATTACK, discount_reason: ATTACK },
      lines: [
        {
          description: ATTACK,
          price: -1000,
          discount: -1,
          discount_reason: ATTACK,
          rate: await newRate(shop, ATTACK, 100),
        },
      ],
      payments: [{ method: "bizum" }],
    });
    const { text } = await receiptOf(shop, id, "format=html");
    const escaped =
      "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&lt;img src=x onerror=&#39;x&#39;&gt;&amp;&quot;&#39;";
    expect(text.split(escaped).length - 1).toBe(13);
    expect(text).not.toMatch(/<script|<img/);
  });

  it("isolates text of the other direction and drops characters that reorder or hide text", async () => {
    const shop = await newShop();
    const id = await insertSale(shop, {
      lines: [{ description: "\u202Eספר\u0007 على \u200Bالطاولة\u2066", price: 1000 }],
    });
    const { text } = await receiptOf(shop, id, "format=html");
    expect(text).toContain('<p class="description"><bdi>ספר على الطاولة</bdi></p>');
  });
});
