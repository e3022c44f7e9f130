import { describe, expect, it } from "vitest";
import { API, call } from "../support/client.ts";
import { mailsTo, tokenIn } from "../support/mails.ts";
import { newShop } from "../support/shops.ts";

const form = (path: string, fields: Record<string, string>, language = "en") =>
  call("POST", path, {
    raw: new URLSearchParams(fields).toString(),
    headers: { "content-type": "application/x-www-form-urlencoded", "accept-language": language },
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
    const done = await form("/invitation", { token, password: "a good password" }, "es");
    expect([done.status, done.text.includes("Tu cuenta está abierta")]).toEqual([200, true]);
    const again = await form("/invitation", { token, password: "a good password" });
    expect([again.status, again.text.includes('role="alert"')]).toEqual([410, true]);
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
