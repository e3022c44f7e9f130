// The figures of the day by mail, for each ADMIN who wants them.
import { describe, expect, it } from "vitest";
import { composers } from "../../src/metrics/mail-reports/composers.ts";
import { dayOfShop } from "../../src/metrics/mail-reports/day.ts";
import { dayText } from "../../src/metrics/mail-reports/day-text.ts";
import { dayToReport, storeDailySummaries } from "../../src/metrics/mail-reports/jobs.ts";
import { sell } from "../../src/sales/sell.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { rowsOf } from "../support/d1.ts";
import { mailsTo } from "../support/mails.ts";
import { buyOne } from "../support/purchases.ts";
import { storeShift } from "../support/shifts.ts";
import { base, newPerson, newProduct, newShop, type Person, sellOne, type Shop } from "../support/shops.ts";

const DAY = "2022-10-25";
const MORNING = "2022-10-26T05:30:00Z";

async function wants(person: Person, preferences: Record<string, unknown> = { daily_summary: true }) {
  await call("PATCH", `${API}/users/me`, { token: person.token, json: { preferences } });
  await change("UPDATE users SET email_confirmed_at = created_at WHERE id = ?", person.id);
}

const run = (at: string) => storeDailySummaries(base(new Date(at)));

const recipients = async ({ tenant }: Shop) =>
  (
    await rowsOf(
      "SELECT recipient FROM mails WHERE tenant_id = ? AND kind = 'report.daily' ORDER BY recipient",
      tenant.id,
    )
  ).map(({ recipient }) => recipient);

/** Moves a sale or refund to a day. */
async function moveTo(shop: Shop, id: string, day: string) {
  await change(
    "UPDATE sales SET day = ?, placed_at = ? WHERE tenant_id = ? AND id = ?",
    day,
    `${day}T10:00:00.000Z`,
    shop.tenant.id,
    id,
  );
  await change(
    "INSERT INTO dirty_days (tenant_id, day, needs_rebuild) VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET needs_rebuild = 1",
    shop.tenant.id,
    day,
  );
}

async function sellOn(shop: Shop, productId: string, day: string, quantity: number, seller = shop.admin) {
  const { body } = await sellOne(seller.token, productId, quantity);
  await moveTo(shop, body.id, day);
  return body.id as string;
}

/** Text without the spaces that Intl does not let break. */
const plain = (text = ""): string => text.replaceAll(/[\u00A0\u202F]/g, " ");

describe("the daily summary", () => {
  it.each([
    ["Europe/Madrid", "2022-10-26T04:59:59Z", null],
    ["Europe/Madrid", "2022-10-26T05:00:00Z", "2022-10-25"],
    ["Europe/Madrid", "2022-10-26T09:59:59Z", "2022-10-25"],
    ["Europe/Madrid", "2022-10-26T10:00:00Z", null],
    // The clocks went back in the night.
    ["Europe/Madrid", "2022-10-30T05:30:00Z", null],
    ["Europe/Madrid", "2022-10-30T06:00:00Z", "2022-10-29"],
    ["America/Los_Angeles", "2022-10-26T05:00:00Z", null],
    ["America/Los_Angeles", "2022-10-26T14:00:00Z", "2022-10-25"],
    ["Pacific/Kiritimati", "2022-10-25T17:00:00Z", "2022-10-25"],
    ["Asia/Kolkata", "2022-10-26T02:00:00Z", "2022-10-25"],
  ])("is of yesterday, in the morning of the shop: %s at %s", (timezone, at, day) => {
    expect(dayToReport(new Date(at), timezone)).toBe(day);
  });

  it("is stored once a day, although the cron runs twice or misses hours, for those who want it", async () => {
    const shop = await newShop();
    const silent = await newPerson(shop.tenant, "ADMIN");
    await change("UPDATE users SET email_confirmed_at = created_at WHERE id = ?", silent.id);
    await wants(shop.admin);
    await wants(await newPerson(shop.tenant, "EMPLOYEE"));
    await Promise.all([run("2022-10-26T07:00:00Z"), run("2022-10-26T07:00:00Z")]);
    for (const at of ["2022-10-26T08:00:00Z", "2022-10-26T09:00:00Z", "2022-10-26T10:00:00Z"]) await run(at);
    expect(await recipients(shop)).toEqual([shop.admin.email]);
    await run("2022-10-27T05:00:00Z");
    expect(await recipients(shop)).toHaveLength(2);
  });

  it("has the figures and their change from the same weekday before, in the language of the ADMIN", async () => {
    const shop = await newShop({ name: "Librería Sol" });
    const { token } = shop.admin;
    const seller = await newPerson(shop.tenant, "EMPLOYEE");
    const english = await newPerson(shop.tenant, "ADMIN");
    await wants(shop.admin, { daily_summary: true, language: "es" });
    await wants(english, { daily_summary: true, language: "en" });
    const novel = await newProduct(shop, {
      title: "Novela <1>",
      price: 123_456,
      stock: 12,
      low_stock_threshold: 8,
    });
    const poems = await newProduct(shop, { title: "Poemas", price: 1000 });
    await sellOn(shop, novel.id, "2022-10-18", 1);
    await sellOn(shop, poems.id, "2022-10-24", 50);
    const sold = await sellOn(shop, novel.id, DAY, 2, seller);
    await sellOn(shop, poems.id, DAY, 1);
    const refund = await call("POST", `${API}/sales/${sold}/refunds`, {
      token,
      json: { items: [{ product_id: novel.id, quantity: 1 }], reason: "torn" },
    });
    await moveTo(shop, refund.body.id, DAY);
    await sellOn(shop, novel.id, "2022-10-26", 1);
    await call("POST", `${API}/shifts/start`, { token, json: { opening_cash: 1000 } });
    await call("POST", `${API}/shifts/end`, { token, json: { counted_cash: 950 } });
    await change("UPDATE shifts SET day = ? WHERE tenant_id = ?", DAY, shop.tenant.id);
    await buyOne((await newPerson(shop.tenant, "CUSTOMER")).token, poems.id, 3);
    await run(MORNING);

    const [mail, ...others] = await mailsTo(shop, shop.admin.email);
    expect(others).toEqual([]);
    expect(mail?.subject).toBe("Librería Sol: martes, 25 de octubre");
    const text = plain(mail?.text);
    for (const part of [
      "Martes, 25 de octubre, con la variación respecto al martes, 18 de octubre:",
      "Ingresos: 1244,56 € (+0,8 %)\nVentas: 2 (+100 %)\n",
      "Unidades vendidas: 2 (+100 %)\nDevoluciones: 1\n",
      "1. Novela <1>: 1234,56 €, 1 unidad\n2. Poemas: 10,00 €, 1 unidad\n",
      "Vendedores:\nFirst Last: 2469,12 €, 1 venta\nFirst Last: -1224,56 €, 1 venta\n",
      "Descuadres de caja:\nFirst Last: -0,50 €",
      "1 pedido está pendiente de pago: 30,00 €.",
      `Pocas existencias:\nNovela <1> (${novel.sku}): 8 (umbral 8)`,
    ])
      expect(text).toContain(part);
    expect(mail?.html).toContain("Novela &lt;1&gt;");

    const [second] = await mailsTo(shop, english.email);
    expect(second?.subject).toBe("Librería Sol: Tuesday, October 25");
    expect(plain(second?.text)).toContain("Revenue: €1,244.56 (+0.8%)\nSales: 2 (+100%)");
    for (const part of [
      "Drawer",
      "Tuesday, October 25, with the change from Tuesday, October 18:",
      "You receive this email each morning because you turned on the daily summary.",
      "drawer",
      "1 order is waiting for payment: €30.00.",
      "8 (threshold 8)",
    ].slice(1))
      expect(plain(second?.text)).toContain(part);
  });

  it("is stored by pages, and not of a shop that is closed", async () => {
    const [shop, closed] = [await newShop(), await newShop()];
    for (const { admin } of [shop, closed]) await wants(admin);
    await change("UPDATE tenants SET is_active = 0 WHERE id = ?", closed.tenant.id);
    const after = JSON.stringify([shop.tenant.id, shop.admin.id]);
    expect(await storeDailySummaries(base(new Date(MORNING)), after)).toBeNull();
    expect(await recipients(shop)).toEqual([]);
    expect(await run(MORNING)).toBeNull();
    expect([await recipients(shop), await recipients(closed)]).toEqual([[shop.admin.email], []]);
  });

  it("is stored for two hundred accounts a page", async () => {
    const shop = await newShop();
    await change(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 201)
        INSERT INTO users (tenant_id, id, email, password_hash, first_name, last_name, role, created_at, email_confirmed_at, preferences)
        SELECT ?1, ?1 || i, i || '@example.com', '', 'A', 'B', 'ADMIN', '2022', '2022', '{"daily_summary":1}' FROM n`,
      shop.tenant.id,
    );
    const before = JSON.stringify([shop.tenant.id, ""]);
    const after = await storeDailySummaries(base(new Date(MORNING)), before);
    expect(await recipients(shop)).toHaveLength(200);
    expect(await storeDailySummaries(base(new Date(MORNING)), after ?? "")).toBeNull();
    expect(await recipients(shop)).toHaveLength(201);
    // The other tests run one page.
    await change("UPDATE users SET preferences = '{}' WHERE tenant_id = ?", shop.tenant.id);
  });

  it("lists who sold or refunded, the drawers that were off and what is low, and nothing else", async () => {
    const shop = await newShop();
    const { token } = shop.admin;
    const staff = new Map<string, Person>();
    for (const name of ["Ana", "Bo", "Cleo", "Dan"]) {
      const person = await newPerson(shop.tenant, "EMPLOYEE");
      await change("UPDATE users SET first_name = ?, last_name = 'Sol' WHERE id = ?", name, person.id);
      staff.set(name, person);
    }
    const of = (name: string) => staff.get(name) ?? shop.admin;
    const { id } = await newProduct(shop, { title: "Novela", price: 1000 });
    const refundOn = async (day: string, sale: string, by: Person) => {
      const json = { items: [{ product_id: id, quantity: 1 }], reason: "torn" };
      const { body } = await call("POST", `${API}/sales/${sale}/refunds`, { token: by.token, json });
      await moveTo(shop, body.id, day);
    };
    const before = await sellOn(shop, id, "2022-10-01", 4);
    await refundOn("2022-10-18", before, shop.admin);
    for (const quantity of [2, 1]) await sellOn(shop, id, DAY, quantity, of("Ana"));
    await refundOn(DAY, before, of("Bo"));
    await refundOn(DAY, await sellOn(shop, id, DAY, 1, of("Cleo")), of("Cleo"));
    for (const [name, start, difference] of [
      ["Ana", `${DAY}T08:00:00Z`, -50],
      ["Bo", `${DAY}T08:00:00Z`, 0],
      ["Dan", `${DAY}T07:00:00Z`, 20],
      ["Cleo", "2022-10-24T08:00:00Z", 70],
    ] as const) {
      const end = `${start.slice(0, 10)}T16:00:00Z`;
      const shift = await storeShift(shop, of(name), { start, end });
      const report = JSON.stringify({ difference });
      await change("UPDATE shifts SET z_report = ? WHERE id = ?", report, shift);
    }
    const buyer = await newPerson(shop.tenant, "CUSTOMER");
    for (let nth = 0; nth < 3; nth += 1) {
      const { body } = await buyOne(buyer.token, id, 2);
      if (nth === 0) await call("POST", `${API}/purchases/${body.id}/cancel`, { token, json: {} });
    }
    const addLow = (numbers: number[]) =>
      change(
        `INSERT INTO products (tenant_id, id, sku, title, price, stock, low_stock_threshold, is_active, created_at, updated_at)
          SELECT ?, 'low' || value, 'low' || value, 'Bajo', 1, 1000, 1000, value < 99, '', '' FROM json_each(?)`,
        shop.tenant.id,
        JSON.stringify(numbers),
      );
    await addLow([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 99]);
    const paragraphs = async (day = DAY, language: "en" | "es" = "en") => {
      const found = await dayOfShop(shop.admin.ctx(), day);
      const blocks = found && dayText(shop.tenant, language, found).paragraphs;
      return blocks && blocks.flatMap((block) => (typeof block === "string" ? [plain(block)] : []));
    };
    const low = (number: number) => `Bajo (low${number}): 1 (threshold 1)`;
    const ten = ["Low stock:", ...Array.from({ length: 10 }, (_, nth) => low(nth))];
    expect((await paragraphs())?.slice(1)).toEqual([
      "Revenue: €20.00 (+300%)\nSales: 3\nAverage sale: €6.67\nUnits sold: 2 (+300%)\nRefunds: 2 (+100%)",
      "Top products by revenue:\n1. Novela: €20.00, 2 units",
      "Sellers:\nAna Sol: €30.00, 2 sales\nCleo Sol: €0.00, 1 sale\nBo Sol: -€10.00, 0 sales",
      "Differences in the drawer:\nDan Sol: €0.20\nAna Sol: -€0.50",
      "2 orders are waiting for payment: €40.00.",
      ten.join("\n"),
    ]);
    await addLow([50]);
    expect((await paragraphs())?.at(-1)).toContain("\n... and more.");
    const inSpanish = await paragraphs(DAY, "es");
    expect(inSpanish?.slice(2, 6)).toEqual([
      "Productos con más ingresos:\n1. Novela: 20,00 €, 2 unidades",
      "Vendedores:\nAna Sol: 30,00 €, 2 ventas\nCleo Sol: 0,00 €, 1 venta\nBo Sol: -10,00 €, 0 ventas",
      "Descuadres de caja:\nDan Sol: 0,20 €\nAna Sol: -0,50 €",
      "2 pedidos están pendientes de pago: 40,00 €.",
    ]);
    expect(inSpanish?.at(-1)).toMatch(/^Pocas existencias:\n.* 1 \(umbral 1\)\n[^]*\n\.\.\. y más\.$/);
    // A day on which something was only paid back, or a drawer was off, is reported too.
    expect((await paragraphs("2022-10-18"))?.[1]).toContain("Revenue: -€10.00\nSales: 0\n");
    expect((await paragraphs("2022-10-24"))?.[2]).toBe("Differences in the drawer:\nCleo Sol: €0.70");
    expect(await paragraphs("2022-10-20")).toBeNull();
  });

  it("lists five products and five sellers at most, as that of the week lists products", async () => {
    const shop = await newShop();
    await wants(shop.admin, { daily_summary: true, weekly_report: true });
    for (let price = 1; price <= 6; price += 1) {
      const { id } = await newProduct(shop, { title: `Book ${price}`, price });
      const seller = await newPerson(shop.tenant, "EMPLOYEE");
      const items = [{ product_id: id, quantity: 1000 }];
      const ctx = seller.ctx(new Date(`${DAY}T10:00:00Z`));
      await sell(ctx, { items, payment_method: "card" }, undefined);
    }
    const best = ["Book 6", "Book 5", "Book 4", "Book 3", "Book 2"];
    const day = await dayOfShop(shop.admin.ctx(), DAY);
    expect(day?.products.map(({ title }) => title)).toEqual(best);
    expect(day?.sellers.map(({ revenue }) => revenue)).toEqual([6, 5, 4, 3, 2]);
    const { id, slug, name } = shop.tenant;
    const mail = {
      shop: { id, slug, name, email: null, brand_color: null },
      subjectId: "2022-10-24",
      causeId: "2022-10-24",
      recipient: shop.admin.email,
      language: "en",
      locale: "en",
      storedAt: new Date(),
    } as const;
    const week = await composers["report.weekly"](base(), mail);
    const listed = best.map((title, nth) => expect.stringContaining(`${nth + 1}. ${title}: `));
    const texts = week?.paragraphs.flatMap((block) => (typeof block === "string" ? [block] : []));
    expect(texts?.at(-1)?.split("\n").slice(1)).toEqual(listed);
    // A shop that has been closed since gets none.
    await change("UPDATE tenants SET is_active = 0 WHERE id = ?", id);
    expect(await composers["report.weekly"](base(), mail)).toBeNull();
    expect(await composers["report.daily"](base(), { ...mail, subjectId: DAY })).toBeNull();
  });

  it("is not sent of a day without sales, nor to whom it is no longer wanted by", async () => {
    const shop = await newShop();
    const other = await newPerson(shop.tenant, "ADMIN");
    await wants(shop.admin);
    await wants(other);
    await run(MORNING);
    expect(await mailsTo(shop, shop.admin.email)).toEqual([]);
    const { id } = await newProduct(shop);
    await sellOn(shop, id, "2022-10-26", 1);
    await run("2022-10-27T05:30:00Z");
    await wants(other, {});
    expect(await mailsTo(shop, shop.admin.email)).toHaveLength(1);
    expect(await mailsTo(shop, other.email)).toEqual([]);
    expect(
      await rowsOf("SELECT id FROM mails WHERE tenant_id = ? AND status = 'skipped'", shop.tenant.id),
    ).toHaveLength(3);
  });

  it("has nothing of another shop", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    await wants(shop.admin);
    const own = await newProduct(shop, { title: "Propio" });
    const foreign = await newProduct(other, { title: "Ajeno", stock: 5, low_stock_threshold: 9 });
    await sellOn(shop, own.id, DAY, 1);
    await sellOn(other, foreign.id, DAY, 1);
    await buyOne((await newPerson(other.tenant, "CUSTOMER")).token, foreign.id);
    await run(MORNING);
    const [mail] = await mailsTo(shop, shop.admin.email);
    expect(mail?.text).toContain("Propio");
    expect(mail?.text).not.toMatch(/Ajeno|pedido|existencias/);
  });
});
