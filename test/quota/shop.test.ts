import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { planQuotas } from "../../src/quota/plans.ts";
import { TenantQuota } from "../../workers/objects/tenant-quota.ts";
import { change } from "../support/change.ts";
import { API, costOf } from "../support/client.ts";
import {
  inParallel,
  inSequence,
  advanceClock,
  sendCheapRequest,
  quotasOf,
  quotaState,
} from "../support/quotas.ts";
import { newPerson, newShop, PASSWORD, type Shop } from "../support/shops.ts";
import { countByStatus } from "../support/count-by-status.ts";
import { callWith } from "../support/variant.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const objectOf = (shop: Shop) => env.TENANT_QUOTA.get(env.TENANT_QUOTA.idFromName(shop.tenant.id));

describe("a shop's quota", () => {
  it("allows every request of the quota, and then returns 429 with the time to wait", async () => {
    const shop = await newShop();
    const few = quotasOf(5, 100);
    const answers = await inSequence(5, () => sendCheapRequest(few, shop.admin));
    expect(countByStatus(answers)).toEqual({ 200: 5 });
    expect(answers.map((answer) => quotaState(answer, "tenant")?.remaining)).toEqual([4, 3, 2, 1, 0]);
    const refused = await sendCheapRequest(few, shop.admin);
    expect(refused.status).toBe(429);
    const problem = JSON.parse(refused.text);
    expect(problem).toMatchObject({ type: "/problems/quota-exceeded", "violated-policies": ["tenant"] });
    const wait = Number(refused.headers.get("retry-after"));
    expect(wait).toBeGreaterThanOrEqual(1);
    expect(wait).toBeLessThanOrEqual(60);
    expect(problem.detail).toContain(`${wait} s`);
    expect(quotaState(refused, "tenant")).toEqual({ quota: 5, remaining: 0, seconds: wait });
    expect(quotaState(refused, "user")?.remaining).toBe(95);
  });

  it("and that of a user are both named where both are used up", async () => {
    const shop = await newShop();
    const [, refused] = await inSequence(2, () => sendCheapRequest(quotasOf(1, 1), shop.admin));
    expect(JSON.parse(refused?.text ?? "")).toMatchObject({
      "violated-policies": ["tenant", "user"],
      detail: expect.stringContaining("The quota of the shop and of the user is used up."),
    });
  });

  it("is separate for each shop", async () => {
    const [busy, calm] = [await newShop(), await newShop()];
    const few = quotasOf(2, 2);
    expect(countByStatus(await inSequence(9, () => sendCheapRequest(few, busy.admin)))).toEqual({
      200: 2,
      429: 7,
    });
    expect(countByStatus(await inSequence(2, () => sendCheapRequest(few, calm.admin)))).toEqual({ 200: 2 });
  });

  it("is shared by its users and anonymous readers, also in parallel", async () => {
    const shop = await newShop();
    const seller = await newPerson(shop.tenant, "EMPLOYEE");
    const few = quotasOf(40, 30);
    const people = [shop.admin, seller, shop.tenant];
    const answers = await Promise.all(
      people.flatMap((caller) => Array.from({ length: 20 }, () => sendCheapRequest(few, caller))),
    );
    expect(countByStatus(answers)).toEqual({ 200: 40, 429: 20 });
  });

  it.each([7, 120, 250])("of %i is not exceeded by parallel requests", async (quota) => {
    const shop = await newShop();
    const few = quotasOf(quota, 5000);
    const answers = await inParallel(quota + 50, () => sendCheapRequest(few, shop.admin));
    expect(countByStatus(answers)).toEqual({ 200: quota, 429: 50 });
  });

  it("lets a request use what other requests of the isolate were granted but do not need", async () => {
    const shop = await newShop();
    const few = quotasOf(400, 400);
    // The next lease is of four.
    await inSequence(4, () => sendCheapRequest(few, shop.admin));
    // oxlint-disable-next-line typescript/unbound-method -- called with its object below
    const real = TenantQuota.prototype.take;
    const second = Promise.withResolvers<void>();
    const take = vi.spyOn(TenantQuota.prototype, "take").mockImplementation(async function (
      this: TenantQuota,
      requests,
    ) {
      const isFirst = take.mock.calls.length === 1;
      const leases = await real.call(this, requests);
      if (!isFirst) {
        second.resolve();
        // Responses arrive in the order of the requests.
        await scheduler.wait(50);
        return leases;
      }
      // Before this response arrives, others take all that remains and another request of this isolate is sent.
      for (let others = leases; others[0]?.granted; others = await real.call(this, requests));
      await second.promise;
      return leases;
    });
    expect(countByStatus(await inParallel(2, () => sendCheapRequest(few, shop.admin)))).toEqual({ 200: 2 });
    // Two of the lease are left, although nothing remains elsewhere.
    expect(countByStatus(await inSequence(3, () => sendCheapRequest(few, shop.admin)))).toEqual({
      200: 2,
      429: 1,
    });
  });

  it("resets after a minute", async () => {
    const shop = await newShop();
    const few = quotasOf(3, 3);
    expect(countByStatus(await inSequence(4, () => sendCheapRequest(few, shop.admin)))).toEqual({
      200: 3,
      429: 1,
    });
    advanceClock(55);
    expect((await sendCheapRequest(few, shop.admin)).status).toBe(429);
    advanceClock(6);
    expect(countByStatus(await inSequence(4, () => sendCheapRequest(few, shop.admin)))).toEqual({
      200: 3,
      429: 1,
    });
  });

  it("is that of its plan; a new plan applies as soon as no request of the old one is held", async () => {
    const shop = await newShop();
    const few = quotasOf(10, 10);
    expect(quotaState(await sendCheapRequest(few, shop.tenant), "tenant")?.quota).toBe(10);
    await change("UPDATE tenants SET plan = 'trial' WHERE id = ?", shop.tenant.id);
    expect((await sendCheapRequest(few, shop.tenant)).status).toBe(429);
  });

  it("is stated once, also where the identity that was remembered has changed", async () => {
    const shop = await newShop();
    const seller = await newPerson(shop.tenant, "EMPLOYEE");
    const stated = async () => {
      const answer = await sendCheapRequest(quotasOf(10, 10), seller);
      const policies = [...(answer.headers.get("ratelimit") ?? "").matchAll(/"(\w+)"/g)];
      return [policies.map(([, policy]) => policy), quotaState(answer, "tenant")?.remaining];
    };
    expect(await stated()).toEqual([["address", "tenant", "user"], 9]);
    await change("UPDATE users SET role = 'CUSTOMER' WHERE id = ?", seller.id);
    expect(await stated()).toEqual([["address", "tenant", "public", "user"], 8]);
  });

  it("is not used up by logins or invalid tokens", async () => {
    const shop = await newShop();
    const few = quotasOf(1, 1);
    const json = { tenant: shop.tenant.slug, email: shop.admin.email, password: PASSWORD };
    expect((await callWith(few, "POST", `${API}/auth/login`, { json })).status).toBe(200);
    expect((await callWith(few, "GET", `${API}/auth/me`, { token: "garbage" })).status).toBe(401);
    expect((await sendCheapRequest(few, shop.admin)).status).toBe(200);
  });
});

describe("a user's quota", () => {
  it("below the shop's is separate for each user", async () => {
    const shop = await newShop();
    const seller = await newPerson(shop.tenant, "EMPLOYEE");
    const few = quotasOf(10, 3);
    const answers = await inSequence(6, () => sendCheapRequest(few, shop.admin));
    expect(countByStatus(answers)).toEqual({ 200: 3, 429: 3 });
    expect(JSON.parse(answers[3]?.text ?? "")["violated-policies"]).toEqual(["user"]);
    // Rejected requests do not count against the shop.
    expect(countByStatus(await inSequence(3, () => sendCheapRequest(few, seller)))).toEqual({ 200: 3 });
    expect(countByStatus(await inSequence(5, () => sendCheapRequest(few, shop.tenant)))).toEqual({
      200: 4,
      429: 1,
    });
  });

  it("that was used up in another isolate costs the shop nothing here", async () => {
    const shop = await newShop();
    const few = quotasOf(10, 3);
    const elsewhere = [{ key: `${shop.tenant.id}/${shop.admin.id}`, quota: 3, max: 1 }];
    await inSequence(3, () => objectOf(shop).take(elsewhere));
    expect((await sendCheapRequest(few, shop.admin)).status).toBe(429);
    expect(quotaState(await sendCheapRequest(few, shop.tenant), "tenant")?.remaining).toBe(9);
  });

  it("does not apply to a reader of another shop", async () => {
    const [own, other] = [await newShop(), await newShop()];
    const few = quotasOf(4, 1);
    const { token } = own.admin;
    const read = ({ tenant }: Shop) =>
      callWith(few, "GET", `${API}/products`, { token, headers: { "x-tenant": tenant.slug } });
    expect(countByStatus(await inSequence(2, () => read(own)))).toEqual({ 200: 1, 429: 1 });
    const answers = await inSequence(3, () => read(other));
    expect(countByStatus(answers)).toEqual({ 200: 2, 429: 1 });
    expect(quotaState(answers[0] ?? { headers: new Headers() }, "user")).toBeUndefined();
    // The user's shop has three requests left, for other callers.
    expect(quotaState(await sendCheapRequest(few, own.tenant), "tenant")?.remaining).toBe(2);
  });

  it("applies to requests with the cookie too", async () => {
    const shop = await newShop();
    const few = quotasOf(10, 2);
    const headers = { cookie: `mostrador_access=${shop.admin.token}` };
    const answers = await inSequence(3, () => callWith(few, "GET", `${API}/products`, { headers }));
    expect(countByStatus(answers)).toEqual({ 200: 2, 429: 1 });
  });
});

describe("the quota of readers and customers", () => {
  const violated = ({ text }: { text: string }) => JSON.parse(text)["violated-policies"];

  it("is half of the shop's for all of them, so that the other half is reserved for staff", async () => {
    const shop = await newShop();
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    const few = quotasOf(9, 9);
    const read = await inSequence(3, () => sendCheapRequest(few, shop.tenant));
    expect(quotaState(read[2] ?? { headers: new Headers() }, "public")).toMatchObject({
      quota: 5,
      remaining: 2,
    });
    const bought = await inSequence(3, () => sendCheapRequest(few, customer));
    expect(countByStatus([...read, ...bought])).toEqual({ 200: 5, 429: 1 });
    const refused = await sendCheapRequest(few, shop.tenant);
    expect([violated(refused), violated(bought[2] ?? refused)]).toEqual([["public"], ["public"]]);
    expect(quotaState(refused, "public")).toMatchObject({ quota: 5, remaining: 0 });
    const worked = await inSequence(5, () => sendCheapRequest(few, shop.admin));
    expect(countByStatus(worked)).toEqual({ 200: 4, 429: 1 });
    expect(violated(worked[4] ?? refused)).toEqual(["tenant"]);
  });

  it("is not spent by staff", async () => {
    const shop = await newShop();
    const few = quotasOf(8, 8);
    const answers = await inSequence(4, () => sendCheapRequest(few, shop.admin));
    expect(answers.map((answer) => quotaState(answer, "public"))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(quotaState(await sendCheapRequest(few, shop.tenant), "public")?.remaining).toBe(3);
  });

  it("is enforced without D1 or the object when it is used up, and staff can continue", async () => {
    const shop = await newShop();
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    const few = quotasOf(4, 4);
    await inSequence(3, () => sendCheapRequest(few, shop.tenant));
    const take = vi.spyOn(TenantQuota.prototype, "take");
    for (const caller of [shop.tenant, customer]) {
      const answer = await sendCheapRequest(few, caller);
      expect([answer.status, costOf(answer).queries]).toEqual([429, 0]);
    }
    expect(take).not.toHaveBeenCalled();
    expect((await sendCheapRequest(few, shop.admin)).status).toBe(200);
    // Also where they name their shop.
    const headers = { "x-tenant": shop.tenant.slug };
    const named = await callWith(few, "GET", `${API}/auth/me`, { token: shop.admin.token, headers });
    expect(named.status).toBe(200);
  });
});

it("readers and customers have half of the shop's quota, rounded up, and a key has that of a user unless it has its own", () => {
  const QUOTA_PLANS = JSON.stringify({
    trial: { tenant: 5, user: 3 },
    standard: { tenant: 8, user: 2, key: 7 },
    large: { tenant: 9, user: 9 },
  });
  const quotas = (plan: "trial" | "standard") => planQuotas({ ...env, QUOTA_PLANS }, plan);
  expect(quotas("trial")).toEqual({ tenant: 5, public: 3, user: 3, key: 3 });
  expect(quotas("standard")).toEqual({ tenant: 8, public: 4, user: 2, key: 7 });
  const one = { tenant: 1, user: 1 };
  for (const trial of [
    { ...one, tenant: 0 },
    { ...one, user: 0 },
    { ...one, key: 0 },
    { ...one, keys: 1 },
  ]) {
    const plans = JSON.stringify({ trial, standard: one, large: one });
    expect(() => planQuotas({ ...env, QUOTA_PLANS: plans }, "standard"), plans).toThrow();
  }
});
