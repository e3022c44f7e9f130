import { describe, expect, it } from "vitest";
import { expectRefused } from "../attack/refused.ts";
import { API, call } from "../support/client.ts";
import { count } from "../support/d1.ts";
import { brokenDb } from "../support/failing-bindings.ts";
import { mailsTo, tokenIn } from "../support/mails.ts";
import { newPerson, newShop } from "../support/shops.ts";
import { callWith } from "../support/variant.ts";

const form = (path: string, fields: Record<string, string>, language = "en", device = "Firefox") =>
  call("POST", path, {
    raw: new URLSearchParams(fields).toString(),
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "accept-language": language,
      "user-agent": device,
    },
  });

async function invitationToken(): Promise<string> {
  const shop = await newShop();
  const json = { email: "luz@example.com", role: "EMPLOYEE", first_name: "Luz", last_name: "Mar" };
  await call("POST", `${API}/users/invitations`, { token: shop.admin.token, json });
  const [mail] = await mailsTo(shop, json.email);
  return tokenIn(mail ?? { text: "" });
}

describe("the page of a link", () => {
  it.each(["/reset-password", "/invitation", "/confirm-email"])(
    "%s tells nobody its token, runs no script and cannot be framed",
    async (path) => {
      const { status, headers, text } = await call("GET", `${path}?token=%22%3E%3Cscript%3E`);
      expect(status).toBe(200);
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
      expect(text).not.toContain("<script");
    },
  );

  it("works as a form without script, in the reader's language", async () => {
    const token = await invitationToken();
    const page = await call("GET", `/invitation?token=${token}`, {
      headers: { "accept-language": "es-ES,en" },
    });
    expect(page.text).toContain("Acepta la invitación");
    const short = await form("/invitation", { token, password: "short" }, "es");
    expect([short.status, short.text.includes("De 8 a 256 caracteres")]).toEqual([422, true]);
    expect(short.text).toContain(token);
    const device = crypto.randomUUID();
    const done = await form("/invitation", { token, password: "a good password" }, "es", device);
    expect([done.status, done.text.includes("Tu cuenta está abierta")]).toEqual([200, true]);
    expect(await count("SELECT count(*) n FROM auth_sessions WHERE device = ?", device)).toBe(1);
  });

  it("reads fields only from a form", async () => {
    const raw = new URLSearchParams({ token: await invitationToken(), password: "a good password" });
    const sent = async (type: string) =>
      (await call("POST", "/invitation", { raw: raw.toString(), headers: { "content-type": type } })).status;
    expect(await sent("text/plain")).toBe(422);
    expect(await sent("application/x-www-form-urlencoded; charset=UTF-8")).toBe(200);
  });

  it("reads no form of more than 4 KB", async () => {
    const fields = { token: await invitationToken(), password: "a good password" };
    const room = 4096 - new URLSearchParams({ ...fields, more: "" }).toString().length;
    expect((await form("/invitation", { ...fields, more: "x".repeat(room + 1) })).status).toBe(422);
    expect((await form("/invitation", { ...fields, more: "x".repeat(room) })).status).toBe(200);
  });

  it.each([
    ["/invitation", "en", "This link no longer works", "ask the person who invited you"],
    ["/invitation", "es", "Este enlace ya no funciona", "pide una invitación nueva a quien te invitó"],
    ["/reset-password", "en", "This link no longer works", "Forgotten password"],
    ["/reset-password", "es", "Este enlace ya no funciona", "He olvidado la contraseña"],
    ["/confirm-email", "en", "This link no longer works", "request the email again"],
    ["/confirm-email", "es", "Este enlace ya no funciona", "vuelve a pedir el correo"],
  ])(
    "%s says in %s what to do instead of its form when the link has been used",
    async (path, language, ...texts) => {
      const token = await invitationToken();
      expect((await form("/invitation", { token, password: "a good password" })).status).toBe(200);
      const again = await form(path, { token, password: "a good password" }, language);
      expect(again.status).toBe(410);
      for (const text of [...texts, 'role="alert"']) expect(again.text).toContain(text);
      for (const part of ["<form", "<input", token]) expect(again.text).not.toContain(part);
      expect(again.headers.get("referrer-policy")).toBe("no-referrer");
    },
  );

  it("says that the address has an account, without a form, if one was opened since the invitation", async () => {
    const shop = await newShop();
    const json = { email: "luz@example.com", role: "EMPLOYEE", first_name: "Luz", last_name: "Mar" };
    await call("POST", `${API}/users/invitations`, { token: shop.admin.token, json });
    const [mail] = await mailsTo(shop, json.email);
    await newPerson(shop.tenant, "CUSTOMER", json.email);
    const answer = await form("/invitation", {
      token: tokenIn(mail ?? { text: "" }),
      password: "a good password",
    });
    expect([answer.status, answer.text.includes("This address has an account")]).toEqual([409, true]);
    expect(answer.text).not.toContain("<form");
  });

  it("has its form again after too many attempts", async () => {
    const token = await invitationToken();
    const answer = await callWith({ LOGIN_ATTEMPTS_PER_ADDRESS: "1" }, "POST", "/invitation", {
      raw: new URLSearchParams({ token: "spent", password: "a good password" }).toString(),
      headers: { "content-type": "application/x-www-form-urlencoded", "cf-connecting-ip": "203.0.113.61" },
    });
    expect(answer.status).toBe(410);
    const limited = await callWith({ LOGIN_ATTEMPTS_PER_ADDRESS: "1" }, "POST", "/invitation", {
      raw: new URLSearchParams({ token, password: "a good password" }).toString(),
      headers: { "content-type": "application/x-www-form-urlencoded", "cf-connecting-ip": "203.0.113.61" },
    });
    expect([limited.status, limited.text.includes("Try again in a minute.")]).toEqual([429, true]);
    expect(limited.text).toContain(token);
    expect((await form("/invitation", { token, password: "a good password" })).status).toBe(200);
  });

  it("is a problem, not a page, while the database fails", async () => {
    const token = await invitationToken();
    const DB = brokenDb(new Error("Network connection lost."), true);
    const answer = await callWith({ DB }, "POST", "/invitation", {
      raw: new URLSearchParams({ token, password: "a good password" }).toString(),
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    expectRefused(answer, 503, "unavailable");
  });

  it("is a problem, not a page, if the database rejects what it is asked", async () => {
    const DB = brokenDb(new Error("D1_ERROR: no such column: SQLITE_ERROR"), true);
    const answer = await callWith({ DB }, "POST", "/confirm-email", {
      raw: new URLSearchParams({ token: await invitationToken() }).toString(),
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    expectRefused(answer, 500, "internal");
  });

  it("does nothing when it is only opened", async () => {
    const token = await invitationToken();
    await call("GET", `/invitation?token=${token}`);
    expect((await form("/invitation", { token, password: "a good password" })).status).toBe(200);
  });

  it("refuses a body that is no form", async () => {
    const answer = await call("POST", "/reset-password", {
      json: { token: "x", password: "a good password" },
    });
    expect(answer.status).toBe(422);
  });
});
