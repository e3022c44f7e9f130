// The round trips to D1 of each operation, with a login that the isolate knows, and products that it has sold.
import { expect, it } from "vitest";
import { newId } from "../../src/values/ids.ts";
import { API, costOf } from "../support/client.ts";
import { nameOf, operations } from "../support/contract.ts";
import { callWith } from "../support/variant.ts";
import { acceptedRequest, entryOf } from "./operations/registry.ts";

const MORE_THAN_ONE: Record<string, number> = {
  // The password is compared in the Worker, with the hash that was read.
  "DELETE /api/v1/users/me": 2,
  "PUT /api/v1/auth/password": 2,
  "PUT /api/v1/users/me/email": 2,
  // A file is stored before a row refers to it, so that a crash in between leaves no row without one.
  "POST /api/v1/imports": 2,
  "PUT /api/v1/products/{id}/cover": 2,
  // The message is sent before the letter is marked as replayed, so that a crash in between loses none.
  "POST /api/v1/events/dead-letters/{id}/replay": 2,
  // The first one finds whose shift it is, because its desk closes it.
  "POST /api/v1/shifts/{id}/close": 2,
  // The search index is updated after the commit, from the product as it then is.
  "PUT /api/v1/products/{id}/barcodes": 2,
  // The cents of its lines are shared in code, from what was refunded of them before.
  "POST /api/v1/sales/{id}/refunds": 2,
};

// What is priced with what the isolate remembers of its products.
const REPEATED = ["POST /api/v1/orders", "POST /api/v1/sales"];

it("operations take one round trip, but for what reads or waits before it acts", async () => {
  const trips: Record<string, number> = {};
  for (const operation of operations) {
    if (!operation.path.startsWith(API) || entryOf(operation).credentialsInBody) continue;
    const { shop, path, sent } = await acceptedRequest(operation);
    const token = sent.token ?? shop.admin.token;
    await callWith({}, "GET", `${API}/auth/me`, { token });
    const { "x-cart": _cart, "x-order": _order, ...headers } = sent.headers ?? {};
    if (REPEATED.includes(nameOf(operation)))
      await callWith({}, operation.method, path, { ...sent, token, headers: { "idempotency-key": newId() } });
    const answer = await callWith({}, operation.method, path, { ...sent, token, headers });
    const { queries } = costOf(answer);
    if (queries > 1) trips[nameOf(operation)] = queries;
  }
  expect(trips).toEqual(MORE_THAN_ONE);
});
