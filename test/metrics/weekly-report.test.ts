// The figures of the week by mail, for each ADMIN who wants them.
import { describe, expect, it } from "vitest";
import { formatsOf } from "../../src/metrics/mail-reports/formats.ts";
import { composers } from "../../src/metrics/mail-reports/composers.ts";
import { storeWeeklyReports, weekToReport } from "../../src/metrics/mail-reports/jobs.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { rowsOf } from "../support/d1.ts";
import { mailsTo } from "../support/mails.ts";
import { base, newPerson, newProduct, newShop, type Person, sellOne, type Shop } from "../support/shops.ts";

// In Madrid: 24 October 2022 is a Monday, the clocks go back on 30 October 2022.
const MONDAY = "2022-10-24";
const AT_8 = new Date("2022-10-24T06:00:00Z");

async function wants(person: Person, preferences: Record<string, unknown> = { weekly_report: true }) {
  await call("PATCH", `${API}/users/me`, { token: person.token, json: { preferences } });
  await change("UPDATE users SET email_confirmed_at = created_at WHERE id = ?", person.id);
}

const recipients = async ({ tenant }: Shop) =>
  (
    await rowsOf(
      "SELECT recipient FROM mails WHERE tenant_id = ? AND kind = 'report.weekly' ORDER BY recipient",
      tenant.id,
    )
  ).map(({ recipient }) => recipient);

/** Moves a sale to a day. */
async function sellOn(shop: Shop, productId: string, day: string, quantity: number, seller = shop.admin) {
  const { body } = await sellOne(seller.token, productId, quantity);
  await change(
    "UPDATE sales SET day = ?, placed_at = ? WHERE tenant_id = ? AND id = ?",
    day,
    `${day}T10:00:00.000Z`,
    shop.tenant.id,
    body.id,
  );
  await change(
    "INSERT INTO dirty_days (tenant_id, day, needs_rebuild) VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET needs_rebuild = 1",
    shop.tenant.id,
    day,
  );
}

/** Text without the spaces that Intl does not let break. */
const plain = (text: string): string => text.replaceAll(/[\u00A0\u202F]/g, " ");

describe("the weekly report", () => {
  it("is stored once a week, although the cron runs several times and in parallel", async () => {
    const shop = await newShop();
    await wants(shop.admin);
    const run = (at: string) => storeWeeklyReports(base(new Date(at)));
    await run("2022-10-24T05:00:00Z");
    expect(await recipients(shop)).toEqual([]);
    await Promise.all([run("2022-10-24T06:00:00Z"), run("2022-10-24T06:00:00Z")]);
    for (const at of ["2022-10-24T07:00:00Z", "2022-10-24T10:00:00Z", "2022-10-25T06:00:00Z"]) await run(at);
    expect(await recipients(shop)).toEqual([shop.admin.email]);
    await run("2022-10-31T07:00:00Z");
    expect(await recipients(shop)).toHaveLength(2);
  });

  it("goes only to active ADMINs with a confirmed address who want it", async () => {
    const shop = await newShop();
    const [silent, refused, disabled, unconfirmed, colleague] = await Promise.all(
      Array.from({ length: 5 }, () => newPerson(shop.tenant, "ADMIN")),
    );
    const employee = await newPerson(shop.tenant, "EMPLOYEE");
    for (const person of [shop.admin, disabled, unconfirmed, colleague, employee])
      if (person) await wants(person);
    if (refused) await wants(refused, { weekly_report: false });
    await change("UPDATE users SET email_confirmed_at = created_at WHERE id = ?", silent?.id);
    await change("UPDATE users SET email_confirmed_at = NULL WHERE id = ?", unconfirmed?.id);
    await change("UPDATE users SET is_active = 0 WHERE id = ?", disabled?.id);
    await storeWeeklyReports(base(AT_8));
    expect(await recipients(shop)).toEqual(expect.arrayContaining([shop.admin.email, colleague?.email]));
    expect(await recipients(shop)).toHaveLength(2);
  });

  it("is not sent if it is no longer wanted when it is its turn", async () => {
    const shop = await newShop();
    await wants(shop.admin);
    await storeWeeklyReports(base(AT_8));
    await wants(shop.admin, {});
    expect(await mailsTo(shop, shop.admin.email)).toEqual([]);
    expect(await rowsOf("SELECT status FROM mails WHERE tenant_id = ?", shop.tenant.id)).toEqual([
      { status: "skipped" },
    ]);
  });

  it.each([
    ["Europe/Madrid", "2022-10-24T05:59:59Z", null],
    ["Europe/Madrid", "2022-10-24T06:00:00Z", "2022-10-17"],
    ["Europe/Madrid", "2022-10-24T10:00:00Z", null],
    ["Europe/Madrid", "2022-10-31T06:00:00Z", null],
    ["Europe/Madrid", "2022-10-31T07:00:00Z", "2022-10-24"],
    ["America/Los_Angeles", "2022-10-24T06:00:00Z", null],
    ["America/Los_Angeles", "2022-10-24T15:00:00Z", "2022-10-17"],
    ["Pacific/Kiritimati", "2022-10-23T18:00:00Z", "2022-10-17"],
    ["Asia/Kolkata", "2022-10-24T02:00:00Z", null],
    ["Asia/Kolkata", "2022-10-24T03:00:00Z", "2022-10-17"],
    ["UTC", "2022-10-25T08:00:00Z", null],
  ])("is due at eight on Monday by the clock of the shop: %s at %s", (timezone, at, week) => {
    expect(weekToReport(new Date(at), timezone)).toBe(week);
  });

  it("has the figures of the week, their change, the best products and the goals, in the language of the ADMIN", async () => {
    const shop = await newShop({ name: "Librería Sol" });
    const seller = await newPerson(shop.tenant, "EMPLOYEE");
    const english = await newPerson(shop.tenant, "ADMIN");
    await wants(shop.admin, { weekly_report: true, language: "es" });
    await wants(english, { weekly_report: true, language: "en-GB" });
    const novel = await newProduct(shop, { title: "Novela <1>", price: 123_456 });
    const poems = await newProduct(shop, { title: "Poemas", price: 1000 });
    await sellOn(shop, novel.id, "2022-10-23", 1);
    await sellOn(shop, novel.id, MONDAY, 2, seller);
    await sellOn(shop, poems.id, "2022-10-30", 1);
    await sellOn(shop, poems.id, "2022-10-31", 50);
    const goal = { month: "2022-10", target: 1_000_000, sellers: [{ user_id: seller.id, target: 246_912 }] };
    await call("PUT", `${API}/goals`, { token: shop.admin.token, json: goal });
    for (const at of ["2022-10-31T07:00:00Z", "2022-10-31T08:00:00Z"])
      await storeWeeklyReports(base(new Date(at)));

    const [mail, ...others] = await mailsTo(shop, shop.admin.email);
    expect(others).toEqual([]);
    expect(mail?.subject).toBe("Librería Sol: cifras del 24 de octubre al 30 de octubre");
    const text = plain(mail?.text ?? "");
    for (const line of [
      "Del lunes 24 de octubre al domingo 30 de octubre, con la variación respecto a la semana anterior:",
      "Recibes este correo los lunes porque has activado el informe semanal.",
      "Ingresos: 2479,12 € (+100,8 %)",
      "Ventas: 2 (+100 %)",
      "1. Novela <1>: 2469,12 €, 2 unidades\n2. Poemas: 10,00 €, 1 unidad\n",
      "Objetivos de octubre de 2022, hasta el 30 de octubre:",
      "Tienda: 3713,68 € de 10.000,00 € (37,1 %); previsto hasta entonces: 9677,42 €",
      "First Last: 2469,12 € de 2469,12 € (100 %); previsto hasta entonces: 2389,47 €",
    ])
      expect(text).toContain(line);
    expect(mail?.html).toContain('lang="es"');
    expect(mail?.html).toContain("Novela &lt;1&gt;");
    expect(mail?.html).toMatch(/2 unidades<br ?\/?>\s*2. Poemas/);

    const [second] = await mailsTo(shop, english.email);
    expect(second?.subject).toBe("Librería Sol: figures from October 24 to October 30");
    for (const part of [
      "From Monday October 24 to Sunday October 30, with the change from the week before:",
      "You receive this email on Mondays because you turned on the weekly report.",
      "Revenue: €2,479.12 (+100.8%)\nSales: 2 (+100%)",
      "€2,469.12, 2 units\n2. Poemas: €10.00, 1 unit\n",
      "Average sale: €1,239.56 (+0.4%)\nUnits sold: 3 (+200%)\nCustomers: 0\n",
      "Goals for October 2022, up to October 30:\nShop: €3,713.68 of €10,000.00 (37.1%); expected by then: €9,677.42\n",
      "First Last: €2,469.12 of €2,469.12 (100%); expected by then: €2,389.47",
    ])
      expect(plain(second?.text ?? "")).toContain(part);
  });

  it("has the goals of the month in which the week ends, of the shop only if it has one", async () => {
    const shop = await newShop();
    await wants(shop.admin);
    const sellers = [{ user_id: shop.admin.id, target: 3000 }];
    for (const [month, target] of [
      ["2022-10", 100],
      ["2022-11", null],
    ] as const)
      await call("PUT", `${API}/goals`, { token: shop.admin.token, json: { month, target, sellers } });
    const { id, slug, name } = shop.tenant;
    const content = await composers["report.weekly"](base(), {
      shop: { id, slug, name, email: null, brand_color: null },
      subjectId: "2022-10-31",
      causeId: "2022-10-31",
      recipient: shop.admin.email,
      language: "en",
      locale: "en",
      storedAt: new Date(),
    });
    expect(content?.subject).toBe("Test shop: figures from October 31 to November 6");
    expect(content?.paragraphs.at(-1)).toBe(
      "Goals for November 2022, up to November 6:\nFirst Last: €0.00 of €30.00 (0%); expected by then: €6.00",
    );
  });

  it("of a week without sales and goals says so with zeros, in a currency without minor units", async () => {
    const shop = await newShop({ currency: "JPY", timezone: "Asia/Tokyo" });
    await wants(shop.admin, { weekly_report: true, language: "en" });
    await storeWeeklyReports(base(new Date("2022-10-23T23:00:00Z")));
    const [mail] = await mailsTo(shop, shop.admin.email);
    expect(mail?.text).toContain("Revenue: ¥0\nSales: 0");
    expect(mail?.text).not.toMatch(/Top products|Goals/);
    expect([formatsOf("en", "JPY").money(1500), formatsOf("en", "EUR").money(1500)]).toEqual([
      "¥1,500",
      "€15.00",
    ]);
  });
});
