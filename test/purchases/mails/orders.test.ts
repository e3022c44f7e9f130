// The mails about online orders, as their customers get them.
import { describe, expect, it } from "vitest";
import { insertCustomer } from "../../../src/customers/new-customer.ts";
import { cancelExpired } from "../../../src/purchases/cancel.ts";
import { storeMail } from "../../../src/mail/outbox.ts";
import { newId } from "../../../src/values/ids.ts";
import { change } from "../../support/change.ts";
import { API, call } from "../../support/client.ts";
import { count, rowsOf } from "../../support/d1.ts";
import { guestShop } from "../../support/guests.ts";
import { mailsTo } from "../../support/mails.ts";
import { bookshop, buyOne, checkOut, confirm, putInCart } from "../../support/purchases.ts";
import { base, newPerson, newProduct, sellOne, type Shop } from "../../support/shops.ts";

/** Text without the spaces that align or do not break. */
const plain = (text = ""): string => text.replaceAll(/[\u00A0\u202F ]+/g, " ");

const kindsOf = async ({ tenant }: Shop): Promise<unknown[]> =>
  (
    await rowsOf("SELECT kind FROM mails WHERE tenant_id = ? AND kind LIKE 'order.%' ORDER BY id", tenant.id)
  ).map(({ kind }) => kind);

const address = {
  name: "Nora Vega",
  lines: ["Calle Mayor 1", "2.º B"],
  city: "Madrid",
  postal_code: "28013",
  country: "ES",
};

const inEnglish = (token: string) =>
  call("PATCH", `${API}/users/me`, { token, json: { preferences: { language: "en" } } });

const refundOne = (shop: Shop, saleId: string, productId: string, more: Record<string, unknown> = {}) =>
  call("POST", `${API}/sales/${saleId}/refunds`, {
    token: shop.admin.token,
    json: { items: [{ product_id: productId, quantity: 1 }], reason: "torn cover", ...more },
  });

const NOTHING_LEFT = /undefined|null|NaN|\$\{|\[object/;

describe("the mails of an order", () => {
  it("tell what was ordered, how to pay it and until when, in Spanish", async () => {
    const { shop, buyer, book } = await bookshop({ title: "Rayuela" }, { name: "Librería Sol" });
    const cheese = await newProduct(shop, { title: "Queso", unit: "kg", price: 1999 });
    await putInCart(buyer.token, cheese.id, 0.5);
    const { body } = await buyOne(buyer.token, book.id, 2, {
      payment_method: "transfer",
      shipping_address: address,
    });
    await change(
      "UPDATE sales SET hold_expires_at = '2026-11-27T12:05:00.000Z' WHERE tenant_id = ? AND id = ?",
      shop.tenant.id,
      body.id,
    );
    const [mail, ...others] = await mailsTo(shop, buyer.email);
    expect(others).toEqual([]);
    expect(mail).toMatchObject({ from: "Librería Sol", subject: `Librería Sol: tu pedido ${body.number}` });
    const text = plain(mail?.text);
    for (const part of [
      `Gracias por tu pedido ${body.number} en Librería Sol.`,
      "Rayuela\n 2 x 10,00 20,00 A",
      "Queso\n 0,5 kg x 19,99/kg 10,00 A",
      "TOTAL 30,00 €",
      `Por pagar: 30,00 € por transferencia, con la referencia ${body.number}.`,
      "Los artículos están reservados para ti hasta el 27/11/2026, 13:05 (Europe/Madrid).",
      "Dirección de envío:\nNora Vega\nCalle Mayor 1\n2.º B\n28013 Madrid\nEspaña",
    ])
      expect(text).toContain(part);
    expect(mail?.html).toContain('lang="es"');
    expect(`${mail?.subject}${mail?.text}${mail?.html}`).not.toMatch(NOTHING_LEFT);
  });

  it("tell the region of the address, unless it has the name of the city", async () => {
    const { shop, buyer, book } = await bookshop();
    for (const [city, region] of [
      ["Madrid", "Madrid"],
      ["Getafe", "Madrid"],
    ])
      await buyOne(buyer.token, book.id, 1, { shipping_address: { ...address, city, region } });
    const { body } = await buyOne(buyer.token, book.id, 1, { shipping_address: address });
    // As an earlier version stored it.
    await change(
      "UPDATE sales SET shipping_address = json_set(shipping_address, '$.country', 'Freedonia') WHERE id = ?",
      body.id,
    );
    const [inCity, outside, abroad] = (await mailsTo(shop, buyer.email)).map(({ text }) => plain(text));
    expect(abroad).toContain("28013 Madrid\nFreedonia");
    expect(inCity).toContain("28013 Madrid\nEspaña");
    expect(outside).toContain("28013 Getafe\nMadrid\nEspaña");
  });

  it.each([
    ["cash", "Por pagar: 20,00 € en efectivo, al recibir o recoger el pedido."],
    ["card", "Por pagar: 20,00 € (Tarjeta). La tienda confirma tu pago."],
  ])("tell how to pay an order by %s", async (payment_method, line) => {
    const { shop, buyer, book } = await bookshop();
    await buyOne(buyer.token, book.id, 2, { payment_method });
    const [mail] = await mailsTo(shop, buyer.email);
    expect(plain(mail?.text)).toContain(line);
  });

  it("tell of an order by Stripe that it is paid where it was placed, of one with a link on its page, and of a free one nothing", async () => {
    const { shop, buyer, book } = await bookshop();
    const { body } = await buyOne(buyer.token, book.id, 2);
    const { body: linked } = await buyOne(buyer.token, book.id, 1);
    await change("UPDATE sales SET payment_provider = 'stripe' WHERE id IN (?, ?)", body.id, linked.id);
    await change(
      `INSERT INTO order_details (tenant_id, sale_id, payment, link_expires_at)
        SELECT tenant_id, id, 'link', '2100-01-01T00:00:00.000Z' FROM sales WHERE id = ?`,
      linked.id,
    );
    await change("UPDATE sales SET hold_expires_at = NULL WHERE id = ?", linked.id);
    const gift = await newProduct(shop, { title: "Marcapáginas", price: 0 });
    await buyOne(buyer.token, gift.id);
    const [paid, byLink, free] = await mailsTo(shop, buyer.email);
    expect(plain(paid?.text)).toContain(
      "Por pagar: 20,00 € con tarjeta, en la página donde hiciste el pedido.",
    );
    expect(plain(byLink?.text)).toContain("Por pagar: 10,00 € con tarjeta, en la página del pedido.");
    expect([paid, byLink].map((mail) => mail?.text.includes("Los artículos están reservados"))).toEqual([
      true,
      false,
    ]);
    expect(free?.text).not.toContain("Por pagar");
  });

  it("follow its payment and its refund, in the language of the customer, with taxes and discounts as sold", async () => {
    const { shop, buyer, book } = await bookshop({ title: "Hopscotch" });
    await change("UPDATE tenants SET prices_include_tax = 0 WHERE id = ?", shop.tenant.id);
    const rate = await call("POST", `${API}/tax-rates`, {
      token: shop.admin.token,
      json: { name: "IVA", rate: 21000 },
    });
    await call("PATCH", `${API}/products/${book.id}`, {
      token: shop.admin.token,
      json: { tax_rate_id: rate.body.id },
    });
    await inEnglish(buyer.token);
    const { body } = await buyOne(buyer.token, book.id, 2, { shipping_address: address });
    await confirm(shop, body.id);
    const refund = await refundOne(shop, body.id, book.id);
    expect(refund.status).toBe(201);
    const mails = await mailsTo(shop, buyer.email);
    expect(mails.map(({ subject }) => subject)).toEqual([
      `Test shop: your order ${body.number}`,
      `Test shop: order ${body.number} is paid`,
      `Test shop: refund for order ${body.number}`,
    ]);
    const [placed, paid, refunded] = mails.map(({ text }) => plain(text));
    expect(placed).toContain("Hopscotch\n 2 x 10.00 20.00 A\n\nSubtotal 20.00\nTax 4.20\nTOTAL €24.20");
    expect(placed).toContain("A IVA 21% Net 20.00 · Tax 4.20 · Gross 24.20");
    // It was paid before the mail was sent.
    expect(placed).not.toContain("To pay");
    expect(paid).toContain(
      `Test shop has received your payment of €24.20 (Card) for order ${body.number}. Thank you.`,
    );
    for (const text of [placed, paid])
      expect(text).toContain("Shipping address:\nNora Vega\nCalle Mayor 1\n2.º B\n28013 Madrid\nSpain");
    expect(refunded).toContain(`Test shop has refunded €12.10 of your order ${body.number}:`);
    expect(refunded).toContain("-1 x 10.00 -10.00 A");
    expect(refunded).toContain("Card -€12.10");
    expect(refunded).toContain("Reason: torn cover");
    for (const { subject, text, html } of mails) expect(subject + text + html).not.toMatch(NOTHING_LEFT);
  });

  it("tell of cash what was handed over, rounded to the coins of the shop", async () => {
    const { shop, buyer, book } = await bookshop({ price: 1003 });
    await change("UPDATE tenants SET cash_rounding = 5 WHERE id = ?", shop.tenant.id);
    const { body } = await buyOne(buyer.token, book.id, 1, { payment_method: "cash" });
    await confirm(shop, body.id);
    await refundOne(shop, body.id, book.id, { payment_method: "cash" });
    const [, paid, refunded] = (await mailsTo(shop, buyer.email)).map(({ text }) => plain(text));
    expect(paid).toContain("ha recibido tu pago de 10,05 € (Efectivo)");
    expect(refunded).toContain("te ha devuelto 10,05 € de tu pedido");
  });

  it("tell nothing of a refund that does not exist, nor of a payment or cancellation of what is pending", async () => {
    const { shop, buyer, book } = await bookshop();
    const { body } = await buyOne(buyer.token, book.id);
    const ctx = base();
    const mail = { subjectId: body.id, recipient: buyer.email };
    const kinds = ["order.refunded", "order.cancelled", "order.paid"] as const;
    await ctx.db.batch(
      kinds.map((kind) => storeMail(ctx, shop.tenant.id, { ...mail, kind, causeId: newId() })),
    );
    await mailsTo(shop, buyer.email);
    expect(
      await rowsOf("SELECT status FROM mails WHERE tenant_id = ? AND kind <> 'order.placed'", shop.tenant.id),
    ).toEqual(kinds.map(() => ({ status: "skipped" })));
  });

  it("tell of a cancellation, and whether it was not paid in time", async () => {
    const { shop, buyer, book } = await bookshop();
    const first = await buyOne(buyer.token, book.id);
    await call("POST", `${API}/purchases/${first.body.id}/cancel`, { token: buyer.token });
    const second = await buyOne(buyer.token, book.id);
    await call("POST", `${API}/purchases/${second.body.id}/cancel`, { token: shop.admin.token });
    const third = await buyOne(buyer.token, book.id);
    await cancelExpired(base(new Date(third.body.hold_expires_at)));
    const mails = await mailsTo(shop, buyer.email);
    // Of a cancelled order, that it was placed is not worth a mail any more.
    expect(mails.map(({ subject }) => subject)).toEqual(
      [first, second, third].map(({ body }) => `Test shop: el pedido ${body.number} se ha cancelado`),
    );
    expect(mails[0]?.text).toContain(`Tu pedido ${first.body.number} en Test shop se ha cancelado.`);
    expect(mails[2]?.text).toContain("se ha cancelado porque no se pagó antes del");
    expect(mails[2]?.text).toContain("Si ya lo habías pagado, la tienda te devolverá el dinero.");
  });

  it("are stored once, however often the requests are repeated or at the same time", async () => {
    const { shop, buyer, book } = await bookshop();
    await putInCart(buyer.token, book.id);
    const placed = await Promise.all([1, 2, 3].map(() => checkOut(buyer.token, {}, "the-key")));
    const id: string = placed.find(({ status }) => status === 201)?.body.id;
    await checkOut(buyer.token, {}, "the-key");
    await Promise.all([confirm(shop, id), confirm(shop, id)]);
    await confirm(shop, id);
    expect(await kindsOf(shop)).toEqual(["order.placed", "order.paid"]);
    expect(await mailsTo(shop, buyer.email)).toHaveLength(2);
  });

  it("are not stored for counter sales, or where the shop has turned them off", async () => {
    const { shop, buyer, book } = await bookshop();
    const sale = await call("POST", `${API}/sales`, {
      token: shop.admin.token,
      json: { items: [{ product_id: book.id, quantity: 2 }], customer_id: buyer.id },
    });
    await refundOne(shop, sale.body.id, book.id);
    expect(await kindsOf(shop)).toEqual([]);
    await call("PATCH", `${API}/settings`, { token: shop.admin.token, json: { order_mails: false } });
    const { body } = await buyOne(buyer.token, book.id);
    await confirm(shop, body.id);
    expect(await kindsOf(shop)).toEqual([]);
    expect((await sellOne(shop.admin.token, book.id)).status).toBe(201);
  });

  it("go to the record of the customer, to that which replaced it, and not to one who was erased", async () => {
    const { shop, buyer, book } = await bookshop();
    const other = await newPerson(shop.tenant, "CUSTOMER");
    await change("UPDATE customers SET email = 'nora@example.com' WHERE id = ?", buyer.id);
    const { body } = await buyOne(buyer.token, book.id);
    const guest = { id: newId(), name: "Guest", email: "guest@example.com" };
    const ctx = base();
    await ctx.db.batch(insertCustomer(ctx.now, shop.tenant.id, guest));
    await change(
      "UPDATE sales SET customer_id = ? WHERE tenant_id = ? AND id = ?",
      guest.id,
      shop.tenant.id,
      body.id,
    );
    await change("UPDATE customers SET email = 'vera@example.com' WHERE id = ?", other.id);
    await change("UPDATE customers SET merged_into = ? WHERE id = ?", other.id, guest.id);
    await confirm(shop, body.id);
    const recipients = await rowsOf(
      "SELECT recipient FROM mails WHERE tenant_id = ? AND kind LIKE 'order.%' ORDER BY id",
      shop.tenant.id,
    );
    expect(recipients.map(({ recipient }) => recipient)).toEqual(["nora@example.com", "vera@example.com"]);
    const third = await bookshop();
    const paid = await buyOne(third.buyer.token, third.book.id, 2);
    await confirm(third.shop, paid.body.id);
    const erased = await call("DELETE", `${API}/users/${third.buyer.id}`, { token: third.shop.admin.token });
    expect(erased.status).toBe(204);
    expect(await kindsOf(third.shop)).toEqual([]);
    await refundOne(third.shop, paid.body.id, third.book.id);
    expect(await kindsOf(third.shop)).toEqual([]);
  });

  it("of guests are ten an hour to one address, whatever the response says", async () => {
    const { shop, book, guest } = await guestShop({ stock: null });
    const sizes = new Set<string>();
    for (let each = 0; each < 12; each += 1) {
      await guest.put(book.id);
      const answer = await guest.checkOut({ email: "victim@example.com" });
      expect(answer.status).toBe(201);
      if (each > 0) sizes.add((answer.headers.get("server-timing") ?? "").replaceAll(/;dur=[\d.]+/g, ""));
    }
    const placed = () => count("SELECT count(*) n FROM mails WHERE tenant_id = ?", shop.tenant.id);
    expect(await placed()).toBe(10);
    expect(sizes.size).toBe(1);
    await guest.put(book.id);
    await guest.checkOut({ email: "other@example.com" });
    expect(await placed()).toBe(11);
  });

  it("are in the log under the order", async () => {
    const { shop, buyer, book } = await bookshop();
    const { body } = await buyOne(buyer.token, book.id);
    await confirm(shop, body.id);
    await buyOne(buyer.token, book.id);
    const { token } = shop.admin;
    const about = await call("GET", `${API}/mails?about=${body.id}`, { token });
    expect(about.body.data.map(({ kind }: { kind: string }) => kind)).toEqual(["order.paid", "order.placed"]);
    const page = await call("GET", `${API}/mails?recipient=${buyer.email}&kind=order.placed&limit=1`, {
      token,
    });
    expect(page.body.data).toHaveLength(1);
    const next = await call(
      "GET",
      `${API}/mails?recipient=${buyer.email}&kind=order.placed&limit=1&cursor=${page.body.next_cursor}`,
      { token },
    );
    expect(next.body.data).toMatchObject([{ about: body.id, kind: "order.placed" }]);
  });
});
