import { describe, expect, it } from "vitest";
import { eraseUser } from "../../src/erasure/account.ts";
import { resumeErasures } from "../../src/erasure/sweep.ts";
import { buildProducts } from "../../src/recommendations/build.ts";
import { buildNextProductDays } from "../../src/recommendations/days.ts";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { count, rowsOf } from "../support/d1.ts";
import { buyOne, putInCart } from "../support/purchases.ts";
import {
  idsOf,
  recommendedFor,
  recommendedWith,
  runNight,
  sellTogether,
} from "../support/recommendations.ts";
import { base, newPerson, newProduct, newShop, type Shop } from "../support/shops.ts";
import { addTwins, changeTwins, twinRows } from "../support/twins.ts";

async function productsOf(shop: Shop, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) ids.push((await newProduct(shop)).id);
  return ids;
}

const rowsIn = ({ tenant }: Shop, table: string, columns: string) =>
  rowsOf(`SELECT ${columns} FROM ${table} WHERE tenant_id = ? ORDER BY 1, 2`, tenant.id);

const buildAll = (shop: Shop) =>
  buildProducts(base(), { kind: "product-counts", tenant_id: shop.tenant.id, products_after: "" });

describe("beside shops whose products, sales and people have the same ids", () => {
  it("a night counts the sales of this shop, and leaves theirs", async () => {
    const shop = await newShop();
    const [one = "", two = "", three = ""] = await productsOf(shop, 3);
    const [ana, record] = [
      await newPerson(shop.tenant, "CUSTOMER"),
      await newPerson(shop.tenant, "CUSTOMER"),
    ];
    for (const customer of [ana, record]) await sellTogether(shop, [one, two], customer);
    await change("UPDATE users SET has_login = 0 WHERE tenant_id = ? AND id = ?", shop.tenant.id, record.id);
    await rebuildDirtyDays(base(), shop.tenant.id);
    await addTwins(shop.tenant);
    await changeTwins("users", "has_login = 1");
    await changeTwins("sale_lines", "product_id = ?1", three);
    const before = await twinRows();
    await buildAll(shop);
    expect(await rowsIn(shop, "customer_products", "product_id, customer_id")).toEqual([
      { product_id: one, customer_id: ana.id },
      { product_id: two, customer_id: ana.id },
    ]);
    const pair = expect.arrayContaining([one, two]);
    const [built] = await rowsIn(shop, "daily_baskets", "day, lines, baskets");
    expect(JSON.parse(String(built?.["baskets"]))).toEqual([pair, pair]);
    expect(built?.["lines"]).toBe(4);
    expect(await twinRows()).toEqual(before);
  });

  it("a night computes neighbours from the baskets of this shop, and leaves theirs", async () => {
    const shop = await newShop();
    const [one = "", two = "", three = ""] = await productsOf(shop, 3);
    for (let times = 0; times < 2; times += 1) await sellTogether(shop, [one, two]);
    await rebuildDirtyDays(base(), shop.tenant.id);
    await addTwins(shop.tenant);
    await rebuildDirtyDays(base(), shop.tenant.id);
    const [{ day = "" } = {}] = await rowsIn(shop, "dirty_product_days", "day, is_built");
    const baskets = JSON.stringify(Array.from({ length: 3 }, () => [one, three]));
    for (const { id } of await rowsOf("SELECT id FROM tenants WHERE id <> ?", shop.tenant.id)) {
      await change("DELETE FROM dirty_product_days WHERE tenant_id = ?", id);
      await change("INSERT INTO dirty_product_days (tenant_id, day, is_built) VALUES (?, ?, 1)", id, day);
      await change("DELETE FROM daily_baskets WHERE tenant_id = ?", id);
      await change(
        // More lines than are read at once.
        "INSERT INTO daily_baskets (tenant_id, day, lines, baskets) VALUES (?, ?, 100001, ?)",
        id,
        day,
        baskets,
      );
    }
    for (const product of [one, two, three])
      await change(
        `INSERT INTO product_neighbours (tenant_id, product_id, neighbours)
          SELECT tenant_id, id, '[["other",1]]' FROM products WHERE id = ? AND tenant_id <> ?`,
        product,
        shop.tenant.id,
      );
    const before = await twinRows();
    await buildAll(shop);
    // A pair needs three baskets.
    expect(await rowsIn(shop, "product_neighbours", "product_id, neighbours")).toEqual([]);
    expect(await twinRows()).toEqual(before);
  });

  it("a shop without new days builds none, though others have some", async () => {
    const shop = await newShop();
    await sellTogether(shop, await productsOf(shop, 2));
    await runNight(shop);
    await addTwins(shop.tenant);
    await change(
      "INSERT OR REPLACE INTO dirty_product_days (tenant_id, day) SELECT tenant_id, day FROM daily_sales WHERE tenant_id <> ?",
      shop.tenant.id,
    );
    expect(await buildNextProductDays(base(), shop.tenant.id)).toBe(false);
  });
});

const PAST = "2020-01-01";

/**
 * A shop in which Ana and Bob have bought, saved and put different products into their carts. The neighbours of what Ana has bought
 * would be hidden if she had bought them too, and `taken` is a neighbour of what only Bob likes.
 */
async function shopOfAnaAndBob() {
  const shop = await newShop();
  const [bought = "", saved = "", inCart = "", next = "", far = "", taken = "", cancelled = "", lost = ""] =
    await productsOf(shop, 8);
  const hidden = (await newProduct(shop, { is_active: false })).id;
  const [ana, bob] = [await newPerson(shop.tenant, "CUSTOMER"), await newPerson(shop.tenant, "CUSTOMER")];
  await sellTogether(shop, [bought], ana);
  const sale = await sellTogether(shop, [cancelled], ana);
  await sellTogether(shop, [lost], ana);
  await sellTogether(shop, [next], bob);
  const byReference = await sellTogether(shop, [far], bob);
  for (const [{ token }, favorite, items] of [
    [ana, saved, [inCart]],
    [bob, far, [far, next]],
  ] as const) {
    await call("PUT", `${API}/favorites/${favorite}`, { token });
    for (const item of items) await putInCart(token, item);
  }
  await runNight(shop);
  await buyOne(bob.token, next);
  for (const item of [far, next]) await putInCart(bob.token, item);
  const { id } = shop.tenant;
  await change("UPDATE sales SET status = 'cancelled' WHERE tenant_id = ? AND id = ?", id, sale);
  // A reference of the shop that reads like the id of an account.
  await change(
    "UPDATE sales SET customer_id = NULL, customer_ref = ?, day = ? WHERE tenant_id = ? AND id = ?",
    ana.id,
    PAST,
    id,
    byReference,
  );
  await change("INSERT INTO dirty_days (tenant_id, day) VALUES (?, ?)", id, PAST);
  await change("DELETE FROM product_neighbours WHERE tenant_id = ?", id);
  for (const [product, neighbours] of [
    [bought, [next, far, cancelled, lost, hidden]],
    [far, [taken]],
  ] as const)
    await change(
      "INSERT INTO product_neighbours (tenant_id, product_id, neighbours) VALUES (?, ?, ?)",
      id,
      product,
      JSON.stringify(neighbours.map((each) => [each, 0.5])),
    );
  await change("DELETE FROM customer_products WHERE tenant_id = ? AND product_id = ?", id, lost);
  return { shop, ana, products: { bought, inCart, next, far, taken, cancelled, lost } };
}

type Scene = Awaited<ReturnType<typeof shopOfAnaAndBob>>;

describe("recommendations are those of what a customer did in this shop, though others with the same ids", () => {
  it.each<[string, (scene: Scene) => Promise<void>]>([
    ["sold her what was cancelled here", () => changeTwins("sales", "status = 'completed'")],
    ["sold her something else", ({ products }) => changeTwins("sale_lines", "product_id = ?1", products.far)],
    [
      "have counted something else for her",
      ({ products }) => changeTwins("customer_products", "product_id = ?1", products.next),
    ],
    [
      "sold her something else on a day that is new here",
      async ({ products }) => {
        await changeTwins("sale_lines", "product_id = ?1", products.next);
        await changeTwins("sales", "status = 'completed', day = ?1", PAST);
      },
    ],
    [
      "have orders of something else",
      async ({ products }) => {
        await changeTwins("sale_lines", "product_id = ?1", products.next);
        await changeTwins("sales", "status = 'pending'");
      },
    ],
    [
      "have other favorites of hers",
      ({ products }) => changeTwins("saved_items", "product_id = ?1", products.far),
    ],
    [
      "have other products in her cart",
      async ({ shop, products }) => {
        await change(
          "DELETE FROM cart_items WHERE tenant_id <> ?1 AND product_id <> ?2",
          shop.tenant.id,
          products.inCart,
        );
        await changeTwins("cart_items", "product_id = ?1", products.far);
      },
    ],
    ["sell what is hidden here", () => changeTwins("products", "is_active = 1")],
    [
      "have other neighbours",
      ({ products }) =>
        changeTwins("product_neighbours", "neighbours = ?1", JSON.stringify([[products.taken, 1]])),
    ],
    [
      "have built no day",
      ({ shop }) =>
        change(
          "INSERT OR REPLACE INTO dirty_product_days (tenant_id, day) SELECT tenant_id, day FROM daily_sales WHERE tenant_id <> ?",
          shop.tenant.id,
        ),
    ],
  ])("%s", async (_, differ) => {
    const scene = await shopOfAnaAndBob();
    const { shop, ana, products } = scene;
    const { next, far, cancelled, lost } = products;
    const [forAna, withBought] = [await recommendedFor(ana), await recommendedWith(shop, products.bought)];
    const together = forAna.filter(({ reason }) => reason === "bought_together");
    expect(idsOf(together)).toEqual([next, far, cancelled, lost].toSorted());
    await addTwins(shop.tenant);
    await differ(scene);
    expect(await recommendedFor(ana)).toEqual(forAna);
    expect(await recommendedWith(shop, products.bought)).toEqual(withBought);
  });
});

it("erasing a customer leaves what others have bought", async () => {
  const shop = await newShop();
  const [one = ""] = await productsOf(shop, 1);
  const [ana, bob] = [await newPerson(shop.tenant, "CUSTOMER"), await newPerson(shop.tenant, "CUSTOMER")];
  for (const customer of [ana, bob]) await sellTogether(shop, [one], customer);
  await runNight(shop);
  await eraseUser(shop.admin.ctx(), ana.id);
  const open = () => count("SELECT count(*) n FROM erasures WHERE tenant_id = ?", shop.tenant.id);
  for (let page = 1; page <= 9 && (await open()) > 0; page += 1)
    await resumeErasures(base(new Date(Date.now() + page * 20 * 60_000)));
  expect(await open()).toBe(0);
  expect(await rowsIn(shop, "customer_products", "customer_id, product_id")).toEqual([
    { customer_id: bob.id, product_id: one },
  ]);
});

it("products are similar by their series, author and category in this shop", async () => {
  const shop = await newShop();
  const fields = { series: "Stars", author: "Ana Sol", category: "Poetry" };
  const { id } = await newProduct(shop, fields);
  const alike = await newProduct(shop, { author: "Bo", category: "Poetry" });
  await newProduct(shop, { category: "Poetry", stock: 0 });
  await newProduct(shop, { author: "Other" });
  await addTwins(shop.tenant);
  const expected = [[alike.id, "same_category"]];
  const similar = async () =>
    (await recommendedWith(shop, id)).map(({ product, reason }) => [product.id, reason]);
  // Before those of this shop, where nothing else orders them.
  await changeTwins("products", "rowid = -rowid");
  for (const assignments of [
    "series = 'Stars', author = 'Ana Sol', category = 'Poetry'",
    "series = 'None', author = 'Other', category = 'None'",
    "series = 'None', author = 'Bo', category = 'Poetry'",
  ]) {
    await changeTwins("products", assignments);
    expect(await similar()).toEqual(expected);
  }
});
