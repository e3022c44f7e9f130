import { beforeAll, describe, expect, it } from "vitest";
import { change } from "../../support/change.ts";
import { API, call, costOf } from "../../support/client.ts";
import { newProduct, newShop, type Shop } from "../../support/shops.ts";

let shop: Shop;

const suggest = (q: string, slug = shop.tenant.slug) =>
  call("GET", `${API}/products/suggest?tenant=${slug}&q=${encodeURIComponent(q)}`);

const texts = async (q: string): Promise<string[]> =>
  (await suggest(q)).body.data.map((completion: { text: string }) => completion.text);

beforeAll(async () => {
  shop = await newShop();
  for (const [title, author] of [
    ["El amor en los tiempos del cólera", "Gabriel García Márquez"],
    ["Cien años de soledad", "Gabriel García Márquez"],
    ["The Hobbit", "J.R.R. Tolkien"],
    ["Harry Potter and the Philosopher's Stone", "J.K. Rowling"],
    ["Harry Potter and the Chamber of Secrets", "J.K. Rowling"],
    ["Ángeles y demonios", "Dan Brown"],
  ])
    await newProduct(shop, { title, author });
});

describe("completions", () => {
  it("start with the second letter", async () => {
    expect(await texts("h")).toEqual([]);
    expect(await texts("ho")).toEqual(["The Hobbit"]);
    expect(await texts("an")).toEqual(["Ángeles y demonios"]);
  });

  it("also match the text after an article", async () => {
    expect(await texts("am")).toEqual(["El amor en los tiempos del cólera"]);
    expect(await texts("the ho")).toEqual(["The Hobbit"]);
  });

  it("match any word of the title from four letters on", async () => {
    expect(await texts("años")).toEqual(["Cien años de soledad"]);
  });

  it("are ordered by how well they match, those that match about equally by units sold", async () => {
    const store = await newShop();
    for (const [title, sold] of [
      ["Mesa roja", 1],
      ["Mesa azul", 2],
      ["Mesa gris", 0],
      ["Mesa blanca y fina", 9],
      ["Mesa roja fina", 0],
    ] as const) {
      const { id } = await newProduct(store, { title });
      await change("UPDATE products SET sold = ? WHERE id = ?", sold, id);
    }
    const found = async () => {
      const { body } = await suggest("mesa", store.tenant.slug);
      return body.data.map(({ text }: { text: string }) => text);
    };
    const others = ["Mesa roja fina", "Mesa blanca y fina"];
    expect(await found()).toEqual(["Mesa azul", "Mesa roja", "Mesa gris", ...others]);
    await change(
      "UPDATE products SET sold = 3 - sold WHERE tenant_id = ? AND title IN ('Mesa azul', 'Mesa roja', 'Mesa gris')",
      store.tenant.id,
    );
    expect(await found()).toEqual(["Mesa gris", "Mesa roja", "Mesa azul", ...others]);
  });

  it("remain while the next word is typed, and with a different article", async () => {
    expect(await texts("gabriel g")).toEqual(["Gabriel García Márquez"]);
    expect(await texts("la angeles")).toEqual(["Ángeles y demonios"]);
  });

  it("contain an author once, however many books they have", async () => {
    expect(await texts("marq")).toEqual(["Gabriel García Márquez"]);
    expect(await texts("row")).toEqual(["J.K. Rowling"]);
  });

  it("contain a title once, in the form of the product that sells most", async () => {
    const store = await newShop();
    for (const [title, sold] of [
      ["Órbita", 1],
      ["ORBITA", 5],
      ["orbita", 3],
    ] as const) {
      const { id } = await newProduct(store, { title });
      await change("UPDATE products SET sold = ? WHERE id = ?", sold, id);
    }
    const { body } = await suggest("orb", store.tenant.slug);
    expect(body.data).toMatchObject([{ text: "ORBITA", kind: "title" }]);
  });

  it("are an author, of no one product, where the author has every word", async () => {
    const { body } = await suggest("garcia gabriel");
    expect(body.data).toEqual([
      {
        text: "Gabriel García Márquez",
        kind: "author",
        highlight: "<mark>Gabriel</mark> <mark>García</mark> Márquez",
        product_id: null,
      },
    ]);
    expect((await suggest("cien gabriel")).body.data).toMatchObject([
      { text: "Cien años de soledad", kind: "title", highlight: "<mark>Cien</mark> años de soledad" },
    ]);
  });

  it("say whether they are a title, of which product, and what matched", async () => {
    const { body } = await suggest("hobb");
    expect(body.data).toEqual([
      {
        text: "The Hobbit",
        kind: "title",
        highlight: "The <mark>Hobbit</mark>",
        product_id: expect.any(String),
      },
    ]);
  });

  it.each(["hobit", "hbobit", "hobbitt", "hoobi", "harry poter", "hary pott", "philosohp"])(
    "tolerate the typo in %s",
    async (q) => {
      expect((await texts(q)).length).toBeGreaterThan(0);
    },
  );

  it("are ten at most", async () => {
    for (let volume = 1; volume <= 12; volume += 1) await newProduct(shop, { title: `Tomo ${volume}` });
    expect((await texts("tomo")).length).toBe(10);
  });

  it("are as many although ten products have the same title", async () => {
    const store = await newShop();
    for (let copy = 1; copy <= 10; copy += 1) {
      const { id } = await newProduct(store, { title: "Brújula" });
      await change("UPDATE products SET sold = 9 WHERE id = ?", id);
    }
    for (const title of ["Brújula azul", "Brújula roja"]) await newProduct(store, { title });
    const { body } = await suggest("bruj", store.tenant.slug);
    expect(body.data.map(({ text }: { text: string }) => text).toSorted()).toEqual([
      "Brújula",
      "Brújula azul",
      "Brújula roja",
    ]);
  });

  it("belong to one shop and are visible", async () => {
    const other = await newShop();
    const { id } = await newProduct(other, { title: "Hobbies" });
    expect((await suggest("hob", other.tenant.slug)).body.data.length).toBe(1);
    expect(await texts("hob")).toEqual(["The Hobbit"]);
    await call("DELETE", `${API}/products/${id}`, { token: other.admin.token });
    expect((await suggest("hob", other.tenant.slug)).body.data).toEqual([]);
  });

  it("query D1 once", async () => {
    expect(costOf(await suggest("harry")).queries).toBe(1);
  });

  it.each(["", "?", "🙂", '"', "NEAR(", "a-b", "\u0000\u0000", "书"])("treat %j as text", async (q) => {
    expect((await suggest(q)).status).toBe(200);
  });
});
