// Finds the product of a scanned or typed code. Each kind of code is read by its index, and SQLite stops at the first product.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { ScaleCode } from "../../auth/shops/rules.ts";
import { isStaff, type Ctx } from "../../platform/context.ts";
import { Problem } from "../../platform/problem.ts";
import { folded } from "../../values/text.ts";
import { isBarcode, toEan } from "./barcode.ts";
import { productBody, productColumns, productRow } from "./columns.ts";
import { toIsbn13 } from "./isbn.ts";
import { itemsOf, scaleValueOf } from "./scale-code.ts";
import { LookedUpProduct } from "./schema.ts";

/** A column with a layout of scale codes as JSON; NULL for products that were found otherwise. */
const layoutColumn = z
  .string()
  .transform((text) => ScaleCode.parse(JSON.parse(text)))
  .nullable();

const foundRow = productRow.extend({
  matched: LookedUpProduct.shape.matched,
  scale_layout: layoutColumn,
});

type Matched = z.infer<typeof foundRow>["matched"];

const firstOf = (matched: Matched, source: SQL, layout = sql`NULL`): SQL =>
  sql`SELECT * FROM (SELECT ${productColumns}, ${matched} AS matched, ${layout} AS scale_layout FROM ${source} LIMIT 1)`;

/**
 * The product with this barcode, else with this ISBN (the newest, visible ones first), else with this SKU, else that of the item
 * number in a code that a scale printed; customers do not see hidden ones. One round trip. @throws Problem unknown-code
 */
export async function lookUpProduct(ctx: Ctx, text: string): Promise<z.infer<typeof LookedUpProduct>> {
  const code = text.trim();
  const isbn = toIsbn13(code);
  const ean = isBarcode(toEan(code)) ? toEan(code) : isbn;
  const visible = isStaff(ctx) ? sql`` : sql`AND is_active = 1`;
  const matches: SQL[] = [];
  if (ean !== null)
    matches.push(
      firstOf(
        "barcode",
        sql`product_barcodes b CROSS JOIN products p ON p.tenant_id = b.tenant_id AND p.id = b.product_id
          WHERE b.tenant_id = ${ctx.tenant.id} AND b.code = ${ean} ${visible}`,
      ),
    );
  if (isbn !== null)
    matches.push(
      firstOf(
        "isbn",
        sql`products INDEXED BY products_by_isbn WHERE tenant_id = ${ctx.tenant.id} AND isbn = ${isbn} ${visible}
          ORDER BY is_active DESC, id DESC`,
      ),
    );
  // As it is written first: products from before keys were unique may differ in letter case only.
  for (const condition of [sql`sku = ${code}`, sql`sku_key = ${folded(code)}`])
    matches.push(
      firstOf("sku", sql`products WHERE tenant_id = ${ctx.tenant.id} AND ${condition} ${visible}`),
    );
  matches.push(...scaleMatches(ctx, code, visible));
  const [found] = await ctx.db.all(foundRow, sql`${sql.join(matches, sql` UNION ALL `)} LIMIT 1`);
  if (!found) throw new Problem("unknown-code", "No product of this shop has this barcode, ISBN or SKU.");
  const { matched, scale_layout, ...row } = found;
  const product = { ...productBody(ctx, row), matched };
  return scale_layout
    ? { ...product, scale: scaleValueOf(code, scale_layout, ctx.tenant.currency) }
    : product;
}

/** Finds the item by the barcode of its code with the value 0, else by its SKU as printed, else without leading zeros. */
function scaleMatches(ctx: Ctx, code: string, visible: SQL): SQL[] {
  const printed = itemsOf(code);
  if (!printed) return [];
  const tenantId = ctx.tenant.id;
  const withSku = (sku: SQL) =>
    sql`(SELECT id FROM products WHERE tenant_id = ${tenantId} AND sku = ${sku} ${visible})`;
  const withBarcode = sql`(SELECT p.id FROM product_barcodes b
    CROSS JOIN products p ON p.tenant_id = b.tenant_id AND p.id = b.product_id
    WHERE b.tenant_id = ${tenantId} AND b.code = l.barcode ${visible})`;
  // One SELECT for all three, because D1 allows five in a UNION.
  const source = sql`(SELECT s.value AS layout, i.value ->> 'item' AS item, i.value ->> 'number' AS number,
      i.value ->> 'barcode' AS barcode
    FROM tenants t CROSS JOIN json_each(t.scale_codes) s CROSS JOIN json_each(${JSON.stringify(printed.items)}) i
    WHERE t.id = ${tenantId} AND s.value ->> 'prefix' = ${printed.prefix}
      AND i.value ->> 'item_digits' = s.value ->> 'item_digits') l
    CROSS JOIN products ON tenant_id = ${tenantId}
      AND id = coalesce(${withBarcode}, ${withSku(sql`l.item`)}, ${withSku(sql`l.number`)})`;
  return [firstOf("scale", source, sql`l.layout`)];
}
