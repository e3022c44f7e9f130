// The comparison is fair only while both Workers give the same responses: checked once before anything is measured.
import { deepStrictEqual } from "node:assert";
import { z } from "zod";
import { request, saleOf, type Shop } from "./client.ts";

const fields = z.record(z.string(), z.unknown());
const list = z.object({ data: z.array(z.unknown()) });

/** @throws Error if the responses of the baseline Worker differ */
export async function assertSameResponses(shop: Shop, baselineUrl: string, productId: string): Promise<void> {
  const both = (path: string, init: () => RequestInit) =>
    Promise.all([shop.url, baselineUrl].map(async (url) => (await request(url, path, init())).json()));
  const read = () => ({ headers: shop.headers });
  const kpis = await both("/metrics/kpis?from=2000-01-01", read);
  const [appFigures, baselineFigures] = kpis.map((body) => ({ ...fields.parse(body), as_of: "" }));
  deepStrictEqual(baselineFigures, appFigures);
  const [appSales, baselineSales] = (await both("/sales?limit=20", read)).map(
    (body) => list.parse(body).data,
  );
  deepStrictEqual(baselineSales, appSales);
  const [appSale, baselineSale] = (await both("/sales", () => saleOf(shop, productId))).map((body) =>
    Object.keys(fields.parse(body)).toSorted(),
  );
  deepStrictEqual(baselineSale, appSale);
}
