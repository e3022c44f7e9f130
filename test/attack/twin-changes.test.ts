import { describe, expect, it } from "vitest";
import { call } from "../support/client.ts";
import { nameOf, operations } from "../support/contract.ts";
import { addTwins, twinRows } from "../support/twins.ts";
import { type AcceptedRequest, changingRequest, entryOf } from "../http/operations/registry.ts";
import { furtherRequests } from "./further-requests.ts";

const writes = operations.filter(
  (operation) => operation.method !== "GET" && entryOf(operation).alwaysRefused === undefined,
);

async function expectTwinsLeft({ shop, method, path, sent }: AcceptedRequest & { method: string }) {
  await addTwins(shop.tenant);
  const rows = await twinRows();
  const { status, text } = await call(method, path, sent);
  expect(status, text).toBeLessThan(400);
  const now = await twinRows();
  for (const [table, stored] of Object.entries(rows)) expect(now[table], table).toEqual(stored);
}

describe("beside shops whose rows have the same ids, a change", () => {
  it.each(writes.map((operation) => [nameOf(operation), operation] as const))(
    "by %s leaves theirs",
    async (_, operation) =>
      expectTwinsLeft({ ...(await changingRequest(operation)), method: operation.method }),
  );

  it.each(Object.entries(furtherRequests))("by %s leaves theirs", async (_, request) =>
    expectTwinsLeft(await request()),
  );
});
