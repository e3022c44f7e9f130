// The first batch of a step confirms who is asking, whatever has changed before it is sent.
import { describe, expect, it } from "vitest";
import { change } from "../../support/change.ts";
import { API, call, costOf } from "../../support/client.ts";
import { count } from "../../support/d1.ts";
import { atNextBatch, resetAtNextBatch, watchedShifts } from "../../support/desk.ts";
import { newPerson, newShop, type Person, type Shop } from "../../support/shops.ts";

const start = (person: Person, key: string) =>
  call("POST", `${API}/shifts/start`, { token: person.token, json: {}, headers: { "idempotency-key": key } });
const openRows = (person: Person) =>
  count("SELECT count(*) n FROM shifts WHERE user_id = ? AND status = 'OPEN'", person.id);
const endLogins = ({ tenant }: Shop, person: Person) =>
  change(
    "UPDATE auth_sessions SET revoked_at = ? WHERE tenant_id = ? AND user_id = ?",
    new Date().toISOString(),
    tenant.id,
    person.id,
  );
const rename = ({ tenant }: Shop) => change("UPDATE tenants SET name = 'Renamed' WHERE id = ?", tenant.id);

async function newSeller(): Promise<{ shop: Shop; seller: Person }> {
  const shop = await newShop();
  return { shop, seller: await newPerson(shop.tenant, "EMPLOYEE") };
}

describe("a start", () => {
  it("of a login that ends before the batch is 401, and leaves neither a shift nor a watch", async () => {
    const { shop, seller } = await newSeller();
    const before = await watchedShifts(shop);
    await atNextBatch(shop, seller, "before", () => endLogins(shop, seller));
    expect((await start(seller, "s")).status).toBe(401);
    expect(await openRows(seller)).toBe(0);
    expect(await watchedShifts(shop)).toEqual(before);
  });

  it("in a shop that is renamed before the batch runs once more, with the new name", async () => {
    const { shop, seller } = await newSeller();
    await atNextBatch(shop, seller, "before", () => rename(shop));
    const started = await start(seller, "s");
    expect(started.status).toBe(201);
    // The aborted batch, the identity, and the batch.
    expect(costOf(started).queries).toBe(3);
    expect(await openRows(seller)).toBe(1);
  });

  it("that is cut off after its commit, in a shop that is renamed meanwhile, is 503 and its repetition finds the shift", async () => {
    const { shop, seller } = await newSeller();
    await resetAtNextBatch(shop, seller, "after", () => rename(shop));
    expect((await start(seller, "s")).status).toBe(503);
    const repeated = await start(seller, "s");
    expect(repeated.status).toBe(201);
    expect(repeated.headers.get("idempotent-replayed")).toBe("true");
    expect(await openRows(seller)).toBe(1);
  });
});
