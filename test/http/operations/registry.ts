// What the tests that walk the OpenAPI document know about each operation. A new operation gets an entry in the file of its domain;
// registry.test.ts reports what is missing.
import { newId } from "../../../src/values/ids.ts";
import type { Sent } from "../../support/client.ts";
import { fill, operations, type Operation } from "../../support/contract.ts";
import { newPerson, newShop, type Shop } from "../../support/shops.ts";
import { accounts } from "./accounts.ts";
import { customers } from "./customers.ts";
import { apiKeys } from "./api-keys.ts";
import type { Dependency, Entries, Entry } from "./entry.ts";
import { figures } from "./figures.ts";
import { imports } from "./imports.ts";
import { orders } from "./orders.ts";
import { products } from "./products.ts";
import { purchases } from "./purchases.ts";
import { sales } from "./sales.ts";
import { savedItems } from "./saved-items.ts";
import { shifts } from "./shifts.ts";
import { shops } from "./shops.ts";
import { taxes } from "./taxes.ts";
import { webhooks } from "./webhooks.ts";

const service: Entries = { getHealth: { role: "public" }, getKeys: { role: "public" } };

export const domains: Record<string, Entries> = {
  accounts,
  apiKeys,
  customers,
  figures,
  imports,
  orders,
  products,
  purchases,
  sales,
  savedItems,
  service,
  shifts,
  shops,
  taxes,
  webhooks,
};

export const entries: Entries = Object.assign({}, ...Object.values(domains));

/** The entry of an operation. Throws if there is none. */
export function entryOf({ operationId = "", method, path }: Operation): Entry {
  const entry = entries[operationId];
  if (!entry)
    throw new Error(
      `${operationId} (${method} ${path}) has no entry in test/http/operations: add one to the file of its domain.`,
    );
  return entry;
}

/** The operations whose path names a row of one shop, with the function that creates such a row. */
export const withResource = operations.flatMap((operation) => {
  const resource = entries[operation.operationId ?? ""]?.resource;
  return resource ? [{ operation, resource }] : [];
});

/** The function that creates the row that a path names; undefined if it names none. */
export const resourceAt = new Map(withResource.map(({ operation, resource }) => [operation.path, resource]));

/** The ids of the operations that answer 503 without this dependency, sorted. */
export const operationsRequiring = (dependency: Dependency): string[] =>
  Object.entries(entries)
    .filter(([, { requires = [] }]) => requires.includes(dependency))
    .map(([operationId]) => operationId)
    .toSorted((a, b) => a.localeCompare(b));

export type AcceptedRequest = { shop: Shop; path: string; sent: Sent };

/** A request of a new shop that the operation accepts, sent by its ADMIN unless the entry says otherwise. */
export async function acceptedRequest(operation: Operation): Promise<AcceptedRequest> {
  const { request, idempotency, resource, content, query } = entryOf(operation);
  if (!request && idempotency && "prepare" in idempotency) {
    const { shop, path, token, json } = await idempotency.prepare();
    return { shop, path, sent: { token, json, headers: { "idempotency-key": newId() } } };
  }
  const shop = await newShop();
  const special = await request?.(shop);
  const id = special?.path === undefined && resource ? await resource(shop) : "";
  const path = `${fill(operation.path, id)}${query === undefined ? "" : `?${query}`}`;
  return {
    shop,
    path: special?.path ?? path,
    sent: special?.sent ?? { token: shop.admin.token, ...content },
  };
}

/** An accepted request that changes rows, if the entry has one: that of its line in the audit log. */
export async function changingRequest(operation: Operation): Promise<AcceptedRequest> {
  const { audit, idempotency } = entryOf(operation);
  if (!audit || !("prepare" in audit)) return acceptedRequest(operation);
  const { shop, path, sent } = await audit.prepare();
  const key = idempotency ? { "idempotency-key": newId() } : {};
  return { shop, path, sent: { ...sent, headers: { ...sent.headers, ...key } } };
}

/** A person of each role of a shop. */
export const peopleOf = async ({ tenant, admin }: Shop) => ({
  ADMIN: admin,
  EMPLOYEE: await newPerson(tenant, "EMPLOYEE"),
  CUSTOMER: await newPerson(tenant, "CUSTOMER"),
});
