import { describe, expect, it } from "vitest";
import {
  deleteExpiredOrderTokens,
  findOrderLink,
  readOrderToken,
  replaceOrderToken,
  storeOrderToken,
} from "../../src/purchases/order-tokens.ts";
import { change } from "../support/change.ts";
import { API, call, costOf, ORIGIN } from "../support/client.ts";
import { count, rowsOf } from "../support/d1.ts";
import { byLink, guestShop } from "../support/guests.ts";
import { takeOrder } from "../support/orders.ts";
import { bookshop, buyOne, confirm } from "../support/purchases.ts";
import { quotaState } from "../support/quotas.ts";
import { base, newPerson, newProduct, sellOne } from "../support/shops.ts";
import { newTaxRate } from "../support/taxes.ts";
import { env, exports } from "cloudflare:workers";
import { tappedDb } from "../support/failing-bindings.ts";
import { callWith } from "../support/variant.ts";

async function placedOrder(json: Record<string, unknown> = {}) {
  const { shop, book, guest } = await guestShop();
  await guest.put(book.id, 2);
  const { body } = await guest.checkOut(json);
  return { shop, book, guest, id: String(body.id), token: String(body.order_token), body };
}

const page = async (token: string, headers: Record<string, string> = {}) => {
  const response = await exports.default.fetch(
    new Request(`${ORIGIN}/order?token=${token}`, { headers: { "accept-language": "en", ...headers } }),
  );
  return { status: response.status, headers: response.headers, text: await response.text() };
};

const post = async (body: string, headers: Record<string, string> = {}) => {
  const response = await exports.default.fetch(
    new Request(`${ORIGIN}/order`, {
      method: "POST",
      body,
      headers: { "content-type": "application/x-www-form-urlencoded", "accept-language": "en", ...headers },
    }),
  );
  return { status: response.status, text: await response.text() };
};

describe("the link to an order", () => {
  it("shows this order to its guest, without the customer, in two round trips, and in one where it is known", async () => {
    const { id, token, body } = await placedOrder();
    const answer = await byLink("GET", `/purchases/${id}`, token);
    expect(answer.status).toBe(200);
    const { order_token: _, ...purchase } = body;
    expect(answer.body).toEqual(purchase);
    expect(costOf(answer).queries).toBe(2);
    expect(costOf(await byLink("GET", `/purchases/${id}`, token)).queries).toBe(1);
  });

  it("follows the settings of its shop and ends with it, though it was used before", async () => {
    const { shop, id, token } = await placedOrder();
    const read = () => byLink("GET", `/purchases/${id}`, token);
    const policy = async () => (await read()).headers.get("ratelimit-policy");
    const standard = await policy();
    expect(standard).toContain('"tenant";');
    await change("UPDATE tenants SET plan = 'large' WHERE id = ?", shop.tenant.id);
    expect(await policy()).not.toBe(standard);
    await change("UPDATE tenants SET is_active = 0 WHERE id = ?", shop.tenant.id);
    expect((await read()).body.type).toBe("/problems/unknown-order");
  });

  it("counts for the quota of its shop, though its token is wrong", async () => {
    const { shop, id } = await placedOrder();
    const { token: wrong } = storeOrderToken(base(), shop.tenant.id, id);
    const remaining = async () =>
      quotaState(await byLink("GET", `/purchases/${id}`, wrong), "tenant")?.remaining;
    expect(((await remaining()) ?? 0) - ((await remaining()) ?? 0)).toBe(1);
  });

  it("cancels it while it is pending, once, and its goods return", async () => {
    const { shop, book, id, token } = await placedOrder();
    const cancel = (key: string) =>
      byLink("POST", `/purchases/${id}/cancel`, token, { "idempotency-key": key });
    const first = await cancel("k");
    expect([first.status, first.body.status, first.body.customer_id]).toEqual([200, "cancelled", null]);
    expect((await cancel("k")).headers.get("idempotent-replayed")).toBe("true");
    expect((await cancel("l")).body.status).toBe("cancelled");
    expect(await count("SELECT stock / 1000.0 n FROM products WHERE id = ?", book.id)).toBe(10);
    expect(
      await count(
        "SELECT count(*) n FROM audit_log WHERE action = 'purchase.cancelled' AND tenant_id = ?",
        shop.tenant.id,
      ),
    ).toBe(0);
  });

  it("cancels it under a key that cancelled another order of the shop", async () => {
    const { book, guest, id, token } = await placedOrder();
    await guest.put(book.id);
    const { body: other } = await guest.checkOut();
    for (const [order, link] of [
      [id, token],
      [other.id, other.order_token],
    ]) {
      const { body } = await byLink("POST", `/purchases/${order}/cancel`, link, { "idempotency-key": "k" });
      expect(body).toMatchObject({ id: order, status: "cancelled" });
    }
  });

  it("counts its requests against the quota of the shop, known to the isolate or not", async () => {
    const { shop, id } = await placedOrder();
    const { token, statement } = storeOrderToken(base(), shop.tenant.id, id);
    await base().db.run(statement);
    for (const nth of [1, 2]) {
      const { headers } = await byLink("GET", `/purchases/${id}`, token);
      expect([nth, headers.get("ratelimit")]).toEqual([nth, expect.stringContaining('"tenant";')]);
    }
  });

  it("is none to a sale at the counter", async () => {
    const { shop, book } = await guestShop();
    const { body } = await sellOne(shop.admin.token, book.id);
    const ctx = base();
    const { token, statement } = storeOrderToken(ctx, shop.tenant.id, body.id);
    await ctx.db.run(statement);
    expect((await byLink("GET", `/purchases/${body.id}`, token)).status).toBe(404);
    expect((await byLink("POST", `/purchases/${body.id}/cancel`, token)).status).toBe(404);
  });

  it("does not cancel it once it is paid", async () => {
    const { shop, id, token } = await placedOrder();
    await confirm(shop, id);
    expect((await byLink("POST", `/purchases/${id}/cancel`, token)).body.type).toBe(
      "/problems/not-cancellable",
    );
  });

  it("gives the receipt once it is paid, without the customer", async () => {
    const { shop, id, token } = await placedOrder();
    const receipt = (headers = {}) => byLink("GET", `/purchases/${id}/receipt?format=text`, token, headers);
    expect((await receipt()).body.type).toBe("/problems/no-receipt");
    await confirm(shop, id);
    const shown = await receipt();
    expect([shown.status, shown.text.includes("A-10001")]).toEqual([200, true]);
    const { body } = await byLink("GET", `/purchases/${id}/receipt`, token);
    expect([body.total, body.customer]).toEqual([2000, null]);
    await change("UPDATE customers SET tax_id = '12345678Z' WHERE tenant_id = ?", shop.tenant.id);
    const asAdmin = await call("GET", `${API}/sales/${id}/receipt`, { token: shop.admin.token });
    expect(asAdmin.body.customer_tax_id).toBe("12345678Z");
    expect((await byLink("GET", `/purchases/${id}/receipt`, token)).body.customer_tax_id).toBeNull();
    expect((await byLink("GET", `/sales/${id}/receipt`, token)).status).toBe(401);
  });

  it("leads to no other order of the same customer or shop", async () => {
    const one = await placedOrder();
    await one.guest.put(one.book.id);
    const { body: second } = await one.guest.checkOut();
    const { body: others } = await buyOne((await newPerson(one.shop.tenant, "CUSTOMER")).token, one.book.id);
    for (const other of [second.id, others.id])
      for (const [method, path] of [
        ["GET", `/purchases/${other}`],
        ["GET", `/purchases/${other}/receipt`],
        ["POST", `/purchases/${other}/cancel`],
      ] as const)
        expect((await byLink(method, path, one.token)).body.type).toBe("/problems/not-found");
    const [tenant, , secret] = one.token.split(".");
    const forged = `${tenant}.${second.id}.${secret}`;
    expect((await byLink("GET", `/purchases/${second.id}`, forged)).body.type).toBe(
      "/problems/unknown-order",
    );
  });

  it("lists nothing and does nothing but that", async () => {
    const { id, token } = await placedOrder();
    for (const [method, path] of [
      ["GET", "/purchases"],
      ["GET", "/purchases/analytics/summary"],
      ["POST", `/purchases/${id}/confirm`],
      ["GET", `/sales/${id}`],
      ["GET", "/cart"],
      ["GET", "/auth/me"],
    ] as const)
      expect((await byLink(method, path, token)).status, path).toBe(401);
  });

  it("expires after 90 days, and is deleted then", async () => {
    const { shop, id, token } = await placedOrder();
    const inDays = (days: number) => base(new Date(Date.now() + days * 86_400_000));
    await deleteExpiredOrderTokens(inDays(89));
    expect((await byLink("GET", `/purchases/${id}`, token)).status).toBe(200);
    await change("UPDATE order_tokens SET expires_at = '2026-01-01' WHERE tenant_id = ?", shop.tenant.id);
    expect((await byLink("GET", `/purchases/${id}`, token)).body.type).toBe("/problems/unknown-order");
    expect((await page(token)).status).toBe(404);
    await deleteExpiredOrderTokens(base());
    expect(await count("SELECT count(*) n FROM order_tokens WHERE tenant_id = ?", shop.tenant.id)).toBe(0);
  });

  it("works until the instant at which it expires", async () => {
    const { shop, id } = await placedOrder();
    // Later than the link of the checkout.
    const now = new Date(Date.now() + 60_000);
    const { token, statement } = storeOrderToken(base(now), shop.tenant.id, id);
    await base().db.run(statement);
    const isValidAfter = async (ms: number) => {
      const ctx = base(new Date(now.getTime() + ms));
      return (await findOrderLink(ctx, readOrderToken(ctx, token)))?.isValid;
    };
    const days90 = 90 * 86_400_000;
    expect([await isValidAfter(days90 - 1), await isValidAfter(days90)]).toEqual([true, false]);
    const isStoredAfter = async (ms: number) => {
      await deleteExpiredOrderTokens(base(new Date(now.getTime() + ms)));
      const stored = "SELECT count(*) n FROM order_tokens WHERE sale_id = ? AND expires_at = ?";
      return count(stored, id, new Date(now.getTime() + days90).toISOString());
    };
    expect([await isStoredAfter(days90), await isStoredAfter(days90 + 1)]).toEqual([1, 0]);
  });

  it("of a mail works beside that of the checkout, and of many replays the last twenty work", async () => {
    const { shop, guest, id, token } = await placedOrder();
    const { token: mailed, statement } = storeOrderToken(base(), shop.tenant.id, id);
    await base().db.run(statement);
    for (const each of [token, mailed])
      expect((await byLink("GET", `/purchases/${id}`, each)).status).toBe(200);
    await guest.put(
      (await rowsOf("SELECT id FROM products WHERE tenant_id = ?", shop.tenant.id))[0]?.["id"] as string,
    );
    const { body: second } = await guest.checkOut({}, "k");
    for (let each = 0; each < 25; each += 1) await guest.checkOut({}, "k");
    expect(await count("SELECT count(*) n FROM order_tokens WHERE sale_id = ?", second.id)).toBe(20);
    expect(await count("SELECT count(*) n FROM order_tokens WHERE sale_id = ?", id)).toBe(2);
  });

  it("is the oldest one that stops working, when its order has twenty newer ones", async () => {
    const { shop, id, token } = await placedOrder();
    const tokens = [token];
    for (let each = 1; each <= 20; each += 1)
      tokens.push(await replaceOrderToken(shop.admin.ctx(new Date(Date.now() + each * 1000)), id));
    const works: boolean[] = [];
    for (const each of tokens) works.push((await byLink("GET", `/purchases/${id}`, each)).status === 200);
    expect(works).toEqual([false, ...Array.from({ length: 20 }, () => true)]);
  });

  it("keeps working, however many newer links another order has", async () => {
    const { shop, guest, book, id, token } = await placedOrder();
    await guest.put(book.id);
    const { body: second } = await guest.checkOut();
    const now = new Date(Date.now() + 60_000);
    for (let each = 0; each < 20; each += 1)
      await base().db.run(storeOrderToken(base(now), shop.tenant.id, second.id).statement);
    const newest = await replaceOrderToken(shop.admin.ctx(), id);
    for (const each of [token, newest])
      expect((await byLink("GET", `/purchases/${id}`, each)).status).toBe(200);
  });

  it("is ignored where somebody is signed in", async () => {
    const { shop, id, token } = await placedOrder();
    const person = await newPerson(shop.tenant, "CUSTOMER");
    const answer = await call("GET", `${API}/purchases/${id}`, {
      token: person.token,
      headers: { "x-order": token },
    });
    expect(answer.body.type).toBe("/problems/not-found");
  });
});

it("the link to an order works in a browser whose login has ended", async () => {
  const { shop, id, token } = await placedOrder();
  const person = await newPerson(shop.tenant, "CUSTOMER");
  const read = () =>
    byLink("GET", `/purchases/${id}`, token, { cookie: `mostrador_access=${person.token}`, origin: ORIGIN });
  expect((await read()).status).toBe(404);
  await change("UPDATE auth_sessions SET revoked_at = created_at WHERE user_id = ?", person.id);
  const answer = await read();
  expect([answer.status, answer.body.id]).toEqual([200, id]);
});

describe("the page of an order", () => {
  it("shows lines, tax by rate, state, address and the shop in its colour, without script, referrer or cache", async () => {
    const { shop, book, guest } = await guestShop();
    const rate = await newTaxRate(shop, { rate: 21_000 });
    await call("PATCH", `${API}/products/${book.id}`, {
      token: shop.admin.token,
      json: { tax_rate_id: rate.id, title: "Don Quijote <b>1605</b>" },
    });
    await call("PATCH", `${API}/shop`, {
      token: shop.admin.token,
      json: { brand_color: "#7a1f5f", email: "sol@example.com", phone: "+34 910 000 000" },
    });
    await guest.put(book.id, 2);
    const { body } = await guest.checkOut({
      shipping_address: {
        name: "Greta <script>",
        lines: ["Calle Mayor 1"],
        city: "Getafe",
        region: "Comunidad de Madrid",
        postal_code: "28901",
        country: "ES",
      },
    });
    const shown = await page(body.order_token);
    expect(shown.status).toBe(200);
    for (const text of [
      "Order A-10001",
      "Not paid yet",
      "The shop will confirm your payment.",
      "Don Quijote &lt;b&gt;1605",
      "<td>€10.00</td>",
      "<td>€20.00</td>",
      "Tax included (21%)",
      "€3.47",
      "Greta &lt;script&gt;",
      "<bdi>28901 Getafe</bdi><br /><bdi>Comunidad de Madrid</bdi><br />",
      "sol@example.com · +34 910 000 000",
      "#7a1f5f",
      '<html lang="en">',
      "<button>Cancel the order</button>",
    ])
      expect(shown.text, text).toContain(text);
    expect(shown.text).not.toMatch(/<script|<img|<link|src=|guest@example.com|Discount/);
    expect(shown.headers.get("referrer-policy")).toBe("no-referrer");
    expect(shown.headers.get("cache-control")).toBe("no-store");
    expect(shown.headers.get("content-security-policy")).toContain("default-src 'none'");
    const spanish = await page(body.order_token, { "accept-language": "es-MX,es;q=0.9" });
    expect(spanish.text).toContain("Pendiente de pago");
    expect(spanish.text).toContain("España");
    expect(spanish.text).toContain("<p>Tarjeta</p>");
    expect(spanish.text).not.toContain("Spain");
    // Without a preference that it has, the page is in the shop's language.
    expect((await page(body.order_token, { "accept-language": "fr" })).text).toContain("Pedido A-10001");
  });

  it("shows the discount, each rate of tax once and highest first, what was refunded, and no hold once it is paid", async () => {
    const { shop, book } = await bookshop();
    const { token } = shop.admin;
    const rates = [await newTaxRate(shop, { rate: 4000 }), await newTaxRate(shop, { rate: 21_000 })];
    const items = [];
    for (const rate of [...rates, rates[1]]) {
      const { id } = await newProduct(shop, { price: 1210, tax_rate_id: rate?.id });
      items.push({ product_id: id, quantity: 2 });
    }
    const discount = { amount: 1, reason: "odd cent" };
    const { body } = await takeOrder(token, book.id, { items, discount });
    const link = storeOrderToken(base(), shop.tenant.id, body.id);
    await base().db.run(link.statement);
    const pending = (await page(link.token)).text;
    expect(pending).toContain("The products are reserved for you until");
    expect(pending).not.toContain("Refunded");
    const taxes = [...pending.matchAll(/Tax included \((\d+)%\)<\/th>\s*<td>([^<]+)</g)];
    expect(taxes.map(([, rate, tax]) => [rate, tax])).toEqual([
      ["21", "€8.40"],
      ["4", "€0.93"],
    ]);
    expect(pending).toMatch(/Discount, already deducted<\/th>\s*<td>-€0\.01</);
    await confirm(shop, body.id);
    const back = { items: [{ product_id: items[0]?.product_id, quantity: 1 }], reason: "torn" };
    await call("POST", `${API}/sales/${body.id}/refunds`, { token, json: back });
    const paid = (await page(link.token)).text;
    expect(paid).not.toContain("reserved for you");
    expect(paid.match(/Refunded: 1</g)).toHaveLength(1);
  });

  it("tells on the clock of the shop until when the products are reserved", async () => {
    const { shop, id, token } = await placedOrder();
    await change("UPDATE sales SET hold_expires_at = '2027-01-15T23:30:00.000Z' WHERE id = ?", id);
    for (const [timezone, time] of [
      ["Europe/Madrid", "16 January 2027 at 00:30"],
      ["America/Lima", "15 January 2027 at 18:30"],
    ] as const) {
      await change("UPDATE tenants SET timezone = ? WHERE id = ?", timezone, shop.tenant.id);
      const text = (await page(token)).text.replaceAll(/[\u00A0\u202F]/g, " ");
      expect(text).toContain(`The products are reserved for you until ${time}.`);
    }
  });

  it("cancels by its form, which needs the token and nothing else, and then has no button", async () => {
    const { book, token } = await placedOrder();
    const cancelled = await post(`token=${token}`);
    expect(cancelled.status).toBe(200);
    expect(cancelled.text).toContain("Cancelled");
    expect(cancelled.text).not.toContain("<button>");
    expect(await count("SELECT stock / 1000.0 n FROM products WHERE id = ?", book.id)).toBe(10);
    expect((await post(`token=${token}`)).status).toBe(200);
  });

  it("is none while the database fails, which is not a refusal", async () => {
    const { id, token } = await placedOrder();
    const failed = await callWith(
      {
        DB: tappedDb(env.DB, {
          before: () => {
            throw new Error("D1_ERROR: Network connection lost.");
          },
        }),
      },
      "POST",
      "/order",
      { raw: `token=${token}`, headers: { "content-type": "application/x-www-form-urlencoded" } },
    );
    expect(failed.status).toBe(503);
    expect(await count("SELECT count(*) n FROM sales WHERE id = ? AND status = 'pending'", id)).toBe(1);
  });

  it("says that a paid order is not cancelled", async () => {
    const { shop, id, token } = await placedOrder();
    await confirm(shop, id);
    const refused = await post(`token=${token}`);
    expect(refused.status).toBe(409);
    expect(refused.text).toContain("can no longer be cancelled");
    expect((await page(token)).text).toContain("Paid");
  });

  it("is a page of its own for a wrong link, and a form with anything else changes nothing", async () => {
    const { book, token } = await placedOrder();
    for (const wrong of ["", "x", `${token}x`, token.replace(/.$/, token.endsWith("A") ? "B" : "A")]) {
      const shown = await page(wrong);
      expect([shown.status, shown.headers.get("content-type")]).toEqual([404, "text/html; charset=UTF-8"]);
      expect(shown.text).toContain("This link does not work");
      expect((await post(`token=${wrong}`)).status).toBe(404);
    }
    expect((await post(JSON.stringify({ token }), { "content-type": "application/json" })).status).toBe(404);
    expect((await exports.default.fetch(new Request(`${ORIGIN}/order`))).status).toBe(404);
    expect(await count("SELECT stock / 1000.0 n FROM products WHERE id = ?", book.id)).toBe(8);
  });

  it("of an account's order shows it too, without the customer", async () => {
    const { shop, buyer, book } = await bookshop();
    const { body } = await buyOne(buyer.token, book.id);
    const { token, statement } = storeOrderToken(base(), shop.tenant.id, body.id);
    await base().db.run(statement);
    const { text } = await page(token);
    expect(text).toContain(body.number);
    expect(text).not.toContain(buyer.id);
    expect(text).not.toContain(buyer.email);
    // It has no tax, no address, and the shop has named no contact.
    expect(text).not.toMatch(/Tax included|Delivery address|Questions/);
  });

  it("shows a payment method of the shop's own as it is, and no method and no hold where there is none", async () => {
    const { id, token } = await placedOrder();
    await change("UPDATE sales SET payment_method = 'voucher', hold_expires_at = NULL WHERE id = ?", id);
    const { text } = await page(token);
    expect(text).toContain("<p>voucher</p>");
    expect(text).not.toContain("reserved for you");
    await change("UPDATE sales SET payment_method = NULL WHERE id = ?", id);
    expect((await page(token)).text).not.toContain("<h2>Payment</h2>");
  });
});
