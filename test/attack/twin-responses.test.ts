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
  const after = new Map<string, string>();

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
    const readAll = async (texts: Map<string, string>) => {
      await clearCache();
      for (const [name, path] of paths)
        texts.set(
          name,
          withoutTime((await call("GET", path, { token, headers: { "x-tenant": shop.tenant.slug } })).text),
        );
    };
    await readAll(before);
    await addTwins(shop.tenant);
    await readAll(after);
  });

  it.each(reads.map(nameOf))("to %s is the same", (name) => {
    expect(after.get(name)).toBe(before.get(name));
  });
});
