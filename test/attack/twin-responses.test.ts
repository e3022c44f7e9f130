import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { busyShop } from "../support/busy-shop.ts";
import { call } from "../support/client.ts";
import { fill, nameOf, operations } from "../support/contract.ts";
import { addTwins, withoutTime } from "../support/twins.ts";
import { entryOf, resourceAt } from "../http/operations/registry.ts";

// The health of the service is that of all shops.
const reads = operations.filter(({ method, path }) => method === "GET" && path !== "/healthz");

async function clearCache(): Promise<void> {
  for (const { name } of (await env.CACHE.list()).keys) await env.CACHE.delete(name);
}

describe("beside shops whose rows have the same ids, a response", () => {
  const before = new Map<string, string>();
  let read: (name: string) => Promise<string>;

  // One shop for all, because its copies cost more than the responses.
  beforeAll(async () => {
    const shop = await busyShop();
    const { token } = shop.admin;
    const paths = new Map<string, string>();
    for (const operation of reads) {
      const id = (await resourceAt.get(operation.path)?.(shop)) ?? "";
      const { query } = entryOf(operation);
      paths.set(nameOf(operation), `${fill(operation.path, id)}${query === undefined ? "" : `?${query}`}`);
    }
    read = async (name) => {
      await clearCache();
      const sent = { token, headers: { "x-tenant": shop.tenant.slug } };
      return withoutTime((await call("GET", paths.get(name) ?? "", sent)).text);
    };
    for (const name of paths.keys()) before.set(name, await read(name));
    await addTwins(shop.tenant);
  });

  it.each(reads.map(nameOf))("to %s is the same", async (name) => {
    expect(await read(name)).toBe(before.get(name));
  });
});
