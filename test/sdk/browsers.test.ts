import { isProblem, Mostrador } from "@mostrador/sdk";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ORIGIN } from "../support/client.ts";
import { fetchOver, reach } from "../support/sdk.ts";
import { newShop, PASSWORD, type Shop } from "../support/shops.ts";

const ACCESS = "mostrador_access";

/** A browser with cookies, storage and locks, which all its tabs share. */
function openBrowser({ tenant }: Shop) {
  const cookies = new Map<string, string>();
  const { fetch, requests } = fetchOver(async (request) => {
    const sent = new Request(request);
    sent.headers.set("cookie", [...cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    sent.headers.set("origin", ORIGIN);
    const response = await reach(sent);
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === "") cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  });
  const modes: unknown[] = [];
  const browse = (url: string, init: RequestInit): Promise<Response> => {
    modes.push(Reflect.get(init, "credentials"));
    return fetch(url, init);
  };
  const stored = new Map<string, string>();
  let turn: Promise<unknown> = Promise.resolve();
  vi.stubGlobal("localStorage", {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => stored.set(name, value),
  });
  vi.stubGlobal("navigator", {
    locks: { request: (_: string, work: () => Promise<unknown>) => (turn = turn.then(work, work)) },
  });
  vi.stubGlobal("document", {
    get cookie() {
      return [...cookies.keys()]
        .filter((name) => name === "mostrador_signed_in")
        .map((name) => `${name}=1`)
        .join("");
    },
  });
  let ends = 0;
  const newTab = () =>
    new Mostrador({
      url: ORIGIN,
      tenant: tenant.slug,
      session: "cookie",
      fetch: browse,
      onSignedOut: () => (ends += 1),
    });
  const refreshes = () => requests.filter(({ url }) => url.endsWith("/auth/refresh"));
  return { cookies, stored, newTab, modes, refreshes, requests, ends: () => ends };
}

describe("the login of a browser", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it("is renewed once for the requests of all tabs, without a token in a body", async () => {
    const shop = await newShop();
    const { cookies, newTab, modes, refreshes } = openBrowser(shop);
    const [first, second] = [newTab(), newTab()];
    await first.signIn({ email: shop.admin.email, password: PASSWORD });
    cookies.set(ACCESS, "stale.access.token");
    const answers = await Promise.all([first, second, first, second].map((tab) => tab.getIdentity()));
    expect(answers.map(({ email }) => email)).toEqual(Array(4).fill(shop.admin.email));
    expect(refreshes()).toHaveLength(1);
    expect(await refreshes()[0]?.text()).toBe("");
    expect(new Set(modes)).toEqual(new Set(["include"]));
  });

  it("is renewed also after the clock of the computer was set back", async () => {
    const shop = await newShop();
    const { cookies, stored, newTab, refreshes, ends } = openBrowser(shop);
    const tab = newTab();
    await tab.signIn({ email: shop.admin.email, password: PASSWORD });
    cookies.set(ACCESS, "stale.access.token");
    await tab.getIdentity();
    for (const name of stored.keys()) stored.set(name, String(Date.now() + 3_600_000));
    cookies.set(ACCESS, "stale.access.token");
    await newTab().getIdentity();
    expect([refreshes().length, ends()]).toEqual([2, 0]);
  });

  it("never reads as a visitor, although a visitor may read the same", async () => {
    const shop = await newShop();
    const { cookies, newTab, requests } = openBrowser(shop);
    const tab = newTab();
    expect((await tab.listProducts()).data).toEqual([]);
    expect(requests.at(-1)?.url).toContain("tenant=");
    await tab.signIn({ email: shop.admin.email, password: PASSWORD });
    await tab.createProduct({ sku: "A", title: "A book", price: 100, cost: 60 });
    cookies.set(ACCESS, "stale.access.token");
    expect((await tab.listProducts()).data.map(({ cost }) => cost)).toEqual([60]);
  });

  it("ends in the tab that finds it ended", async () => {
    const shop = await newShop();
    const { cookies, newTab, ends } = openBrowser(shop);
    const tab = newTab();
    await tab.signIn({ email: shop.admin.email, password: PASSWORD });
    cookies.set(ACCESS, "stale.access.token");
    cookies.set("mostrador_refresh", "unknown");
    const refused: unknown = await tab.getIdentity().catch((error: unknown) => error);
    expect(isProblem(refused, "invalid-token")).toBe(true);
    expect(ends()).toBe(1);
  });
});
