// The catalogue of the demo shop: books, and what it sells beside them.
import { at, bodyOf, get, listAt, post, textAt, type Caller } from "./api.ts";
import { demoBooks, type Book } from "./books.ts";
import { demoGoods, type Goods } from "./goods.ts";

const AT_ONCE = 6;
const MAX_PAGES = 1_000;
const BOOK_TAX = "IVA 4 %";

// Of the price with tax: what publishers and wholesalers leave to a shop.
const COST_OF_BOOKS = 0.64;
const COST_OF_GOODS = 0.48;

export type DemoProduct = (Book | Goods) & { cost: number; tax?: string };

/** All products, with their cost, and the name of their tax rate if it is not the default. */
export const demoProducts = (): DemoProduct[] => [
  ...demoBooks().map((book) => ({ ...book, cost: Math.round(book.price * COST_OF_BOOKS), tax: BOOK_TAX })),
  ...demoGoods().map((goods) => ({ ...goods, cost: Math.round(goods.price * COST_OF_GOODS) })),
];

/** Adds the missing products; returns the ids of the shop's products by SKU. `taxRates` are ids by name. */
export async function addProducts(
  admin: Caller,
  products: DemoProduct[],
  taxRates: Map<string, string>,
): Promise<Map<string, string>> {
  const ids = await readIds(admin);
  const missing = products.filter(({ sku }) => !ids.has(sku));
  const add = async () => {
    for (let product = missing.pop(); product; product = missing.pop()) {
      const { tax, ...fields } = product;
      const tax_rate_id = tax === undefined ? null : taxRates.get(tax);
      if (tax_rate_id === undefined) throw new Error(`There is no tax rate ${tax}.`);
      const response = await post(admin, "/products", `demo-product-${fields.sku}`, {
        ...fields,
        tax_rate_id,
      });
      ids.set(fields.sku, textAt(bodyOf(`The product ${fields.sku}`, response, 201), "id"));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, add));
  return ids;
}

async function readIds(admin: Caller): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  let cursor: unknown = "";
  for (let pages = 0; typeof cursor === "string"; pages += 1) {
    if (pages === MAX_PAGES) throw new Error(`The catalogue does not end after ${MAX_PAGES} pages.`);
    const after = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const page = bodyOf("The catalogue", await get(admin, `/products?limit=100${after}`), 200);
    for (const product of listAt(page, "data")) ids.set(textAt(product, "sku"), textAt(product, "id"));
    cursor = at(page, "next_cursor");
  }
  return ids;
}
