import { describe, expect, it } from "vitest";
import { call } from "../support/client.ts";
import { nameOf, operations } from "../support/contract.ts";
import { addTwins, twinRows } from "../support/twins.ts";
import { acceptedRequest, entryOf } from "../http/operations/registry.ts";

const writes = operations.filter(
  (operation) => operation.method !== "GET" && entryOf(operation).alwaysRefused === undefined,
);

describe("beside shops whose rows have the same ids, a change", () => {
  it.each(writes.map((operation) => [nameOf(operation), operation] as const))(
    "by %s leaves theirs",
    async (_, operation) => {
      const { shop, path, sent } = await acceptedRequest(operation);
      await addTwins(shop.tenant);
      const rows = await twinRows();
      const { status, text } = await call(operation.method, path, sent);
      expect(status, text).toBeLessThan(400);
      const now = await twinRows();
      for (const [table, stored] of Object.entries(rows)) expect(now[table], table).toEqual(stored);
    },
  );
});
