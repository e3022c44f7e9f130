import { describe, expect, it } from "vitest";
import { API, call } from "../support/client.ts";
import { operations } from "../support/contract.ts";
import { newProduct, newShop, type Shop } from "../support/shops.ts";
import { newEndpoint } from "../support/webhooks.ts";

const lists = operations.filter((operation) => operation.parameters?.some(({ name }) => name === "cursor"));
// The log takes instants too: see test/audit/list.test.ts.
const ranges = operations.filter(
  ({ path, parameters }) => path !== `${API}/audit` && parameters?.some(({ name }) => name === "from"),
);

/** The path up to its next parameter, with a product, an endpoint, or a shift of the ADMIN where it wants an id. */
async function inShop(path: string, shop: Shop): Promise<string> {
  const isSearch = lists.some(
    (list) => list.path === path && list.parameters?.some(({ name }) => name === "q"),
  );
  return `${await withId(path, shop)}?${isSearch ? "q=book&" : ""}`;
}

async function withId(path: string, shop: Shop): Promise<string> {
  const { token } = shop.admin;
  if (!path.includes("{id}")) return path;
  if (path.includes("/products/")) return path.replace("{id}", (await newProduct(shop)).id);
  if (path.includes("/webhooks/")) return path.replace("{id}", (await newEndpoint(shop)).id);
  const { body } = await call("POST", `${API}/shifts/start`, { token, json: {} });
  return path.replace("{id}", body.id);
}

const pointersOf = (answer: { body: { errors: { pointer: string }[] } }): string[] =>
  answer.body.errors.map((error) => error.pointer);

describe("?limit=", () => {
  it.each(lists.map(({ path }) => path))("of %s is a whole number from 1 to 100", async (path) => {
    const shop = await newShop();
    const { admin } = shop;
    const list = await inShop(path, shop);
    const ask = (limit: string) => call("GET", `${list}limit=${limit}`, { token: admin.token });
    for (const limit of [
      "0",
      "101",
      "1000",
      "-1",
      "1e1",
      "0x10",
      "1.5",
      "01",
      "+5",
      "%20",
      "",
      "abc",
      "NaN",
      "%D9%A1",
    ]) {
      const answer = await ask(limit);
      expect(answer.status, limit).toBe(422);
      expect(pointersOf(answer)).toContain("#/query/limit");
    }
    for (const limit of ["1", "100"])
      expect((await ask(limit)).body).toMatchObject({ data: expect.any(Array), next_cursor: null });
  });
});

describe("a cursor", () => {
  async function shelf() {
    const shop = await newShop();
    for (const price of [100, 200, 300]) await newProduct(shop, { price });
    const list = (query: string) => call("GET", `${API}/products?${query}`, { token: shop.admin.token });
    const { body } = await list("sort=price&limit=1");
    return { shop, list, cursor: String(body.next_cursor) };
  }

  it("goes on where the page ended", async () => {
    const { list, cursor } = await shelf();
    const { body } = await list(`sort=price&limit=1&cursor=${cursor}`);
    expect(body.data[0].price).toBe(200);
  });

  it("that was edited anywhere is refused", async () => {
    const { list, cursor } = await shelf();
    const bent = [
      cursor.slice(1),
      cursor.slice(0, -1),
      `${cursor}A`,
      cursor.toLowerCase(),
      cursor.split("").toReversed().join(""),
      "",
      "x",
      "null",
    ];
    for (let at = 0; at < cursor.length; at += 5)
      bent.push(`${cursor.slice(0, at)}${cursor[at] === "A" ? "B" : "A"}${cursor.slice(at + 1)}`);
    const forged = Buffer.from(JSON.stringify([0, "0"])).toString("base64url");
    bent.push(forged, cursor.slice(0, 12) + forged, `${cursor}=`, `%00${cursor}`);
    for (const text of bent) {
      const answer = await list(`sort=price&cursor=${text}`);
      expect(answer.status, text).toBe(422);
      expect(answer.body.type).toBe("/problems/invalid-cursor");
      expect(pointersOf(answer)).toEqual(["#/query/cursor"]);
    }
  });

  it("of another sort, another list or another shop is refused", async () => {
    const { shop, list, cursor } = await shelf();
    const other = await newShop();
    const ask = (path: string, token: string) =>
      call("GET", `${API}${path}${path.includes("?") ? "&" : "?"}cursor=${cursor}`, { token });
    for (const answer of [
      await list(`sort=-price&cursor=${cursor}`),
      await list(`cursor=${cursor}`),
      await ask("/sales", shop.admin.token),
      await ask("/users", shop.admin.token),
      await ask("/products?sort=price", other.admin.token),
    ]) {
      expect(answer.status).toBe(422);
      expect(answer.body.type).toBe("/problems/invalid-cursor");
    }
  });

  it.each(lists.map(({ path }) => path))("of nobody is refused by %s", async (path) => {
    const shop = await newShop();
    const { admin } = shop;
    const list = await inShop(path, shop);
    const answer = await call("GET", `${list}cursor=AAAA`, { token: admin.token });
    expect(answer.status).toBe(422);
    expect(answer.body.type).toBe("/problems/invalid-cursor");
  });
});

describe("?from= and ?to=", () => {
  it.each(ranges.map(({ path }) => path))("of %s are days of the calendar", async (path) => {
    const { admin } = await newShop();
    const url = path.replace("{country}", "Spain");
    for (const day of [
      "2026-02-30",
      "2026-13-01",
      "2026-1-1",
      "26-01-01",
      "2026-11-22T00:00:00Z",
      "today",
      "",
      "2025-02-29",
      "20261122",
    ])
      for (const name of ["from", "to"]) {
        const answer = await call("GET", `${url}?${name}=${day}`, { token: admin.token });
        expect(answer.status, `${name}=${day}`).toBe(422);
        expect(pointersOf(answer)).toContain(`#/query/${name}`);
      }
    const leap = await call("GET", `${url}?from=2024-02-29&to=2024-02-29`, { token: admin.token });
    expect([200, 404]).toContain(leap.status);
  });
});

describe("an unknown query parameter", () => {
  it("is refused by every list", async () => {
    const shop = await newShop();
    const token = shop.admin.token;
    for (const { path } of lists) {
      const answer = await call("GET", `${await inShop(path, shop)}colour=red`, { token });
      expect(answer.status, path).toBe(422);
      expect(pointersOf(answer)).toEqual(["#/query/colour"]);
    }
  });
});
