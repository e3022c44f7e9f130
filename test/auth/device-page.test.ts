import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { call, ORIGIN } from "../support/client.ts";
import { count } from "../support/d1.ts";
import { newDevice, poll } from "../support/devices.ts";
import { failingDb } from "../support/failing-bindings.ts";
import { newShop, PASSWORD, type Shop } from "../support/shops.ts";
import { callWith } from "../support/variant.ts";

const cookieOf = (token: string) => ({ cookie: `mostrador_access=${token}` });

const submit = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  call("POST", path, {
    raw: new URLSearchParams(fields).toString(),
    headers: { "content-type": "application/x-www-form-urlencoded", origin: ORIGIN, ...headers },
  });

const loginsOf = ({ admin }: Shop, device = "%") =>
  count(
    "SELECT count(*) n FROM auth_sessions WHERE user_id = ? AND revoked_at IS NULL AND device LIKE ?",
    admin.id,
    device,
  );

describe("the page for the code of a device", () => {
  it("signs a person in, shows the device, and approves it", async () => {
    const shop = await newShop();
    const device = await newDevice(shop, { device_label: "Till <2>" });
    const code = device.user_code;
    const link = device.verification_uri_complete.replace(/^.*\/device/, "/device");
    const opened = await call("GET", link, { headers: { "accept-language": "es" } });
    for (const text of ["Contraseña", `value="${code}"`, `value="${shop.tenant.slug}"`])
      expect(opened.text).toContain(text);
    const wrong = {
      shop: shop.tenant.slug,
      email: shop.admin.email,
      password: "wrong",
      code,
      step: "sign-in",
    };
    const rejected = await submit("/device", wrong);
    expect([rejected.status, rejected.text.includes(`value="${shop.tenant.slug}"`)]).toEqual([401, true]);
    expect((await submit("/device", { ...wrong, email: "a".repeat(300) })).status).toBe(422);
    const signedIn = await submit("/device", { ...wrong, password: PASSWORD }, { "user-agent": "Firefox" });
    expect(await loginsOf(shop, "Firefox")).toBe(1);
    expect([signedIn.status, signedIn.headers.get("location")]).toEqual([
      303,
      `/device?tenant=${shop.tenant.slug}&code=${code}`,
    ]);
    const [access = ""] = signedIn.headers.getSetCookie();
    const headers = { cookie: access.split(";")[0] ?? "" };
    const path = `/device?tenant=${shop.tenant.slug}`;
    expect((await call("GET", link, { headers })).text).toContain('name="step" value="find"');
    const found = await submit(path, { code, step: "find" }, headers);
    for (const text of [code, "Till &lt;2&gt;", shop.admin.email, 'value="approved"', 'value="denied"'])
      expect(found.text).toContain(text);
    expect(found.text).not.toContain("another network");
    const elsewhere = { ...headers, "cf-connecting-ip": "203.0.113.201" };
    expect((await submit(path, { code, step: "find" }, elsewhere)).text).toContain("another network");
    const approved = await submit(path, { code, step: "approved" }, headers);
    expect(approved.text).toContain("The device is approved");
    expect((await poll(device)).body.user.id).toBe(shop.admin.id);
    expect((await submit(path, { code, step: "find" }, headers)).status).toBe(409);
  });

  it.each(["find", "sign-in"])(
    "is 503, not a page, while the database fails at the step '%s'",
    async (step) => {
      const shop = await newShop();
      const device = await newDevice(shop);
      const credentials = { shop: shop.tenant.slug, email: shop.admin.email, password: PASSWORD };
      const sendWith = (nth: number) => {
        const { db, sent } = failingDb(env.DB, nth, new Error("D1_ERROR: Network connection lost."));
        const answer = callWith({ DB: db }, "POST", "/device", {
          raw: new URLSearchParams({
            code: device.user_code,
            step,
            ...(step === "find" ? {} : credentials),
          }).toString(),
          headers: {
            "content-type": "application/x-www-form-urlencoded",
            origin: ORIGIN,
            ...(step === "find" ? cookieOf(shop.admin.token) : {}),
          },
        });
        return answer.then(({ status, headers }) => ({
          answered: [status, headers.get("content-type")],
          statements: sent(),
        }));
      };
      const { statements } = await sendWith(0);
      expect(statements).toBeGreaterThan(1);
      for (let nth = 1; nth <= statements; nth += 1)
        expect((await sendWith(nth)).answered).toEqual([503, "application/problem+json"]);
    },
  );

  it("denies a device, in the reader's language", async () => {
    const shop = await newShop();
    const device = await newDevice(shop);
    const headers = { ...cookieOf(shop.admin.token), "accept-language": "es" };
    const denied = await submit("/device", { code: device.user_code, step: "denied" }, headers);
    expect(denied.text).toContain("Has rechazado el dispositivo");
    expect((await poll(device)).body.error).toBe("access_denied");
  });

  it("looks nothing up when it is opened, runs no script, cannot be framed, and keeps its URL to itself", async () => {
    const { admin } = await newShop();
    const page = await call("GET", "/device?code=%22%3E%3Cscript%3E", { headers: cookieOf(admin.token) });
    expect(page.text).not.toContain("<script");
    expect(page.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(page.headers.get("cache-control")).toBe("no-store");
    // With `no-referrer`, browsers send `Origin: null` with its forms.
    expect(page.headers.get("referrer-policy")).toBe("same-origin");
    expect(page.headers.get("server-timing")).toContain("queries=1 ");
  });

  it("takes a form only from itself, so that no other site approves or signs in for a visitor", async () => {
    const shop = await newShop();
    const device = await newDevice(shop);
    const before = await loginsOf(shop);
    const signIn = { shop: shop.tenant.slug, email: shop.admin.email, password: PASSWORD, step: "sign-in" };
    for (const origin of ["https://evil.example", "null", ""])
      for (const [fields, headers] of [
        [{ code: device.user_code, step: "approved" }, cookieOf(shop.admin.token)],
        [signIn, {}],
      ] as const)
        expect((await submit("/device", fields, { ...headers, origin })).status).toBe(403);
    expect(await loginsOf(shop)).toBe(before);
    expect((await poll(device)).body.error).toBe("authorization_pending");
  });

  it("asks a person of another shop to sign in to the shop of the link", async () => {
    const shop = await newShop();
    const stranger = (await newShop()).admin;
    const device = await newDevice(shop);
    const path = `/device?tenant=${shop.tenant.slug}`;
    const answer = await submit(path, { code: device.user_code, step: "approved" }, cookieOf(stranger.token));
    expect(answer.status).toBe(401);
    expect(answer.text).toContain('type="password"');
    expect((await poll(device)).body.error).toBe("authorization_pending");
  });
});
