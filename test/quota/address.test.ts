import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { app } from "../../src/app.ts";
import { API, call, costOf, ORIGIN } from "../support/client.ts";
import { inSequence, advanceClock, quotaState } from "../support/quotas.ts";
import { newShop } from "../support/shops.ts";
import { countByStatus } from "../support/count-by-status.ts";
import { callWith } from "../support/variant.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

// The binding counts by the minute of the clock, which must not end during a test.
beforeEach(async () => {
  const remaining = 60_000 - (Date.now() % 60_000);
  if (remaining < 5000) await scheduler.wait(remaining);
});

// Addresses that no other run in this isolate has counted in the same minute.
const group = crypto.randomUUID().slice(0, 4);
const network = `10.${Number.parseInt(group.slice(0, 2), 16)}.${Number.parseInt(group.slice(2), 16)}`;

// The binding rejects before the count of this isolate does.
const three = { ADDRESS_LIMIT: env.THREE_PER_ADDRESS, QUOTA_PER_ADDRESS: "100" };

const from = (address: string, path = "/docs", headers: Record<string, string> = {}) =>
  callWith(three, "GET", path, { headers: { "cf-connecting-ip": address, ...headers } });

describe("the quota of an address", () => {
  it("applies to every path, and then returns 429 with the time to wait, before D1 is queried", async () => {
    const shop = await newShop();
    const { token } = shop.admin;
    expect((await from(`${network}.1`)).status).toBe(200);
    expect((await from(`${network}.1`, "/nowhere")).status).toBe(404);
    expect(quotaState(await from(`${network}.1`, "/healthz"), "address")).toMatchObject({
      quota: 100,
      remaining: 97,
    });
    for (const path of ["/docs", "/nowhere", "/openapi.json", `${API}/auth/me`]) {
      const refused = await callWith(three, "GET", path, {
        token,
        headers: { "cf-connecting-ip": `${network}.1` },
      });
      expect(refused.status, path).toBe(429);
      expect(JSON.parse(refused.text)).toMatchObject({
        type: "/problems/quota-exceeded",
        "violated-policies": ["address"],
      });
      expect(costOf(refused).queries).toBe(0);
      const wait = Number(refused.headers.get("retry-after"));
      expect(quotaState(refused, "address")).toEqual({ quota: 100, remaining: 0, seconds: wait });
    }
    expect((await from(`${network}.2`)).status).toBe(200);
  });

  it("ignores addresses in headers that the client sends", async () => {
    const answers = await inSequence(5, (index) =>
      from(`${network}.3`, "/docs", { "x-forwarded-for": `10.0.0.${index}`, "x-real-ip": `10.0.0.${index}` }),
    );
    expect(countByStatus(answers)).toEqual({ 200: 3, 429: 2 });
  });

  it("is shared by a /64 of IPv6, and separate for the next", async () => {
    const answers = await inSequence(5, (index) => from(`2001:db8:${group}:7::${index}`));
    expect(countByStatus(answers)).toEqual({ 200: 3, 429: 2 });
    expect((await from(`2001:db8:${group}:8::1`)).status).toBe(200);
  });

  it("is not checked with the binding again for a rejected address", async () => {
    const limit = vi.fn<RateLimit["limit"]>(async () => ({ success: false }));
    const send = () =>
      callWith({ ...three, ADDRESS_LIMIT: { limit } }, "GET", "/docs", {
        headers: { "cf-connecting-ip": `${network}.4` },
      });
    expect(countByStatus(await inSequence(3, send))).toEqual({ 429: 3 });
    expect(limit).toHaveBeenCalledTimes(1);
    advanceClock(61);
    limit.mockResolvedValue({ success: true });
    expect((await send()).status).toBe(200);
  });

  it.each([
    ["fails", () => Promise.reject(new Error("the counter is lost"))],
    // oxlint-disable-next-line promise/avoid-new -- a promise that is never settled is what is tested
    ["does not respond", () => new Promise<never>(() => {})],
  ])("rejects nobody if the binding %s", async (how, limit) => {
    const logged = vi.spyOn(console, "error").mockReturnValue();
    const answer = await callWith({ ...three, ADDRESS_LIMIT: { limit } }, "GET", "/docs", {
      headers: { "cf-connecting-ip": how === "fails" ? `${network}.8` : `${network}.9` },
    });
    expect(answer.status).toBe(200);
    expect(String(logged.mock.calls[0])).toContain("address quota");
  });

  it("is counted by the binding in units of a thousandth, and enforced here whatever the binding says", async () => {
    const limit = vi.fn<RateLimit["limit"]>(async () => ({ success: true }));
    const send = (QUOTA_PER_ADDRESS: string, address: string) =>
      callWith({ ADDRESS_LIMIT: { limit }, QUOTA_PER_ADDRESS }, "GET", "/nowhere", {
        headers: { "cf-connecting-ip": address },
      });
    await inSequence(11, () => send("12000", `${network}.5`));
    expect(limit).not.toHaveBeenCalled();
    await inSequence(13, () => send("12000", `${network}.5`));
    expect(limit).toHaveBeenCalledTimes(2);
    // A thousand units always suffice for the quota.
    limit.mockClear();
    await inSequence(4, () => send("1500", `${network}.7`));
    expect(limit).toHaveBeenCalledTimes(2);
    expect(countByStatus(await inSequence(4, () => send("2", `${network}.6`)))).toEqual({ 404: 2, 429: 2 });
  });
});

describe("invalid quotas", () => {
  it.each(["", "{", '{"standard":{"tenant":1,"user":1}}', "[]"])(
    "fail every request that needs them: %s",
    async (QUOTA_PLANS) => {
      const { admin } = await newShop();
      vi.spyOn(console, "error").mockReturnValue();
      expect((await callWith({ QUOTA_PLANS }, "GET", "/healthz")).status).toBe(503);
      const answer = await callWith({ QUOTA_PLANS }, "GET", `${API}/auth/me`, { token: admin.token });
      expect(answer.status).toBe(500);
    },
  );

  it.each(["many", "0", "1.5", ""])(
    "of an address make every response a 503: %j",
    async (QUOTA_PER_ADDRESS) => {
      const request = new Request(`${ORIGIN}/healthz`);
      const answer = await app.fetch(request, { ...env, QUOTA_PER_ADDRESS }, createExecutionContext());
      expect(answer.status).toBe(503);
      // No quota has counted it.
      expect(["ratelimit", "ratelimit-policy"].map((name) => answer.headers.get(name))).toEqual([null, null]);
      expect((await call("GET", "/healthz")).status).toBe(200);
    },
  );

  it("of logins are a 503 of /healthz and of logins", async () => {
    const invalid = { LOGIN_ATTEMPTS_PER_ADDRESS: "many" };
    expect((await callWith(invalid, "GET", "/healthz")).status).toBe(503);
    const json = { tenant: "nobody", email: "nobody@example.com", password: "wrong" };
    expect((await callWith(invalid, "POST", `${API}/auth/login`, { json })).status).toBe(503);
  });
});
