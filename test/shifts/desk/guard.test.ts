// The first batch of a step confirms who is asking, whatever has changed before it is sent.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { change } from "../../support/change.ts";
import { API, call, costOf } from "../../support/client.ts";
import { count } from "../../support/d1.ts";
import { atNextBatch, resetAtNextBatch, watchedShifts } from "../../support/desk.ts";
import { newPerson, newShop, type Person, type Shop } from "../../support/shops.ts";
import { callWith } from "../../support/variant.ts";

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

describe("a desk that cannot be reached", () => {
  /** Starts a shift where the first calls of the desk fail with these flags; returns the status and the number of calls. */
  const startWith = async (flags: Record<string, boolean>, failing = 1): Promise<[number, number]> => {
    const { seller } = await newSeller();
    let calls = 0;
    const SHIFT_DESK = new Proxy(env.SHIFT_DESK, {
      get: (namespace, name) => {
        if (name === "idFromName") return (of: string) => namespace.idFromName(of);
        return (id: DurableObjectId) => {
          calls += 1;
          if (calls <= failing) throw Object.assign(new Error("The object was reset."), flags);
          return namespace.get(id);
        };
      },
    });
    const { status } = await callWith({ SHIFT_DESK }, "POST", `${API}/shifts/start`, {
      token: seller.token,
      json: {},
    });
    return [status, calls];
  };

  it("is called again if it was reset or disconnected, and not while it is overloaded", async () => {
    expect(await startWith({ retryable: true, overloaded: false })).toEqual([201, 2]);
    expect(await startWith({ durableObjectReset: true })).toEqual([201, 2]);
    expect(await startWith({ retryable: true, overloaded: true })).toEqual([503, 1]);
    for (const flags of [{}, { retryable: false }, { durableObjectReset: false }])
      expect(await startWith(flags), JSON.stringify(flags)).toEqual([503, 1]);
  });

  it("is called four times, and not once more", async () => {
    expect(await startWith({ retryable: true }, 3)).toEqual([201, 4]);
    expect(await startWith({ retryable: true }, 4)).toEqual([503, 4]);
  });
});
