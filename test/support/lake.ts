// Reads the lake of a shop like a client: the list of files over HTTP, and the rows in the files.
import { zstdDecompressSync } from "node:zlib";
import { env } from "cloudflare:workers";
import { parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { expect } from "vitest";
import { runLakeJob } from "../../src/lake/jobs.ts";
import type { Dataset } from "../../src/lake/partitions.ts";
import { API, call } from "./client.ts";
import { rowsOf } from "./d1.ts";
import { pagesOf } from "./pages.ts";
import { recordingQueue } from "./queues.ts";
import { base, newShop, sellOne, type Shop } from "./shops.ts";
import { callWith } from "./variant.ts";

type ListedFile = { key: string; dataset: Dataset; day: string; bytes: number; rows: number; etag: string };

/** All files of the lake. */
export async function lakeFiles(shop: Shop, query = ""): Promise<ListedFile[]> {
  const pages = await pagesOf(async (cursor) => {
    const path = `${API}/lake/files?limit=100${query}${cursor === null ? "" : `&cursor=${cursor}`}`;
    const { body }: { body: { data: ListedFile[]; next_cursor: string | null } } = await call("GET", path, {
      token: shop.admin.token,
    });
    return body;
  });
  return pages.flatMap(({ data }) => data);
}

const compressors = { ZSTD: (input: Uint8Array) => new Uint8Array(zstdDecompressSync(input)) };

const bytesOf = async (key: string): Promise<ArrayBuffer> => {
  const object = await env.LAKE.get(key);
  if (!object) throw new Error(`the object ${key} does not exist`);
  return object.arrayBuffer();
};

export const metadataOf = async (key: string) => parquetMetadataAsync(await bytesOf(key));

// oxlint-disable-next-line typescript/no-explicit-any -- tests read arbitrary columns
type LakeRow = Record<string, any>;

export const rowsIn = async (key: string): Promise<LakeRow[]> =>
  parquetReadObjects({ file: await bytesOf(key), compressors });

/** The rows of all files of a dataset. */
export async function lakeRows(shop: Shop, dataset: Dataset): Promise<LakeRow[]> {
  const files = await lakeFiles(shop, `&dataset=${dataset}`);
  return (await Promise.all(files.map(({ key }) => rowsIn(key)))).flat();
}

/** The shop's events in D1, in order. */
export const eventsOf = (shop: Shop) =>
  rowsOf("SELECT id, exported_at FROM events WHERE tenant_id = ? ORDER BY id", shop.tenant.id);

/** The keys of the shop's objects in the bucket. */
export const objectsOf = async (shop: Shop): Promise<string[]> =>
  (await env.LAKE.list({ prefix: `${shop.tenant.id}/` })).objects.map((object) => object.key);

/** The number of times that each sale line is in the lake. */
export async function linesInLake(shop: Shop): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const { sale_id, line_no } of await lakeRows(shop, "purchases")) {
    const name = `${sale_id} ${line_no}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** Checks that the lake contains every sale line of D1 once and nothing else, and that its days match GET /lake/days. */
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
    .map(([day, rows]) => ({
      day,
      is_whole: whole.get(day),
      sales: new Set(rows.filter((row) => row["kind"] === "sale").map((row) => row["sale_id"])).size,
      refunds: new Set(rows.filter((row) => row["kind"] === "refund").map((row) => row["sale_id"])).size,
      lines: rows.length,
      units: rows.reduce((sum, row) => sum + row["quantity"], 0),
      revenue: Math.round(rows.reduce((sum, row) => sum + row["subtotal"], 0) * 100),
    }));
  expect(body.data).toEqual(totals);
}

/** A time at which all days of a test are past. */
export const later = (): Date => new Date(Date.now() + 3 * 86_400_000);

/** Runs the nightly build of a shop, by default some days later. */
export const buildNight = (shop: Shop, now = later()) =>
  runLakeJob(base(now), { kind: "lake-night", tenant_id: shop.tenant.id });

/** A shop with a product whose event was not sent, and a function that sells it. */
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
