import { describe, expect, it } from "vitest";
import { API } from "../support/client.ts";
import { count } from "../support/d1.ts";
import { newShop, type Shop } from "../support/shops.ts";
import { callWith } from "../support/variant.ts";
import { attempt, newDelivery, newEndpoint, requestsTo, storedOf } from "../support/webhooks.ts";
import { expectRefused, pointersOf } from "./refused.ts";

const PRIVATE = [
  ..."127.0.0.1 127.1 0x7f.1 0x7f000001 2130706433 0177.0.0.1 017700000001 0 0.0.0.0 169.254.169.254 169.254.0.1".split(
    " ",
  ),
  ..."10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 100.64.0.1 0xa.1 167772161 0xa9fea9fe 2852039166 １２７.0.0.1".split(
    " ",
  ),
  ..."[::1] [::] [::ffff:127.0.0.1] [::ffff:a9fe:a9fe] [fc00::1] [fd00:ec2::254] [fe80::1] [64:ff9b::7f00:1]".split(
    " ",
  ),
  ..."localhost LOCALHOST localhost. a.localhost metadata.google.internal printer.local nas.home.arpa intranet db.corp".split(
    " ",
  ),
  ..."127.0.0.1.nip.io 10-0-0-1.sslip.io 7f000001.nip.io 169.254.169.254.xip.io localtest.me a.lvh.me anything.traefik.me".split(
    " ",
  ),
];

const json = (url: string) => ({ url, event_types: ["*"] });

const write = (shop: Shop, method: string, path: string, body: unknown, ENVIRONMENT = "production") =>
  callWith({ ENVIRONMENT }, method, `${API}/webhooks${path}`, { token: shop.admin.token, json: body });

describe("a webhook address", () => {
  it.each(PRIVATE)("on %s is 422, both when it is added and when it is changed", async (host) => {
    const shop = await newShop();
    const { id } = await newEndpoint(shop);
    for (const answer of [
      await write(shop, "POST", "", json(`https://${host}/hook`)),
      await write(shop, "PATCH", `/${id}`, { url: `https://${host}:8443/hook` }),
    ]) {
      expectRefused(answer, 422, "invalid");
      expect(pointersOf(answer)).toEqual(["#/url"]);
    }
    const stored =
      "SELECT count(*) n FROM webhook_endpoints WHERE tenant_id = ? AND url NOT LIKE 'http://127.0.0.1:%'";
    expect(await count(stored, shop.tenant.id)).toBe(0);
  });

  it.each([
    "http://example.com/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "https://user:secret@example.com/",
    "gopher://127.0.0.1:25/",
    "https://",
    "//example.com",
    "https://example.com/\u0000",
  ])("like %j is 422", async (url) => {
    const answer = await write(await newShop(), "POST", "", json(url));
    expectRefused(answer, 422, "invalid");
    expect(pointersOf(answer)).toEqual(["#/url"]);
  });

  it("that is public is accepted", async () => {
    for (const url of ["https://example.com/hook", "https://93.184.215.14/x", "https://nip.io.example.com/"])
      expect((await write(await newShop(), "POST", "", json(url))).status).toBe(201);
  });

  it.each(["301", "302", "303", "307", "308"])(
    "that redirects with %s to a private one is not followed",
    async (plan) => {
      const shop = await newShop();
      // The receiver redirects to its own address.
      const endpoint = await newEndpoint(shop, plan);
      const job = await newDelivery(shop, endpoint);
      await attempt(job);
      expect(await storedOf(job)).toMatchObject({ status: "pending", last_status: Number(plan) });
      expect((await requestsTo(endpoint)).length).toBe(1);
      expect(await requestsTo({ key: `${endpoint.key}-moved` })).toEqual([]);
    },
  );
});
