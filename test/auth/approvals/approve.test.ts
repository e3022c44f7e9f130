import { describe, expect, it } from "vitest";
import { selectApprover, verifyApproval } from "../../../src/auth/approvals/approve.ts";
import type { ActorCtx } from "../../../src/platform/context.ts";
import { firstIdAt, newId } from "../../../src/values/ids.ts";
import { PIN, storePin } from "../../support/approvals.ts";
import { change } from "../../support/change.ts";
import { API, call } from "../../support/client.ts";
import { failureOf } from "../../support/d1.ts";
import { newPerson, newShop, PASSWORD } from "../../support/shops.ts";
import { addTwins } from "../../support/twins.ts";

/** Verifies as an operation does: with the rows of its own batch of reads. */
async function approve(ctx: ActorCtx, user_id: string, pin = PIN) {
  const approver = selectApprover(ctx, user_id);
  const done = await ctx.db.batch([approver]);
  return verifyApproval(ctx, { user_id, pin }, done.of(approver));
}

async function newApprover() {
  const shop = await newShop();
  const approver = await newPerson(shop.tenant, "ADMIN");
  await storePin(shop.tenant, approver);
  const seller = await newPerson(shop.tenant, "EMPLOYEE");
  return { shop, approver, seller };
}

const invalidApproval = { slug: "invalid-approval", status: 403 };

describe("an approval", () => {
  it("names the ADMIN whose PIN confirms it, in no further round trip", async () => {
    const { approver, seller } = await newApprover();
    const ctx = seller.ctx();
    expect(await approve(ctx, approver.id)).toBe(approver.id);
    expect(ctx.db.cost.queries).toBe(1);
  });

  it("is invalid alike for a wrong PIN, an unknown account, an ADMIN without a PIN, an EMPLOYEE and another shop", async () => {
    const { shop, approver, seller } = await newApprover();
    const other = await newApprover();
    await storePin(shop.tenant, seller);
    const failures = [
      await failureOf(approve(seller.ctx(), approver.id, "4822")),
      await failureOf(approve(seller.ctx(), newId())),
      await failureOf(approve(seller.ctx(), shop.admin.id)),
      await failureOf(approve(seller.ctx(), seller.id)),
      await failureOf(approve(seller.ctx(), other.approver.id)),
    ];
    for (const failure of failures) expect(failure).toMatchObject(invalidApproval);
    expect(new Set(failures.map(String)).size).toBe(1);
  });

  it("is invalid once the ADMIN has another role, is disabled, or has removed the PIN", async () => {
    const { shop, approver, seller } = await newApprover();
    const patch = (json: unknown) =>
      call("PATCH", `${API}/users/${approver.id}`, { token: shop.admin.token, json });
    await patch({ role: "EMPLOYEE" });
    expect(await failureOf(approve(seller.ctx(), approver.id))).toMatchObject(invalidApproval);
    await patch({ role: "ADMIN", is_active: false });
    expect(await failureOf(approve(seller.ctx(), approver.id))).toMatchObject(invalidApproval);
    await patch({ is_active: true });
    expect(await approve(seller.ctx(), approver.id)).toBe(approver.id);
    await change("DELETE FROM approval_pins WHERE user_id = ?", approver.id);
    expect(await failureOf(approve(seller.ctx(), approver.id))).toMatchObject(invalidApproval);
  });

  it("is refused after five wrong PINs in a minute, even with the right one, for this approver only", async () => {
    const { shop, approver, seller } = await newApprover();
    await storePin(shop.tenant, shop.admin);
    for (let attempt = 0; attempt < 5; attempt += 1)
      expect(await failureOf(approve(seller.ctx(), approver.id, "4822"))).toMatchObject(invalidApproval);
    expect(await failureOf(approve(seller.ctx(), approver.id))).toMatchObject({
      slug: "too-many-attempts",
      headers: { "retry-after": expect.any(String) },
    });
    expect(await approve(seller.ctx(), shop.admin.id)).toBe(shop.admin.id);
    const { email } = approver;
    const json = { tenant: shop.tenant.slug, email, password: PASSWORD };
    expect((await call("POST", `${API}/auth/login`, { json })).status).toBe(200);
  });

  it("is verified at most five times when fifty wrong PINs are sent at once", async () => {
    const { approver, seller } = await newApprover();
    const failures = await Promise.all(
      Array.from({ length: 50 }, () => failureOf(approve(seller.ctx(), approver.id, "4822"))),
    );
    const slugs = failures.map((failure) =>
      failure instanceof Object && "slug" in failure ? failure.slug : "",
    );
    expect(slugs.filter((slug) => slug === "invalid-approval")).toHaveLength(5);
    expect(slugs.filter((slug) => slug === "too-many-attempts")).toHaveLength(45);
  });

  it("with a wrong PIN is in the audit log of the shop, with who tried and for whom, without the PIN", async () => {
    const { shop, approver, seller } = await newApprover();
    await failureOf(approve(seller.ctx(), approver.id, "4822"));
    await approve(seller.ctx(), approver.id);
    const { body } = await call("GET", `${API}/audit?action=user.pin_failed`, { token: shop.admin.token });
    expect(body.data).toMatchObject([
      { actor_id: seller.id, entity_id: approver.id, before: null, after: null },
    ]);
  });

  it("does not count the wrong PINs of other shops, though their ADMIN has the same id", async () => {
    const { shop, approver, seller } = await newApprover();
    await addTwins(shop.tenant);
    const ids = Array.from({ length: 20 }, (_, at) => firstIdAt(new Date(Date.now() - 3_600_000 + at)));
    await change(
      `INSERT INTO audit_log (tenant_id, id, actor_id, action, entity_id)
        SELECT tenant_id, value || '-7000-8000-000000000000', users.id, 'user.pin_failed', users.id
        FROM users, json_each(?) WHERE users.id = ? AND tenant_id <> ?`,
      JSON.stringify(ids),
      approver.id,
      shop.tenant.id,
    );
    expect(await approve(seller.ctx(), approver.id)).toBe(approver.id);
  });

  it("is refused after twenty wrong PINs in a day, until the ADMIN sets a PIN again", async () => {
    const { shop, approver, seller } = await newApprover();
    const fail = (count: number, at: Date) => {
      const ids = JSON.stringify(
        Array.from({ length: count }, (_, index) => firstIdAt(new Date(+at + index))),
      );
      return change(
        `INSERT INTO audit_log (tenant_id, id, actor_id, action, entity_id)
          SELECT ?, value || '-7000-8000-000000000000', ?, 'user.pin_failed', ? FROM json_each(?)`,
        shop.tenant.id,
        seller.id,
        approver.id,
        ids,
      );
    };
    await fail(20, new Date(Date.now() - 25 * 3_600_000));
    await fail(19, new Date(Date.now() - 3_600_000));
    expect(await approve(seller.ctx(), approver.id)).toBe(approver.id);
    await fail(1, new Date(Date.now() - 1_800_000));
    expect(await failureOf(approve(seller.ctx(), approver.id))).toMatchObject({
      slug: "too-many-attempts",
      headers: { "retry-after": "3600" },
    });
    const json = { pin: PIN };
    expect((await call("PUT", `${API}/users/me/pin`, { token: approver.token, json })).status).toBe(204);
    expect(await approve(seller.ctx(), approver.id)).toBe(approver.id);
  });
});
