import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { knownDevice, readDevices, rememberDevice } from "../../../src/auth/login/devices.ts";
import { hashPassword } from "../../../src/auth/login/passwords.ts";
import { change } from "../../support/change.ts";
import { API, call, costOf } from "../../support/client.ts";
import { newPerson, newShop, PASSWORD } from "../../support/shops.ts";
import { callWith } from "../../support/variant.ts";

type Account = { slug: string; email: string };

const signIn = (
  { slug, email }: Account,
  password: string,
  cookie?: string,
  { address = "203.0.113.9", variables = {} }: { address?: string; variables?: Partial<Env> } = {},
) =>
  callWith(variables, "POST", `${API}/auth/login`, {
    headers: {
      "cf-connecting-ip": address,
      ...(cookie === undefined ? {} : { cookie: `mostrador_device=${cookie}` }),
    },
    json: { tenant: slug, email, password },
  });

const problemOf = ({ text }: { text: string }) =>
  z.object({ type: z.string(), detail: z.string() }).parse(JSON.parse(text));

type Answer = Awaited<ReturnType<typeof signIn>>;

const cookieOf = (answer: Answer): string => {
  const cookie = answer.headers.getSetCookie().find((each) => each.startsWith("mostrador_device="));
  if (cookie === undefined) throw new Error(`no device cookie with ${answer.status}`);
  return cookie.slice("mostrador_device=".length).split(";")[0] ?? "";
};

/** An account that has signed in on a device. */
async function onDevice() {
  const { tenant, admin } = await newShop();
  const account = { slug: tenant.slug, email: admin.email };
  const cookie = cookieOf(await signIn(account, PASSWORD));
  return { tenant, admin, account, cookie };
}

/** Counts five wrong passwords of strangers. */
async function lockOut({ slug, email }: Account): Promise<void> {
  const gate = env.LOGIN_GATE.get(env.LOGIN_GATE.idFromName(`account:${slug}:${email}`));
  for (let attempt = 0; attempt < 5; attempt += 1) await gate.leave((await gate.enter(5)).ticket, true);
}

describe("a login from a known device", () => {
  it("works while strangers' wrong passwords lock the account, and renews the cookie", async () => {
    const { account, cookie } = await onDevice();
    for (let attempt = 0; attempt < 5; attempt += 1)
      expect((await signIn(account, "wrong")).status).toBe(401);
    const answer = await signIn(account, PASSWORD, cookie);
    expect(answer.status).toBe(200);
    expect((await signIn(account, PASSWORD, cookieOf(answer))).status).toBe(200);
    // Strangers remain locked out.
    expect((await signIn(account, PASSWORD)).status).toBe(429);
  });

  it("works while strangers use up the limit of its address, and is limited itself", async () => {
    const { account, cookie } = await onDevice();
    const few = { address: "203.0.113.55", variables: { LOGIN_ATTEMPTS_PER_ADDRESS: "2" } };
    const other = { slug: account.slug, email: "nobody@example.com" };
    for (const status of [401, 401, 429])
      expect((await signIn(other, "wrong", undefined, few)).status).toBe(status);
    // Its cookie opens no other account.
    expect((await signIn(other, "wrong", cookie, few)).status).toBe(429);
    for (const status of [200, 200, 429])
      expect((await signIn(account, PASSWORD, cookie, few)).status).toBe(status);
  });

  it("has five wrong passwords a minute of its own, which lock out nobody else", async () => {
    const { account, cookie } = await onDevice();
    const second = cookieOf(await signIn(account, PASSWORD));
    for (let attempt = 0; attempt < 5; attempt += 1)
      expect((await signIn(account, "wrong", cookie)).status).toBe(401);
    const refused = await signIn(account, "wrong", cookie);
    expect(problemOf(refused).type).toBe("/problems/too-many-attempts");
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    expect((await signIn(account, PASSWORD, second)).status).toBe(200);
    expect((await signIn(account, PASSWORD)).status).toBe(200);
  });

  it("costs as many round trips as any other", async () => {
    const { account, cookie } = await onDevice();
    const [stranger, known] = [await signIn(account, PASSWORD), await signIn(account, PASSWORD, cookie)];
    expect(costOf(known)).toEqual(costOf(stranger));
  });
});

describe("the cookie of a device", () => {
  it("alone signs nobody in", async () => {
    const { account, cookie } = await onDevice();
    for (const password of ["wrong", ""]) expect((await signIn(account, password, cookie)).status).toBe(401);
    const headers = { cookie: `mostrador_device=${cookie}` };
    expect((await call("GET", `${API}/auth/me`, { headers })).status).toBe(401);
    expect((await call("POST", `${API}/auth/refresh`, { headers, json: {} })).status).toBe(401);
  });

  it("is not set by a wrong password, and names neither the account nor the shop", async () => {
    const { tenant, admin, account, cookie } = await onDevice();
    expect((await signIn(account, "wrong", cookie)).headers.getSetCookie()).toEqual([]);
    for (const secret of [tenant.id, admin.id, admin.email, tenant.slug])
      expect(cookie).not.toContain(secret);
  });

  it("helps no other account of the shop, nor the same address in another shop", async () => {
    const { tenant, cookie, account } = await onDevice();
    const colleague = await newPerson(tenant, "EMPLOYEE");
    const { tenant: elsewhere } = await newShop();
    await newPerson(elsewhere, "CUSTOMER", account.email);
    for (const other of [
      { slug: tenant.slug, email: colleague.email },
      { slug: elsewhere.slug, email: account.email },
      { slug: tenant.slug, email: "nobody@example.com" },
    ]) {
      await lockOut(other);
      const answer = await signIn(other, PASSWORD, cookie);
      expect([answer.status, problemOf(answer).type]).toEqual([429, "/problems/too-many-attempts"]);
    }
  });

  it("answers for an unknown address as for a known one, with and without a valid cookie", async () => {
    const { tenant, account, cookie } = await onDevice();
    const known = { slug: tenant.slug, email: (await newPerson(tenant, "CUSTOMER")).email };
    const unknown = { slug: tenant.slug, email: "nobody-knows@example.com" };
    const answers = async (other: Account, sent?: string) => {
      const all = [];
      for (let attempt = 0; attempt < 7; attempt += 1) {
        const answer = await signIn(other, "wrong", sent);
        const { type, detail } = problemOf(answer);
        all.push([answer.status, type, detail.replace(/\d+ s/, ""), answer.headers.getSetCookie()]);
      }
      return all;
    };
    expect(await answers(unknown, cookie)).toEqual(await answers(known, cookie));
    expect((await signIn(account, PASSWORD, cookie)).status).toBe(200);
  });

  it("that was changed anywhere is a stranger's", async () => {
    const { account, cookie } = await onDevice();
    await lockOut(account);
    for (const at of [0, 3, 8, 15, 29, 31, 50, 73]) {
      const forged = `${cookie.slice(0, at)}${cookie[at] === "a" ? "b" : "a"}${cookie.slice(at + 1)}`;
      expect((await signIn(account, PASSWORD, forged)).status, `character ${at}`).toBe(429);
    }
    for (const forged of ["", "~", "nonsense", `${cookie}x`, cookie.repeat(2)])
      expect((await signIn(account, PASSWORD, forged)).status, forged).toBe(429);
    expect((await signIn(account, PASSWORD, `nonsense~${cookie}`)).status).toBe(200);
  });

  it("is revoked by a new password, also one that is set or the same again, and by an erasure", async () => {
    const { tenant, admin, account, cookie } = await onDevice();
    await change("UPDATE users SET password_hash = ? WHERE id = ?", hashPassword(PASSWORD), admin.id);
    await lockOut(account);
    expect((await signIn(account, PASSWORD, cookie)).status).toBe(429);

    const employee = await newPerson(tenant, "EMPLOYEE");
    const theirs = { slug: tenant.slug, email: employee.email };
    const before = cookieOf(await signIn(theirs, PASSWORD));
    const next = { current_password: PASSWORD, new_password: "another horse battery" };
    expect((await call("PUT", `${API}/auth/password`, { token: employee.token, json: next })).status).toBe(
      204,
    );
    await lockOut(theirs);
    expect((await signIn(theirs, next.new_password, before)).status).toBe(429);

    const customer = await newPerson(tenant, "CUSTOMER", "carla@example.com");
    const hers = { slug: tenant.slug, email: customer.email };
    const old = cookieOf(await signIn(hers, PASSWORD));
    const erased = await call("DELETE", `${API}/users/me`, {
      token: customer.token,
      json: { password: PASSWORD },
    });
    expect(erased.status).toBe(204);
    const again = await newPerson(tenant, "CUSTOMER", customer.email);
    expect(again.id).not.toBe(customer.id);
    await lockOut(hers);
    expect((await signIn(hers, PASSWORD, old)).status).toBe(429);
  });

  it("remembers the accounts of a shared till", async () => {
    const { tenant, account, cookie } = await onDevice();
    const colleague = await newPerson(tenant, "EMPLOYEE");
    const theirs = { slug: tenant.slug, email: colleague.email };
    const shared = cookieOf(await signIn(theirs, PASSWORD, cookie));
    for (const each of [account, theirs]) {
      await lockOut(each);
      expect((await signIn(each, PASSWORD, shared)).status).toBe(200);
    }
  });
});

describe("the entries of a device", () => {
  const now = new Date();
  const account = (id: string) => ({ tenant_id: "t", id, password_hash: "h" });

  it("expire after 180 days, and are renewed by a login", () => {
    const cookie = rememberDevice(env, now, [], null, account("a"));
    const days = (count: number) => new Date(now.getTime() + count * 86_400_000);
    expect(readDevices(cookie, days(179)).length).toBe(1);
    expect(readDevices(cookie, days(181))).toEqual([]);
    const devices = readDevices(cookie, days(100));
    const known = knownDevice(env, devices, account("a"));
    const renewed = readDevices(rememberDevice(env, days(100), devices, known, account("a")), days(270));
    expect(renewed.map(({ id }) => id)).toEqual([known?.id]);
    // The renewed entry replaces the one before, so that logins of one account do not push out the others.
    const other = readDevices(rememberDevice(env, now, devices, null, account("b")), now);
    const twice = readDevices(rememberDevice(env, now, other, other[1] ?? null, account("a")), now);
    expect(twice.map(({ id }) => id)).toEqual([known?.id, other[0]?.id]);
    expect(knownDevice(env, renewed, account("a"))).not.toBeNull();
  });

  it("are at most ten, of which the accounts that signed in last stay, in a cookie that a browser stores", () => {
    let cookie: string | undefined;
    for (let index = 0; index < 14; index += 1)
      cookie = rememberDevice(env, now, readDevices(cookie, now), null, account(String(index)));
    const devices = readDevices(cookie, now);
    const known = Array.from({ length: 14 }, (_, index) => knownDevice(env, devices, account(String(index))));
    expect(known.map((each) => each !== null)).toEqual([...Array(4).fill(false), ...Array(10).fill(true)]);
    expect(cookie?.length).toBeLessThan(1000);
  });

  it("have one id each, that no other entry has", () => {
    const ids = Array.from(
      { length: 50 },
      () => readDevices(rememberDevice(env, now, [], null, account("a")), now)[0]?.id,
    );
    expect(new Set(ids).size).toBe(50);
  });

  it("are read from any text without a failure, and none of it is known", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.stringMatching(/^([0-9a-z]{6}\.[\w-]{22}\.[\w-]{43}~?){0,12}$/)),
        (text) => {
          expect(knownDevice(env, readDevices(text, now), account("a"))).toBeNull();
        },
      ),
    );
  });

  it("are signed for the account, its password and the key", () => {
    const devices = readDevices(rememberDevice(env, now, [], null, account("a")), now);
    const others = [
      { ...account("a"), tenant_id: "u" },
      account("b"),
      { ...account("a"), password_hash: "g" },
      undefined,
    ];
    expect(others.map((other) => knownDevice(env, devices, other))).toEqual([null, null, null, null]);
    expect(knownDevice({ AUTH_SIGNING_KEY: "another" }, devices, account("a"))).toBeNull();
    expect(knownDevice(env, devices, account("a"))).toEqual(devices[0]);
  });
});

it("a device is remembered for 180 days from the second of the login", () => {
  const account = { tenant_id: "t", id: "a", password_hash: "h" };
  const now = new Date("2026-01-01T00:00:00.500Z");
  const [device] = readDevices(rememberDevice(env, now, [], null, account), now);
  expect(device?.expires).toBe(1_782_777_600);
  const cookie = rememberDevice(env, now, [], null, account);
  const known = ["2026-06-29T23:59:59.999Z", "2026-06-30T00:00:00.000Z"].map(
    (end) => readDevices(cookie, new Date(end)).length,
  );
  expect(known).toEqual([1, 0]);
});
