// Forged cursors: their checksum is right, because anybody can compute it, so the API must refuse them by the shape of their keys.
// The lists' names repeat those in src; a run checks them against real cursors.
import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { z } from "zod";
import { operations } from "../../test/support/contract.ts";

const idIn = ({ pathname }: URL): string => pathname.split("/").at(-2) ?? "";

/** Null if the search has other filters than its words: the API hashes them into the name as it has parsed them. */
function searchListName({ searchParams }: URL): string | null {
  const hasWordsOnly = [...searchParams.keys()].every((name) =>
    ["q", "limit", "tenant", "cursor"].includes(name),
  );
  const filters = JSON.stringify([searchParams.get("q"), { is_active: "true" }]);
  return hasWordsOnly ? `search:${createHash("sha256").update(filters).digest("base64url")}` : null;
}

/** Null without a day: the API takes today in the time zone of the shop. */
function rfmListName({ searchParams }: URL): string | null {
  const day = searchParams.get("as_of");
  return day === null ? null : `rfm-${day}-${searchParams.get("segment") ?? ""}`;
}

/** The list's name in the checksum of its cursors, by operation id. */
const listNames: Record<string, (url: URL, user: string) => string | null> = {
  listAudit: () => "audit",
  listUsers: ({ searchParams }) => `users:${searchParams.get("role") ?? ""}`,
  listSessions: (_, user) => `sessions:${user}`,
  searchProducts: searchListName,
  listProducts: ({ searchParams }) => `products:${searchParams.get("sort") ?? "-created_at"}`,
  listStockMoves: (url) => `stock-moves ${idIn(url)}`,
  listFavorites: (_, user) => `favorites ${user}`,
  listWishes: (_, user) => `wishlist ${user}`,
  listShifts: () => "shifts",
  listActivity: (url) => `activity in order ${idIn(url)}`,
  listAlerts: () => "alerts",
  listMails: ({ searchParams }) =>
    `mails:${JSON.stringify(["status", "kind", "recipient", "about"].map((name) => searchParams.get(name) ?? undefined))}`,
  listTaxRates: () => "tax-rates",
  listSales: () => "sales",
  listCustomerSales: (url) => `sales of ${idIn(url)}`,
  listCustomers: ({ searchParams }) =>
    searchParams.has("q") ? `customers:${searchParams.get("q")}` : "customers",
  listDiscrepancies: () => "discrepancies",
  listOrders: ({ searchParams }) => `orders:${searchParams.has("q") ? "q" : ""}`,
  listPurchases: (_, user) => `purchases:${user}`,
  listPayments: () => "payments",
  listImports: () => "imports",
  listMetricLines: () => "lines",
  getTopProducts: ({ searchParams }) => `top-products-${searchParams.get("sort") ?? "revenue"}`,
  getTopCustomers: ({ searchParams }) => `top-customers-${searchParams.get("sort") ?? "revenue"}`,
  getRfm: rfmListName,
  getSlowProducts: ({ searchParams }) => `slow-products-${Number(searchParams.get("days") ?? 90)}`,
  getAbandonedCarts: () => "carts",
  listLakeFiles: () => "lake",
  listLakeDays: () => "lake-days",
  listDeadLetters: () => "dead-letters",
  listWebhooks: () => "webhooks",
  listDeliveries: (url) => `deliveries ${idIn(url)}`,
};

const unnamed = operations.find(
  ({ operationId = "", parameters = [] }) =>
    parameters.some(({ name }) => name === "cursor") && !listNames[operationId],
);
if (unnamed) throw new Error(`attack/fuzz/cursors.ts has no list name for ${unnamed.operationId}.`);

// Keys of no list.
const invalidKeys = [
  "",
  "{",
  "null",
  "3",
  '"x"',
  "{}",
  '{"0":"a","length":1}',
  "[]",
  "[null]",
  "[1]",
  "[true]",
  "[[]]",
  '[{"$ne":1}]',
  '["a",["b"]]',
  '["a",null]',
  "[null,null,null]",
  '["a","b",{}]',
  "[1,2,3,4]",
  '["a","b","c","d","e"]',
];

// Keys in the shape of some list, of rows that do not exist.
const unknownKeys = [
  '["x"]',
  '["\\u0000"]',
  '["\\ud800"]',
  '["",""]',
  '[0,"x"]',
  '[-1,"x","y"]',
  '[9007199254740991,"x","y"]',
  '[0,1e308,"x"]',
  '["9999-99-99","x","y"]',
  '["x","y",0,"z"]',
  '["x","y","z",-1]',
  JSON.stringify(["x".repeat(1000)]),
];

export const forgedKeys: fc.Arbitrary<{ keys: string; isInvalid: boolean }> = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...invalidKeys).map((keys) => ({ keys, isInvalid: true })) },
  { weight: 1, arbitrary: fc.constantFrom(...unknownKeys).map((keys) => ({ keys, isInvalid: false })) },
);

const checksum = (name: string, tenant: string, keys: string): string =>
  createHash("sha256").update(`${tenant}\n${name}\n${keys}`).digest("base64url").slice(0, 12);

/** The name of the requested list; null if the operation has none or the name is unknown. */
export const listNameOf = (operationId: string | undefined, url: URL, user: string): string | null =>
  listNames[operationId ?? ""]?.(url, user) ?? null;

export const forgeCursor = (name: string, tenant: string, keys: string): string =>
  `${checksum(name, tenant, keys)}${Buffer.from(keys).toString("base64url")}`;

const withCursor = z.looseObject({ next_cursor: z.string() });

/** The next cursor in a response; null if there is none. */
export const cursorIn = (json: unknown): string | null =>
  withCursor.safeParse(json).data?.next_cursor ?? null;

/** Whether `forgeCursor` with this cursor's keys returns the same cursor. */
export const isForgeable = (cursor: string, name: string, tenant: string): boolean =>
  cursor === forgeCursor(name, tenant, Buffer.from(cursor.slice(12), "base64url").toString());
