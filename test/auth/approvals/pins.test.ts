import { describe, expect, it } from "vitest";
import { PIN, storePin } from "../../support/approvals.ts";
import { change } from "../../support/change.ts";
import { API, call, costOf } from "../../support/client.ts";
import { count, rowsOf } from "../../support/d1.ts";
import { newPerson, newShop, type Person } from "../../support/shops.ts";

const put = (person: Person, pin = PIN) =>
  call("PUT", `${API}/users/me/pin`, { token: person.token, json: { pin } });
const remove = (person: Person) => call("DELETE", `${API}/users/me/pin`, { token: person.token });

const pinsOf = ({ id }: Person) => rowsOf("SELECT pin_hash FROM approval_pins WHERE user_id = ?", id);

describe("the PIN of an ADMIN", () => {
  it("is stored as a salted scrypt hash, replaced by another and removed, and no text of it is in the audit log", async () => {
    const { admin } = await newShop();
    expect((await put(admin)).status).toBe(204);
    const [first] = await pinsOf(admin);
    expect(first?.["pin_hash"]).toMatch(/^\$scrypt\$/);
    expect((await put(admin)).status).toBe(204);
    const [second] = await pinsOf(admin);
    expect(second?.["pin_hash"]).not.toBe(first?.["pin_hash"]);
    expect([(await remove(admin)).status, (await remove(admin)).status]).toEqual([204, 204]);
    expect(await pinsOf(admin)).toEqual([]);
    const { data } = (await call("GET", `${API}/audit?entity=user`, { token: admin.token })).body;
    const actions = data.map((entry: { action: string }) => entry.action);
    expect(actions.filter((action: string) => action.startsWith("user.pin"))).toEqual([
      "user.pin_removed",
      "user.pin_set",
      "user.pin_set",
    ]);
    expect(JSON.stringify(data.map((entry: { after: unknown }) => entry.after))).not.toContain(PIN);
  });

  it.each(["482", "482170935", "48a1", "４８２１"])("may not be %s", async (pin) => {
    const { admin } = await newShop();
    const answer = await put(admin, pin);
    expect(answer.status).toBe(422);
    expect(answer.body.errors[0].pointer).toBe("#/pin");
  });

  it("has four to eight digits", async () => {
    const { admin } = await newShop();
    for (const pin of ["1234", "12340", "99990001"]) expect((await put(admin, pin)).status).toBe(204);
  });

  it("is set in one round trip, and removed in one", async () => {
    const { admin } = await newShop();
    await put(admin);
    expect(costOf(await put(admin)).queries).toBe(1);
    expect(costOf(await remove(admin)).queries).toBe(1);
  });

  it("is deleted when the account is erased", async () => {
    const shop = await newShop();
    const other = await newPerson(shop.tenant, "ADMIN");
    await storePin(shop.tenant, other);
    await storePin(shop.tenant, shop.admin);
    await call("DELETE", `${API}/users/${other.id}`, { token: shop.admin.token });
    expect(await pinsOf(other)).toEqual([]);
    expect(await count("SELECT count(*) n FROM approval_pins WHERE tenant_id = ?", shop.tenant.id)).toBe(1);
  });

  it("is not for an EMPLOYEE or a customer", async () => {
    const { tenant } = await newShop();
    for (const role of ["EMPLOYEE", "CUSTOMER"] as const) {
      const person = await newPerson(tenant, role);
      expect([(await put(person)).status, (await remove(person)).status]).toEqual([403, 403]);
    }
  });
});

describe("who can approve", () => {
  it("is every active ADMIN of the shop with a PIN, by name, and an EMPLOYEE may know it", async () => {
    const { tenant, admin } = await newShop();
    const other = await newShop();
    const inactive = await newPerson(tenant, "ADMIN");
    const seller = await newPerson(tenant, "EMPLOYEE");
    // Without a PIN.
    await newPerson(tenant, "ADMIN");
    await storePin(tenant, admin);
    await storePin(tenant, inactive);
    await storePin(tenant, seller);
    await storePin(other.tenant, other.admin);
    await call("PATCH", `${API}/users/${inactive.id}`, { token: admin.token, json: { is_active: false } });
    const answer = await call("GET", `${API}/approvers`, { token: seller.token });
    const names = await rowsOf("SELECT first_name, last_name FROM users WHERE id = ?", admin.id);
    expect(answer.body).toEqual({ data: [{ id: admin.id, ...names[0] }] });
    expect(costOf(answer).queries).toBe(1);
    const customer = await newPerson(tenant, "CUSTOMER");
    expect((await call("GET", `${API}/approvers`, { token: customer.token })).status).toBe(403);
  });

  it("is in the order of first names, of last names among those, and of accounts among namesakes", async () => {
    const { tenant, admin } = await newShop();
    const names = ["Eva Sol", "Ana Zapata", "Ana Mar", "Ana Mar"];
    const ids: string[] = [];
    for (const name of names) {
      const [first, last] = name.split(" ");
      const person = await newPerson(tenant, "ADMIN");
      await storePin(tenant, person);
      await change("UPDATE users SET first_name = ?, last_name = ? WHERE id = ?", first, last, person.id);
      ids.push(person.id);
    }
    const { body } = await call("GET", `${API}/approvers`, { token: admin.token });
    const [eva, zapata, ...namesakes] = ids;
    expect(body.data.map(({ id }: { id: string }) => id)).toEqual([...namesakes, zapata, eva]);
  });
});
