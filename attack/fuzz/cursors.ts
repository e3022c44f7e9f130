// Cursors whose checksum is right, over keys of our own: anybody can compute it, so only the shape of the key keeps these out.
// The names of the lists are known here a second time; real cursors of the run are held against them.
import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { z } from "zod";
import { operations } from "../../test/support/contract.ts";

const idIn = ({ pathname }: URL): string => pathname.split("/").at(-2) ?? "";

/** By its words alone: other filters are hashed into the name as the API has parsed them. */
function nameOfSearch({ searchParams }: URL): string | null {
  const isPlain = [...searchParams.keys()].every((name) => ["q", "limit", "tenant", "cursor"].includes(name));
  const asked = JSON.stringify([searchParams.get("q"), { is_active: "true" }]);
  return isPlain ? `search:${createHash("sha256").update(asked).digest("base64url")}` : null;
}

/** By operation: what the list is called in the checksum of its cursors, asked by this user. */
const names: Record<string, (url: URL, user: string) => string | null> = {
  listAudit: () => "audit",
  listUsers: ({ searchParams }) => `users:${searchParams.get("role") ?? ""}`,
  listSessions: (_, user) => `sessions:${user}`,
  searchProducts: nameOfSearch,
  listProducts: ({ searchParams }) => `products:${searchParams.get("sort") ?? "-created_at"}`,
  listStockMoves: (url) => `stock-moves ${idIn(url)}`,
  listFavorites: (_, user) => `favorites ${user}`,
  listWishes: (_, user) => `wishlist ${user}`,
  listShifts: () => "shifts",
  listActivity: (url) => `activity in order ${idIn(url)}`,
  listAlerts: () => "alerts",
  listSales: () => "sales",
  listPurchases: (_, user) => `purchases:${user}`,
  listPayments: () => "payments",
  listImports: () => "imports",
  metricLines: () => "lines",
  listLakeFiles: () => "lake",
  listLakeDays: () => "lake-days",
  listDeadLetters: () => "dead-letters",
  listWebhooks: () => "webhooks",
  listDeliveries: (url) => `deliveries ${idIn(url)}`,
};

const unnamed = operations.find(
  ({ operationId = "", parameters = [] }) =>
    parameters.some(({ name }) => name === "cursor") && !names[operationId],
);
if (unnamed) throw new Error(`what is the list of ${unnamed.operationId} called?`);

// The key of no list.
const wrongKeys = [
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

// Of some list's shape, but of nothing that is there.
const oddKeys = [
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

export const ownKeys: fc.Arbitrary<{ keys: string; isWrong: boolean }> = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...wrongKeys).map((keys) => ({ keys, isWrong: true })) },
  { weight: 1, arbitrary: fc.constantFrom(...oddKeys).map((keys) => ({ keys, isWrong: false })) },
);

const checksum = (name: string, tenant: string, keys: string): string =>
  createHash("sha256").update(`${tenant}\n${name}\n${keys}`).digest("base64url").slice(0, 12);

/** The list that is asked for, null where there is none, or its name cannot be told. */
export const listOf = (operationId: string | undefined, url: URL, user: string): string | null =>
  names[operationId ?? ""]?.(url, user) ?? null;

export const cursorOver = (name: string, tenant: string, keys: string): string =>
  `${checksum(name, tenant, keys)}${Buffer.from(keys).toString("base64url")}`;

const withCursor = z.looseObject({ next_cursor: z.string() });

/** The cursor in an answer; null without one. */
export const cursorIn = (json: unknown): string | null =>
  withCursor.safeParse(json).data?.next_cursor ?? null;

/** Whether the API made this cursor as we do. */
export const isAsOurs = (cursor: string, name: string, tenant: string): boolean =>
  cursor === cursorOver(name, tenant, Buffer.from(cursor.slice(12), "base64url").toString());
