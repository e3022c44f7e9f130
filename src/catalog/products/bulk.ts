// Many products in one batch. All that is kept beside a product for all of them has its place here.
import { sql, type SQL } from "drizzle-orm";
import type { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { newId } from "../../values/ids.ts";
import type { NewProduct } from "./schema.ts";
import { searchable } from "../search/indexing.ts";

const told: ReadonlySet<string> = new Set(searchable);

type Fields = z.infer<typeof NewProduct>;

/**
 * The statements that write products by SKU (once each): a new one with all that is given, a known one with the fields that are
 * named. A stock is a count, recorded as a move; where none is given the stock stays. What is hidden stays hidden.
 */
export function saveProducts(
  ctx: Ctx,
  products: Fields[],
  fields: (keyof Fields)[],
  importId: string,
): SQL[] {
  if (products.length === 0) return [];
  const at = ctx.now.toISOString();
  const given = products.map((product) => ({ ...product, id: newId(), move_id: newId() }));
  const values = JSON.stringify(given);
  const counts = JSON.stringify(
    given.flatMap(({ id, move_id, sku, stock }) =>
      stock === undefined || stock === null ? [] : [{ id, move_id, sku, stock }],
    ),
  );
  const names = fields.map((field) => sql.identifier(field));
  const changes = fields
    .filter((field) => field !== "sku")
    .map((field) =>
      field === "stock"
        ? sql`stock = coalesce(excluded.stock, stock)`
        : sql`${sql.identifier(field)} = excluded.${sql.identifier(field)}`,
    );
  // Search takes it up after the batch.
  const isTold = fields.some((field) => told.has(field));
  const moves = (products: SQL, difference: SQL): SQL =>
    sql`INSERT INTO stock_moves (tenant_id, product_id, id, delta, reason, reference, created_at)
      SELECT ${ctx.tenant.id}, p.id, j.value ->> 'move_id', ${difference}, 'count', ${importId}, ${at}
      FROM json_each(${counts}) j CROSS JOIN products p ON p.tenant_id = ${ctx.tenant.id} AND ${products}
      WHERE ${difference} <> 0`;
  return [
    moves(sql`p.sku = j.value ->> 'sku'`, sql`(j.value ->> 'stock' - coalesce(p.stock, 0))`),
    sql`INSERT INTO products (tenant_id, id, ${sql.join(names, sql`, `)}, import_id, created_at, updated_at)
      SELECT ${ctx.tenant.id}, value ->> 'id', ${sql.join(
        fields.map((field) => sql`value ->> ${field}`),
        sql`, `,
      )},
        ${importId}, ${at}, ${at}
      FROM json_each(${values}) WHERE true
      ON CONFLICT (tenant_id, sku) DO UPDATE SET ${sql.join(changes, sql`, `)}, import_id = excluded.import_id,
        version = version + 1, ${isTold ? sql`text_version = version + 1,` : sql``} updated_at = excluded.updated_at`,
    // Only a product that was new has the id that was given to it here.
    moves(sql`p.id = j.value ->> 'id'`, sql`p.stock`),
  ];
}

/** The statement that adds the products whose SKU the shop does not know; their stock is not counted. */
export function addUnknownProducts(ctx: Ctx, products: Pick<Fields, "sku" | "title" | "price">[]): SQL {
  const at = ctx.now.toISOString();
  const values = JSON.stringify(products.map(({ sku, title, price }) => [newId(), sku, title, price]));
  return sql`INSERT INTO products (tenant_id, id, sku, title, price, created_at, updated_at)
    SELECT ${ctx.tenant.id}, value ->> 0, value ->> 1, value ->> 2, value ->> 3, ${at}, ${at}
    FROM json_each(${values}) WHERE true ON CONFLICT (tenant_id, sku) DO NOTHING`;
}
