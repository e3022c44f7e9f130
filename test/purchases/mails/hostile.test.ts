// Entered text in mails: it stays text, on one line, in the mail and in its headers.
import { describe, expect, it } from "vitest";
import { composers } from "../../../src/mail-composers.ts";
import { MailJob } from "../../../src/mail/jobs.ts";
import { storeMail } from "../../../src/mail/outbox.ts";
import { sendMail } from "../../../src/mail/send.ts";
import { newId } from "../../../src/values/ids.ts";
import { change } from "../../support/change.ts";
import { rowsOf } from "../../support/d1.ts";
import { mailsTo } from "../../support/mails.ts";
import { bookshop, buyOne, confirm } from "../../support/purchases.ts";
import { base, newShop } from "../../support/shops.ts";

const CRLF = "\r\nBcc: everybody@example.com\r\n\r\n";
const MARKUP = `<img src=x onerror=alert(1)>"'&<script>alert(2)</script>`;
// Right-to-left override, isolates, zero-width space, soft hyphen.
const HIDDEN = "\u202Eevil\u2066\u2069\u200B\u00AD";
const HOSTILE = `A${CRLF}${MARKUP}${HIDDEN}`;

const expectHarmless = ({
  from,
  subject,
  text,
  html,
}: Record<"from" | "subject" | "text" | "html", string>) => {
  for (const header of [from, subject])
    expect(header).not.toMatch(/[\p{Cc}\u202A-\u202E\u2066-\u2069\u200B\u00AD]/u);
  expect(text).not.toMatch(/^Bcc:/m);
  expect(text + html).not.toMatch(/[\u202A-\u202E\u2066-\u2069\u200B\u00AD]/u);
  expect(html).not.toMatch(/<img|<script|onerror=alert\(1\)>/);
  expect(html).toContain("&lt;script&gt;");
};

describe("hostile names", () => {
  it("of shop, product, buyer, address and tax neither break out of a mail nor into its headers", async () => {
    const { shop, buyer, book } = await bookshop();
    const { body } = await buyOne(buyer.token, book.id, 1, {
      shipping_address: { name: "N", lines: ["L"], city: "C", postal_code: "P", country: "ES" },
    });
    // As an older version, or an import, might have stored them.
    await change("UPDATE tenants SET name = ? WHERE id = ?", HOSTILE, shop.tenant.id);
    await change(
      "UPDATE sale_lines SET description = ?, discount_reason = ? WHERE tenant_id = ?",
      HOSTILE,
      HOSTILE,
      shop.tenant.id,
    );
    await change(
      "UPDATE sales SET shipping_address = json_set(shipping_address, '$.name', ?, '$.city', ?) WHERE tenant_id = ?",
      `Nora ${HOSTILE}`,
      `Madrid ${HOSTILE}`,
      shop.tenant.id,
    );
    await confirm(shop, body.id);
    const mails = await mailsTo(shop, buyer.email);
    expect(mails).toHaveLength(2);
    for (const mail of mails) expectHarmless(mail);
  });

  it("of an address are not handed over", async () => {
    const shop = await newShop();
    const ctx = base();
    const sent: unknown[] = [];
    const EMAIL = { send: (message: unknown) => Promise.resolve({ messageId: String(sent.push(message)) }) };
    const env = { ...ctx.env, MAIL_PROVIDER: "cloudflare", MAIL_FROM: "no-reply@example.com", EMAIL };
    for (const recipient of [
      `ana@example.com${CRLF}`,
      "ana@example.com, eva@example.com",
      "Ana <ana@example.com>",
    ]) {
      const id = newId();
      const mail = { id, kind: "email.changed" as const, subjectId: shop.admin.id, recipient };
      await ctx.db.batch([storeMail(ctx, shop.tenant.id, mail)]);
      const job = MailJob.parse({ kind: "mail", tenant_id: shop.tenant.id, mail_id: id, attempts: 0 });
      await sendMail({ ...ctx, env }, composers, job);
      expect(await rowsOf("SELECT status FROM mails WHERE id = ?", id)).toEqual([{ status: "failed" }]);
    }
    expect(sent).toEqual([]);
  });

  it("and orders of another shop are in no mail of this one", async () => {
    const [one, other] = [
      await bookshop({ title: "Propio" }),
      await bookshop({ title: "Ajeno" }, { name: "Otra" }),
    ];
    const order = await buyOne(other.buyer.token, other.book.id);
    const ctx = base();
    // A mail of one shop about an order of another, as no code stores it.
    await ctx.db.batch([
      storeMail(ctx, one.shop.tenant.id, {
        kind: "order.placed",
        subjectId: order.body.id,
        recipient: one.buyer.email,
      }),
    ]);
    expect(await mailsTo(one.shop, one.buyer.email)).toEqual([]);
    expect(await rowsOf("SELECT status FROM mails WHERE tenant_id = ?", one.shop.tenant.id)).toEqual([
      { status: "skipped" },
    ]);
    await buyOne(one.buyer.token, one.book.id);
    const [mail] = await mailsTo(one.shop, one.buyer.email);
    expect(mail?.text).toContain("Propio");
    expect(mail?.text).not.toMatch(/Ajeno|Otra/);
  });
});
