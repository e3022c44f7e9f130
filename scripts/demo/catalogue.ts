// The catalogue of the demo shop: books, and what it sells beside them.
import { labelled } from "../session.ts";
import type { Mostrador } from "../../sdk/src/index.ts";
import { demoBooks, type Book } from "./books.ts";
import { demoGoods, type Goods } from "./goods.ts";

const AT_ONCE = 6;
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
  admin: Mostrador,
  products: DemoProduct[],
  taxRates: Map<string, string>,
): Promise<Map<string, string>> {
  const existing = await admin.pages.listProducts().all();
  const ids = new Map(existing.map(({ sku, id }) => [sku, id]));
  const missing = products.filter(({ sku }) => !ids.has(sku));
  const add = async () => {
    for (let product = missing.pop(); product; product = missing.pop()) {
      const { tax, ...fields } = product;
      const tax_rate_id = tax === undefined ? null : taxRates.get(tax);
      if (tax_rate_id === undefined) throw new Error(`There is no tax rate ${tax}.`);
      const request = admin.createProduct(
        { ...fields, tax_rate_id },
        { idempotencyKey: `demo-product-${fields.sku}` },
      );
      ids.set(fields.sku, (await labelled(`The product ${fields.sku}`, request)).id);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, add));
  return ids;
}

/** The id of a product by its SKU. */
export function idOf(ids: Map<string, string>, sku: string): string {
  const id = ids.get(sku);
  if (id === undefined) throw new Error(`The demo shop has no product ${sku}.`);
  return id;
}
