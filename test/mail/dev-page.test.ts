import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { composers } from "../../src/mail-composers.ts";
import { devMailPage } from "../../src/mail/dev-page.ts";
import { storeMail } from "../../src/mail/outbox.ts";
import { sendMail } from "../../src/mail/send.ts";
import { expectRefused } from "../attack/refused.ts";
import { call } from "../support/client.ts";
import { base, newPerson, newShop } from "../support/shops.ts";
import { callWith } from "../support/variant.ts";

describe("the mails of the local environment", () => {
  it("are a page with the links of their texts, and JSON for clients that ask for it", async () => {
    const { tenant } = await newShop();
    const { id } = await newPerson(tenant, "CUSTOMER");
    const ctx = base();
    const recipient = "local@example.com";
    await ctx.db.batch([storeMail(ctx, tenant.id, { kind: "email.confirm", subjectId: id, recipient })]);
    for (const job of ctx.mails) await sendMail(base(), composers, job);

    const list = await call("GET", "/dev/mail", { headers: { accept: "application/json" } });
    const mail = list.body.data.find(({ to }: { to: string }) => to === recipient);
    const link = /\S+\/confirm-email\?token=\S+/.exec(mail.text)?.[0];
    expect(link).toBeTruthy();
    const page = await call("GET", "/dev/mail");
    expect(page.headers.get("content-type")).toContain("text/html");
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(page.text).toContain(`<a href="${link}">${link}</a>`);
    expect(page.text).not.toContain("No mail has been sent yet.");
  });

  it("are a page that says so while there are none", async () => {
    const page = String(await devMailPage([]));
    expect(page).toContain("No mail has been sent yet.");
    expect(page).not.toContain("<details>");
  });

  it("are the newest hundred, the last one first", async () => {
    const name = (nth: number): string => `zz${String(nth).padStart(4, "0")}`;
    const mail = { to: "a@example.com", from: "Shop", subject: "Hello", text: "", html: "" };
    for (let nth = 0; nth < 103; nth += 1)
      await env.FILES.put(`dev-mail/${name(nth)}.json`, JSON.stringify({ id: name(nth), ...mail }));
    const { body } = await call("GET", "/dev/mail", { headers: { accept: "application/json" } });
    expect(body.data.map(({ id }: { id: string }) => id)).toEqual(
      Array.from({ length: 100 }, (_, at) => name(102 - at)),
    );
  });

  it("are nowhere in another environment", async () => {
    expectRefused(await callWith({ ENVIRONMENT: "staging" }, "GET", "/dev/mail"), 404, "not-found");
  });
});
