import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { call } from "../support/client.ts";
import { fill, nameOf, operations } from "../support/contract.ts";
import { fullShop, listedIds } from "../support/full-shop.ts";
import { putInCart } from "../support/purchases.ts";
import { addTwins, withoutTime } from "../support/twins.ts";
import { entryOf, resourceAt } from "../http/operations/registry.ts";

// The health of the service is that of all shops.
const reads = operations.filter(({ method, path }) => method === "GET" && path !== "/healthz");

// Their rows take time, a job or a correction.
const TESTED_ELSEWHERE = [
  "GET /api/v1/shifts/{id}/audit",
  "GET /api/v1/products/{id}/recommendations",
  "GET /api/v1/metrics/slow-products",
  "GET /api/v1/metrics/carts",
  "GET /api/v1/webhooks/{id}/deliveries",
];

async function clearCache(): Promise<void> {
  for (const { name } of (await env.CACHE.list()).keys) await env.CACHE.delete(name);
}

describe("beside shops whose rows have the same ids, a response", () => {
  const before = new Map<string, string>();
  let read: (name: string) => Promise<string>;

  // One shop for all, because its copies cost more than the responses.
  beforeAll(async () => {
    const shop = await fullShop();
    const { token } = shop.admin;
    const paths = new Map<string, string>();
    const { shift, customer, product } = await listedIds(shop);
    const listed = new Map([
      ["/api/v1/shifts/{id}/activity", shift],
      ["/api/v1/shifts/{id}/cash", shift],
      ["/api/v1/customers/{id}/sales", customer],
    ]);
    for (const operation of reads) {
      const id = listed.get(operation.path) ?? (await resourceAt.get(operation.path)?.(shop)) ?? "";
      const { query, request } = entryOf(operation);
      const path = `${fill(operation.path, id)}${query === undefined ? "" : `?${query}`}`;
      paths.set(nameOf(operation), (await request?.(shop))?.path ?? path);
    }
    // What creates an order empties the cart.
    await putInCart(token, product);
    read = async (name) => {
      await clearCache();
      const sent = { token, headers: { "x-tenant": shop.tenant.slug } };
      return withoutTime((await call("GET", paths.get(name) ?? "", sent)).text);
    };
    for (const name of paths.keys()) before.set(name, await read(name));
    await addTwins(shop.tenant);
  });

  it("is compared where it lists something", () => {
    const empty = [...before].filter(([, text]) => text.includes('"data":[]')).map(([name]) => name);
    expect(empty).toEqual(TESTED_ELSEWHERE);
  });

  it.each(reads.map(nameOf))("to %s is the same", async (name) => {
    expect(await read(name)).toBe(before.get(name));
  });
});
