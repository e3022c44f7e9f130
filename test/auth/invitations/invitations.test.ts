import { describe, expect, it } from "vitest";
import { newId } from "../../../src/values/ids.ts";
import { API, call } from "../../support/client.ts";
import { count, rowsOf } from "../../support/d1.ts";
import { mailsTo, tokenIn } from "../../support/mails.ts";
import { newPerson, newShop, type Shop } from "../../support/shops.ts";

const PASSWORD = "a password of my own";
const luz = { email: "luz@example.com", role: "EMPLOYEE", first_name: "Luz", last_name: "Mar" };

const invite = ({ admin }: Shop, json: Record<string, unknown> = luz) =>
  call("POST", `${API}/users/invitations`, { token: admin.token, json });

const accept = (token: string) =>
  call("POST", `${API}/invitations/accept`, { json: { token, password: PASSWORD } });

async function lastToken(shop: Shop): Promise<string> {
  const mail = (await mailsTo(shop, luz.email)).at(-1);
  return tokenIn(mail ?? { text: "" });
}

describe("an invitation", () => {
  it("opens an account whose password only the person knows, and signs them in", async () => {
    const shop = await newShop();
    expect((await invite(shop)).status).toBe(201);
    const { status, body } = await accept(await lastToken(shop));
    expect([status, body.user.role, body.user.email, body.user.email_confirmed]).toEqual([
      200,
      "EMPLOYEE",
      luz.email,
      true,
    ]);
    expect((await call("GET", `${API}/sales`, { token: body.access_token })).status).toBe(200);
    const setByAdmin = await call("PUT", `${API}/users/${body.user.id}/password`, {
      token: shop.admin.token,
      json: { new_password: "chosen by the admin" },
    });
    expect(setByAdmin.status).toBe(403);
  });

  it("works once, and is then no longer listed", async () => {
    const shop = await newShop();
    await invite(shop);
    const token = await lastToken(shop);
    expect((await accept(token)).status).toBe(200);
    expect((await accept(token)).status).toBe(410);
    const list = await call("GET", `${API}/users/invitations`, { token: shop.admin.token });
    expect(list.body.data).toEqual([]);
    expect(await count("SELECT count(*) n FROM users WHERE tenant_id = ?", shop.tenant.id)).toBe(2);
  });

  it("opens one account if its link is opened ten times at once", async () => {
    const shop = await newShop();
    await invite(shop);
    const token = await lastToken(shop);
    const answers = await Promise.all(Array.from({ length: 10 }, () => accept(token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await count("SELECT count(*) n FROM users WHERE tenant_id = ?", shop.tenant.id)).toBe(2);
  });

  it("is replaced by the next one to the same address", async () => {
    const shop = await newShop();
    await invite(shop);
    const first = await lastToken(shop);
    await invite(shop, { ...luz, role: "ADMIN" });
    expect((await accept(first)).status).toBe(410);
    expect((await accept(await lastToken(shop))).body.user.role).toBe("ADMIN");
  });

  it("can be withdrawn, in its own shop only", async () => {
    const shop = await newShop();
    const { body } = await invite(shop);
    const token = await lastToken(shop);
    const other = await newShop();
    const path = `${API}/users/invitations/${body.id}`;
    expect((await call("DELETE", path, { token: other.admin.token })).status).toBe(404);
    expect((await call("DELETE", path, { token: shop.admin.token })).status).toBe(204);
    expect((await accept(token)).status).toBe(410);
  });

  it("sends nothing when it was withdrawn before its mail", async () => {
    const shop = await newShop();
    await rowsOf(
      `INSERT INTO mails (tenant_id, id, kind, subject_id, cause_id, recipient, due_at, created_at)
        VALUES (?1, ?2, 'invitation', ?2, ?2, 'luz@example.com', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z')`,
      shop.tenant.id,
      newId(),
    );
    expect(await mailsTo(shop, luz.email)).toEqual([]);
    const { body } = await call("GET", `${API}/mails`, { token: shop.admin.token });
    expect(body.data).toMatchObject([{ kind: "invitation", status: "skipped", recipient: luz.email }]);
  });

  it("is refused for an address that has an account, also when it got one in the meantime", async () => {
    const shop = await newShop();
    await newPerson(shop.tenant, "CUSTOMER", luz.email);
    expect((await invite(shop)).body.type).toBe("/problems/email-taken");
    const another = await newShop();
    await invite(another);
    const token = await lastToken(another);
    await newPerson(another.tenant, "CUSTOMER", luz.email);
    expect((await accept(token)).body.type).toBe("/problems/email-taken");
  });

  it("expires after seven days", async () => {
    const shop = await newShop();
    await invite(shop);
    const token = await lastToken(shop);
    await rowsOf(
      "UPDATE invitations SET expires_at = '2020-01-01T00:00:00.000Z' WHERE tenant_id = ?",
      shop.tenant.id,
    );
    expect((await accept(token)).status).toBe(410);
  });
});
