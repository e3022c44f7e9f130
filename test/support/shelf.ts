// A large catalogue, stored in one statement.
import { sql } from "drizzle-orm";
import { newId } from "../../src/values/ids.ts";
import { base, type Shop } from "./shops.ts";

/** A product of the shelf; `stock` null is not counted. */
export type Shelved = {
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

const part = (at: number): string => `C${Math.clz32(Math.imul(at, 2_654_435_761))}`;

/**
 * Stores `size` products. `C0` has a half, `C1` a quarter, and so on; an author has ten; each hundredth is in Latin, sold
 * out and without an author, each fiftieth hidden.
 */
export async function shelve(shop: Shop, size: number): Promise<Shelved[]> {
  const products = Array.from({ length: size }, (_, at): Shelved => {
    const isOdd = at % 100 === 0;
    return {
      id: newId(),
      sku: `S-${at}`,
      title: `Title ${(at * 7919) % size}`,
      category: at % 40 === 3 ? null : part(at),
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
      value ->> 'author', value ->> 'language', value ->> 'stock', value ->> 'rating', value ->> 'is_active', ${at}, ${at}
    FROM json_each(${JSON.stringify(products)})`);
  return products;
}
