import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { MAX_METERS, meterOf, spend } from "../../src/quota/leases.ts";
import { TenantQuota } from "../../workers/objects/tenant-quota.ts";
import { abortObject } from "../support/abort.ts";
import { API, costOf } from "../support/client.ts";
import {
  inParallel,
  inSequence,
  advanceClock,
  sendCheapRequest,
  quotasOf,
  quotaState,
} from "../support/quotas.ts";
import { newShop, type Shop } from "../support/shops.ts";
import { countByStatus } from "../support/count-by-status.ts";
import { callWith } from "../support/variant.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const objectOf = (shop: Shop) => env.TENANT_QUOTA.get(env.TENANT_QUOTA.idFromName(shop.tenant.id));

/** Aborts the object, which loses its memory as after a crash. */
const crash = (shop: Shop): Promise<unknown> =>
  runInDurableObject(objectOf(shop), (_, state) => abortObject(state)).catch(String);

describe("a rejected request", () => {
  it("calls neither D1 nor the object", async () => {
    const shop = await newShop();
    const few = quotasOf(2, 100);
    await inSequence(3, () => sendCheapRequest(few, shop.admin));
    const take = vi.spyOn(TenantQuota.prototype, "take");
    const named = { token: shop.admin.token, headers: { "x-tenant": shop.tenant.slug } };
    for (const answer of [
      await sendCheapRequest(few, shop.admin),
      await sendCheapRequest(few, shop.tenant),
      await callWith(few, "GET", `${API}/products?tenant=${shop.tenant.slug}`),
      await callWith(few, "GET", `${API}/products`, named),
    ]) {
      expect(answer.status).toBe(429);
      expect(costOf(answer).queries).toBe(0);
    }
    expect(take).not.toHaveBeenCalled();
  });
});

describe("a counted request", () => {
  it("calls the object only when the spent requests have doubled, and queries D1 no more often", async () => {
    const shop = await newShop();
    const take = vi.spyOn(TenantQuota.prototype, "take");
    const answers = await inSequence(128, () => sendCheapRequest({}, shop.admin));
    expect(take.mock.calls.map(([requests]) => requests[0]?.max)).toEqual([1, 1, 2, 4, 8, 16, 32, 64]);
    expect(answers.map((answer) => costOf(answer).queries)).toEqual(Array<number>(128).fill(1));
    // In a new minute the isolate has no lease yet.
    advanceClock(61);
    take.mockClear();
    await inSequence(3, () => sendCheapRequest({}, shop.admin));
    expect(take.mock.calls.map(([requests]) => requests[0]?.max)).toEqual([1, 1, 2]);
  });

  it("calls the object less than a hundred times while one isolate spends half of a large quota", async () => {
    const shop = await newShop();
    const take = vi.spyOn(TenantQuota.prototype, "take");
    const quotas = [{ key: shop.tenant.id, quota: 30_000 }];
    for (let count = 0; count < 15_000; count += 1)
      expect((await spend(env, shop.tenant.id, quotas)).rejected).toEqual([]);
    expect(take.mock.calls.length).toBeLessThan(85);
  });
});

describe("a quota that is used up", () => {
  it("rejects requests without a call of the object, and spends none of their other quotas", async () => {
    const shop = await newShop();
    const [used, other] = [
      { key: `${shop.tenant.id}/used`, quota: 1 },
      { key: shop.tenant.id, quota: 9 },
    ];
    await spend(env, shop.tenant.id, [other, used]);
    const take = vi.spyOn(TenantQuota.prototype, "take");
    expect((await spend(env, shop.tenant.id, [other, used])).rejected).toEqual([used.key]);
    expect(take).not.toHaveBeenCalled();
    expect(meterOf(other.key)).toMatchObject({ held: 0, remaining: 8, spent: 1 });
  });
});

describe("a lease", () => {
  it("is requested once at a time: parallel requests take one request each", async () => {
    const shop = await newShop();
    const quotas = [{ key: shop.tenant.id, quota: 30_000 }];
    const send = () => spend(env, shop.tenant.id, quotas);
    await inSequence(4, send);
    const take = vi.spyOn(TenantQuota.prototype, "take");
    await inParallel(3, send);
    expect(take.mock.calls.map(([requests]) => requests[0]?.max)).toEqual([4, 1, 1]);
  });

  it("of an older minute of the object is valid for its request, and does not replace the current one", async () => {
    const shop = await newShop();
    const now = Date.now();
    const take = vi.spyOn(TenantQuota.prototype, "take");
    const spendWith = async (ends: number) => {
      take.mockResolvedValueOnce([{ granted: 1, remaining: 7, ends }]);
      return (await spend(env, shop.tenant.id, [{ key: shop.tenant.id, quota: 9 }])).rejected;
    };
    for (const ends of [now + 60_000, now + 30_000]) expect(await spendWith(ends)).toEqual([]);
    expect(meterOf(shop.tenant.id)).toMatchObject({ ends: now + 60_000, remaining: 7 });
  });

  it("whose minute ends before it arrives is valid for its request, and for no other", async () => {
    const shop = await newShop();
    const start = Date.parse("2027-05-01T10:00:00Z");
    vi.useFakeTimers({ toFake: ["Date"], now: start });
    const take = vi.spyOn(TenantQuota.prototype, "take");
    const spendUntil = async (end: number) => {
      take.mockImplementationOnce((requests) => {
        vi.setSystemTime(end);
        return Promise.resolve(
          requests.map(({ quota }) => ({ granted: 1, remaining: quota - 1, ends: start + 60_000 })),
        );
      });
      return (await spend(env, shop.tenant.id, [{ key: shop.tenant.id, quota: 3 }])).rejected;
    };
    expect(await spendUntil(start + 60_000)).toEqual([]);
    expect(await spendUntil(start + 60_001)).toEqual([]);
    expect(take).toHaveBeenCalledTimes(2);
  });
});

describe("a request that is held", () => {
  const start = Date.parse("2027-06-01T10:00:00Z");

  /** A shop of which each call of its object is answered with these leases, one after the other. */
  async function answeredWith(...leases: { granted: number; remaining: number; ends: number }[]) {
    vi.useFakeTimers({ toFake: ["Date"], now: start });
    const key = (await newShop()).tenant.id;
    const take = vi.spyOn(TenantQuota.prototype, "take");
    for (const lease of leases) take.mockResolvedValueOnce([lease]);
    const send = (quota = 9) => spend(env, key, [{ key, quota }]);
    return { key, take, send };
  }

  it("is held until its minute ends, and not at its end", async () => {
    const ends = start + 60_000;
    const { key, send } = await answeredWith({ granted: 2, remaining: 7, ends });
    await send();
    vi.setSystemTime(ends - 1);
    expect(meterOf(key)).toMatchObject({ held: 1, spent: 1 });
    vi.setSystemTime(ends);
    expect(meterOf(key)).toBeUndefined();
  });

  it("is held again if what it was spent on is taken back, within its minute only", async () => {
    const [first, second] = [start + 60_000, start + 120_000];
    const { key, send } = await answeredWith(
      { granted: 1, remaining: 8, ends: first },
      { granted: 1, remaining: 8, ends: second },
    );
    const { revert } = await send();
    revert();
    expect(meterOf(key)).toMatchObject({ held: 1, spent: 0, ends: first });
    const again = await send();
    vi.setSystemTime(first);
    await send();
    again.revert();
    expect(meterOf(key)).toMatchObject({ held: 0, spent: 1, ends: second });
  });

  it("under another quota does not count, and one request at least is asked for", async () => {
    const ends = start + 60_000;
    const { key, take, send } = await answeredWith(
      { granted: 1, remaining: 8, ends },
      { granted: 1, remaining: 6, ends },
    );
    (await send()).revert();
    expect((await send(8)).rejected).toEqual([]);
    expect(take.mock.calls.map(([requests]) => requests)).toEqual([
      [{ key, quota: 9, max: 1 }],
      [{ key, quota: 8, max: 1 }],
    ]);
    expect(meterOf(key)).toMatchObject({ quota: 8, held: 0, remaining: 6, spent: 1 });
  });

  it("is of the least that remained, whatever the order of the responses", async () => {
    const ends = start + 60_000;
    const { key, send } = await answeredWith(
      { granted: 1, remaining: 5, ends },
      { granted: 1, remaining: 7, ends },
    );
    for (let nth = 0; nth < 2; nth += 1) await send();
    expect(meterOf(key)).toMatchObject({ held: 0, remaining: 5, spent: 2 });
  });

  it("was not granted where a response of a past minute grants nothing", async () => {
    const { key, send } = await answeredWith({ granted: 0, remaining: 0, ends: start });
    expect((await send()).rejected).toEqual([key]);
  });
});

describe("the object of a shop", () => {
  it("grants each of a thousand isolates one request and keeps the rest for others", async () => {
    const shop = await newShop();
    const quota = { key: shop.tenant.id, quota: 3000 };
    // oxlint-disable-next-line typescript/unbound-method -- called with its object below
    const real = TenantQuota.prototype.take;
    const take = vi.spyOn(TenantQuota.prototype, "take");
    // The request of an isolate that has not spent anything yet.
    await spend(env, shop.tenant.id, [quota]);
    const [first = []] = take.mock.calls[0] ?? [];
    const remaining = await runInDurableObject(objectOf(shop), async (object) => {
      const leases = [];
      for (let isolate = 0; isolate < 1000; isolate += 1) leases.push(await real.call(object, first));
      expect(leases.every(([lease]) => lease?.granted === 1)).toBe(true);
      return leases.at(-1)?.[0]?.remaining;
    });
    expect(remaining).toBe(1999);
  });

  it("grants no more than the quota, in leases of a hundredth of what remains", async () => {
    const object = objectOf(await newShop());
    const requests = [
      { key: "shop", quota: 1000, max: 1000 },
      { key: "user", quota: 3, max: 3 },
    ];
    const granted = [];
    let [lease, other] = await object.take(requests);
    while (lease && lease.granted > 0 && granted.length < 1000) {
      granted.push(lease.granted);
      [lease, other] = await object.take(requests);
    }
    expect(granted.slice(0, 2)).toEqual([10, 10]);
    expect(granted.reduce((sum, each) => sum + each)).toBe(1000);
    expect([lease?.remaining, other?.granted, other?.remaining]).toEqual([0, 0, 0]);
  });

  it("grants one large lease at a time to an isolate with many parallel requests", async () => {
    const shop = await newShop();
    const few = quotasOf(1000, 1000);
    expect(countByStatus(await inParallel(20, () => sendCheapRequest(few, shop.tenant)))).toEqual({
      200: 20,
    });
    const [lease] = await objectOf(shop).take([{ key: shop.tenant.id, quota: 1000, max: 0 }]);
    expect(lease?.remaining).toBeGreaterThan(950);
  });

  it("continues the minute after a crash, and starts the next one with the full quota", async () => {
    const shop = await newShop();
    const take = (max: number, key = "shop") => objectOf(shop).take([{ key, quota: 1000, max }]);
    const [before] = await take(10);
    await take(10, "user");
    await crash(shop);
    const [after] = await take(10);
    expect(after?.ends).toBe(before?.ends);
    // Up to a hundredth was stored in advance and counts as granted.
    expect(after?.remaining).toBeLessThanOrEqual(1000 - 20);
    expect(after?.remaining).toBeGreaterThanOrEqual(1000 - 30);
    advanceClock(61);
    for (const remaining of [990, 980]) expect((await take(10))[0]).toMatchObject({ granted: 10, remaining });
    await crash(shop);
    expect((await take(0))[0]?.remaining).toBe(980);
    expect((await take(0, "user"))[0]?.remaining).toBe(1000);
  });

  it("that crashes after each request grants exactly a small quota", async () => {
    const shop = await newShop();
    const granted = await inSequence(5, async () => {
      const [lease] = await objectOf(shop).take([{ key: "shop", quota: 3, max: 3 }]);
      await crash(shop);
      return lease?.granted;
    });
    expect(granted).toEqual([1, 1, 1, 0, 0]);
  });

  it("that fails rejects nobody and is not called for some seconds", async () => {
    const shop = await newShop();
    const few = quotasOf(2, 2);
    const logged = vi.spyOn(console, "error").mockReturnValue();
    const take = vi.spyOn(TenantQuota.prototype, "take").mockImplementation(() => {
      throw new Error("the object is lost");
    });
    const answers = await inSequence(5, () => sendCheapRequest(few, shop.admin));
    expect(countByStatus(answers)).toEqual({ 200: 5 });
    expect(quotaState(answers[4] ?? { headers: new Headers() }, "tenant")).toMatchObject({
      quota: 2,
      remaining: 2,
    });
    expect(take).toHaveBeenCalledTimes(1);
    expect(String(logged.mock.calls[0])).toContain("the object is lost");
    take.mockRestore();
    advanceClock(6);
    expect(countByStatus(await inSequence(3, () => sendCheapRequest(few, shop.admin)))).toEqual({
      200: 2,
      429: 1,
    });
  });

  it("is called again five seconds after it failed", async () => {
    vi.spyOn(console, "error").mockReturnValue();
    const start = Date.now();
    vi.useFakeTimers({ toFake: ["Date"], now: start });
    const shop = await newShop();
    const take = vi.spyOn(TenantQuota.prototype, "take").mockRejectedValue(new Error("the object is lost"));
    for (const [ms, calls] of [
      [0, 1],
      [4999, 1],
      [5000, 2],
    ] as const) {
      vi.setSystemTime(start + ms);
      await spend(env, shop.tenant.id, [{ key: shop.tenant.id, quota: 2 }]);
      expect([ms, take.mock.calls.length]).toEqual([ms, calls]);
    }
  });

  it("is called again if more objects have failed than are remembered", async () => {
    vi.spyOn(console, "error").mockReturnValue();
    const called: string[] = [];
    const failure = new Error("the object is lost");
    const objects = new Proxy(env.TENANT_QUOTA, {
      get: () => (name: string) => {
        called.push(name);
        throw failure;
      },
    });
    const broken = { ...env, TENANT_QUOTA: objects };
    const send = (shop: string) => spend(broken, shop, [{ key: shop, quota: 2 }]);
    const first = crypto.randomUUID();
    await inSequence(2, () => send(first));
    expect(called).toEqual([first]);
    for (let index = 0; index < MAX_METERS; index += 1) await send(`${first} ${index}`);
    await send(first);
    expect(called.length).toBe(MAX_METERS + 2);
  });
});
