// The columns of a product that clients see: the fields of the `Product` schema, except the currency, which belongs to the shop.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { isStaff, type Ctx } from "../../platform/context.ts";
import { sqlBoolean } from "../../platform/d1.ts";
import { unitsOf } from "../../platform/quantity-sql.ts";
import { fromThousandths, quantityColumn, toThousandths } from "../../values/quantities.ts";
import { folded } from "../../values/text.ts";
import { Product } from "./schema.ts";

export type ProductBody = z.infer<typeof Product>;

/** The stored list of barcodes. */
export const barcodesColumn = z.string().transform((json) => Product.shape.barcodes.parse(JSON.parse(json)));

/** A row of `productColumns`. */
export const productRow = Product.omit({ currency: true }).extend({
  is_active: sqlBoolean,
  stock: quantityColumn.nullable(),
  low_stock_threshold: quantityColumn.nullable(),
  barcodes: barcodesColumn,
});

const publicColumns = productRow.keyof().options;

type Column = (typeof publicColumns)[number];

/** The column list of a product, unqualified: no other table has these names. */
export const productColumns = sql.raw(publicColumns.join(", "));

/** The product as the actor may see it: only staff see what it costs the shop. */
export const productBody = (ctx: Ctx, { cost, ...row }: z.infer<typeof productRow>): ProductBody => ({
  ...row,
  ...(isStaff(ctx) ? { cost } : {}),
  currency: ctx.tenant.currency,
});

/** Columns whose JSON value is not the stored one. */
export const jsonValues: Partial<Record<string, SQL>> = {
  is_active: sql.raw("json(iif(is_active, 'true', 'false'))"),
  barcodes: sql.raw("json(barcodes)"),
  stock: unitsOf("stock"),
  low_stock_threshold: unitsOf("low_stock_threshold"),
};

const jsonMembers = sql.join(
  publicColumns.map((name) => sql`${sql.raw(`'${name}'`)}, ${jsonValues[name] ?? sql.identifier(name)}`),
  sql`, `,
);

/** A scalar subquery: the product as JSON, in the shape of `Product`. */
export const productJson = (ctx: Ctx, id: string): SQL => sql`
  (SELECT json_object(${jsonMembers}, 'currency', ${ctx.tenant.currency})
  FROM products WHERE tenant_id = ${ctx.tenant.id} AND id = ${id})`;

type Quantities = {
  stock?: number | null | undefined;
  low_stock_threshold?: number | null | undefined;
};

const inUnits = (thousandths: number | null | undefined): number | null | undefined =>
  typeof thousandths === "number" ? fromThousandths(thousandths) : thousandths;

/** The fields of a request, whose quantities are thousandths, as `Product` has them. */
export const fieldsInUnits = <F extends Quantities>(fields: F) => ({
  ...fields,
  stock: inUnits(fields.stock),
  low_stock_threshold: inUnits(fields.low_stock_threshold),
});

const quantityColumns: ReadonlySet<string> = new Set(["stock", "low_stock_threshold"]);

/** The value of a field of `Product` as D1 binds it: quantities are stored as thousandths, booleans as 1 and 0, lists as JSON. */
export function sqlValue(name: string, value: unknown): unknown {
  if (typeof value === "number" && quantityColumns.has(name)) return toThousandths(value);
  if (typeof value === "boolean") return Number(value);
  return Array.isArray(value) ? JSON.stringify(value) : value;
}

/** The statement that inserts a product. */
export const insertProduct = (ctx: Ctx, product: ProductBody): SQL => {
  const values = publicColumns.map((name) => sql`${sqlValue(name, product[name])}`);
  return sql`INSERT INTO products (tenant_id, sku_key, ${productColumns})
    VALUES (${ctx.tenant.id}, ${folded(product.sku)}, ${sql.join(values, sql`, `)})`;
};

/** A product of the shop with these fields; the others are null or empty. */
export const newProductBody = (
  ctx: Ctx,
  fields: { [Name in Column]?: ProductBody[Name] | undefined },
): ProductBody => {
  const row = Object.fromEntries(publicColumns.map((name) => [name, fields[name] ?? null]));
  return Product.parse({ ...row, barcodes: fields.barcodes ?? [], currency: ctx.tenant.currency });
};
