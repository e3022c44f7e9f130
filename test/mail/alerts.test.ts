// Mails about low stock and idle shifts, to those ADMINs who want them.
import { beforeEach, describe, expect, it } from "vitest";
import { sendLateMails } from "../../src/mail/jobs.ts";
import { storeMail } from "../../src/mail/outbox.ts";
import { newId } from "../../src/values/ids.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { rowsOf } from "../support/d1.ts";
import { mailsTo } from "../support/mails.ts";
import { recording } from "../support/queues.ts";
import { base, newPerson, newProduct, newShop, type Person, sellOne, type Shop } from "../support/shops.ts";

async function wants(person: Person, preferences: Record<string, unknown> = { alerts_by_mail: true }) {
  await call("PATCH", `${API}/users/me`, { token: person.token, json: { preferences } });
  await change("UPDATE users SET email_confirmed_at = created_at WHERE id = ?", person.id);
}

const stored = ({ tenant }: Shop) =>
  rowsOf(
    "SELECT id, kind, recipient, status FROM mails WHERE tenant_id = ? AND kind <> 'email.confirm'",
    tenant.id,
  );

/** An event, as the batch that opens an alert stores it. */
const idleEvent = (shop: Shop, userId: string) =>
  change(
    "INSERT INTO events (tenant_id, id, type, payload, created_at) VALUES (?, ?, 'shift.idle', ?, ?)",
    shop.tenant.id,
    newId(),
    JSON.stringify({ user_id: userId, last_sign_at: "2026-10-25T00:30:00.000Z" }),
    new Date().toISOString(),
  );

describe("an alert", () => {
  let shop: Shop;

  beforeEach(async () => {
    shop = await newShop();
    await wants(shop.admin, { alerts_by_mail: true, language: "es" });
  });

  it("of a shift without its event is skipped", async () => {
    const ctx = base();
    const mail = { kind: "shift.idle" as const, subjectId: newId(), recipient: shop.admin.email };
    await ctx.db.batch([storeMail(ctx, shop.tenant.id, mail)]);
    await mailsTo(shop, shop.admin.email);
    expect(await stored(shop)).toMatchObject([{ kind: "shift.idle", status: "skipped" }]);
  });

  it("of low stock goes once to each ADMIN who wants it", async () => {
    const colleague = await newPerson(shop.tenant, "ADMIN");
    await wants(colleague);
    const [silent, unconfirmed] = [
      await newPerson(shop.tenant, "ADMIN"),
      await newPerson(shop.tenant, "ADMIN"),
    ];
    await change("UPDATE users SET email_confirmed_at = created_at WHERE id = ?", silent.id);
    await wants(unconfirmed);
    await change("UPDATE users SET email_confirmed_at = NULL WHERE id = ?", unconfirmed.id);
    await wants(await newPerson(shop.tenant, "EMPLOYEE"));
    await wants((await newShop()).admin);
    const { id, sku } = await newProduct(shop, { title: "Rayuela", stock: 6, low_stock_threshold: 3 });
    for (const quantity of [2, 2, 1]) await sellOne(shop.admin.token, id, quantity);
    const recipients = (await stored(shop)).map(({ recipient }) => recipient);
    expect(recipients).toHaveLength(2);
    expect(recipients).toEqual(expect.arrayContaining([shop.admin.email, colleague.email]));
    const [mail, ...others] = await mailsTo(shop, shop.admin.email);
    expect(others).toEqual([]);
    expect(mail).toMatchObject({ subject: "Test shop: quedan pocas existencias de Rayuela" });
    expect(mail?.text).toContain(`Las existencias de Rayuela (${sku}) han bajado a 2. El umbral es 3.`);
    const page = await call("GET", `${API}/mails`, { token: shop.admin.token });
    expect(page.status).toBe(200);
    expect(page.body.data).toContainEqual(
      expect.objectContaining({ kind: "product.low_stock", status: "sent" }),
    );
  });

  it("of an idle shift names the seller, and the time on the clock of the shop", async () => {
    const seller = await newPerson(shop.tenant, "EMPLOYEE");
    await idleEvent(shop, seller.id);
    const [mail] = await mailsTo(shop, shop.admin.email);
    expect(mail).toMatchObject({ subject: "Test shop: turno de First Last sin actividad" });
    expect(mail?.text).toContain("no tiene actividad desde las 02:30");
  });

  it("of an idle shift is in the language of its reader, and says why they receive it", async () => {
    const nextMail = async () => {
      await idleEvent(shop, shop.admin.id);
      const mail = (await mailsTo(shop, shop.admin.email)).at(-1);
      return { subject: mail?.subject, text: mail?.text };
    };
    expect((await nextMail()).text).toContain(
      "Recibes este correo porque has activado los avisos por correo. Puedes desactivarlos en tus preferencias.",
    );
    await wants(shop.admin, { alerts_by_mail: true, language: "en" });
    const { subject, text } = await nextMail();
    expect(subject).toBe("Test shop: no activity in the shift of First Last");
    expect(text).toContain("The open shift of First Last has had no activity since 02:30.");
    expect(text).toContain(
      "You receive this email because you turned on alerts by email. You can turn them off in your preferences.",
    );
  });

  it("is not sent to somebody who no longer wants it", async () => {
    await idleEvent(shop, shop.admin.id);
    expect(await stored(shop)).toHaveLength(1);
    await wants(shop.admin, { alerts_by_mail: false });
    expect(
      (await mailsTo(shop, shop.admin.email)).filter(({ subject }) => subject.includes("turno")),
    ).toEqual([]);
  });

  it("is queued by the sweep", async () => {
    await idleEvent(shop, shop.admin.id);
    const [row] = await stored(shop);
    const { ctx, sent } = recording(base(new Date(Date.now() + 120_000)), "MAILS");
    await sendLateMails(ctx);
    expect(sent).toContainEqual({
      kind: "mail",
      tenant_id: shop.tenant.id,
      mail_id: row?.["id"],
      attempts: 0,
    });
  });

  it("is skipped if it is no longer wanted, or after twenty within an hour", async () => {
    for (let count = 0; count < 22; count += 1) await idleEvent(shop, shop.admin.id);
    expect(await mailsTo(shop, shop.admin.email)).toHaveLength(20);
    await change("UPDATE mails SET recipient = 'x' WHERE tenant_id = ?", shop.tenant.id);
    await wants(shop.admin, {});
    await idleEvent(shop, shop.admin.id);
    expect(await mailsTo(shop, shop.admin.email)).toEqual([]);
    const statuses = (await stored(shop)).map(({ status }) => status);
    expect(statuses.filter((status) => status === "skipped")).toHaveLength(2);
  });
});
