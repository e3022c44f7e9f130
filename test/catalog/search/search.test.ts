import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { indexPending } from "../../../src/catalog/search/indexing.ts";
import { change } from "../../support/change.ts";
import { API, call, costOf } from "../../support/client.ts";
import { importFile } from "../../support/imports.ts";
import { storeCatalogue } from "../../support/large-catalogue.ts";
import { pagesOf } from "../../support/pages.ts";
import { base, newProduct, newShop, type Shop } from "../../support/shops.ts";

let shop: Shop;

const search = async (q: string, more = "") =>
  call("GET", `${API}/products/search?tenant=${shop.tenant.slug}&q=${encodeURIComponent(q)}${more}`);

const titles = async (q: string): Promise<string[]> =>
  (await search(q)).body.data.map((hit: { title: string }) => hit.title);

let tables: Shop;

const titlesOfTables = async (q: string): Promise<string[]> => {
  const path = `${API}/products/search?tenant=${tables.tenant.slug}&q=${encodeURIComponent(q)}`;
  const { data } = (await call("GET", path)).body;
  return data.map((hit: { title: string }) => hit.title).toSorted();
};

beforeAll(async () => {
  shop = await newShop();
  tables = await newShop();
  for (const title of ["Mesa azul", "Solo mesa", "Mesa azul de pino"]) await newProduct(tables, { title });
  for (const fields of [
    { title: "Don Quijote de la Mancha", author: "Miguel de Cervantes", language: "es", category: "Novela" },
    { title: "Cien años de soledad", author: "Gabriel García Márquez", language: "es", publisher: "Cátedra" },
    { title: "Las canciones de Bilitis", author: "Pierre Louÿs", language: "es" },
    {
      title: "The Redbreast",
      author: "Jo Nesbø",
      language: "en",
      description: "A murderer hunts in the streets of Oslo.",
    },
    { title: "Die Straße", author: "Ödön von Horváth", language: "de" },
    { title: "It's a Wonderful Life", author: "Spider-Man Press", language: "en" },
    {
      title: "The Running Man",
      author: "Stephen King",
      language: "en",
      isbn: "9781501143847",
      sku: "KING-07",
    },
    { title: "Kings of the Wyld", author: "Nicholas Eames", language: "en" },
  ])
    await newProduct(shop, fields);
});

describe("search", () => {
  it.each([
    ["quijxte", "a wrong letter"],
    ["quijte", "a missing letter"],
    ["quijjote", "an extra letter"],
    ["quijtoe", "swapped letters"],
    ["uqijote", "swapped letters at the beginning"],
    ["QUIJOTE", "capitals"],
    ["quijóte", "a wrong accent"],
    ["quij", "a beginning"],
    ["quikot", "a beginning with a mistake"],
    ["mancha quijote", "another order"],
    ["don quijxte manhca", "a mistake in each of two words"],
  ])("finds Don Quijote by %s: %s", async (q) => {
    expect((await titles(q))[0]).toBe("Don Quijote de la Mancha");
  });

  it.each([
    ["anos", "Cien años de soledad"],
    ["años", "Cien años de soledad"],
    ["garcia marquez", "Cien años de soledad"],
    ["catedra", "Cien años de soledad"],
    ["nesbo", "The Redbreast"],
    ["nesbø", "The Redbreast"],
    ["strasse", "Die Straße"],
    ["odon", "Die Straße"],
    ["louys", "Las canciones de Bilitis"],
    ["its", "It's a Wonderful Life"],
    ["it’s", "It's a Wonderful Life"],
    ["spiderman", "It's a Wonderful Life"],
  ])("folds %s as %s is folded", async (q, title) => {
    expect((await titles(q))[0]).toBe(title);
  });

  it("finds words by their stem, in Spanish and English", async () => {
    expect(await titles("canción ")).toEqual(["Las canciones de Bilitis"]);
    expect((await titles("hunting murderers"))[0]).toBe("The Redbreast");
  });

  it("finds a word of a description despite a typo", async () => {
    expect(await titles("stretes oslo")).toEqual(["The Redbreast"]);
  });

  it.each([
    "9781501143847",
    "978-1-5011-4384-7",
    "1501143840",
    "1-5011-4384-0",
    "ISBN 978-1-5011-4384-7",
    "king-07",
    "KING07",
  ])("puts the code %s first", async (q) => {
    const { body } = await search(q);
    expect(body.data[0].title).toBe("The Running Man");
    expect(body.data[0].score).toBe(10);
  });

  it("puts exact matches before similar ones", async () => {
    expect((await titles("king"))[0]).toBe("The Running Man");
    expect((await titles("kings"))[0]).toBe("Kings of the Wyld");
  });

  it("puts words that are adjacent before words in order but apart", async () => {
    const other = await newShop();
    for (const title of ["Tango azul viejo", "Tango viejo azul", "Tango muy azul viejo"])
      await newProduct(other, { title });
    const path = `${API}/products/search?tenant=${other.tenant.slug}&q=tango%20azul%20`;
    const { data } = (await call("GET", path)).body;
    const scoreOf = (title: string): number =>
      data.find((hit: { title: string }) => hit.title === title).score;
    expect(data[0].title).toBe("Tango azul viejo");
    expect(scoreOf("Tango azul viejo")).toBeGreaterThan(scoreOf("Tango viejo azul"));
  });

  it("puts products that match about equally well in the order in which they were added, with their scores rounded", async () => {
    const small = await newShop();
    const words = Array.from({ length: 40 }, (_, at) => `w${at}`).join(" ");
    await newProduct(small, { title: `Granito ${words} w40` });
    await newProduct(small, { title: `Granito ${words}` });
    const path = `${API}/products/search?tenant=${small.tenant.slug}&q=`;
    const { body } = await call("GET", `${path}granito`);
    expect(body.data.map(({ title }: { title: string }) => title.endsWith("w40"))).toEqual([true, false]);
    await newProduct(small, { title: "Mesa blanca grande" });
    const two = await call("GET", `${path}mesa%20blanca`);
    expect(two.body.data[0].score).toBe(1.167);
  });

  it("puts those that match about equally in the order of units sold, on one page or on many", async () => {
    const store = await newShop();
    for (const [title, sold] of [
      ["Mesa blanca y fina", 9],
      ["Mesa gris", 2],
      ["Mesa roja", 2],
      ["Mesa azul", 5],
      ["Mesa beis", 3],
      ["Mesa roja fina", 0],
      ["Mesa", 0],
    ] as const) {
      const { id } = await newProduct(store, { title });
      await change("UPDATE products SET sold = ? WHERE id = ?", sold, id);
    }
    const page = async (more: string) =>
      (await call("GET", `${API}/products/search?tenant=${store.tenant.slug}&q=mesa${more}`)).body;
    const titlesOf = ({ data }: { data: { title: string }[] }) => data.map(({ title }) => title);
    const all = [
      "Mesa",
      "Mesa azul",
      "Mesa beis",
      "Mesa gris",
      "Mesa roja",
      "Mesa roja fina",
      "Mesa blanca y fina",
    ];
    expect(titlesOf(await page(""))).toEqual(all);
    const pages = await pagesOf((cursor) => page(`&limit=1${cursor === null ? "" : `&cursor=${cursor}`}`));
    expect(pages.flatMap(titlesOf)).toEqual(all);
  });

  it.each([
    ["azul mesa", ["Mesa azul", "Mesa azul de pino"]],
    ["azul con mesa", ["Mesa azul", "Mesa azul de pino"]],
    ["azul x mesa", ["Mesa azul", "Mesa azul de pino"]],
    ["mesa de", ["Mesa azul de pino"]],
    ["sol mesa", ["Solo mesa"]],
    ["sklo mesa", ["Solo mesa"]],
    ["sal mesa", ["Mesa azul", "Mesa azul de pino", "Solo mesa"]],
  ])("requires each word of %j but the stop words before the last", async (q, found) => {
    expect(await titlesOfTables(q)).toEqual(found);
  });

  it("reads the first twelve words of a query", async () => {
    const others = (words: number): string => Array.from({ length: words }, (_, at) => `zz${at}qq`).join(" ");
    expect(await titles(`${others(11)} quijote`)).toEqual(["Don Quijote de la Mancha"]);
    expect(await titles(`${others(12)} quijote`)).toEqual([]);
  });

  it("finds the product at a price or out of stock among many that match better, and the best hundred of all", async () => {
    const store = await newShop();
    await storeCatalogue(store, 250);
    await indexPending(base(), store.tenant.id);
    await newProduct(store, { title: "A title of so many words", price: 9000 });
    const path = `${API}/products/search?tenant=${store.tenant.slug}&q=title`;
    await newProduct(store, { title: "A sold-out title of so many words", price: 1, stock: 0 });
    for (const filter of ["price_min=8000", "price_min=8000&price_max=9000&in_stock=true"]) {
      const dear = await call("GET", `${path}&${filter}`);
      expect(dear.body.data, filter).toMatchObject([{ title: "A title of so many words" }]);
    }
    for (const filter of ["in_stock=false", "price_max=1"]) {
      const found = await call("GET", `${path}&${filter}`);
      const soldOut = expect.objectContaining({ title: "A sold-out title of so many words" });
      expect(found.body.data, filter).toContainEqual(soldOut);
    }
    const all = await call("GET", `${path}&limit=100`);
    expect(all.body.data).toHaveLength(100);
    expect(all.body.next_cursor).toBeNull();
  });

  it("reads the matches in titles before those in descriptions, however many those are", async () => {
    const store = await newShop();
    await storeCatalogue(store, 230);
    const fields = "title = 'Losa', description = 'granito granito granito', is_active = 1";
    await change(`UPDATE products SET ${fields} WHERE tenant_id = ?`, store.tenant.id);
    await indexPending(base(), store.tenant.id);
    const title = "Granito rosa pulido grande para cocina moderna";
    await newProduct(store, { title });
    const path = `${API}/products/search?tenant=${store.tenant.slug}&q=granito&limit=1`;
    expect((await call("GET", path)).body.data).toMatchObject([{ title }]);
  });

  it("finds products with some of the words if none has them all", async () => {
    expect(await titles("quijote astronauts")).toEqual(["Don Quijote de la Mancha"]);
  });

  it("suggests a correction, and none if the query was found as typed", async () => {
    expect((await search("don qiujote")).body.did_you_mean).toBe("don quijote");
    expect((await search("Cien anxos")).body.did_you_mean).toBe("Cien años");
    expect((await search("don quijote")).body.did_you_mean).toBeNull();
    expect((await search("zzzzzz")).body).toEqual({ data: [], next_cursor: null, did_you_mean: null });
  });

  it("highlights matches, and escapes the rest", async () => {
    const { id } = await newProduct(shop, { title: "<b>Bold</b> & Brilliant", author: "O'Brien" });
    const { body } = await search("brilliant");
    const hit = body.data.find((each: { id: string }) => each.id === id);
    expect(hit.highlight).toEqual({ title: "&lt;b&gt;Bold&lt;/b&gt; &amp; <mark>Brilliant</mark>" });
  });

  it("highlights every field that matches, and no other", async () => {
    const store = await newShop();
    const fields = { author: "Ana Zenit", series: "Zenit", category: "Zenit & co", publisher: "Zenith" };
    await newProduct(store, { title: "Otra cosa", description: "Del zenit.", ...fields });
    const { body } = await call("GET", `${API}/products/search?tenant=${store.tenant.slug}&q=zenit`);
    expect(body.data[0].highlight).toEqual({
      author: "Ana <mark>Zenit</mark>",
      series: "<mark>Zenit</mark>",
      category: "<mark>Zenit</mark> &amp; co",
      publisher: "<mark>Zenith</mark>",
      description: "Del <mark>zenit</mark>.",
    });
  });

  it("returns an excerpt of a long description around the match", async () => {
    const filler = "nothing to see here and ".repeat(40);
    await newProduct(shop, { title: "A long one", description: `${filler}a xylophone plays ${filler}` });
    const { body } = await search("xylophone");
    expect(body.data[0].highlight.description).toMatch(/^… .*a <mark>xylophone<\/mark> plays.* …$/);
    expect(body.data[0].highlight.description.length).toBeLessThan(260);
  });

  it("finds a product by its new text at once, and no longer by the old one", async () => {
    const { id } = await newProduct(shop, { title: "Provisional" });
    await call("PATCH", `${API}/products/${id}`, { token: shop.admin.token, json: { title: "Definitivo" } });
    expect(await titles("definitivo")).toEqual(["Definitivo"]);
    expect(await titles("provisional")).toEqual([]);
  });

  it("does not find a hidden product, and finds it when it is shown again", async () => {
    const { id } = await newProduct(shop, { title: "Escondido" });
    const hide = (json: object) => call("PATCH", `${API}/products/${id}`, { token: shop.admin.token, json });
    await hide({ is_active: false });
    expect(await titles("escondido")).toEqual([]);
    await hide({ is_active: true });
    expect(await titles("escondido")).toEqual(["Escondido"]);
  });

  it("finds visible products among many hidden ones", async () => {
    const store = await newShop();
    const hidden = Array.from({ length: 210 }, (_, at) => `H-${at},Dragon,1.00`).join("\n");
    await importFile(store, `sku,title,price\n${hidden}\n`, "products");
    await base().db.run(sql`UPDATE products SET is_active = 0, text_version = text_version + 1
      WHERE tenant_id = ${store.tenant.id}`);
    await indexPending(base(), store.tenant.id);
    await newProduct(store, { title: "The one dragon that is for sale" });
    const search = (path: string) =>
      call("GET", `${API}/products/${path}?tenant=${store.tenant.slug}&q=dragon`);
    expect((await search("search")).body.data.length).toBe(1);
    expect((await search("suggest")).body.data.length).toBe(1);
  });

  it("finds by category, author or language, however many products match", async () => {
    const store = await newShop();
    const many = Array.from({ length: 1_100 }, (_, at) => `T-${at},A thing,1.00,Many`).join("\n");
    await importFile(store, `sku,title,price,category\n${many}\n`, "products");
    await newProduct(store, {
      title: "A thing of another kind",
      category: "Solo",
      author: "Ana",
      language: "es-MX",
    });
    const search = (filter: string) =>
      call("GET", `${API}/products/search?tenant=${store.tenant.slug}&q=thing&${filter}`);
    for (const filter of ["category=Solo", "category=None&category=Solo", "author=Ana", "language=es-MX"])
      expect((await search(filter)).body.data.length, filter).toBe(1);
    expect((await search("category=Solo&author=Bea")).body.data).toEqual([]);
  });

  it("does not take a number among words for a code", async () => {
    const store = await newShop();
    for (let at = 0; at < 5; at += 1) await newProduct(store, { sku: `45${at}`, title: `Cable ${at}` });
    await newProduct(store, { title: "Studio 45" });
    const { body } = await call("GET", `${API}/products/search?tenant=${store.tenant.slug}&q=45`);
    expect(body.data[0].title).toBe("Studio 45");
  });

  it("finds nothing of another shop", async () => {
    const other = await newShop();
    await newProduct(other, { title: "Forastero" });
    expect(await titles("forastero")).toEqual([]);
  });

  it("pages without repeating or omitting a product", async () => {
    for (let volume = 1; volume <= 7; volume += 1)
      await newProduct(shop, { title: `Enciclopedia, tomo ${volume}` });
    const pages = await pagesOf(
      async (cursor) =>
        (await search("enciclopedia", `&limit=3${cursor === null ? "" : `&cursor=${cursor}`}`)).body,
    );
    const listed: string[] = pages.flatMap(({ data }) => data.map((hit: { title: string }) => hit.title));
    expect(listed.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7].map((volume) => `Enciclopedia, tomo ${volume}`));
  });

  it("continues after the last product of a page, whatever is hidden meanwhile", async () => {
    const store = await newShop();
    const ids: string[] = [];
    for (let at = 1; at <= 6; at += 1) ids.push((await newProduct(store, { title: "Almanaque" })).id);
    const page = (more: string) =>
      call("GET", `${API}/products/search?tenant=${store.tenant.slug}&q=almanaque&limit=2${more}`);
    const { body: first } = await page("");
    await call("DELETE", `${API}/products/${first.data[0].id}`, { token: store.admin.token });
    const { body: second } = await page(`&cursor=${first.next_cursor}`);
    const listed = [...first.data, ...second.data].map((hit: { id: string }) => hit.id);
    expect(listed).toEqual(ids.slice(0, 4));
  });

  it("tolerates a typo in a very long word", async () => {
    const store = await newShop();
    await newProduct(store, { title: "Donaudampfschifffahrtsgesellschaft" });
    const { body } = await call(
      "GET",
      `${API}/products/search?tenant=${store.tenant.slug}&q=Donaudampfschiffahrtsgesellschaft`,
    );
    expect(body.data.length).toBe(1);
  });

  it("rejects the cursor of another query", async () => {
    const { body } = await search("enciclopedia", "&limit=3");
    const other = await search("tomo", `&cursor=${body.next_cursor}`);
    expect(other.status).toBe(422);
    expect(other.body.type).toBe("/problems/invalid-cursor");
  });

  it.each(["&price_min=1", "&in_stock=true", "&category=Novel"])(
    "rejects the cursor of the same query without %s",
    async (filter) => {
      const { body } = await search("enciclopedia", "&limit=3");
      const other = await search("enciclopedia", `${filter}&cursor=${body.next_cursor}`);
      expect(other.status).toBe(422);
      expect(other.body.type).toBe("/problems/invalid-cursor");
    },
  );

  it("reads each product that matches once where a filter leaves none of them", async () => {
    const full = await newShop();
    const PRODUCTS = 60;
    for (let nth = 1; nth <= PRODUCTS; nth += 1) await newProduct(full, { title: `Libro ${nth}`, stock: 1 });
    const path = `${API}/products/search?tenant=${full.tenant.slug}&q=libro`;
    const found = costOf(await call("GET", path));
    const none = await call("GET", `${path}&in_stock=false`);
    expect(none.body.data).toEqual([]);
    expect(costOf(none).read).toBeLessThanOrEqual(found.read + 5);
  });

  it("queries D1 once, whether or not a product has all words, and reads no others if one has", async () => {
    const one = costOf(await search("quijote"));
    expect(one.queries).toBe(1);
    // Two other products have one of these words.
    const both = costOf(await search("king man"));
    expect(both).toMatchObject({ queries: 1, read: one.read });
    expect(costOf(await search("quijote astronauts")).queries).toBe(1);
  });

  it("finds those with some words where those with all are two edits away, by a second query", async () => {
    const other = await newShop();
    for (const title of ["Don Quijote de la Mancha", "Quxiote"]) await newProduct(other, { title });
    const searchThere = (q: string) =>
      call("GET", `${API}/products/search?tenant=${other.tenant.slug}&q=${q}`);
    await searchThere("quijote");
    // Without one letter each, the words are alike.
    const found = await searchThere("quxiote+macxha");
    expect(found.body.data.map((hit: { title: string }) => hit.title)).toEqual(["Quxiote"]);
    expect(costOf(found).queries).toBe(2);
  });
});

describe("any input is literal text", () => {
  it.each(["", " ", "...", "«¿?»", "🙂", "'\"*()", "\u0000"])("rejects %j: it has no words", async (q) => {
    const { status, body } = await search(q);
    expect(status).toBe(422);
    expect(body.errors[0].pointer).toBe("#/query/q");
  });

  it.each([
    '"quijote"',
    "quijote*",
    "NEAR(quijote mancha)",
    "title:quijote",
    "quijote AND mancha",
    "quijote OR",
    "{title} : quijote",
    "-quijote",
    "quijote-mancha",
    "^quijote",
    "quijote\u0000mancha",
    "quijote 🙂",
    "\u202equijote",
    "' OR 1=1 -- quijote",
  ])("treats %j as words", async (q) => {
    const { status, body } = await search(q);
    expect(status).toBe(200);
    expect(body.data[0].title).toBe("Don Quijote de la Mancha");
  });

  it.each([
    "q",
    "ب",
    "書",
    "a".repeat(64),
    "x".repeat(200),
    "ئۇيغۇر",
    "the",
    "a b c d e f g h i j k l m n o p",
  ])("answers %j", async (q) => {
    expect((await search(q)).status).toBe(200);
  });

  it.each([201, 10_000])("rejects a word of %i letters", async (letters) => {
    expect((await search("w".repeat(letters))).status).toBe(422);
  });
});
