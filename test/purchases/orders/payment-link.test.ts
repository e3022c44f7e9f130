// Orders that are paid by a link to the page of the payment provider.
import { env, exports } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { storeOrderToken } from "../../../src/purchases/order-tokens.ts";
import { cancelOrder } from "../../../src/purchases/orders/cancel.ts";
import { changeOrder as change } from "../../../src/purchases/orders/change.ts";
import { getOrder } from "../../../src/purchases/orders/order.ts";
import { API, ORIGIN } from "../../support/client.ts";
import { change as write } from "../../support/change.ts";
import { count, rowsOf } from "../../support/d1.ts";
import { callWithStripe, linkedOrder, takeOrder } from "../../support/orders.ts";
import { deliver, eventOf, pendingPurchase, stripeRequests, withStripe } from "../../support/stripe.ts";
import { base, type Person, type Shop } from "../../support/shops.ts";
import { callWith } from "../../support/variant.ts";

const HOUR_MS = 3_600_000;

const post = (person: Person, path: string, json?: object) =>
  callWithStripe("POST", `${API}${path}`, { token: person.token, ...(json ? { json } : {}) });

const edit = (person: Person, id: string, json: object) =>
  callWithStripe("PATCH", `${API}/orders/${id}`, { token: person.token, json, headers: { "if-match": "*" } });

/** Amount and status of each page that was requested; the last two of the same page are a request and its repetition. */
const requestsOf = async (id: string) =>
  (await stripeRequests(id)).map(
    ({ form, response }) => `${form["line_items[0][price_data][unit_amount]"]} ${response.status}`,
  );

const sessionsOf = async (id: string) => (await stripeRequests(id)).map(({ response: { status } }) => status);

describe("an order with a payment link", () => {
  it("has the address of a page at the provider, the same for staff and buyer, valid for 23 hours", async () => {
    const { shop, buyer, id, order } = await linkedOrder();
    expect(order).toMatchObject({
      payment_method: "card",
      payment_terms: "link",
      payment: {
        provider: "stripe",
        client_secret: null,
        url: expect.stringContaining("https://checkout.example/cs_"),
      },
    });
    expect(Date.parse(order.link_expires_at) - Date.parse(order.created_at)).toBe(23 * HOUR_MS);
    expect(Date.parse(order.hold_expires_at) - Date.parse(order.created_at)).toBe(72 * HOUR_MS);
    const seen = await callWithStripe("GET", `${API}/orders/${id}`, { token: shop.admin.token });
    const mine = await callWithStripe("GET", `${API}/purchases/${id}`, { token: buyer.token });
    expect([seen.body.payment.url, mine.body.payment.url]).toEqual([order.payment.url, order.payment.url]);
    const [request] = await stripeRequests(id);
    expect(request?.form).toMatchObject({
      mode: "payment",
      "payment_intent_data[metadata][sale_id]": id,
      "payment_intent_data[metadata][tenant_id]": shop.tenant.id,
      "payment_intent_data[description]": "A-10001",
      "line_items[0][quantity]": "1",
      "line_items[0][price_data][product_data][name]": "A-10001",
      expires_at: String(Math.floor(Date.parse(order.link_expires_at) / 1000)),
      "line_items[0][price_data][currency]": "eur",
      "line_items[0][price_data][unit_amount]": "2000",
      success_url: "http://localhost:8787/paid",
    });
  });

  it("leads back to the page that thanks, though the address of the deployment ends in a slash", async () => {
    const { shop, book } = await linkedOrder();
    const variables = { ...withStripe, PUBLIC_URL: "https://shop.example/" };
    const { text } = await callWith(variables, "POST", `${API}/orders`, {
      token: shop.admin.token,
      headers: { "idempotency-key": "1" },
      json: {
        customer: { name: "Eva" },
        items: [{ product_id: book.id, quantity: 1 }],
        payment: "link",
      },
    });
    const [request] = await stripeRequests(JSON.parse(text).id);
    expect(request?.form["success_url"]).toBe("https://shop.example/paid");
  });

  it("is completed by the payment intent of its page", async () => {
    const { shop, id } = await linkedOrder();
    expect((await deliver(eventOf(shop, id, "pi_of_page"))).status).toBe(204);
    expect(await rowsOf("SELECT status, payment_method FROM sales WHERE id = ?", id)).toEqual([
      { status: "completed", payment_method: "card" },
    ]);
  });

  it("that gets another total has another page, the earlier one is closed, and what is paid there is due for a refund", async () => {
    const { shop, book, id, order } = await linkedOrder();
    const { body } = await edit(shop.admin, id, { items: [{ product_id: book.id, quantity: 3 }] });
    expect(body.payment.url).not.toBe(order.payment.url);
    expect((await requestsOf(id)).toSorted()).toEqual(["2000 expired", "2000 expired", "3000 open"]);
    expect((await stripeRequests(`${id}:1`)).map(({ response }) => response.status)).toEqual(["open"]);
    await deliver(eventOf(shop, id, "pi_old"));
    await deliver(eventOf(shop, id, "pi_new", { amount_received: 3000 }));
    expect(await rowsOf("SELECT status, amount FROM payments WHERE sale_id = ? ORDER BY id", id)).toEqual([
      { status: "refund_due", amount: 2000 },
      { status: "received", amount: 3000 },
    ]);
    expect(await count("SELECT total n FROM sales WHERE id = ? AND status = 'completed'", id)).toBe(3000);
  });

  it("keeps its page if the total is the same", async () => {
    const { shop, id, order } = await linkedOrder();
    const { body } = await edit(shop.admin, id, { note: "Urgent" });
    expect(body.payment.url).toBe(order.payment.url);
  });

  it("of nothing has no link, because nothing is to be paid", async () => {
    const { id, order } = await linkedOrder({ discount: { percent: 100, reason: "gift" } });
    expect(order).toMatchObject({
      total: 0,
      payment_terms: "link",
      link_expires_at: null,
      payment: { provider: "manual", url: null },
    });
    expect(await rowsOf("SELECT link_expires_at FROM order_details WHERE sale_id = ?", id)).toEqual([
      { link_expires_at: null },
    ]);
  });

  it("is closed with its current page when staff confirm the payment", async () => {
    await linkedOrder();
    const { shop, id } = await linkedOrder();
    await write("UPDATE order_details SET link_expires_at = '2026-01-01' WHERE sale_id = ?", id);
    await post(shop.admin, `/orders/${id}/payment-link`);
    expect((await post(shop.admin, `/purchases/${id}/confirm`, {})).body.status).toBe("completed");
    const current = (await stripeRequests(id)).filter(({ key }) => key.endsWith(`${id}:1`));
    expect(new Set(current.map(({ response }) => response.status))).toEqual(new Set(["expired"]));
  });

  it("can be paid until the instant at which its link expires, or its hold", async () => {
    const { shop, id, order } = await linkedOrder();
    const isPayableAt = async (ms: number) => {
      const ctx = { ...shop.admin.ctx(new Date(ms)), env: { ...env, ...withStripe } };
      return (await getOrder(ctx, id)).payment.url !== null;
    };
    const linked = Date.parse(order.link_expires_at);
    expect([await isPayableAt(linked - 1), await isPayableAt(linked)]).toEqual([true, false]);
    const held = linked - HOUR_MS;
    await write("UPDATE sales SET hold_expires_at = ? WHERE id = ?", new Date(held).toISOString(), id);
    expect([await isPayableAt(held - 1), await isPayableAt(held)]).toEqual([true, false]);
  });

  it("is cancelled without its page once that has expired", async () => {
    const { shop, id, order } = await linkedOrder();
    const works: Promise<unknown>[] = [];
    const ctx = {
      ...shop.admin.ctx(new Date(order.link_expires_at)),
      env: { ...env, ...withStripe },
      waitUntil: (work: Promise<unknown>) => void works.push(work),
    };
    expect((await cancelOrder(ctx, id, undefined, undefined)).value.status).toBe("cancelled");
    await Promise.all(works);
    expect(await sessionsOf(id)).toEqual(["open"]);
  });

  it("is cancelled with its page", async () => {
    const { shop, id } = await linkedOrder();
    const { body } = await post(shop.admin, `/orders/${id}/cancel`, {});
    expect(body).toMatchObject({ status: "cancelled", payment: { url: null }, link_expires_at: null });
    expect(await sessionsOf(id)).toEqual(["expired", "expired"]);
  });
});

describe("the page after the payment", () => {
  it("thanks in the language of the browser, and may load nothing", async () => {
    for (const [language, title] of [
      ["es-ES", "Gracias"],
      ["de", "Thank you"],
    ] as const) {
      const headers = { "accept-language": language };
      const page = await exports.default.fetch(new Request(`${ORIGIN}/paid`, { headers }));
      expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(await page.text()).toContain(`<h1>${title}</h1>`);
    }
  });
});

describe("a new link", () => {
  it("is made when the earlier one expires, once for repeated requests, and the stock is reserved as long", async () => {
    const { shop, book, id, order } = await linkedOrder();
    const soon = new Date(Date.now() + HOUR_MS / 2).toISOString();
    const { id: otherId } = (await takeOrder(shop.admin.token, book.id)).body;
    const others = () => rowsOf("SELECT * FROM sales WHERE id = ?", otherId);
    const before = await others();
    const same = await post(shop.admin, `/orders/${id}/payment-link`);
    expect(same.body.payment.url).toBe(order.payment.url);
    const past = new Date(Date.now() - 1).toISOString();
    await write("UPDATE order_details SET link_expires_at = ? WHERE sale_id = ?", past, id);
    await write("UPDATE sales SET hold_expires_at = ? WHERE id = ?", soon, id);
    const expired = await callWithStripe("GET", `${API}/orders/${id}`, { token: shop.admin.token });
    expect(expired.body).toMatchObject({ payment: { url: null }, link_expires_at: null });
    const { body } = await post(shop.admin, `/orders/${id}/payment-link`);
    expect(body.payment.url).toEqual(expect.stringContaining("cs_"));
    expect(body.payment.url).not.toBe(order.payment.url);
    expect(body.hold_expires_at).toBe(body.link_expires_at);
    const entries = await rowsOf(
      "SELECT before, after FROM audit_log WHERE entity_id = ? AND action = 'purchase.link_renewed'",
      id,
    );
    expect(entries).toEqual([
      {
        before: JSON.stringify({ payment: "link", link_expires_at: past }),
        after: JSON.stringify({ payment: "link", link_expires_at: body.link_expires_at }),
      },
    ]);
    expect((await post(shop.admin, `/orders/${id}/payment-link`)).body).toEqual(body);
    expect(await others()).toEqual(before);
  });

  it("leaves the note and the discounts of the order as they were agreed, also for a later edit", async () => {
    const { shop, book, id } = await linkedOrder({
      note: "Rings twice",
      discount: { percent: 10, reason: "regular" },
    });
    await write("UPDATE order_details SET link_expires_at = '2026-01-01' WHERE sale_id = ?", id);
    const { body } = await post(shop.admin, `/orders/${id}/payment-link`);
    expect(body).toMatchObject({ note: "Rings twice", total: 1800, discount_reason: "regular" });
    const edited = await edit(shop.admin, id, { items: [{ product_id: book.id, quantity: 3 }] });
    expect(edited.body).toMatchObject({ total: 2700, discount: 300, discount_reason: "regular" });
  });

  it("replaces the payment in the buyer's page of a purchase in the web shop", async () => {
    const { shop, id, intent } = await pendingPurchase();
    const { body } = await post(shop.admin, `/orders/${id}/payment-link`);
    expect(body).toMatchObject({ payment_terms: "link", payment: { url: expect.stringContaining("cs_") } });
    const intents = (await stripeRequests(id)).filter(({ response }) => response.id === intent);
    expect(intents.every(({ response }) => response.status === "canceled")).toBe(true);
  });

  it("is refused for an order that is not pending, or of nothing", async () => {
    const { shop, book, id } = await linkedOrder();
    const free = { items: [{ product_id: book.id, quantity: 2, unit_price: 0 }] };
    const { body } = await edit(shop.admin, id, free);
    expect(body).toMatchObject({ total: 0, payment: { provider: "manual", url: null } });
    const path = `/orders/${id}/payment-link`;
    expect((await post(shop.admin, path)).body.type).toBe("/problems/no-payment-link");
    await post(shop.admin, `/orders/${id}/cancel`, {});
    expect((await post(shop.admin, path)).body.type).toBe("/problems/no-payment-link");
  });
});

describe("a payment in the buyer's page", () => {
  it("is requested anew when staff edit the purchase, and the earlier request is cancelled", async () => {
    const { shop, buyer, book, id, intent } = await pendingPurchase();
    await edit(shop.admin, id, { items: [{ product_id: book.id, quantity: 1 }] });
    const { body } = await callWithStripe("GET", `${API}/purchases/${id}`, { token: buyer.token });
    expect(body.payment.client_secret).not.toBeNull();
    expect(body.payment.client_secret).not.toContain(intent);
    const [first] = await stripeRequests(id);
    expect(first?.response.status).toBe("canceled");
    await change(shop.admin.ctx(), id, { note: "Urgent" }, undefined);
    const again = await callWithStripe("GET", `${API}/purchases/${id}`, { token: buyer.token });
    expect(again.body.payment).toEqual(body.payment);
  });
});

describe("the page of an order with a payment link", () => {
  const pageOf = async (shop: Shop, id: string) => {
    const { token, statement } = storeOrderToken(base(), shop.tenant.id, id);
    await base().db.run(statement);
    return { token, page: await callWith(withStripe, "GET", `/order?token=${token}`, {}) };
  };

  it("leads to the page of the provider, to which it gives no referrer, until the order is paid", async () => {
    const { shop, id, order } = await linkedOrder();
    const { token, page } = await pageOf(shop, id);
    const [link] = /<a [^>]*>[^<]*<\/a>/.exec(page.text) ?? [];
    expect(link).toContain(`href="${order.payment.url}"`);
    expect(link).toContain('rel="noreferrer"');
    expect(link).toMatch(/Pagar 20,00\s€/);
    expect(link).not.toContain(token);
    expect(page.headers.get("referrer-policy")).toBe("no-referrer");
    await deliver(eventOf(shop, id, "pi_of_page"));
    expect((await pageOf(shop, id)).page.text).not.toContain("<a ");
  });

  it("says that it cannot be paid there now when the link has expired", async () => {
    const { shop, id } = await linkedOrder();
    await write(
      "UPDATE order_details SET link_expires_at = '2026-01-01T00:00:00.000Z' WHERE sale_id = ?",
      id,
    );
    const { page } = await pageOf(shop, id);
    expect(page.text).toContain("Ahora mismo no se puede pagar el pedido en línea.");
    expect(page.text).not.toContain("<a ");
  });

  it("of an order that is paid in the shop's own page sends the buyer back there", async () => {
    const { shop, id } = await pendingPurchase();
    const { page } = await pageOf(shop, id);
    expect(page.text).toContain("Completa el pago en la página donde hiciste el pedido.");
    expect(page.text).not.toContain("<a ");
    expect(page.text).not.toContain("_secret");
  });
});
