import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { collectLogin, deleteExpiredGrants } from "../../src/auth/device-grants/collect.ts";
import { readUserCode } from "../../src/auth/device-grants/codes.ts";
import { decideDeviceGrant, getDeviceGrant } from "../../src/auth/device-grants/decide.ts";
import { readOAuthForm } from "../../src/auth/device-grants/form.ts";
import { requestDeviceGrant } from "../../src/auth/device-grants/request.ts";
import { change } from "../support/change.ts";
import { API, call, costOf } from "../support/client.ts";
import { between, count, failureOf, rowsOf } from "../support/d1.ts";
import { type Codes, decide, newDevice, oauth, poll } from "../support/devices.ts";
import { base, newPerson, newShop } from "../support/shops.ts";

const ADDRESS = "192.0.2.7";

const sessionsOf = async (token: string) => (await call("GET", `${API}/auth/sessions`, { token })).body.data;
const me = (token: string) => call("GET", `${API}/auth/me`, { token });
const errorOf = async (answer: Promise<{ status: number; body: { error: string } }>) => {
  const { status, body } = await answer;
  return [status, body.error];
};

/** The same poll as `poll`, at another instant. */
const pollAt = ({ device_code }: Codes, seconds: number) =>
  collectLogin(base(new Date(Date.now() + seconds * 1000)), device_code, "till");

describe("a device that a person approves", () => {
  it("gets a login of this person, which is in the list of their logins and ends there", async () => {
    const shop = await newShop();
    const ana = await newPerson(shop.tenant, "EMPLOYEE");
    const device = await newDevice(shop);
    expect(device).toEqual({
      device_code: expect.stringMatching(/^[\w.-]{80}$/),
      user_code: expect.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/),
      verification_uri: `${env.PUBLIC_URL}/device`,
      verification_uri_complete: `${env.PUBLIC_URL}/device?tenant=${shop.tenant.slug}&code=${device.user_code}`,
      expires_in: 600,
      interval: 5,
    });
    expect(await errorOf(poll(device))).toEqual([400, "authorization_pending"]);
    const found = await call("GET", `${API}/auth/device-grants/${device.user_code}`, { token: ana.token });
    expect(found.body).toMatchObject({ client_id: "till", label: "Till 2", status: "pending" });
    expect((await decide(device, "approve", ana)).body.status).toBe("approved");
    const { status, body, headers } = await poll(device);
    expect([status, body.token_type, body.user.id]).toEqual([200, "Bearer", ana.id]);
    expect(headers.getSetCookie()).toEqual([]);
    expect((await me(body.access_token)).body.id).toBe(ana.id);
    const [session] = await sessionsOf(ana.token);
    expect(session).toMatchObject({ device: "Till 2 (till)", current: false });
    expect(Date.parse(session.expires_at) - Date.now()).toBeGreaterThan(29 * 86_400_000);
    const path = `${API}/auth/sessions/${session.id}`;
    expect((await call("DELETE", path, { token: ana.token })).status).toBe(204);
    expect((await me(body.access_token)).status).toBe(401);
  });

  it("refreshes in the form of OAuth, and its device code is then used up", async () => {
    const shop = await newShop();
    const device = await newDevice(shop);
    await decide(device, "approve", shop.admin);
    const { body } = await poll(device);
    const refresh = (refresh_token: string) => oauth("token", { grant_type: "refresh_token", refresh_token });
    const next = await refresh(body.refresh_token);
    expect([next.status, next.body.user.id]).toEqual([200, shop.admin.id]);
    expect(await errorOf(poll(device))).toEqual([400, "invalid_grant"]);
    expect((await refresh(body.refresh_token)).body.refresh_token).toBe(next.body.refresh_token);
    const { read } = costOf(await poll(device));
    expect((await refresh(next.body.refresh_token)).status).toBe(200);
    // However many tokens the login has had, the poll reads the first one.
    expect(costOf(await poll(device)).read).toBe(read);
    expect(await errorOf(refresh(body.refresh_token))).toEqual([400, "invalid_grant"]);
  });

  it("whose answer was lost gets the same login again, for a minute", async () => {
    const shop = await newShop();
    const device = await newDevice(shop);
    await decide(device, "approve", shop.admin);
    const [one, two] = await Promise.all([poll(device), poll(device)]);
    expect(one.body.refresh_token).toBe(two.body.refresh_token);
    expect((await pollAt(device, 55)).refresh_token).toBe(one.body.refresh_token);
    expect(await failureOf(pollAt(device, 65))).toMatchObject({ code: "invalid_grant" });
    expect(await sessionsOf(shop.admin.token)).toHaveLength(2);
  });

  it("that collects its login again writes nothing, and collects none of another device", async () => {
    const shop = await newShop();
    const [device, other] = [await newDevice(shop), await newDevice(shop)];
    await decide(device, "approve", shop.admin);
    await decide(other, "approve", shop.admin);
    await poll(device);
    expect(costOf(await poll(device)).written).toBe(0);
    expect(
      await count(
        "SELECT count(*) n FROM device_grants WHERE tenant_id = ? AND collected_at IS NULL",
        shop.tenant.id,
      ),
    ).toBe(1);
  });

  it("that never collects its login has none once the codes expire", async () => {
    const shop = await newShop();
    const device = await newDevice(shop);
    await decide(device, "approve", shop.admin);
    const [session] = await sessionsOf(shop.admin.token);
    expect(Date.parse(session.expires_at) - Date.now()).toBeLessThan(601_000);
    expect(await failureOf(pollAt(device, 601))).toMatchObject({ code: "expired_token" });
    expect(await failureOf(collectLogin(base(), device.device_code, "another-client"))).toMatchObject({
      code: "invalid_grant",
    });
  });

  it.each([
    [
      "logins end",
      (id: string) => change("UPDATE auth_sessions SET revoked_at = '2026' WHERE user_id = ?", id),
    ],
    ["account is disabled", (id: string) => change("UPDATE users SET is_active = 0 WHERE id = ?", id)],
  ])("gets nothing if the person's %s before it polls", async (_, end) => {
    const shop = await newShop();
    const ana = await newPerson(shop.tenant, "EMPLOYEE");
    const device = await newDevice(shop);
    await decide(device, "approve", ana);
    await end(ana.id);
    expect(await errorOf(poll(device))).toEqual([400, "invalid_grant"]);
  });

  it("costs a poll one round trip, and stores neither code", async () => {
    const shop = await newShop();
    const device = await newDevice(shop);
    expect(costOf(await poll(device)).queries).toBe(1);
    await decide(device, "approve", shop.admin);
    expect(costOf(await poll(device)).queries).toBe(1);
    const stored = JSON.stringify(await rowsOf("SELECT * FROM device_grants"));
    expect(stored).not.toContain(device.device_code.split(".")[1]);
    for (const code of [device.user_code, readUserCode(device.user_code)]) expect(stored).not.toContain(code);
  });
});

describe("a poll", () => {
  it("that comes too soon slows the device down, and only while nobody has decided", async () => {
    const shop = await newShop();
    const device = await newDevice(shop);
    const codes: unknown[] = [];
    // The interval is 5 seconds, and 10 after the second poll.
    for (const at of [0, 2, 8, 13]) codes.push(await failureOf(pollAt(device, at)));
    expect(codes).toMatchObject([
      { code: "authorization_pending" },
      { code: "slow_down" },
      { code: "slow_down" },
      { code: "slow_down" },
    ]);
    await decide(device, "approve", shop.admin);
    expect((await pollAt(device, 14)).user.id).toBe(shop.admin.id);
  });

  it("is refused in the form of OAuth if it is malformed", async () => {
    const shop = await newShop();
    const { device_code } = await newDevice(shop);
    const grant_type = "urn:ietf:params:oauth:grant-type:device_code";
    for (const [fields, error] of [
      [{}, "invalid_request"],
      [{ grant_type: "password" }, "unsupported_grant_type"],
      [{ grant_type, client_id: "till" }, "invalid_request"],
      [{ grant_type, device_code }, "invalid_request"],
      [{ grant_type, device_code: "a.b", client_id: "till" }, "invalid_grant"],
      [{ grant_type, device_code: `${device_code.slice(0, -1)}~`, client_id: "till" }, "invalid_grant"],
      [{ grant_type, device_code: "a".repeat(400), client_id: "till" }, "invalid_request"],
      [{ grant_type: "refresh_token", refresh_token: "a.b.c" }, "invalid_grant"],
    ] as const)
      expect(await errorOf(oauth("token", fields))).toEqual([400, error]);
    const twice = `grant_type=${grant_type}&client_id=a&client_id=b&device_code=${device_code}`;
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const answer = await call("POST", `${API}/oauth/token`, { raw: twice, headers });
    expect(answer.body.error).toBe("invalid_request");
  });
});

describe("the decision about a device", () => {
  it("begins a login with the name and the end of this device, beside others that wait", async () => {
    const shop = await newShop();
    const devices: Codes[] = [];
    for (const device_label of ["First", "Second", "Third"])
      devices.push(await newDevice(shop, { device_label }));
    const waiting = await rowsOf(
      "SELECT label || ' (till)' AS device, expires_at FROM device_grants WHERE tenant_id = ? ORDER BY 1",
      shop.tenant.id,
    );
    for (const device of devices) await decide(device, "approve", shop.admin);
    const begun = await rowsOf(
      "SELECT device, expires_at FROM auth_sessions WHERE tenant_id = ? AND device LIKE '%(till)' ORDER BY 1",
      shop.tenant.id,
    );
    expect(begun).toEqual(waiting);
  });

  it("is made once: a denied one is not approved, and repeating the decision changes nothing", async () => {
    const shop = await newShop();
    const colleague = await newPerson(shop.tenant, "EMPLOYEE");
    const device = await newDevice(shop);
    expect((await decide(device, "deny", shop.admin)).body.status).toBe("denied");
    expect((await decide(device, "deny", shop.admin)).status).toBe(200);
    for (const [verb, person] of [
      ["approve", shop.admin],
      ["deny", colleague],
    ] as const)
      expect((await decide(device, verb, person)).body.type).toBe("/problems/device-decided");
    expect(
      await count(
        "SELECT count(*) n FROM audit_log WHERE tenant_id = ? AND action LIKE 'user.device_%'",
        shop.tenant.id,
      ),
    ).toBe(1);
    expect(await errorOf(poll(device))).toEqual([400, "access_denied"]);
    expect(await sessionsOf(shop.admin.token)).toHaveLength(1);
  });

  it("that is denied at the moment of its approval begins no login", async () => {
    const shop = await newShop();
    const device = await newDevice(shop);
    const ctx = between(shop.admin.ctx(), {
      before: async () => void (await decide(device, "deny", shop.admin)),
    });
    const failure = await failureOf(decideDeviceGrant(ctx, device.user_code, "approved", ADDRESS));
    expect(failure).toMatchObject({ slug: "device-decided" });
    expect(await sessionsOf(shop.admin.token)).toHaveLength(1);
  });

  it("does not count if the login of the person ends at that moment", async () => {
    const shop = await newShop();
    const device = await newDevice(shop);
    const ctx = between(shop.admin.ctx(), {
      before: async () => void (await call("POST", `${API}/auth/logout`, { token: shop.admin.token })),
    });
    await failureOf(decideDeviceGrant(ctx, device.user_code, "approved", ADDRESS));
    expect(await errorOf(poll(device))).toEqual([400, "authorization_pending"]);
  });

  it("is not open to people of another shop, nor after the codes have expired", async () => {
    const shop = await newShop();
    const stranger = (await newShop()).admin;
    const device = await newDevice(shop);
    for (const verb of ["approve", "deny"] as const)
      expect((await decide(device, verb, stranger)).body.type).toBe("/problems/not-found");
    const late = shop.admin.ctx(new Date(Date.now() + 601_000));
    expect(await failureOf(decideDeviceGrant(late, device.user_code, "approved", ADDRESS))).toMatchObject({
      slug: "not-found",
    });
    expect(await errorOf(poll(device))).toEqual([400, "authorization_pending"]);
  });

  it("costs a round trip for what cannot be a code, as for the code of no device", async () => {
    const { token } = (await newShop()).admin;
    for (const code of ["BBBB-BBBB", "AAAA"]) {
      const answer = await call("GET", `${API}/auth/device-grants/${code}`, { token });
      expect([answer.status, costOf(answer).queries], code).toEqual([404, 1]);
    }
    const { admin } = await newShop();
    const lost = new Error("lost");
    const before = () => {
      throw lost;
    };
    expect(await failureOf(getDeviceGrant(between(admin.ctx(), { before }), "AAAA", ADDRESS))).toBe(lost);
  });

  it("allows a person five wrong codes a minute, also at once, and nobody else is affected", async () => {
    const shop = await newShop();
    const colleague = await newPerson(shop.tenant, "EMPLOYEE");
    const device = await newDevice(shop);
    const guesses = await Promise.all(
      Array.from({ length: 12 }, () => decide({ user_code: "BBBB-BBBB" }, "approve", shop.admin)),
    );
    const byStatus = Map.groupBy(guesses, ({ status }) => status);
    expect([byStatus.get(404)?.length, byStatus.get(429)?.length]).toEqual([5, 7]);
    expect((await decide(device, "approve", shop.admin)).status).toBe(429);
    expect((await decide(device, "approve", colleague)).status).toBe(200);
  });

  it("reads a code in any case, with spaces and hyphens, and nothing else", () => {
    for (const typed of ["WDJB-MJHT", "wdjbmjht", " WDJB – MJHT ", "WD JB\u2011MJ HT"])
      expect(readUserCode(typed)).toBe("WDJBMJHT");
    for (const typed of ["", "WDJB-MJH", "WDJB-MJHTT", "ADJB-MJHT", "WDJB-MJH0", "WDJB_MJHT"])
      expect(readUserCode(typed)).toBeNull();
  });
});

describe("the times of a device", () => {
  // Whole seconds, whose differences D1 computes exactly.
  const start = Math.floor(Date.now() / 1000) * 1000;
  const at = (ms: number) => new Date(start + ms);

  /** A device that has asked for codes at the start. */
  async function startingDevice() {
    const shop = await newShop();
    const ctx = { ...base(at(0)), tenant: shop.tenant, actor: null };
    const device = await requestDeviceGrant(ctx, { clientId: "till", label: "Till 2" }, ADDRESS);
    return { shop, device, collect: (ms: number) => collectLogin(base(at(ms)), device.device_code, "till") };
  }

  it("are those of this device, not of others that wait", async () => {
    const { shop, collect } = await startingDevice();
    const ctx = { ...base(at(0)), tenant: shop.tenant, actor: null };
    const other = await requestDeviceGrant(ctx, { clientId: "till", label: "" }, ADDRESS);
    expect(await failureOf(collect(0))).toMatchObject({ code: "authorization_pending" });
    expect(await failureOf(collectLogin(base(at(1000)), other.device_code, "till"))).toMatchObject({
      code: "authorization_pending",
    });
  });

  it("end its codes after ten minutes", async () => {
    const { shop, device, collect } = await startingDevice();
    const found = (ms: number, address = ADDRESS) =>
      getDeviceGrant(shop.admin.ctx(at(ms)), device.user_code, address);
    expect(await found(599_999)).toMatchObject({ status: "pending", is_same_network: true });
    expect(await found(0, "203.0.113.200")).toMatchObject({ is_same_network: false });
    expect(await failureOf(found(600_000))).toMatchObject({ slug: "not-found" });
    expect(await failureOf(collect(599_999))).toMatchObject({ code: "authorization_pending" });
    expect(await failureOf(collect(600_000))).toMatchObject({ code: "expired_token" });
  });

  it("leave a login that it has not collected as it was once its codes have expired", async () => {
    const { shop, device, collect } = await startingDevice();
    await decide(device, "approve", shop.admin);
    for (const ms of [600_000, 700_000])
      expect(await failureOf(collect(ms))).toMatchObject({ code: "expired_token" });
    const [session] = await sessionsOf(shop.admin.token);
    expect(session).toMatchObject({ device: "Till 2 (till)", expires_at: at(600_000).toISOString() });
  });

  it("allow it to collect its login again for a minute", async () => {
    const { shop, device, collect } = await startingDevice();
    await decide(device, "approve", shop.admin);
    const { refresh_token } = await collect(0);
    expect(await collect(60_000)).toMatchObject({ refresh_token });
    expect(await failureOf(collect(60_001))).toMatchObject({ code: "invalid_grant" });
  });

  it("allow a poll a second early, and slow it down by five seconds to at most a minute", async () => {
    const { device, collect } = await startingDevice();
    const codes: unknown[] = [];
    for (const seconds of [0, 4, 7, 16]) codes.push(await failureOf(collect(seconds * 1000)));
    await change(
      "UPDATE device_grants SET interval_s = 58 WHERE tenant_id = ?",
      device.device_code.split(".")[0],
    );
    for (const seconds of [17, 76]) codes.push(await failureOf(collect(seconds * 1000)));
    expect(codes).toMatchObject(
      ["authorization_pending", "authorization_pending", "slow_down", "authorization_pending"]
        .concat("slow_down", "authorization_pending")
        .map((code) => ({ code })),
    );
  });

  it("give it no login in a shop that was closed, or after the signing key was rotated", async () => {
    const { shop, device, collect } = await startingDevice();
    await decide(device, "approve", shop.admin);
    const rotated = base(at(0));
    rotated.env = { ...env, AUTH_SIGNING_KEY: "another" };
    expect(await failureOf(collectLogin(rotated, device.device_code, "till"))).toMatchObject({
      code: "invalid_grant",
    });
    await change("UPDATE tenants SET is_active = 0 WHERE id = ?", shop.tenant.id);
    expect(await failureOf(collect(1000))).toMatchObject({ code: "invalid_grant" });
  });
});

describe("a form of OAuth", () => {
  const type = "application/x-www-form-urlencoded";
  const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text)).buffer;
  const read = (text: string) => readOAuthForm(type, bytesOf(text));

  it("has values of up to 300 characters that can be shown; an empty one is none", () => {
    const form = read(`long=${"a".repeat(300)}&longer=${"a".repeat(301)}&hidden=a%00b&empty=&two=1&two=2`);
    expect([form("long"), form("empty"), form("none")]).toEqual(["a".repeat(300), undefined, undefined]);
    for (const name of ["longer", "hidden", "two"]) expect(() => form(name), name).toThrow(name);
  });

  it("is asked for where there is no body, and must be declared as one", () => {
    expect(read("")("client_id")).toBeUndefined();
    const slugOf = (text: string, given?: string) =>
      failureOf(Promise.resolve().then(() => readOAuthForm(given, bytesOf(text))));
    return Promise.all([
      expect(slugOf("")).resolves.toMatchObject({ slug: "body-required" }),
      expect(slugOf("client_id=till")).resolves.toMatchObject({ slug: "unsupported-media-type" }),
      expect(slugOf("", "text/plain")).resolves.toMatchObject({ slug: "unsupported-media-type" }),
    ]);
  });
});

describe("expired requests of devices", () => {
  it("are deleted a day later, and no others", async () => {
    const shop = await newShop();
    await Promise.all([newDevice(shop), newDevice(shop)]);
    await change(
      "UPDATE device_grants SET expires_at = '2020-01-01T00:00:00.000Z' WHERE tenant_id = ?",
      shop.tenant.id,
    );
    const stored = () => count("SELECT count(*) n FROM device_grants WHERE tenant_id = ?", shop.tenant.id);
    await deleteExpiredGrants(base(new Date("2020-01-02T00:00:00Z")));
    expect(await stored()).toBe(2);
    await deleteExpiredGrants(base(new Date("2020-01-02T00:00:00.001Z")));
    expect(await stored()).toBe(0);
  });
});
