import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { MAX_METERS, spend } from "../../src/quota/leases.ts";
import { TenantQuota } from "../../workers/objects/tenant-quota.ts";
import { change } from "../support/change.ts";
import { abortObject } from "../support/abort.ts";
import { API, costOf } from "../support/client.ts";
import { pass, peek, quotasOf, standingOf } from "../support/quotas.ts";
import { newPerson, newShop, PASSWORD, type Shop } from "../support/shops.ts";
import { tally } from "../support/tally.ts";
import { callWith } from "../support/variant.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const times = async <T>(count: number, make: () => Promise<T>): Promise<T[]> => {
  const made = [];
  for (let at = 0; at < count; at += 1) made.push(await make());
  return made;
};

const atOnce = <T>(count: number, make: () => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, make));

const objectOf = (shop: Shop) => env.TENANT_QUOTA.get(env.TENANT_QUOTA.idFromName(shop.tenant.id));

/** The object is gone with its memory, as after a crash. */
const lose = (shop: Shop): Promise<unknown> =>
  runInDurableObject(objectOf(shop), (_, state) => abortObject(state)).catch(String);

describe("a shop's quota", () => {
  it("is answered to the last request, and then 429 with the time to wait", async () => {
    const shop = await newShop();
    const few = quotasOf(5, 100);
    const answers = await times(5, () => peek(few, shop.admin));
    expect(tally(answers)).toEqual({ 200: 5 });
    expect(answers.map((answer) => standingOf(answer, "tenant")?.left)).toEqual([4, 3, 2, 1, 0]);
    const refused = await peek(few, shop.admin);
    expect(refused.status).toBe(429);
    const problem = JSON.parse(refused.text);
    expect(problem).toMatchObject({ type: "/problems/quota-exceeded", "violated-policies": ["tenant"] });
    const wait = Number(refused.headers.get("retry-after"));
    expect(wait).toBeGreaterThanOrEqual(1);
    expect(wait).toBeLessThanOrEqual(60);
    expect(problem.detail).toContain(`${wait} s`);
    expect(standingOf(refused, "tenant")).toEqual({ quota: 5, left: 0, seconds: wait });
    expect(standingOf(refused, "user")?.left).toBe(95);
  });

  it("is no other shop's", async () => {
    const [busy, calm] = [await newShop(), await newShop()];
    const few = quotasOf(2, 2);
    expect(tally(await times(9, () => peek(few, busy.admin)))).toEqual({ 200: 2, 429: 7 });
    expect(tally(await times(2, () => peek(few, calm.admin)))).toEqual({ 200: 2 });
  });

  it("is its people's and its public readers' together, also when they come at once", async () => {
    const shop = await newShop();
    const seller = await newPerson(shop.tenant, "EMPLOYEE");
    const few = quotasOf(40, 30);
    const people = [shop.admin, seller, shop.tenant];
    const answers = await Promise.all(
      people.flatMap((who) => Array.from({ length: 20 }, () => peek(few, who))),
    );
    expect(tally(answers)).toEqual({ 200: 40, 429: 20 });
  });

  it.each([7, 120, 250])("of %i is never exceeded by requests that come at once", async (quota) => {
    const shop = await newShop();
    const few = quotasOf(quota, 5000);
    const answers = await atOnce(quota + 50, () => peek(few, shop.admin));
    expect(tally(answers)).toEqual({ 200: quota, 429: 50 });
  });

  it("is not used up for who finds it so, where others here were granted more than they need", async () => {
    const shop = await newShop();
    const few = quotasOf(200, 200);
    // Then a lease is of two.
    await times(2, () => peek(few, shop.admin));
    // oxlint-disable-next-line typescript/unbound-method -- called with its object below
    const real = TenantQuota.prototype.take;
    const second = Promise.withResolvers<void>();
    const take = vi.spyOn(TenantQuota.prototype, "take").mockImplementation(async function (
      this: TenantQuota,
      asks,
    ) {
      const isFirst = take.mock.calls.length === 1;
      const leases = await real.call(this, asks);
      if (!isFirst) {
        second.resolve();
        // Answers come in the order of the questions.
        await scheduler.wait(50);
        return leases;
      }
      // Before this answer arrives others take all that is left, and somebody else here asks.
      for (let others = leases; others[0]?.granted; others = await real.call(this, asks));
      await second.promise;
      return leases;
    });
    expect(tally(await atOnce(2, () => peek(few, shop.admin)))).toEqual({ 200: 2 });
    expect((await peek(few, shop.admin)).status).toBe(429);
  });

  it("is new when its minute is over", async () => {
    const shop = await newShop();
    const few = quotasOf(3, 3);
    expect(tally(await times(4, () => peek(few, shop.admin)))).toEqual({ 200: 3, 429: 1 });
    pass(55);
    expect((await peek(few, shop.admin)).status).toBe(429);
    pass(6);
    expect(tally(await times(4, () => peek(few, shop.admin)))).toEqual({ 200: 3, 429: 1 });
  });

  it("is that of its plan, which counts as soon as nothing is held of the one before", async () => {
    const shop = await newShop();
    const few = quotasOf(10, 10);
    expect(standingOf(await peek(few, shop.tenant), "tenant")?.quota).toBe(10);
    await change("UPDATE tenants SET plan = 'trial' WHERE id = ?", shop.tenant.id);
    expect((await peek(few, shop.tenant)).status).toBe(429);
  });

  it("is not used up by logins, nor by tokens that are none", async () => {
    const shop = await newShop();
    const few = quotasOf(1, 1);
    const json = { tenant: shop.tenant.slug, email: shop.admin.email, password: PASSWORD };
    expect((await callWith(few, "POST", `${API}/auth/login`, { json })).status).toBe(200);
    expect((await callWith(few, "GET", `${API}/auth/me`, { token: "garbage" })).status).toBe(401);
    expect((await peek(few, shop.admin)).status).toBe(200);
  });
});

describe("a user's quota", () => {
  it("below the shop's is his alone", async () => {
    const shop = await newShop();
    const seller = await newPerson(shop.tenant, "EMPLOYEE");
    const few = quotasOf(10, 3);
    const answers = await times(6, () => peek(few, shop.admin));
    expect(tally(answers)).toEqual({ 200: 3, 429: 3 });
    expect(JSON.parse(answers[3]?.text ?? "")["violated-policies"]).toEqual(["user"]);
    // What he was refused is not the shop's loss.
    expect(tally(await times(3, () => peek(few, seller)))).toEqual({ 200: 3 });
    expect(tally(await times(5, () => peek(few, shop.tenant)))).toEqual({ 200: 4, 429: 1 });
  });

  it("that he has used up elsewhere costs the shop nothing when he asks here", async () => {
    const shop = await newShop();
    const few = quotasOf(10, 3);
    const elsewhere = [{ key: `${shop.tenant.id}/${shop.admin.id}`, quota: 3, most: 1 }];
    await times(3, () => objectOf(shop).take(elsewhere));
    expect((await peek(few, shop.admin)).status).toBe(429);
    expect(standingOf(await peek(few, shop.tenant), "tenant")?.left).toBe(9);
  });

  it("does not follow him as a reader of another shop", async () => {
    const [own, other] = [await newShop(), await newShop()];
    const few = quotasOf(4, 1);
    const { token } = own.admin;
    const read = ({ tenant }: Shop) =>
      callWith(few, "GET", `${API}/products`, { token, headers: { "x-tenant": tenant.slug } });
    expect(tally(await times(2, () => read(own)))).toEqual({ 200: 1, 429: 1 });
    const answers = await times(3, () => read(other));
    expect(tally(answers)).toEqual({ 200: 2, 429: 1 });
    expect(standingOf(answers[0] ?? { headers: new Headers() }, "user")).toBeUndefined();
    // His own shop has three left: for others.
    expect(standingOf(await peek(few, own.tenant), "tenant")?.left).toBe(2);
  });

  it("holds with the cookie too", async () => {
    const shop = await newShop();
    const few = quotasOf(10, 2);
    const headers = { cookie: `mostrador_access=${shop.admin.token}` };
    const answers = await times(3, () => callWith(few, "GET", `${API}/products`, { headers }));
    expect(tally(answers)).toEqual({ 200: 2, 429: 1 });
  });
});

describe("the quota of readers and customers", () => {
  const told = ({ text }: { text: string }) => JSON.parse(text)["violated-policies"];

  it("is half of the shop's for all of them, so staff have the other half whatever they do", async () => {
    const shop = await newShop();
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    const few = quotasOf(9, 9);
    const read = await times(3, () => peek(few, shop.tenant));
    expect(standingOf(read[2] ?? { headers: new Headers() }, "public")).toMatchObject({ quota: 5, left: 2 });
    const bought = await times(3, () => peek(few, customer));
    expect(tally([...read, ...bought])).toEqual({ 200: 5, 429: 1 });
    const refused = await peek(few, shop.tenant);
    expect([told(refused), told(bought[2] ?? refused)]).toEqual([["public"], ["public"]]);
    expect(standingOf(refused, "public")).toMatchObject({ quota: 5, left: 0 });
    const worked = await times(5, () => peek(few, shop.admin));
    expect(tally(worked)).toEqual({ 200: 4, 429: 1 });
    expect(told(worked[4] ?? refused)).toEqual(["tenant"]);
  });

  it("is not spent by staff", async () => {
    const shop = await newShop();
    const few = quotasOf(8, 8);
    const answers = await times(4, () => peek(few, shop.admin));
    expect(answers.map((answer) => standingOf(answer, "public"))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(standingOf(await peek(few, shop.tenant), "public")?.left).toBe(3);
  });

  it("when it is used up, is refused before D1 and the object are asked; staff go on", async () => {
    const shop = await newShop();
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    const few = quotasOf(4, 4);
    await times(3, () => peek(few, shop.tenant));
    const take = vi.spyOn(TenantQuota.prototype, "take");
    for (const who of [shop.tenant, customer]) {
      const answer = await peek(few, who);
      expect([answer.status, costOf(answer).queries]).toEqual([429, 0]);
    }
    expect(take).not.toHaveBeenCalled();
    expect((await peek(few, shop.admin)).status).toBe(200);
  });
});

describe("being refused", () => {
  it("asks neither D1 nor the object, whoever asks", async () => {
    const shop = await newShop();
    const few = quotasOf(2, 100);
    await times(3, () => peek(few, shop.admin));
    const take = vi.spyOn(TenantQuota.prototype, "take");
    const named = { token: shop.admin.token, headers: { "x-tenant": shop.tenant.slug } };
    for (const answer of [
      await peek(few, shop.admin),
      await peek(few, shop.tenant),
      await callWith(few, "GET", `${API}/products?tenant=${shop.tenant.slug}`),
      await callWith(few, "GET", `${API}/products`, named),
    ]) {
      expect(answer.status).toBe(429);
      expect(costOf(answer).queries).toBe(0);
    }
    expect(take).not.toHaveBeenCalled();
  });
});

describe("being counted", () => {
  it("asks the object when what was spent has doubled, and D1 no more than before", async () => {
    const shop = await newShop();
    const take = vi.spyOn(TenantQuota.prototype, "take");
    const answers = await times(128, () => peek({}, shop.admin));
    expect(take.mock.calls.map(([asks]) => asks[0]?.most)).toEqual([1, 1, 2, 4, 8, 16, 32, 64]);
    for (const answer of answers) expect(costOf(answer).queries).toBe(2);
    // Of a new minute nothing is held.
    pass(61);
    take.mockClear();
    await times(3, () => peek({}, shop.admin));
    expect(take.mock.calls.map(([asks]) => asks[0]?.most)).toEqual([1, 1, 2]);
  });

  it("asks the object less than a hundred times where one isolate spends half of a large quota", async () => {
    const shop = await newShop();
    const take = vi.spyOn(TenantQuota.prototype, "take");
    const wanted = [{ key: shop.tenant.id, quota: 30_000 }];
    for (let at = 0; at < 15_000; at += 1) expect(await spend(env, shop.tenant.id, wanted)).toEqual([]);
    expect(take.mock.calls.length).toBeLessThan(85);
  });
});

describe("the object of a shop", () => {
  it("answers all of a thousand isolates with one request each, and keeps the rest for others", async () => {
    const shop = await newShop();
    const ask = { key: shop.tenant.id, quota: 3000 };
    // oxlint-disable-next-line typescript/unbound-method -- called with its object below
    const real = TenantQuota.prototype.take;
    const take = vi.spyOn(TenantQuota.prototype, "take");
    // What an isolate asks that has spent nothing yet.
    await spend(env, shop.tenant.id, [ask]);
    const [first = []] = take.mock.calls[0] ?? [];
    const left = await runInDurableObject(objectOf(shop), async (object) => {
      const leases = [];
      for (let at = 0; at < 1000; at += 1) leases.push(await real.call(object, first));
      expect(leases.every(([lease]) => lease?.granted === 1)).toBe(true);
      return leases.at(-1)?.[0]?.left;
    });
    expect(left).toBe(1999);
  });

  it("hands out no more than the quota, in leases of a hundredth of what is left", async () => {
    const object = objectOf(await newShop());
    const asks = [
      { key: "shop", quota: 1000, most: 1000 },
      { key: "user", quota: 3, most: 3 },
    ];
    const granted = [];
    let [lease, other] = await object.take(asks);
    while (lease && lease.granted > 0 && granted.length < 1000) {
      granted.push(lease.granted);
      [lease, other] = await object.take(asks);
    }
    expect(granted.slice(0, 2)).toEqual([10, 10]);
    expect(granted.reduce((sum, each) => sum + each)).toBe(1000);
    expect([lease?.left, other?.granted, other?.left]).toEqual([0, 0, 0]);
  });

  it("gives one large lease at a time to an isolate, however many ask there at once", async () => {
    const shop = await newShop();
    const few = quotasOf(1000, 1000);
    expect(tally(await atOnce(20, () => peek(few, shop.tenant)))).toEqual({ 200: 20 });
    const [lease] = await objectOf(shop).take([{ key: shop.tenant.id, quota: 1000, most: 0 }]);
    expect(lease?.left).toBeGreaterThan(950);
  });

  it("goes on where it is lost within a minute, and forgets that minute in the next", async () => {
    const shop = await newShop();
    const take = (most: number) => objectOf(shop).take([{ key: "shop", quota: 1000, most }]);
    const [before] = await take(10);
    await lose(shop);
    const [after] = await take(10);
    expect(after?.ends).toBe(before?.ends);
    // What it had not noted yet, a hundredth at most, counts as handed out.
    expect(after?.left).toBeLessThanOrEqual(1000 - 20);
    expect(after?.left).toBeGreaterThanOrEqual(1000 - 30);
    pass(61);
    expect((await take(10))[0]).toMatchObject({ granted: 10, left: 990 });
    await lose(shop);
    expect((await take(0))[0]?.left).toBeGreaterThanOrEqual(980);
  });

  it("that is lost after each request hands out no more than a small quota, to the last", async () => {
    const shop = await newShop();
    const granted = await times(5, async () => {
      const [lease] = await objectOf(shop).take([{ key: "shop", quota: 3, most: 3 }]);
      await lose(shop);
      return lease?.granted;
    });
    expect(granted).toEqual([1, 1, 1, 0, 0]);
  });

  it("refuses nobody when it fails, and is left alone for some seconds then", async () => {
    const shop = await newShop();
    const few = quotasOf(2, 2);
    const logged = vi.spyOn(console, "error").mockReturnValue();
    const take = vi.spyOn(TenantQuota.prototype, "take").mockImplementation(() => {
      throw new Error("the object is lost");
    });
    const answers = await times(5, () => peek(few, shop.admin));
    expect(tally(answers)).toEqual({ 200: 5 });
    expect(standingOf(answers[4] ?? { headers: new Headers() }, "tenant")).toMatchObject({
      quota: 2,
      left: 2,
    });
    expect(take).toHaveBeenCalledTimes(1);
    expect(String(logged.mock.calls[0])).toContain("the object is lost");
    take.mockRestore();
    pass(6);
    expect(tally(await times(3, () => peek(few, shop.admin)))).toEqual({ 200: 2, 429: 1 });
  });

  it("is asked again where so many have failed that not all are remembered", async () => {
    vi.spyOn(console, "error").mockReturnValue();
    const asked: string[] = [];
    const failure = new Error("the object is lost");
    const objects = new Proxy(env.TENANT_QUOTA, {
      get: () => (name: string) => {
        asked.push(name);
        throw failure;
      },
    });
    const lost = { ...env, TENANT_QUOTA: objects };
    const ask = (shop: string) => spend(lost, shop, [{ key: shop, quota: 2 }]);
    await times(2, () => ask("first"));
    expect(asked).toEqual(["first"]);
    for (let at = 0; at < MAX_METERS; at += 1) await ask(`shop ${at}`);
    await ask("first");
    expect(asked.length).toBe(MAX_METERS + 2);
  });
});
