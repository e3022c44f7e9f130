import { describe, expect, it } from "vitest";
import { confirmEmail } from "../../src/auth/accounts/email.ts";
import { createToken } from "../../src/auth/links/tokens.ts";
import { resumeErasures } from "../../src/erasure/sweep.ts";
import { composers } from "../../src/mail-composers.ts";
import { sendLateMails } from "../../src/mail/jobs.ts";
import { storeMail } from "../../src/mail/outbox.ts";
import { sendMail, type Composers } from "../../src/mail/send.ts";
import { moveMergedSales } from "../../src/sales/merged-customers.ts";
import { newId } from "../../src/values/ids.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { rowsOf } from "../support/d1.ts";
import { recording } from "../support/queues.ts";
import { base, newPerson, newShop, PASSWORD, type Person, type Shop } from "../support/shops.ts";
import { addTwins, twinRows } from "../support/twins.ts";

const saying: Composers = {
  ...composers,
  receipt: (_, { language, locale }) => Promise.resolve({ subject: language, paragraphs: [locale] }),
};

const ANA = "ana@example.com";

async function store({ tenant, admin }: Shop, recipient = ANA): Promise<string> {
  const ctx = base();
  const id = newId();
  await ctx.db.batch([storeMail(ctx, tenant.id, { id, kind: "receipt", subjectId: admin.id, recipient })]);
  return id;
}

/** Attempts a mail at a provider that answers with this error code, or accepts it; returns what the provider got. */
async function attempt({ tenant }: Shop, mail_id: string, code = "", attempts = 0): Promise<unknown[]> {
  const ctx = base();
  const handedOver: unknown[] = [];
  const EMAIL = {
    send: (message: unknown) => {
      handedOver.push(message);
      return code === ""
        ? Promise.resolve({ messageId: "1" })
        : Promise.reject(Object.assign(new Error(code), { code }));
    },
  };
  const env = { ...ctx.env, MAIL_PROVIDER: "cloudflare", MAIL_FROM: "no-reply@example.com", EMAIL };
  await sendMail({ ...ctx, env }, saying, { kind: "mail", tenant_id: tenant.id, mail_id, attempts });
  return handedOver;
}

/** Sends a mail to each address, whose provider refuses it. */
async function refuseMails(shop: Shop, addresses: string[]): Promise<void> {
  for (const address of addresses) await attempt(shop, await store(shop, address), "E_RECIPIENT_SUPPRESSED");
}

/** A customer with this address, into whose record another one was merged. */
async function addMerged({ admin: { token } }: Shop, email: string, merged: string): Promise<string> {
  const add = async (json: Record<string, unknown>): Promise<string> =>
    (await call("POST", `${API}/customers`, { token, json })).body.id;
  const [into, from] = [await add({ name: "Ana", email }), await add({ name: "A. Sol", email: merged })];
  await call("POST", `${API}/customers/${from}/merge`, { token, json: { into } });
  await moveMergedSales(base(new Date(Date.now() + 1000)));
  return into;
}

const erase = ({ admin: { token } }: Shop, id: string) => call("DELETE", `${API}/customers/${id}`, { token });

/** The addresses to which the shop has sent a mail, and those that are marked. */
async function addressesOf({ tenant }: Shop) {
  const of = async (table: string) =>
    (await rowsOf(`SELECT recipient FROM ${table} WHERE tenant_id = ? ORDER BY recipient`, tenant.id)).map(
      ({ recipient }) => recipient,
    );
  return { mailed: await of("mails"), marked: await of("mail_bounces") };
}

describe("beside shops whose mails have the same ids", () => {
  it("a mail is that of this shop", async () => {
    await newShop();
    const shop = await newShop();
    const id = await store(shop);
    await addTwins(shop.tenant);
    await change("UPDATE mails SET recipient = 'eva@example.com' WHERE tenant_id <> ?", shop.tenant.id);
    await change("UPDATE tenants SET name = 'Another shop' WHERE id <> ?", shop.tenant.id);
    expect(await attempt(shop, id)).toMatchObject([{ to: ANA, from: { name: "Test shop" } }]);
  });

  it("a failed attempt leaves theirs", async () => {
    const shop = await newShop();
    const id = await store(shop);
    await addTwins(shop.tenant);
    const before = await twinRows();
    await attempt(shop, id, "E_DELIVERY_FAILED");
    expect(await twinRows()).toEqual(before);
  });

  it("an address that accepts a mail stays marked in theirs", async () => {
    const shop = await newShop();
    await attempt(shop, await store(shop), "E_RECIPIENT_SUPPRESSED");
    await addTwins(shop.tenant);
    const before = await twinRows();
    await attempt(shop, await store(shop));
    expect(await rowsOf("SELECT * FROM mail_bounces WHERE tenant_id = ?", shop.tenant.id)).toEqual([]);
    expect(await twinRows()).toEqual(before);
  });

  it("only mails that are late are queued", async () => {
    const shop = await newShop();
    const id = await store(shop);
    await addTwins(shop.tenant);
    await change("UPDATE mails SET due_at = '2026-01-01' WHERE tenant_id = ?", shop.tenant.id);
    const { ctx, sent } = recording(base(), "MAILS");
    await sendLateMails(ctx);
    expect(sent).toEqual([{ kind: "mail", tenant_id: shop.tenant.id, mail_id: id, attempts: 0 }]);
  });

  it("erasing a customer deletes the mails to the addresses of the records of this shop", async () => {
    const shop = await newShop();
    const id = await addMerged(shop, ANA, "sol@example.com");
    await refuseMails(shop, [ANA, "sol@example.com"]);
    await addTwins(shop.tenant);
    await change("UPDATE customers SET email = 'twin-' || email WHERE tenant_id <> ?", shop.tenant.id);
    const theirs = [`twin-${ANA}`, "twin-sol@example.com"];
    await refuseMails(shop, theirs);
    const before = await twinRows();
    await erase(shop, id);
    expect(await twinRows()).toEqual(before);
    await resumeErasures(base(new Date(Date.now() + 120_000)), 100);
    expect(await addressesOf(shop)).toEqual({ mailed: theirs, marked: theirs });
  });

  it("erasing an account deletes the mails to the addresses that it had in this shop, and their marks", async () => {
    const shop = await newShop();
    const [ana, luz] = [
      await newPerson(shop.tenant, "CUSTOMER", ANA),
      await newPerson(shop.tenant, "CUSTOMER", "luz@example.com"),
    ];
    const changeTo = async (person: Person, email: string) =>
      confirmEmail(base(), await createToken(base(), shop.tenant.id, "email", person.id, email));
    await store(shop);
    const toLuz = await store(shop, "luz@example.com");
    await changeTo(luz, "luz.new@example.com");
    // Ana has asked for an address that got a mail before, and has not confirmed it.
    await store(shop, "free@example.com");
    await call("PUT", `${API}/users/me/email`, {
      token: ana.token,
      json: { email: "free@example.com", password: PASSWORD },
    });
    await changeTo(ana, "sol@example.com");
    for (const address of [ANA, "luz@example.com", "free@example.com"])
      await change(
        "INSERT INTO mail_bounces (tenant_id, recipient, reason, at) VALUES (?, ?, 'bounced', '')",
        shop.tenant.id,
        address,
      );
    await addTwins(shop.tenant);
    await change(
      "UPDATE mails SET recipient = ? WHERE tenant_id <> ? AND id = ?",
      ANA,
      shop.tenant.id,
      toLuz,
    );
    await change(
      "UPDATE mails SET recipient = 'luz@example.com' WHERE tenant_id <> ? AND kind = 'email.changed'",
      shop.tenant.id,
    );
    const before = await twinRows();
    await call("DELETE", `${API}/users/${ana.id}`, { token: shop.admin.token });
    expect(await twinRows()).toEqual(before);
    const mailed = ["free@example.com", "luz@example.com", "luz@example.com"];
    expect(await addressesOf(shop)).toEqual({ mailed, marked: ["free@example.com", "luz@example.com"] });
  });
});

it("erasing a customer deletes the mails to the addresses of merged records at once", async () => {
  const shop = await newShop();
  const id = await addMerged(shop, ANA, "sol@example.com");
  await refuseMails(shop, [ANA, "sol@example.com", "luz@example.com"]);
  await erase(shop, id);
  expect(await addressesOf(shop)).toEqual({ mailed: ["luz@example.com"], marked: ["luz@example.com"] });
});

it("erasing a customer leaves the mails to others of the shop", async () => {
  const shop = await newShop();
  const id = await addMerged(shop, ANA, "sol@example.com");
  await addMerged(shop, "eva@example.com", "mar@example.com");
  const others = ["eva@example.com", "mar@example.com"];
  await refuseMails(shop, [ANA, "sol@example.com", ...others]);
  await erase(shop, id);
  await resumeErasures(base(new Date(Date.now() + 120_000)), 100);
  expect(await addressesOf(shop)).toEqual({ mailed: others, marked: others });
});

it("a mail is in the language that was asked for, else that of the account, of the record and of the shop, in this order", async () => {
  const shop = await newShop();
  const { token, id } = await newPerson(shop.tenant, "CUSTOMER", ANA);
  await change("UPDATE users SET email_confirmed_at = created_at WHERE id = ?", id);
  const languageOf = async (language?: string) => {
    const ctx = base();
    const mail = { id: newId(), kind: "receipt" as const, subjectId: id, recipient: ANA, language };
    await ctx.db.batch([storeMail(ctx, shop.tenant.id, mail)]);
    const [message] = await attempt(shop, mail.id);
    return message;
  };
  const setLanguage = (path: string, by: string, json: object) =>
    call("PATCH", `${API}${path}`, { token: by, json });
  expect(await languageOf()).toMatchObject({ subject: "es" });
  await setLanguage(`/customers/${id}`, shop.admin.token, { language: "en" });
  expect(await languageOf()).toMatchObject({ subject: "en" });
  await setLanguage("/users/me", token, { preferences: { language: "es" } });
  expect(await languageOf()).toMatchObject({ subject: "es" });
  expect(await languageOf("en")).toMatchObject({ subject: "en" });
  // The region is that of the shop, where the language does not name one.
  await change("UPDATE tenants SET locale = 'es-MX' WHERE id = ?", shop.tenant.id);
  const inSpanish = (locale: string) => ({ subject: "es", text: expect.stringContaining(`${locale}\n`) });
  expect(await languageOf()).toMatchObject(inSpanish("es-MX"));
  expect(await languageOf("es-AR")).toMatchObject(inSpanish("es-AR"));
});

it("a mail is in the language of the shop, whatever others have chosen, or its recipient in other shops", async () => {
  const [shop, other, another] = [await newShop(), await newShop(), await newShop()];
  const abroad = await newPerson(other.tenant, "EMPLOYEE", ANA);
  for (const { token } of [shop.admin, abroad])
    await call("PATCH", `${API}/users/me`, { token, json: { preferences: { language: "en" } } });
  for (const [{ admin }, email] of [[shop, "eva@example.com"] as const, [another, ANA] as const])
    await call("POST", `${API}/customers`, {
      token: admin.token,
      json: { name: "Eva", email, language: "en" },
    });
  expect(await attempt(shop, await store(shop))).toMatchObject([{ subject: "es" }]);
});
