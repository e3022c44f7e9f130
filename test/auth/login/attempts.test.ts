import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { attemptsPerAddress, attemptToFind, currentWindow } from "../../../src/auth/login/attempts.ts";
import { GuardViolated } from "../../../src/platform/guarded-db.ts";
import { secondsUntil } from "../../../src/platform/minute.ts";
import { API, call } from "../../support/client.ts";
import { failureOf } from "../../support/d1.ts";
import { base, newShop, PASSWORD, type Shop } from "../../support/shops.ts";
import { countByStatus } from "../../support/count-by-status.ts";
import { callWith } from "../../support/variant.ts";

const signIn = ({ tenant, admin }: Shop, password: string) =>
  call("POST", `${API}/auth/login`, { json: { tenant: tenant.slug, email: admin.email, password } });

const times = <T>(count: number, make: () => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, make));

describe("attempts on an account", () => {
  it("are rejected after five wrong passwords in a minute, even with the right one, and only for this account", async () => {
    const shop = await newShop();
    const other = await newShop();
    for (let attempt = 0; attempt < 5; attempt += 1) expect((await signIn(shop, "wrong")).status).toBe(401);
    for (const password of ["wrong", PASSWORD]) {
      const answer = await signIn(shop, password);
      expect(answer.status).toBe(429);
      expect(answer.body.type).toBe("/problems/too-many-attempts");
      const wait = Number(answer.headers.get("retry-after"));
      expect(wait).toBeGreaterThanOrEqual(1);
      expect(wait).toBeLessThanOrEqual(60);
    }
    expect((await signIn(other, PASSWORD)).status).toBe(200);
  });

  it("are counted for an account that does not exist", async () => {
    const shop = await newShop();
    const nobody = { ...shop, admin: { ...shop.admin, email: "nobody@example.com" } };
    for (let attempt = 0; attempt < 5; attempt += 1) expect((await signIn(nobody, "wrong")).status).toBe(401);
    expect((await signIn(nobody, "wrong")).status).toBe(429);
  });

  it("that succeed neither count nor reset the failures", async () => {
    const shop = await newShop();
    for (const password of ["wrong", "wrong", "wrong"])
      expect((await signIn(shop, password)).status).toBe(401);
    for (const password of [PASSWORD, PASSWORD, PASSWORD])
      expect((await signIn(shop, password)).status).toBe(200);
    for (const password of ["wrong", "wrong"]) expect((await signIn(shop, password)).status).toBe(401);
    expect((await signIn(shop, PASSWORD)).status).toBe(429);
  });

  it("all succeed if ten right ones are parallel", async () => {
    const shop = await newShop();
    expect(countByStatus(await times(10, () => signIn(shop, PASSWORD)))).toEqual({ 200: 10 });
  });

  it("are verified five times and rejected five times if ten wrong ones are parallel", async () => {
    const shop = await newShop();
    expect(countByStatus(await times(10, () => signIn(shop, "wrong")))).toEqual({ 401: 5, 429: 5 });
  });
});

describe("attempts from an address", () => {
  const few = { LOGIN_ATTEMPTS_PER_ADDRESS: "2" };
  const from = (address: string) => ({ "cf-connecting-ip": address });

  it("are counted across all accounts, right or wrong, separately for each address", async () => {
    const one = await newShop();
    const two = await newShop();
    const signInFrom = (address: string, { tenant, admin }: Shop) =>
      callWith(few, "POST", `${API}/auth/login`, {
        headers: from(address),
        json: { tenant: tenant.slug, email: admin.email, password: PASSWORD },
      });
    expect((await signInFrom("203.0.113.1", one)).status).toBe(200);
    expect((await signInFrom("203.0.113.1", two)).status).toBe(200);
    const refused = await signInFrom("203.0.113.1", one);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    expect((await signInFrom("203.0.113.2", one)).status).toBe(200);
  });

  it("are counted together for a /64, however its addresses are written, and an IPv4 address as itself", async () => {
    const { tenant, admin } = await newShop();
    const signInFrom = async (address: string) => {
      const json = { tenant: tenant.slug, email: admin.email, password: PASSWORD };
      return (await callWith(few, "POST", `${API}/auth/login`, { headers: from(address), json })).status;
    };
    expect(await signInFrom("2001:db8:0:7::1")).toBe(200);
    expect(await signInFrom("2001:0DB8:0000:0007:FFFF::")).toBe(200);
    expect(await signInFrom("2001:db8::7:0:0:1:2")).toBe(429);
    expect(await signInFrom("2001:db8:0:8::1")).toBe(200);
    expect(await signInFrom("::ffff:203.0.113.21")).toBe(200);
    expect(await signInFrom("203.0.113.21")).toBe(200);
    expect(await signInFrom("::FFFF:cb00:7115")).toBe(429);
    expect(await signInFrom("::ffff:203.0.113.22")).toBe(200);
  });

  it("limit registration and opening shops, which cost as much", async () => {
    const { tenant } = await newShop();
    const person = { password: PASSWORD, first_name: "Ana", last_name: "Sol" };
    const register = (email: string) =>
      callWith(few, "POST", `${API}/auth/register`, {
        headers: from("203.0.113.4"),
        json: { tenant: tenant.slug, email, ...person },
      });
    expect((await register("a@example.com")).status).toBe(201);
    expect((await register("b@example.com")).status).toBe(201);
    expect((await register("c@example.com")).status).toBe(429);
    const shop = {
      slug: "late",
      name: "Late",
      currency: "EUR",
      timezone: "UTC",
      admin: { email: "d@example.com", ...person },
    };
    const opened = await callWith(few, "POST", `${API}/tenants`, {
      headers: from("203.0.113.4"),
      json: shop,
    });
    expect(opened.status).toBe(429);
  });
});

describe("requests that hash a password, or may guess a token or a code", () => {
  const person = { email: "luz@example.com", first_name: "Luz", last_name: "Mar", role: "EMPLOYEE" };
  const nobody = "01900000-0000-7000-8000-000000000000";

  it.each([
    ["PUT", "/auth/password", { current_password: "wrong", new_password: PASSWORD }, 401],
    ["POST", "/auth/password/reset", { token: "a.b", password: PASSWORD }, 410],
    ["POST", "/auth/password/forgot", { tenant: "none", email: person.email }, 202],
    ["POST", "/invitations/accept", { token: "a.b", password: PASSWORD }, 410],
    ["PUT", `/users/${nobody}/password`, { new_password: PASSWORD }, 404],
    ["PUT", "/users/me/pin", { pin: "4821" }, 204],
    ["POST", "/users", { ...person, password: "short but 8" }, [201, 409]],
    ["GET", "/auth/device-grants/BBBB-BBBB", undefined, 404],
  ])("count against the address: %s %s", async (method, path, json, expected) => {
    const { admin } = await newShop();
    const sent = {
      token: admin.token,
      ...(json === undefined ? {} : { json }),
      // An address of its own.
      headers: { "cf-connecting-ip": `2001:db8:${crypto.randomUUID().slice(0, 4)}::1` },
    };
    // What follows a response is not waited for.
    const wait = vi.spyOn(scheduler, "wait").mockResolvedValue(undefined);
    const statuses = [];
    for (let nth = 0; nth < 3; nth += 1)
      statuses.push(
        (await callWith({ LOGIN_ATTEMPTS_PER_ADDRESS: "2" }, method, `${API}${path}`, sent)).status,
      );
    wait.mockRestore();
    const [first = 0, second = first] = [expected].flat();
    expect(statuses).toEqual([first, second, 429]);
  });

  it("count against the address: the codes of devices", async () => {
    const { tenant } = await newShop();
    const statuses = [];
    for (let nth = 0; nth < 3; nth += 1) {
      const answer = await callWith(
        { LOGIN_ATTEMPTS_PER_ADDRESS: "2" },
        "POST",
        `${API}/oauth/device_authorization`,
        {
          raw: "client_id=till",
          headers: {
            "content-type": "application/x-www-form-urlencoded",
            "x-tenant": tenant.slug,
            "cf-connecting-ip": "2001:db8:7::1",
          },
        },
      );
      statuses.push(answer.status);
    }
    expect(statuses).toEqual([200, 200, 429]);
  });
});

it("attempts that were not made, because whoever made them has changed, do not count", async () => {
  const name = `test:${crypto.randomUUID()}`;
  const changed = () => Promise.reject(new GuardViolated());
  for (let nth = 0; nth < 5; nth += 1)
    expect(await failureOf(attemptToFind(base(), name, "here", changed))).toBeInstanceOf(GuardViolated);
  expect(await attemptToFind(base(), name, "here", () => Promise.resolve(7))).toBe(7);
});

it("a minute of attempts begins with the first and ends before the next", () => {
  const window = currentWindow(undefined, 1000, 60);
  expect(window).toEqual({ ends: 1060, count: 0 });
  const counted = { ...window, count: 3 };
  expect([currentWindow(counted, 1059, 60), currentWindow(counted, 1060, 60)]).toEqual([
    counted,
    { ends: 1120, count: 0 },
  ]);
});

it("the seconds to wait are whole ones, and at least one", () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  try {
    const waits = [-5000, 0, 1, 1000, 1001, 59_500].map((ms) => secondsUntil(Date.now() + ms));
    expect(waits).toEqual([1, 1, 1, 1, 2, 60]);
  } finally {
    vi.useRealTimers();
  }
});

it("the attempts per address are a whole number of at least one", () => {
  const limit = (text: string) => attemptsPerAddress({ ...env, LOGIN_ATTEMPTS_PER_ADDRESS: text });
  expect([limit("1"), limit("20")]).toEqual([1, 20]);
  for (const text of ["0", "-1", "1.5", "many"]) expect(() => limit(text), text).toThrow("not responding");
});

describe("the counter", () => {
  const gate = (name: string) => env.LOGIN_GATE.get(env.LOGIN_GATE.idFromName(name));

  it("allows the limit and then returns the seconds to wait", async () => {
    const counter = gate("limit");
    expect([await counter.count(2), await counter.count(2)]).toEqual([0, 0]);
    const wait = await counter.count(2);
    expect(wait).toBeGreaterThanOrEqual(1);
    expect(wait).toBeLessThanOrEqual(60);
  });

  it("keeps its count when it is evicted", async () => {
    const counter = gate("evicted");
    await counter.count(1);
    await evictDurableObject(counter);
    expect(await counter.count(1)).toBeGreaterThanOrEqual(1);
  });

  it("is cleared by its alarm, once", async () => {
    const counter = gate("alarm");
    await counter.count(1);
    expect(await counter.count(1)).toBeGreaterThanOrEqual(1);
    // An early alarm does not clear the current minute.
    expect(await runDurableObjectAlarm(counter)).toBe(true);
    expect(await counter.count(1)).toBeGreaterThanOrEqual(1);
    await runInDurableObject(counter, (_, state) => state.storage.kv.put("window", { start: 0, count: 1 }));
    expect(await runDurableObjectAlarm(counter)).toBe(true);
    expect(await runDurableObjectAlarm(counter)).toBe(false);
    expect(await counter.count(1)).toBe(0);
  });

  it("sets no alarm for attempts that succeeded", async () => {
    const counter = gate("right");
    const { ticket } = await counter.enter(1);
    await counter.leave(ticket, false);
    expect(await runDurableObjectAlarm(counter)).toBe(false);
  });

  it("counts an attempt that is settled twice once", async () => {
    const counter = gate("twice");
    const { ticket } = await counter.enter(2);
    for (let times = 0; times < 2; times += 1) await counter.leave(ticket, true);
    expect(await counter.waitFor(2)).toBe(0);
    expect(await counter.waitFor(1)).toBeGreaterThanOrEqual(1);
  });

  it("makes an attempt wait for one in flight, and rejects it if that one fails", async () => {
    const counter = gate("in flight");
    const first = await counter.enter(1);
    const second = counter.enter(1);
    await counter.leave(first.ticket, false);
    const { wait, ticket } = await second;
    expect(wait).toBe(0);
    const third = counter.enter(1);
    await counter.leave(ticket, true);
    expect((await third).wait).toBeGreaterThanOrEqual(1);
  });

  it("rejects all attempts that wait for one in flight, if that one fails", async () => {
    const counter = gate("waiting");
    const first = await counter.enter(1);
    const others = [counter.enter(1), counter.enter(1)];
    await counter.leave(first.ticket, true);
    for (const { wait } of await Promise.all(others)) expect(wait).toBeGreaterThanOrEqual(1);
  });

  it("counts an attempt that is not settled within ten seconds as failed", async () => {
    const counter = gate("unsettled");
    const after = (ms: number) => runInDurableObject(counter, () => void vi.advanceTimersByTime(ms));
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      expect((await counter.enter(1)).wait).toBe(0);
      await after(9_999);
      expect(await counter.waitFor(1)).toBe(0);
      await after(1);
      expect(await counter.waitFor(1)).toBeGreaterThanOrEqual(1);
    } finally {
      vi.useRealTimers();
    }
  });
});
