// The measured requests. Each is sent to the app and to the baseline Worker, which ignores the token.
import type autocannon from "autocannon";
import { saleOf, type Sample, type Shop } from "./client.ts";

type Requests = Parameters<typeof autocannon>[0]["requests"];

export type Case = { name: string; requests: (shop: Shop) => Requests };

let day = Date.UTC(1900, 0, 1);

/** A new day before the first sale: as `from` it gives the same metrics under a new cache key. */
function freshDay(): string {
  day += 86_400_000;
  return new Date(day).toISOString().slice(0, 10);
}

/** One request of each kind that is measured, for recording and comparing. */
export const samplesOf = (shop: Shop, productId: string): Sample[] => [
  { path: "/metrics/kpis?from=2000-01-01", init: { headers: shop.headers } },
  { path: "/sales?limit=20", init: { headers: shop.headers } },
  { path: "/sales", init: saleOf(shop, productId) },
];

/** Selling comes last: it makes today a dirty day with thousands of sales, which the metrics would have to read. */
export const casesFor = (productId: string): Case[] => [
  {
    name: "GET /metrics/kpis, cached",
    requests: ({ headers }) => [{ path: "/api/v1/metrics/kpis?from=1900-01-01", headers }],
  },
  {
    name: "GET /metrics/kpis, uncached",
    requests: ({ headers }) => [
      {
        headers,
        setupRequest: (request) => ({ ...request, path: `/api/v1/metrics/kpis?from=${freshDay()}` }),
      },
    ],
  },
  {
    name: "GET /sales?limit=20",
    requests: ({ headers }) => [{ path: "/api/v1/sales?limit=20", headers }],
  },
  {
    name: "POST /sales",
    requests: ({ headers }) => [
      {
        method: "POST",
        path: "/api/v1/sales",
        body: JSON.stringify({ items: [{ product_id: productId, quantity: 1 }] }),
        setupRequest: (request) => ({
          ...request,
          headers: { ...headers, "content-type": "application/json", "idempotency-key": crypto.randomUUID() },
        }),
      },
    ],
  },
];
