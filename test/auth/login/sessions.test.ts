import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { createSession, deleteExpiredSessions, rotateSession } from "../../../src/auth/login/sessions.ts";
import { change } from "../../support/change.ts";
import { API, call, ORIGIN } from "../../support/client.ts";
import { between, count, failureOf } from "../../support/d1.ts";
import { base, newPerson, newShop, type Person } from "../../support/shops.ts";
import { countByStatus } from "../../support/count-by-status.ts";

const DAY_MS = 86_400_000;

const refresh = (refresh_token: string) => call("POST", `${API}/auth/refresh`, { json: { refresh_token } });
const me = (token: string) => call("GET", `${API}/auth/me`, { token });

/** A login of an EMPLOYEE that began at `now`. */
async function newLogin(
  now = new Date(),
): Promise<{ person: Person; tenantId: string; refreshToken: string }> {
  const { tenant } = await newShop();
  const person = await newPerson(tenant, "EMPLOYEE");
  const { refreshToken } = await createSession(base(now), tenant.id, person.id, "test");
  return { person, tenantId: tenant.id, refreshToken };
}

const withCookie = (refreshToken: string, headers: Record<string, string> = {}) =>
  call("POST", `${API}/auth/refresh`, {
    json: {},
    headers: { cookie: `mostrador_refresh=${refreshToken}`, ...headers },
  });

/** Moves the exchanges of a login into the past. */
const age = (refreshToken: string, ms: number): Promise<void> =>
  change(
    "UPDATE auth_sessions SET used_at = ? WHERE family = ? AND used_at IS NOT NULL",
    new Date(Date.now() - ms).toISOString(),
    refreshToken.split(".")[1],
  );

describe("a refresh token", () => {
  it("may be sent as the cookie alone, without a body", async () => {
    const { refreshToken } = await newLogin();
    const headers = { cookie: `mostrador_refresh=${refreshToken}`, origin: ORIGIN };
    const next = await call("POST", `${API}/auth/refresh`, { headers });
    expect(next.status).toBe(200);
  });

  it("is exchanged for the next pair of tokens", async () => {
    const { person, refreshToken } = await newLogin();
    const next = await refresh(refreshToken);
    expect(next.status).toBe(200);
    expect(next.body.user.id).toBe(person.id);
    expect(next.body.refresh_token).not.toBe(refreshToken);
    expect((await me(next.body.access_token)).status).toBe(200);
    expect((await refresh(next.body.refresh_token)).status).toBe(200);
  });

  it("whose response was lost is exchanged for the same next token within a minute", async () => {
    const { person, refreshToken } = await newLogin();
    const lost = await refresh(refreshToken);
    await age(refreshToken, 55_000);
    const again = await refresh(refreshToken);
    expect(again.body.refresh_token).toBe(lost.body.refresh_token);
    expect((await me(again.body.access_token)).status).toBe(200);
    expect((await refresh(again.body.refresh_token)).status).toBe(200);
    expect(await count("SELECT count(*) n FROM auth_sessions WHERE user_id = ?", person.id)).toBe(4);
  });

  it("used again after a minute ends the login and its later tokens", async () => {
    const { refreshToken } = await newLogin();
    const next = await refresh(refreshToken);
    await age(refreshToken, 61_000);
    const again = await refresh(refreshToken);
    expect(again.status).toBe(401);
    expect(again.body.type).toBe("/problems/token-reused");
    expect((await refresh(next.body.refresh_token)).status).toBe(401);
    expect((await me(next.body.access_token)).status).toBe(401);
  });

  it("used again after the next one was used ends the login at once", async () => {
    const { refreshToken } = await newLogin();
    const second = await refresh(refreshToken);
    const third = await refresh(second.body.refresh_token);
    expect((await refresh(refreshToken)).body.type).toBe("/problems/token-reused");
    expect((await refresh(third.body.refresh_token)).status).toBe(401);
    expect((await me(third.body.access_token)).status).toBe(401);
  });

  it("used again after its login has ended, or its account was disabled, returns nothing", async () => {
    const [ended, disabled] = [await newLogin(), await newLogin()];
    const { body } = await refresh(ended.refreshToken);
    await call("POST", `${API}/auth/logout`, { token: body.access_token });
    await refresh(disabled.refreshToken);
    await change("UPDATE users SET is_active = 0 WHERE id = ?", disabled.person.id);
    for (const { refreshToken } of [ended, disabled]) expect((await refresh(refreshToken)).status).toBe(401);
  });

  it("used again does not affect other logins of the account", async () => {
    const { person, tenantId, refreshToken } = await newLogin();
    const other = await createSession(base(), tenantId, person.id, "another device");
    await refresh(refreshToken);
    await age(refreshToken, 61_000);
    expect((await refresh(refreshToken)).status).toBe(401);
    expect((await refresh(other.refreshToken)).status).toBe(200);
    expect((await me(person.token)).status).toBe(200);
  });

  it("used twenty times in parallel is exchanged once, and each response has the same next token", async () => {
    const { person, refreshToken } = await newLogin();
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(refreshToken)));
    expect(countByStatus(answers)).toEqual({ 200: 20 });
    const [next, ...others] = new Set(answers.map(({ body }) => String(body.refresh_token)));
    expect(others).toEqual([]);
    expect(await count("SELECT count(*) n FROM auth_sessions WHERE user_id = ?", person.id)).toBe(3);
    expect((await refresh(next ?? "")).status).toBe(200);
  });

  it("that was modified, or names another shop, is rejected and ends nothing", async () => {
    const { refreshToken } = await newLogin();
    const stranger = await newShop();
    const [tenantId, family, generation, secret = ""] = refreshToken.split(".");
    const last = secret.endsWith("A") ? "E" : "A";
    const invalid = [
      [tenantId, family, generation, secret.slice(0, -1) + last],
      [tenantId, family, 2, secret],
      [stranger.tenant.id, family, generation, secret],
      [tenantId, crypto.randomUUID(), generation, secret],
      [tenantId, family, generation],
      ["x"],
    ];
    for (const parts of invalid) {
      const answer = await refresh(parts.join("."));
      expect(answer.status).toBe(401);
      expect(answer.body.type).toBe("/problems/invalid-token");
    }
    expect((await refresh(refreshToken)).status).toBe(200);
  });

  it("with another secret does not end the login, though its row was exchanged", async () => {
    const { refreshToken } = await newLogin();
    const next = await refresh(refreshToken);
    await age(refreshToken, 61_000);
    const answer = await refresh(refreshToken.slice(0, -43) + "A".repeat(43));
    expect([answer.status, answer.body.type]).toEqual([401, "/problems/invalid-token"]);
    expect((await refresh(next.body.refresh_token)).status).toBe(200);
  });

  it("gets nothing again once its login has ended", async () => {
    const { refreshToken, tenantId } = await newLogin();
    expect((await refresh(refreshToken)).status).toBe(200);
    await change(
      "UPDATE auth_sessions SET revoked_at = ? WHERE tenant_id = ?",
      new Date().toISOString(),
      tenantId,
    );
    expect((await refresh(refreshToken)).status).toBe(401);
  });

  it("that is used again is refused as reused only once its login has been ended", async () => {
    const { refreshToken } = await newLogin();
    await refresh(refreshToken);
    await age(refreshToken, 61_000);
    const lost = new Error("lost");
    const before = (nth: number) => {
      if (nth === 2) throw lost;
    };
    expect(await failureOf(rotateSession(between(base(), { before }), refreshToken))).toBe(lost);
  });

  it("expires after thirty days", async () => {
    const now = Date.now();
    const young = await newLogin(new Date(now - 30 * DAY_MS + 3_600_000));
    const old = await newLogin(new Date(now - 30 * DAY_MS));
    expect((await refresh(young.refreshToken)).status).toBe(200);
    expect((await refresh(old.refreshToken)).status).toBe(401);
  });

  it("is exchanged until its thirtieth day has passed", async () => {
    const start = Date.now();
    const login = await newLogin(new Date(start));
    const at = (ms: number) => rotateSession(base(new Date(start + ms)), login.refreshToken);
    expect(await failureOf(at(30 * DAY_MS))).toMatchObject({ slug: "invalid-token" });
    expect(await at(30 * DAY_MS - 1)).toMatchObject({ user: { id: login.person.id } });
  });

  it("is exchanged for the same next one for a minute after its exchange", async () => {
    const start = Date.now();
    const { refreshToken } = await newLogin(new Date(start));
    const at = async (ms: number) => rotateSession(base(new Date(start + ms)), refreshToken);
    const next = await at(0);
    expect(await at(60_000)).toEqual(next);
    expect(await failureOf(at(60_001))).toMatchObject({ slug: "token-reused" });
  });

  it("is not exchanged again after the signing key was rotated, for a token that nobody could use", async () => {
    const { refreshToken } = await newLogin();
    await rotateSession(base(), refreshToken);
    const rotated = { ...base(), env: { ...env, AUTH_SIGNING_KEY: "another" } };
    expect(await failureOf(rotateSession(rotated, refreshToken))).toMatchObject({ slug: "token-reused" });
  });

  it("is exchanged ten times within any minute", async () => {
    const start = Date.now();
    const at = (ms: number) => base(new Date(start + ms));
    let { refreshToken } = await newLogin(at(0).now);
    for (let nth = 1; nth < 10; nth += 1) ({ refreshToken } = await rotateSession(at(0), refreshToken));
    expect(await failureOf(rotateSession(at(59_999), refreshToken))).toMatchObject({
      slug: "too-many-attempts",
    });
    expect(await rotateSession(at(60_000), refreshToken)).toMatchObject({ session: expect.any(String) });
  });

  it("of a disabled account or a closed shop is rejected and not used up", async () => {
    const { person, tenantId, refreshToken } = await newLogin();
    for (const [table, id] of [
      ["users", person.id],
      ["tenants", tenantId],
    ]) {
      await change(`UPDATE ${table} SET is_active = 0 WHERE id = ?`, id);
      const answer = await refresh(refreshToken);
      expect([answer.status, answer.body.type]).toEqual([401, "/problems/invalid-token"]);
      await change(`UPDATE ${table} SET is_active = 1 WHERE id = ?`, id);
    }
    expect((await refresh(refreshToken)).status).toBe(200);
  });

  it("is stored as a hash only", async () => {
    const { person, refreshToken } = await newLogin();
    const secret = refreshToken.split(".")[3] ?? "";
    expect(secret.length).toBe(43);
    expect(await count("SELECT count(*) n FROM auth_sessions WHERE user_id = ?", person.id)).toBe(2);
    expect(await count("SELECT count(*) n FROM auth_sessions WHERE token_hash = ?", secret)).toBe(0);
  });

  it("that is missing is a 401", async () => {
    expect((await call("POST", `${API}/auth/refresh`, { json: {} })).status).toBe(401);
  });

  it("is rejected and not used up if its login was refreshed ten times within a minute", async () => {
    let { refreshToken } = await newLogin();
    for (let nth = 1; nth < 10; nth += 1) {
      const answer = await refresh(refreshToken);
      expect(answer.status, String(nth)).toBe(200);
      refreshToken = answer.body.refresh_token;
    }
    const [tenantId, family] = refreshToken.split(".");
    const live = () =>
      count(
        "SELECT count(*) n FROM auth_sessions WHERE tenant_id = ? AND family = ? AND used_at IS NULL AND revoked_at IS NULL",
        tenantId,
        family,
      );
    for (let nth = 0; nth < 3; nth += 1) {
      const answer = await refresh(refreshToken);
      expect([answer.status, answer.body.type]).toEqual([429, "/problems/too-many-attempts"]);
      expect(answer.headers.get("retry-after")).toBe("60");
      expect(await live()).toBe(1);
    }
    const aMinuteAgo = new Date(Date.now() - 60_000).toISOString();
    await change("UPDATE auth_sessions SET created_at = ? WHERE family = ?", aMinuteAgo, family);
    expect((await refresh(refreshToken)).status).toBe(200);
  });
});

describe("a refresh by cookie", () => {
  it("requires a trusted Origin, and a rejected one is not used up", async () => {
    const { refreshToken } = await newLogin();
    for (const headers of [{}, { origin: "https://evil.example" }, { origin: "null" }]) {
      const answer = await withCookie(refreshToken, { ...headers });
      expect(answer.status).toBe(403);
      expect(answer.body.type).toBe("/problems/csrf");
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
    const answer = await withCookie(refreshToken, { origin: ORIGIN });
    expect(answer.status).toBe(200);
    expect(answer.headers.getSetCookie().map((cookie) => cookie.split(";")[0])).toEqual([
      `mostrador_access=${answer.body.access_token}`,
      `mostrador_refresh=${answer.body.refresh_token}`,
      "mostrador_signed_in=1",
    ]);
  });

  it("that is 401 clears the cookies, so that the browser reads as a guest; the token of a body does not", async () => {
    const { body } = await refresh((await newLogin()).refreshToken);
    await call("POST", `${API}/auth/logout`, { token: body.access_token });
    const cleared = await withCookie(body.refresh_token, { origin: ORIGIN });
    const names = cleared.headers.getSetCookie().map((cookie) => cookie.split("; ").slice(0, 2).join(" "));
    expect(cleared.status).toBe(401);
    expect(names).toEqual([
      "mostrador_access= Max-Age=0",
      "mostrador_refresh= Max-Age=0",
      "mostrador_signed_in= Max-Age=0",
    ]);
    const sent = await refresh(body.refresh_token);
    expect([sent.status, sent.headers.getSetCookie()]).toEqual([401, []]);
  });

  it("works while the access cookie is stale", async () => {
    const { person, refreshToken } = await newLogin();
    const cookie = `mostrador_access=${person.token.slice(0, -4)}AAAA; mostrador_refresh=${refreshToken}`;
    expect((await withCookie(refreshToken, { cookie, origin: ORIGIN })).status).toBe(200);
  });
});

describe("a logout", () => {
  it("ends access and refresh at once, and clears its cookies", async () => {
    const { refreshToken } = await newLogin();
    const { body } = await refresh(refreshToken);
    const answer = await call("POST", `${API}/auth/logout`, { token: body.access_token });
    expect(answer.status).toBe(204);
    const cookies = answer.headers.getSetCookie();
    expect(cookies.map((cookie) => cookie.split("; ").slice(0, 3))).toEqual([
      ["mostrador_access=", "Max-Age=0", "Path=/"],
      ["mostrador_refresh=", "Max-Age=0", "Path=/api/v1/auth"],
      ["mostrador_signed_in=", "Max-Age=0", "Path=/"],
    ]);
    expect((await me(body.access_token)).status).toBe(401);
    expect((await refresh(body.refresh_token)).status).toBe(401);
  });

  it("does not affect other logins of the account", async () => {
    const { person, refreshToken } = await newLogin();
    expect((await call("POST", `${API}/auth/logout`, { token: person.token })).status).toBe(204);
    expect((await refresh(refreshToken)).status).toBe(200);
  });
});

describe("the nightly job", () => {
  it("deletes expired refresh tokens and keeps the others", async () => {
    const now = Date.now();
    const old = await newLogin(new Date(now - 31 * DAY_MS));
    const young = await newLogin(new Date(now - 29 * DAY_MS));
    await deleteExpiredSessions(base(new Date(now)));
    const sessionsOf = (login: { person: Person; refreshToken: string }) =>
      count(
        "SELECT count(*) n FROM auth_sessions WHERE user_id = ? AND family = ?",
        login.person.id,
        login.refreshToken.split(".")[1],
      );
    expect(await sessionsOf(old)).toBe(0);
    expect(await sessionsOf(young)).toBe(1);
  });
});
