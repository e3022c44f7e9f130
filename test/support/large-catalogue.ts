// A large catalogue, stored by one statement.
import { sql } from "drizzle-orm";
import { newId } from "../../src/values/ids.ts";
import { base, type Shop } from "./shops.ts";

export type CatalogueProduct = {
  id: string;
  sku: string;
  title: string;
  category: string | null;
  price: number;
  author: string | null;
  language: string;
  stock: number | null;
  rating: number | null;
  is_active: 0 | 1;
};

const categoryOf = (at: number): string => `C${Math.clz32(Math.imul(at, 2_654_435_761))}`;

/**
 * Stores `size` products: half of them in category `C0`, a quarter in `C1`, and so on; ten per author. Every hundredth is in
 * Latin, sold out and without an author; every fiftieth is hidden.
 */
export async function storeCatalogue(shop: Shop, size: number): Promise<CatalogueProduct[]> {
  const products = Array.from({ length: size }, (_, at): CatalogueProduct => {
    const isOdd = at % 100 === 0;
    return {
      id: newId(),
      sku: `S-${at}`,
      title: `Title ${(at * 7919) % size}`,
      category: at % 40 === 3 ? null : categoryOf(at),
      price: (at * 7919) % 5000,
      author: isOdd ? null : `Author ${Math.floor(at / 10)}`,
      language: isOdd ? "la" : "es",
      stock: isOdd ? 0 : at % 3 === 0 ? null : 5,
      rating: at % 7 === 0 ? null : (at % 50) / 10,
      is_active: at % 50 === 1 ? 0 : 1,
    };
  });
  const ctx = base();
  const at = ctx.now.toISOString();
  await ctx.db
    .run(sql`INSERT INTO products (tenant_id, id, sku, title, category, price, author, language, stock, rating,
      is_active, created_at, updated_at)
    SELECT ${shop.tenant.id}, value ->> 'id', value ->> 'sku', value ->> 'title', value ->> 'category', value ->> 'price',
      value ->> 'author', value ->> 'language', (value ->> 'stock') * 1000, value ->> 'rating', value ->> 'is_active', ${at}, ${at}
    FROM json_each(${JSON.stringify(products)})`);
  return products;
}
