import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { API, call, costOf } from "../support/client.ts";
import { base, newPerson, newShop, type Shop } from "../support/shops.ts";
import { pagesOf } from "../support/pages.ts";

const add = async (shop: Shop, json: Record<string, unknown>): Promise<string> =>
  (await call("POST", `${API}/customers`, { token: shop.admin.token, json })).body.id;

const search = (shop: Shop, q: string, more = "") =>
  call("GET", `${API}/customers?q=${encodeURIComponent(q)}${more}`, { token: shop.admin.token });

const found = async (shop: Shop, q: string): Promise<string[]> =>
  (await search(shop, q)).body.data.map(({ id }: { id: string }) => id);

/** Stores customers named after their number. */
async function store(shop: Shop, count: number): Promise<void> {
  const ids = JSON.stringify(Array.from({ length: count }, () => crypto.randomUUID()));
  await base().db.batch([
    sql`INSERT INTO users (tenant_id, id, email, password_hash, first_name, last_name, role, is_active, has_login, created_at)
      SELECT ${shop.tenant.id}, value, value || '@no-login.invalid', 'none', '', '', 'CUSTOMER', 0, 0, '2026-01-01T00:00:00.000Z'
      FROM json_each(${ids})`,
    sql`INSERT INTO customers (tenant_id, id, name, created_at, updated_at)
      SELECT ${shop.tenant.id}, value, 'María García ' || key, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z' FROM json_each(${ids})`,
  ]);
}

describe("the search for customers", () => {
  it("continues with the words with which it began, and with no others", async () => {
    const shop = await newShop();
    await store(shop, 2);
    const { next_cursor } = (await search(shop, "maría", "&limit=1")).body;
    const next = async (q: string) => {
      const { status, body } = await search(shop, q, `&limit=1&cursor=${next_cursor}`);
      return [status, body.type];
    };
    expect(await next("maría")).toEqual([200, undefined]);
    expect(await next("garcía")).toEqual([422, "/problems/invalid-cursor"]);
  });

  it("finds the first letters of each word of name, e-mail, phone and tax id, without accents and case", async () => {
    const shop = await newShop();
    const id = await add(shop, {
      name: "Begoña Núñez-O'Hara",
      email: "bego.nunez+libros@example.com",
      phone: "+34 600 11 22 33",
      tax_id: "B-12345678",
    });
    const other = await add(shop, { name: "Ana Sol", phone: "(91) 555 12 12" });
    for (const q of [
      "bego",
      "BEGOÑA",
      "nunez begona",
      "núñ",
      "hara",
      "bego.nu",
      "bego.nunez+libros@example.com",
      "libros",
      "+34 600",
      "34600112233",
      "600 11 22 33",
      "600112233",
      "600-11",
      "0034 600 112",
      "b12345678",
      "B-1234",
      "b 123",
      "begoña 600 11",
    ])
      expect([q, await found(shop, q)]).toEqual([q, [id]]);
    expect(await found(shop, "915551212")).toEqual([other]);
    expect(await found(shop, "91 555")).toEqual([other]);
    const composed = await add(shop, { name: "김가람" });
    expect(await found(shop, "김가".normalize("NFD"))).toEqual([composed]);
    for (const q of ["egoña", "begoña sol", "600113", '"', "*", "---", "name:bego", "NEAR(bego)"])
      expect([q, await found(shop, q)]).toEqual([q, []]);
  });

  it("takes words for one code only if they have digits, and are five at most", async () => {
    const shop = await newShop();
    const id = await add(shop, { name: "Anasol", tax_id: "A1B2C3" });
    expect(await found(shop, "a 1 b 2 c3")).toEqual([id]);
    expect(await found(shop, "a 1 b 2 c 3")).toEqual([]);
    expect(await found(shop, "ana sol")).toEqual([]);
  });

  it("follows changes, also those of accounts, and finds no merged record", async () => {
    const shop = await newShop();
    const { id, token, email } = await newPerson(shop.tenant, "CUSTOMER");
    expect(await found(shop, email)).toEqual([id]);
    await call("PATCH", `${API}/users/me`, { token, json: { first_name: "Zoé" } });
    expect(await found(shop, "zoe last")).toEqual([id]);
    const eva = await add(shop, { name: "Eva" });
    await call("PATCH", `${API}/customers/${eva}`, { token: shop.admin.token, json: { name: "Lía" } });
    expect([await found(shop, "eva"), await found(shop, "lia")]).toEqual([[], [eva]]);
    await call("POST", `${API}/customers/${eva}/merge`, { token: shop.admin.token, json: { into: id } });
    expect(await found(shop, "lia")).toEqual([]);
  });

  it("reads the rows of a page only, however many customers this and other shops have of the same name", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    await store(shop, 300);
    await store(other, 3000);
    const pages = await pagesOf<{ data: { id: string }[]; next_cursor: string | null }>(async (cursor) => {
      const answer = await search(
        shop,
        "mar garc",
        `&limit=100${cursor === null ? "" : `&cursor=${cursor}`}`,
      );
      expect(costOf(answer).queries).toBeLessThanOrEqual(2);
      expect(costOf(answer).read).toBeLessThan(320);
      return answer.body;
    });
    const ids = pages.flatMap(({ data }) => data.map(({ id }) => id));
    expect([ids.length, new Set(ids).size]).toEqual([300, 300]);
    const list = await call("GET", `${API}/customers?limit=20`, { token: shop.admin.token });
    expect(costOf(list).read).toBeLessThan(30);
    expect(list.body.data).toHaveLength(20);
  });

  it("takes any text: letters of many alphabets, single letters, many words and the syntax of the index", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    const json = { name: "Günther Çelik-Ñandú", email: "g.celik@example.com", tax_id: "12.345.678-Z" };
    const id = await add(shop, json);
    await add(other, json);
    for (const q of [
      "gunther",
      "GÜNTHER",
      "gu\u0308nt",
      "celik",
      "Çel",
      "nandu",
      "ñ",
      "g c n",
      "g.c",
      "12345678z",
      "12.345.678-z",
      "12 345 678 Z",
      "12345678-Z",
      '"günther"',
      "günther*",
      "-celik",
      "^gunther",
      "(celik)",
      `gunther${" c".repeat(95)}`,
    ])
      expect([q, await found(shop, q)]).toEqual([q, [id]]);
    for (const q of [
      "celik OR eva",
      "NEAR(gunther celik, 2)",
      "gunther NOT celik",
      "words:gunther",
      other.tenant.id.replaceAll("-", ""),
      shop.tenant.id.replaceAll("-", ""),
      `${shop.tenant.id.replaceAll("-", "")}gunther`,
      "\u0000",
      "🙂",
      "' OR 1=1 --",
    ])
      expect([q, await found(shop, q)]).toEqual([q, []]);
    expect((await call("DELETE", `${API}/customers/${id}`, { token: shop.admin.token })).status).toBe(204);
    expect(await found(shop, "gunther")).toEqual([]);
  });

  it("finds an international phone with and without its country code", async () => {
    const shop = await newShop();
    const id = await add(shop, { name: "Ana", phone: "+34 600 12 34 56" });
    const far = await add(shop, { name: "Eva", phone: "+351 912-345-678" });
    for (const q of ["600123456", "600 12", "34600", "+34600123456", "0034 600", "34 600 12"])
      expect([q, await found(shop, q)]).toEqual([q, [id]]);
    for (const q of ["912345678", "351912", "+351 912", "00351912", "912 345"])
      expect([q, await found(shop, q)]).toEqual([q, [far]]);
  });
});
