import { describe, expect, it } from "vitest";
import { API, call } from "../../support/client.ts";
import { pagesOf } from "../../support/pages.ts";
import { newProduct, newShop, type Shop } from "../../support/shops.ts";

type Row = { id: string; title: string; price: number; rating: number | null };

const SORTS = ["-created_at", "price", "-price", "title", "-rating"] as const;

const titles = ["Beta", "alpha", "Beta", "\u00c1rbol", "Beta", "alpha", "Zeta", "beta"];
const prices = [500, 100, 500, 100, 300, 500, 100, 0];
const ratings = [4.5, null, 4.5, 3, null, 4.5, 5, null];

async function shelf(): Promise<Shop> {
  const shop = await newShop();
  for (const [at, title] of titles.entries())
    await newProduct(shop, { title, price: prices[at], rating: ratings[at] });
  return shop;
}

const list = (shop: Shop, query: string) =>
  call("GET", `${API}/products?${query}`, { token: shop.admin.token });

/** Reads all pages; `between` runs after each. */
async function walk(shop: Shop, query: string, limit: number, between = async () => {}): Promise<Row[]> {
  const listed: Row[] = [];
  let cursor = "";
  for (let pages = 0; pages < 50; pages += 1) {
    const { body } = await list(shop, `${query}&limit=${limit}${cursor && `&cursor=${cursor}`}`);
    expect(body.data.length).toBeLessThanOrEqual(limit);
    listed.push(...body.data);
    if (body.next_cursor === null) return listed;
    expect(body.data.length).toBe(limit);
    cursor = encodeURIComponent(body.next_cursor);
    await between();
  }
  throw new Error("the pages do not end");
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const folded = (title: string): string => title.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

const orders: Record<(typeof SORTS)[number], (a: Row, b: Row) => number> = {
  "-created_at": (a, b) => byText(b.id, a.id),
  price: (a, b) => a.price - b.price || byText(a.id, b.id),
  "-price": (a, b) => b.price - a.price || byText(b.id, a.id),
  title: (a, b) => byText(folded(a.title), folded(b.title)) || byText(a.id, b.id),
  "-rating": (a, b) => (b.rating ?? -1) - (a.rating ?? -1) || byText(b.id, a.id),
};

const ids = (rows: Row[]): string[] => rows.map((row) => row.id);

describe("the pages of the catalogue", () => {
  it.each(SORTS)(
    "sorted by %s contain each product exactly once and in order, whatever their size",
    async (sort) => {
      const shop = await shelf();
      const complete = await list(shop, `sort=${sort}&limit=100`);
      const rows: Row[] = complete.body.data;
      expect(rows.length).toBe(titles.length);
      expect(ids(rows)).toEqual(ids(rows.toSorted(orders[sort])));
      for (const limit of [1, 2, 3, 4, 7, 8, 9])
        expect(ids(await walk(shop, `sort=${sort}`, limit)), `limit ${limit}`).toEqual(ids(rows));
    },
  );

  it.each(SORTS)("sorted by %s repeat and omit nothing while products are added", async (sort) => {
    const shop = await shelf();
    const before = ids(await walk(shop, `sort=${sort}`, 100));
    let added = 0;
    const listed = ids(
      await walk(shop, `sort=${sort}`, 2, async () => {
        if (added < titles.length)
          await newProduct(shop, { title: titles[added], price: prices[added], rating: ratings[added] });
        added += 1;
      }),
    );
    expect(new Set(listed).size).toBe(listed.length);
    expect(before.filter((id) => !listed.includes(id))).toEqual([]);
  });

  it("keep their filters", async () => {
    const shop = await shelf();
    const rows = await walk(shop, "sort=title&price_min=100&price_max=300", 1);
    expect(rows.map((row) => row.title)).toEqual(["alpha", "\u00c1rbol", "Beta", "Zeta"]);
  });

  it("sorted by title are in Spanish order, whatever the case, accents and opening punctuation", async () => {
    const shop = await newShop();
    const order = [
      "\u00abAlba\u00bb",
      "\u00e1lbum",
      "A\u0301ngel",
      "Cosa",
      "\u00c7ota",
      "\u0141\u00f3d\u017a",
      "nube",
      "NUEZ",
      "\u00f1and\u00fa",
      "\u00d1u",
      "obra",
      "\u00d3leo",
      "\u00d8rsted",
      "\u00bfQui\u00e9n?",
      "Stra\u00dfe",
      "stratos",
      "Zoo",
    ];
    for (const title of order.toReversed()) await newProduct(shop, { title });
    const rows = await walk(shop, "sort=title", 5);
    expect(rows.map((row) => row.title)).toEqual(order);
  });

  it("have twenty products by default, and the last one has no cursor", async () => {
    const shop = await newShop();
    expect((await list(shop, "")).body).toEqual({ data: [], next_cursor: null });
    for (let at = 0; at < 21; at += 1) await newProduct(shop);
    const first = await list(shop, "");
    expect(first.body.data.length).toBe(20);
    const second = await list(shop, `cursor=${first.body.next_cursor}`);
    expect(second.body.data.length).toBe(1);
    expect(second.body.next_cursor).toBeNull();
  });

  it("continue after a product that was hidden since", async () => {
    const shop = await shelf();
    const all = ids(await walk(shop, "sort=price", 100));
    const first = await list(shop, "sort=price&limit=3");
    await call("DELETE", `${API}/products/${first.body.data[2].id}`, { token: shop.admin.token });
    const rest = await list(shop, `sort=price&cursor=${first.body.next_cursor}`);
    expect(ids(rest.body.data)).toEqual(all.slice(3));
  });
});

it("a list by price in descending order has those at its highest price on every page", async () => {
  const shop = await newShop();
  const skus = [];
  for (let nth = 0; nth < 3; nth += 1) skus.push((await newProduct(shop, { price: 500 })).sku);
  await newProduct(shop, { price: 600 });
  const pages = await pagesOf(
    async (cursor) =>
      (await list(shop, `sort=-price&price_max=500&limit=1${cursor === null ? "" : `&cursor=${cursor}`}`))
        .body,
  );
  const listed = pages.flatMap(({ data }) => data.map(({ sku }: { sku: string }) => sku));
  expect(new Set(listed)).toEqual(new Set(skus));
  expect(listed).toHaveLength(3);
});
