import { describe, expect, it } from "vitest";
import { createSession } from "../../../src/auth/login/sessions.ts";
import { API, call, ORIGIN } from "../../support/client.ts";
import { newDevice, oauth } from "../../support/devices.ts";
import { base, newShop } from "../../support/shops.ts";

/** A refresh token that has been exchanged as often as a minute allows. */
async function exhausted(): Promise<string> {
  const { tenant, admin } = await newShop();
  let { refreshToken } = await createSession(base(), tenant.id, admin.id, "test");
  for (let nth = 1; nth < 10; nth += 1) {
    const { body } = await call("POST", `${API}/auth/refresh`, { json: { refresh_token: refreshToken } });
    refreshToken = body.refresh_token;
  }
  return refreshToken;
}

describe("a login that is refreshed too often", () => {
  it("keeps its cookies", async () => {
    const headers = { cookie: `mostrador_refresh=${await exhausted()}`, origin: ORIGIN };
    const answer = await call("POST", `${API}/auth/refresh`, { json: {}, headers });
    expect([answer.status, answer.headers.get("set-cookie")]).toEqual([429, null]);
  });

  it("is not said to have ended", async () => {
    const refresh_token = await exhausted();
    const answer = await oauth("token", { grant_type: "refresh_token", refresh_token });
    expect([answer.status, answer.body.type]).toEqual([429, "/problems/too-many-attempts"]);
  });
});

it("a refused token of the body leaves the cookies of another login", async () => {
  const { tenant, admin } = await newShop();
  const { refreshToken } = await createSession(base(), tenant.id, admin.id, "test");
  const answer = await call("POST", `${API}/auth/refresh`, {
    json: { refresh_token: "none" },
    headers: { cookie: `mostrador_refresh=${refreshToken}`, origin: ORIGIN },
  });
  expect([answer.status, answer.headers.get("set-cookie")]).toEqual([401, null]);
});

describe("a device that asks for codes", () => {
  it("must name its client", async () => {
    const { tenant } = await newShop();
    const { status, body } = await oauth("device_authorization", {}, { "x-tenant": tenant.slug });
    expect([status, body.error]).toEqual([400, "invalid_request"]);
  });

  it("may have a name of 100 characters", async () => {
    const shop = await newShop();
    expect((await newDevice(shop, { device_label: "x".repeat(100) })).user_code).toBeTypeOf("string");
    expect(await newDevice(shop, { device_label: "x".repeat(101) })).toMatchObject({
      error: "invalid_request",
    });
  });
});
