// The lake of a shop as a reader finds it: the list over HTTP, and the rows in its files.
import { zstdDecompressSync } from "node:zlib";
import { env } from "cloudflare:workers";
import { parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { expect } from "vitest";
import { runLakeJob } from "../../src/lake/night.ts";
import type { Dataset } from "../../src/lake/partitions.ts";
import { API, call } from "./client.ts";
import { rowsOf } from "./d1.ts";
import { recordingQueue } from "./queues.ts";
import { base, newShop, sellOne, type Shop } from "./shops.ts";
import { callWith } from "./variant.ts";

type Listed = { key: string; dataset: Dataset; day: string; bytes: number; rows: number; etag: string };

/** All files of the list, page by page. */
export async function lakeFiles(shop: Shop, query = ""): Promise<Listed[]> {
  const files: Listed[] = [];
  for (let cursor = ""; ;) {
    const path = `${API}/lake/files?limit=100${query}${cursor && `&cursor=${cursor}`}`;
    const { body } = await call("GET", path, { token: shop.admin.token });
    files.push(...body.data);
    if (body.next_cursor === null) return files;
    cursor = body.next_cursor;
  }
}

const compressors = { ZSTD: (input: Uint8Array) => new Uint8Array(zstdDecompressSync(input)) };

const bytesOf = async (key: string): Promise<ArrayBuffer> => {
  const object = await env.LAKE.get(key);
  if (!object) throw new Error(`there is no object ${key}`);
  return object.arrayBuffer();
};

export const metadataOf = async (key: string) => parquetMetadataAsync(await bytesOf(key));

// oxlint-disable-next-line typescript/no-explicit-any -- a test looks into the row
type LakeRow = Record<string, any>;

export const rowsIn = async (key: string): Promise<LakeRow[]> =>
  parquetReadObjects({ file: await bytesOf(key), compressors });

/** The rows of a dataset, of all its files. */
export async function lakeRows(shop: Shop, dataset: Dataset): Promise<LakeRow[]> {
  const files = await lakeFiles(shop, `&dataset=${dataset}`);
  return (await Promise.all(files.map(({ key }) => rowsIn(key)))).flat();
}

/** All events of the shop in D1, in their order. */
export const eventsOf = (shop: Shop) =>
  rowsOf("SELECT id, exported_at FROM events WHERE tenant_id = ? ORDER BY id", shop.tenant.id);

/** The objects of the bucket that are the shop's. */
export const objectsOf = async (shop: Shop): Promise<string[]> =>
  (await env.LAKE.list({ prefix: `${shop.tenant.id}/` })).objects.map((object) => object.key);

/** How often each line is in the lake: every value is 1 where each is there once. */
export async function linesInLake(shop: Shop): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const { sale_id, line_no } of await lakeRows(shop, "purchases")) {
    const name = `${sale_id} ${line_no}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** Every line of D1's sales is in the lake once, and nothing else is; the days add up to what their sales have. */
export async function expectLakeOf(shop: Shop): Promise<void> {
  const lines = await rowsOf(
    `SELECT l.sale_id || ' ' || l.line_no AS name FROM sale_lines l JOIN sales s ON s.tenant_id = l.tenant_id
      AND s.id = l.sale_id WHERE l.tenant_id = ? AND s.status <> 'pending' ORDER BY name`,
    shop.tenant.id,
  );
  const inLake = await linesInLake(shop);
  expect([...inLake.keys()].toSorted()).toEqual(lines.map(({ name }) => name));
  expect(new Set(inLake.values())).toEqual(new Set(lines.length > 0 ? [1] : []));
  const { body } = await call("GET", `${API}/lake/days`, { token: shop.admin.token });
  const completed = (await lakeRows(shop, "purchases")).filter((row) => row["status"] === "completed");
  const byDay = Map.groupBy(completed, (row) => row["sale_day"].toISOString().slice(0, 10));
  const whole = new Map<string, boolean>(
    body.data.map((day: { day: string; is_whole: boolean }) => [day.day, day.is_whole]),
  );
  const totals = [...byDay]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([day, of]) => ({
      day,
      is_whole: whole.get(day),
      sales: new Set(of.filter((row) => row["kind"] === "sale").map((row) => row["sale_id"])).size,
      refunds: new Set(of.filter((row) => row["kind"] === "refund").map((row) => row["sale_id"])).size,
      lines: of.length,
      units: of.reduce((sum, row) => sum + row["quantity"], 0),
      revenue: Math.round(of.reduce((sum, row) => sum + row["subtotal"], 0) * 100),
    }));
  expect(body.data).toEqual(totals);
}

/** A day on which all days of tests are over. */
export const later = (): Date => new Date(Date.now() + 3 * 86_400_000);

/** The nightly build of a shop, as if it were some days later. */
export const buildNight = (shop: Shop, now = later()) =>
  runLakeJob(base(now), { kind: "lake-night", tenant_id: shop.tenant.id });

/** A shop with a product whose own event was not sent, and a way to sell it. */
export async function sellingShop(overrides: Parameters<typeof newShop>[0] = {}) {
  const shop = await newShop(overrides);
  const json = {
    sku: "POEMS",
    title: "A book",
    price: 1000,
    category: "Poetry",
    author: "Rosalía",
    stock: 100_000,
  };
  const { queue } = recordingQueue();
  const { token } = shop.admin;
  const { id } = JSON.parse(
    (await callWith({ EVENTS: queue }, "POST", `${API}/products`, { token, json })).text,
  );
  const sell = async (quantity = 1) => (await sellOne(shop.admin.token, id, quantity)).body;
  return { shop, productId: id, sell };
}
