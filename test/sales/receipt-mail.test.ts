// Receipts by mail.
import { describe, expect, it } from "vitest";
import { composers } from "../../src/sales/receipts/composers.ts";
import { mailBlocks } from "../../src/sales/receipts/mail-rows.ts";
import { mailReceipt } from "../../src/sales/receipts/mail.ts";
import { change } from "../support/change.ts";
import { API, call, costOf } from "../support/client.ts";
import { failureOf, rowsOf } from "../support/d1.ts";
import { mailsTo } from "../support/mails.ts";
import { bookshop, buyOne } from "../support/purchases.ts";
import { base, newPerson, newProduct, newShop, sellOne, type Shop } from "../support/shops.ts";

const ANA = "ana@example.com";

const send = (shop: Shop, saleId: string, json?: Record<string, unknown>, token = shop.admin.token) =>
  call("POST", `${API}/sales/${saleId}/receipt/mail`, { token, ...(json && { json }) });

async function sold(fields: Record<string, unknown> = {}, name = "Librería Sol") {
  const shop = await newShop({ name });
  const { id } = await newProduct(shop, { title: "Rayuela", price: 1250, ...fields });
  return { shop, saleId: (await sellOne(shop.admin.token, id, 2)).body.id };
}

describe("a receipt by mail", () => {
  it("has the text of the printed receipt, and the same as HTML that loads nothing", async () => {
    const { shop, saleId } = await sold();
    const sent = await send(shop, saleId, { email: "Ana@Example.com" });
    expect([sent.status, sent.body.status]).toEqual([202, "pending"]);
    expect(costOf(sent).queries).toBe(1);
    const [mail] = await mailsTo(shop, ANA);
    const printed = await call("GET", `${API}/sales/${saleId}/receipt?format=text&width=48`, {
      token: shop.admin.token,
    });
    expect(mail?.subject).toBe("Librería Sol: Recibo C-000001");
    expect(mail?.text).toContain(printed.text);
    for (const part of ["Rayuela", "2 x 12,50", "25,00", "TOTAL", "Efectivo"])
      expect(mail?.html).toContain(part);
    expect(mail?.html).not.toMatch(/<img|<script|<link|url\(|<style/);
  });

  it("is in the language that was asked for, also where the texts of mails have another", async () => {
    const { shop, saleId } = await sold();
    for (const language of ["en", "de", "es"])
      await send(shop, saleId, { email: `${language}@example.com`, language });
    const [english] = await mailsTo(shop, "en@example.com");
    expect(english?.subject).toBe("Librería Sol: Receipt C-000001");
    expect(english?.text).toContain("12.50");
    const [german] = await mailsTo(shop, "de@example.com");
    expect(german?.subject).toBe("Librería Sol: Beleg C-000001");
    expect(german?.text).toContain("SUMME");
    const [spanish] = await mailsTo(shop, "es@example.com");
    expect(spanish?.text).toContain("12,50");
  });

  it("goes to the customer of the sale by default, in their language; without one an address is required", async () => {
    const { shop, buyer, book } = await bookshop();
    await call("PATCH", `${API}/users/me`, { token: buyer.token, json: { preferences: { language: "en" } } });
    const items = [{ product_id: book.id, quantity: 1 }];
    const { token } = shop.admin;
    const { body } = await call("POST", `${API}/sales`, { token, json: { items, customer_id: buyer.id } });
    expect((await send(shop, body.id)).status).toBe(202);
    const [mail] = await mailsTo(shop, buyer.email);
    expect(mail?.subject).toBe("Test shop: Receipt C-000001");
    const anonymous = await send(shop, (await sellOne(token, book.id)).body.id);
    expect([anonymous.status, anonymous.body.errors[0].pointer]).toEqual([422, "#/email"]);
  });

  it("is sent at most three times an hour for a sale and address, and refused for what has no receipt", async () => {
    const { shop, saleId } = await sold();
    const statuses = [];
    for (let attempt = 0; attempt < 4; attempt += 1)
      statuses.push((await send(shop, saleId, { email: ANA })).status);
    expect(statuses).toEqual([202, 202, 202, 429]);
    expect((await send(shop, saleId, { email: "eva@example.com" })).status).toBe(202);
    const refused = await send(shop, saleId, { email: ANA });
    expect(refused.headers.get("retry-after")).toBe("3600");
    expect(await rowsOf("SELECT id FROM mails WHERE tenant_id = ?", shop.tenant.id)).toHaveLength(4);
    await change("UPDATE sales SET status = 'cancelled' WHERE id = ?", saleId);
    expect((await send(shop, saleId, { email: ANA })).body.type).toBe("/problems/no-receipt");
  });

  it("that is repeated under its key is the mail that was stored, though no more may be sent or the sale has no receipt", async () => {
    const { shop, saleId } = await sold();
    const repeat = (json: Record<string, unknown> = { email: ANA }) =>
      call("POST", `${API}/sales/${saleId}/receipt/mail`, {
        token: shop.admin.token,
        headers: { "idempotency-key": "third" },
        json,
      });
    for (let nth = 0; nth < 2; nth += 1) await send(shop, saleId, { email: ANA });
    const third = await repeat();
    expect(third.status).toBe(202);
    expect((await send(shop, saleId, { email: ANA })).status).toBe(429);
    const replayed = await repeat();
    expect([replayed.body, costOf(replayed).queries]).toEqual([third.body, 2]);
    expect((await repeat({ email: ANA, language: "en" })).body.type).toBe("/problems/idempotency-mismatch");
    await change("UPDATE sales SET status = 'cancelled' WHERE id = ?", saleId);
    expect((await repeat()).body).toEqual(third.body);
    expect(await rowsOf("SELECT id FROM mails WHERE tenant_id = ?", shop.tenant.id)).toHaveLength(3);
  });

  it("may be sent to the same address again an hour later", async () => {
    const { shop, saleId } = await sold();
    const sendAt = (minutes: number) =>
      mailReceipt(shop.admin.ctx(new Date(Date.now() + minutes * 60_000)), saleId, { email: ANA }, undefined);
    for (let nth = 0; nth < 3; nth += 1) await sendAt(0);
    expect(await failureOf(sendAt(59))).toMatchObject({ slug: "too-many-mails" });
    expect((await sendAt(61)).value.status).toBe("pending");
  });

  it("is of a sale that is complete, to whatever address", async () => {
    const { shop, buyer, book } = await bookshop();
    const { body } = await buyOne(buyer.token, book.id);
    await change("DELETE FROM mails WHERE tenant_id = ?", shop.tenant.id);
    expect((await send(shop, body.id, { email: ANA })).body.type).toBe("/problems/no-receipt");
    expect(await rowsOf("SELECT id FROM mails WHERE tenant_id = ?", shop.tenant.id)).toEqual([]);
  });

  it("is the twentieth at most that an address gets within an hour", async () => {
    const { shop, saleId } = await sold();
    await send(shop, saleId, { email: ANA });
    await change(
      `WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 18)
        INSERT INTO mails (tenant_id, id, kind, subject_id, cause_id, recipient, due_at, created_at)
        SELECT tenant_id, id || value, kind, id || value, id || value, recipient, due_at, created_at FROM mails CROSS JOIN n
        WHERE tenant_id = ?`,
      shop.tenant.id,
    );
    const { id } = await newProduct(shop);
    const statuses = [];
    for (let nth = 0; nth < 2; nth += 1) {
      const sale = (await sellOne(shop.admin.token, id)).body;
      statuses.push((await send(shop, sale.id, { email: ANA })).status);
    }
    expect(statuses).toEqual([202, 429]);
  });

  it("is for staff, and only of sales of their shop", async () => {
    const { shop, saleId } = await sold();
    const other = await newShop();
    const [employee, customer] = [
      await newPerson(shop.tenant, "EMPLOYEE"),
      await newPerson(shop.tenant, "CUSTOMER"),
    ];
    expect((await send(shop, saleId, { email: ANA }, employee.token)).status).toBe(202);
    expect((await send(shop, saleId, { email: ANA }, customer.token)).status).toBe(403);
    expect((await send(other, saleId, { email: ANA })).status).toBe(404);
  });

  it("leaves its address in the log of mails only", async () => {
    const { shop, saleId } = await sold();
    const key = { "idempotency-key": "one" };
    await call("POST", `${API}/sales/${saleId}/receipt/mail`, {
      token: shop.admin.token,
      headers: key,
      json: { email: ANA },
    });
    for (const table of ["audit_log", "idempotency_keys", "events"])
      expect(
        JSON.stringify(await rowsOf(`SELECT * FROM ${table} WHERE tenant_id = ?`, shop.tenant.id)),
      ).not.toContain(ANA);
    expect(await rowsOf("SELECT recipient FROM mails WHERE tenant_id = ?", shop.tenant.id)).toEqual([
      { recipient: ANA },
    ]);
  });
});

it("a receipt that waited to be mailed is not, once its sale or its shop is gone, or the sale is not completed", async () => {
  const { shop, saleId } = await sold();
  const { id, slug, name } = shop.tenant;
  const compose = (subjectId: string, shopId = id) =>
    composers.receipt(base(), {
      shop: { id: shopId, slug, name, email: null, brand_color: null },
      subjectId,
      causeId: subjectId,
      recipient: ANA,
      language: "es",
      locale: "es-ES",
      storedAt: new Date(),
    });
  expect(await compose(saleId)).toMatchObject({ subject: "Librería Sol: Recibo C-000001" });
  expect(await compose(crypto.randomUUID())).toBeNull();
  expect(await compose(saleId, crypto.randomUUID())).toBeNull();
  await change("UPDATE sales SET status = 'cancelled' WHERE id = ?", saleId);
  expect(await compose(saleId)).toBeNull();
});

it("the blocks of a receipt are paragraphs and tables of a mail", () => {
  expect(
    mailBlocks([
      { type: "title", text: "Librería Sol" },
      { type: "centred", text: "Calle Mayor 1" },
      { type: "text", text: "22/11/2026" },
      { type: "description", text: "Rayuela" },
      { type: "detail", label: "2 x 12,50", value: "25,00", mark: "A" },
      { type: "row", label: "Subtotal", value: "25,00" },
      { type: "sum", label: "TOTAL", value: "25,00 €" },
      { type: "taxes", columns: ["Base", "IVA", "Total"], rates: [{ label: "A", values: ["1", "2", "3"] }] },
      { type: "text", text: "Gracias" },
    ]),
  ).toEqual([
    "Librería Sol\nCalle Mayor 1\n22/11/2026",
    [
      { label: "Rayuela", value: "" },
      { label: "2 x 12,50", value: "25,00 A", style: "detail" },
      { label: "Subtotal", value: "25,00" },
      { label: "TOTAL", value: "25,00 €", style: "sum" },
      { label: "A", value: "Base 1 · IVA 2 · Total 3", style: "detail" },
    ],
    "Gracias",
  ]);
});
