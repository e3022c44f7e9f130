// Sales of before imports had customers have only the reference of their file. A sweep, and each import of sales before its first
// rows, gives them a customer. A reference that becomes a customer of its own passes on its number, so the daily tables stay as they
// are; one that turns out to be somebody who has bought before has the days of both rebuilt.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { addUnknownCustomers, customerIdOf, identityOf } from "../customers/named.ts";
import type { Base } from "../platform/context.ts";
import { again } from "../platform/sweeps.ts";
import { markDaysForRebuild } from "../sales/record.ts";

// D1 has one writer, which a batch occupies. A reference with more sales takes several batches: until the last one it counts as two
// customers, and then its days are rebuilt.
const SALES_PER_PAGE = 4_000;
const REFERENCES_PER_PAGE = 1_000;

const referenceRow = z.object({
  tenant_id: z.string(),
  ref: z.string(),
  import_id: z.string().nullable(),
  sales: z.number(),
});

/** The references of the first sales without a customer, of one shop. `isPart`: the only one has more sales than these. */
async function nextReferences(ctx: Base, tenantId: string | null, limit: number) {
  const ofShop =
    tenantId === null
      ? sql`tenant_id = (SELECT min(tenant_id) FROM sales INDEXED BY sales_without_customer
          WHERE customer_id IS NULL AND customer_ref IS NOT NULL)`
      : sql`tenant_id = ${tenantId}`;
  const rows = await ctx.db.all(
    referenceRow,
    sql`SELECT tenant_id, customer_ref AS ref, max(import_id) AS import_id, count(*) AS sales
      FROM (SELECT tenant_id, customer_ref, import_id FROM sales INDEXED BY sales_without_customer
        WHERE ${ofShop} AND customer_id IS NULL AND customer_ref IS NOT NULL ORDER BY customer_ref LIMIT ${limit + 1})
      GROUP BY customer_ref ORDER BY customer_ref`,
  );
  const isCut = rows.reduce((sum, { sales }) => sum + sales, 0) > limit;
  // The last reference is left to the next page, unless it fills a page.
  const whole = isCut && rows.length > 1 ? rows.slice(0, -1) : rows;
  return {
    references: whole.slice(0, REFERENCES_PER_PAGE),
    isPart: isCut && rows.length === 1,
    isMore: isCut || whole.length > REFERENCES_PER_PAGE,
  };
}

/**
 * Gives the next sales without a customer theirs, of one shop or else of all; `after` is not used. A page of a sweep (see sweeps.ts). Two
 * round trips.
 */
export async function setMissingCustomers(
  ctx: Base,
  _after = "",
  shopId: string | null = null,
  limit = SALES_PER_PAGE,
): Promise<string | null> {
  const { references, isPart, isMore } = await nextReferences(ctx, shopId, limit);
  const [first] = references;
  if (!first) return null;
  const tenantId = first.tenant_id;
  const named = references.map(({ ref, import_id }) => ({ text: ref, ...identityOf(ref), import_id }));
  await ctx.db.batch([
    ...addUnknownCustomers(ctx.now, tenantId, named),
    ...passOn(tenantId, named, isPart, limit),
  ]);
  return again(isMore || shopId === null);
}

/** The statements that give the sales, and the numbers, of references to their customers. */
function passOn(
  tenantId: string,
  named: { text: string; ref: string | null; email: string | null }[],
  isPart: boolean,
  limit: number,
): SQL[] {
  const references = JSON.stringify(named.map(({ text, ref, email }) => ({ text, ref, email })));
  const target = customerIdOf(tenantId, sql`j.value ->> 'ref'`, sql`j.value ->> 'email'`);
  // Each reference with its customer. Windows and CROSS JOIN, because a page may have thousands of references.
  const targets = sql`(SELECT text, id, count(*) OVER (PARTITION BY id) AS references_of_id FROM (
    SELECT j.value ->> 'text' AS text, ${target} AS id FROM json_each(${references}) j))`;
  // References of somebody with other sales, or of the same customer.
  const known = sql`(SELECT t.text, t.id FROM ${targets} t WHERE t.references_of_id > 1
    OR EXISTS (SELECT 1 FROM sales k INDEXED BY sales_customer
      WHERE k.tenant_id = ${tenantId} AND k.customer_key = t.id AND k.customer_id IS NOT NULL)
    OR EXISTS (SELECT 1 FROM customer_numbers n WHERE n.tenant_id = ${tenantId} AND n.customer_key = t.id AND n.is_account = 1))`;
  const theirDays = sql`SELECT DISTINCT s.day FROM ${known} t CROSS JOIN json_each(json_array(t.id, t.text)) k
    CROSS JOIN sales s INDEXED BY sales_customer ON s.tenant_id = ${tenantId} AND s.customer_key = k.value`;
  return [
    ...(isPart ? [] : markDaysForRebuild(tenantId, sql`(SELECT json_group_array(day) FROM (${theirDays}))`)),
    // OR IGNORE: a customer has one number. That of their second reference is not used any more.
    sql`UPDATE OR IGNORE customer_numbers AS n SET customer_key = u.id, is_account = 1
      FROM (SELECT o.customer_key, t.id FROM ${targets} t CROSS JOIN customer_numbers o
        ON o.tenant_id = ${tenantId} AND o.customer_key = t.text AND o.is_account = 0) u
      WHERE n.tenant_id = ${tenantId} AND n.customer_key = u.customer_key AND n.is_account = 0`,
    ...(isPart
      ? []
      : [
          sql`DELETE FROM customer_numbers WHERE tenant_id = ${tenantId} AND is_account = 0
            AND customer_key IN (SELECT value ->> 'text' FROM json_each(${references}))`,
        ]),
    sql`UPDATE sales AS s SET customer_id = u.customer_id
      FROM (SELECT o.id, t.id AS customer_id FROM ${targets} t CROSS JOIN sales o INDEXED BY sales_without_customer
        ON o.tenant_id = ${tenantId} AND o.customer_ref = t.text AND o.customer_id IS NULL AND o.customer_ref IS NOT NULL
        LIMIT ${limit}) u
      WHERE s.tenant_id = ${tenantId} AND s.id = u.id`,
  ];
}
