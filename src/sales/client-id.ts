// A till gives each sale an id, so a request that it repeats after a lost answer, whenever, returns the sale that was made. The id
// must not be used for another sale: other products or quantities are rejected.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../platform/context.ts";
import { returning, type Returning, violates } from "../platform/d1.ts";
import { Problem } from "../platform/problem.ts";
import { itemsInUnits } from "../values/quantities.ts";
import { saleJsonOf, type SaleBody } from "./record.ts";
import { Sale } from "./schema.ts";

const soldRow = z.object({ sale: z.string().transform((text) => Sale.parse(JSON.parse(text))) });

const sqlOf = (ctx: Ctx, clientId: string): SQL =>
  sql`SELECT ${saleJsonOf(ctx)} AS sale FROM sales s
    WHERE s.tenant_id = ${ctx.tenant.id} AND s.client_id = ${clientId} AND s.client_id IS NOT NULL`;

/** Reads the sale with this client id, for a batch of reads. */
export const selectByClientId = (ctx: Ctx, clientId: string): Returning<{ sale: SaleBody }> =>
  returning(soldRow, sqlOf(ctx, clientId));

/** Whether D1 rejected a sale because another one has its client id. */
export const violatesClientId = (error: unknown): boolean =>
  violates(error, "sales.tenant_id, sales.client_id");

/** The sale that made D1 reject this one because both have the same client id, or null. One round trip if so, else none. */
export async function findByClientId(
  ctx: Ctx,
  clientId: string | undefined,
  error: unknown,
): Promise<SaleBody | null> {
  if (clientId === undefined || !violatesClientId(error)) return null;
  const [sold] = await ctx.db.all(soldRow, sqlOf(ctx, clientId));
  return sold?.sale ?? null;
}

type Item = { product_id: string; quantity: number };

/** Checks that a repeated request has the items (thousandths) of its sale. @throws Problem idempotency-mismatch */
export function assertSameItems(sale: SaleBody, items: Item[]): void {
  const contentOf = (list: Item[]): string =>
    JSON.stringify(list.map(({ product_id, quantity }) => [product_id, quantity]));
  if (contentOf(sale.items) !== contentOf(itemsInUnits(items)))
    throw new Problem(
      "idempotency-mismatch",
      "The client_id belongs to a sale of other items. Use a new client_id for each sale.",
    );
}
