// Calls of scrypt are counted rather than timed, so that the result does not depend on the machine.
import crypto from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { change } from "../support/change.ts";
import { API } from "../support/client.ts";
import { newPerson, newShop, PASSWORD } from "../support/shops.ts";
import { callWith } from "../support/variant.ts";
import { expectRefused } from "./refused.ts";

let scrypt = vi.spyOn(crypto, "scryptSync");

/** The key length and cost of every scrypt call since the last call of this function. */
const newScryptCalls = (): unknown[] =>
  scrypt.mock.calls.splice(0).map(([, , length, cost]) => [length, cost]);

const signIn = (json: unknown, headers: Record<string, string> = {}) =>
  callWith({}, "POST", `${API}/auth/login`, { json, headers });

const same = (text: string): unknown => ({ ...JSON.parse(text), request_id: "" });

beforeEach(() => {
  scrypt = vi.spyOn(crypto, "scryptSync");
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a login", () => {
  it("with an unknown e-mail address or a wrong password is the same 401 after the same scrypt call", async () => {
    const { tenant, admin } = await newShop();
    const disabled = await newPerson(tenant, "EMPLOYEE");
    await change("UPDATE users SET is_active = 0 WHERE id = ?", disabled.id);
    const closed = await newShop();
    await change("UPDATE tenants SET is_active = 0 WHERE id = ?", closed.tenant.id);
    const right = { tenant: tenant.slug, email: admin.email, password: PASSWORD };
    const wrong = [
      { ...right, password: "wrong" },
      { ...right, email: "nobody@example.com" },
      { ...right, email: "no e-mail" },
      { ...right, tenant: "no-such-shop" },
      { ...right, email: disabled.email },
      { ...right, tenant: closed.tenant.slug, email: closed.admin.email },
      { ...right, password: "" },
    ];
    newScryptCalls();
    expect((await signIn(right)).status).toBe(200);
    const once = newScryptCalls();
    expect(once.length).toBe(1);
    const seen = new Set<string>();
    for (const json of wrong) {
      const answer = await signIn(json);
      expectRefused(answer, 401, "invalid-credentials", JSON.stringify(json));
      expect(newScryptCalls(), JSON.stringify(json)).toEqual(once);
      expect(answer.headers.getSetCookie()).toEqual([]);
      seen.add(JSON.stringify(same(answer.text)));
    }
    expect(seen.size).toBe(1);
  });

  it("that is the sixth failed one in a minute is 429 with Retry-After, without a scrypt call", async () => {
    const { tenant, admin } = await newShop();
    for (const email of [admin.email, "nobody@example.com"]) {
      const bad = { tenant: tenant.slug, email, password: "wrong" };
      for (let attempt = 0; attempt < 5; attempt += 1)
        expectRefused(await signIn(bad), 401, "invalid-credentials");
      newScryptCalls();
      for (const password of ["wrong", PASSWORD]) {
        const answer = await signIn({ ...bad, password });
        expectRefused(answer, 429, "too-many-attempts");
        const wait = Number(answer.headers.get("retry-after"));
        expect(wait).toBeGreaterThanOrEqual(1);
        expect(wait).toBeLessThanOrEqual(60);
      }
      expect(newScryptCalls()).toEqual([]);
    }
  });

  it("from an address over its limit is 429 with Retry-After, without a scrypt call, whatever it forwards", async () => {
    const few = { LOGIN_ATTEMPTS_PER_ADDRESS: "1" };
    const { tenant, admin } = await newShop();
    const json = { tenant: tenant.slug, email: admin.email, password: PASSWORD };
    const from = (claimed: string) =>
      callWith(few, "POST", `${API}/auth/login`, {
        json,
        headers: {
          "cf-connecting-ip": "203.0.113.77",
          "x-forwarded-for": claimed,
          "x-real-ip": claimed,
          "true-client-ip": claimed,
          forwarded: `for=${claimed}`,
        },
      });
    expect((await from("10.0.0.1")).status).toBe(200);
    newScryptCalls();
    const answer = await from("10.0.0.2");
    expectRefused(answer, 429, "too-many-attempts");
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    expect(newScryptCalls()).toEqual([]);
  });
});
