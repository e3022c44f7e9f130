// Finds the product of a scanned or typed code. Each kind of code is read by its index, and SQLite stops at the first product.
import { sql, type SQL } from "drizzle-orm";
import type { z } from "zod";
import { isStaff, type Ctx } from "../../platform/context.ts";
import { Problem } from "../../platform/problem.ts";
import { folded } from "../../values/text.ts";
import { isBarcode, toEan } from "./barcode.ts";
import { productBody, productColumns, productRow } from "./columns.ts";
import { toIsbn13 } from "./isbn.ts";
import { LookedUpProduct } from "./schema.ts";

const foundRow = productRow.extend({ matched: LookedUpProduct.shape.matched });

type Matched = z.infer<typeof foundRow>["matched"];

const firstOf = (matched: Matched, source: SQL): SQL =>
  sql`SELECT * FROM (SELECT ${productColumns}, ${matched} AS matched FROM ${source} LIMIT 1)`;

/**
 * The product with this barcode, else with this ISBN (the newest, visible ones first), else with this SKU; customers do not see
 * hidden ones. One round trip. @throws Problem unknown-code
 */
export async function lookUpProduct(ctx: Ctx, text: string) {
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
  const [found] = await ctx.db.all(foundRow, sql`${sql.join(matches, sql` UNION ALL `)} LIMIT 1`);
  if (!found) throw new Problem("unknown-code", "No product of this shop has this barcode, ISBN or SKU.");
  const { matched, ...row } = found;
  return { ...productBody(ctx, row), matched };
}
