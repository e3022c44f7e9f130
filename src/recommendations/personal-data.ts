import { sql } from "drizzle-orm";
import { z } from "zod";
import { encodeResumeKey, type ErasureStep, type PersonalData } from "../platform/personal-data.ts";

const PRODUCTS_PER_BATCH = 2000;
const boughtRow = z.object({ product_id: z.string(), sale_id: z.string(), line_no: z.number() });

const deleteBoughtProducts: ErasureStep = async (ctx, { tenant_id, user_id }) => {
  const ofCustomer = sql`FROM customer_products WHERE tenant_id = ${tenant_id} AND customer_id = ${user_id}`;
  const bought = await ctx.db.all(
    boughtRow,
    sql`SELECT product_id, sale_id, line_no ${ofCustomer} LIMIT CAST(${PRODUCTS_PER_BATCH} AS INTEGER)`,
  );
  return {
    statements: [
      sql`DELETE ${ofCustomer} AND (product_id, sale_id, line_no) IN (SELECT value ->> 'product_id', value ->> 'sale_id',
        value ->> 'line_no' FROM json_each(${JSON.stringify(bought)}))`,
    ],
    after: encodeResumeKey(bought, PRODUCTS_PER_BATCH, () => "more"),
  };
};

export const personalData: PersonalData = {
  erased: { customer_products: "deleted; only ids return when the products of a day are counted again" },
  notExported: { customer_products: "which of the exported sales has which product" },
  retained: {
    daily_baskets: "products bought together, without the buyer",
    product_neighbours: "products",
  },
  steps: { bought: deleteBoughtProducts },
};
