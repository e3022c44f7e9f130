// The D1 cost of one request, read from Server-Timing, in a small shop and in a large one.
import { request, saleOf, type Shop } from "./client.ts";

/** Sent once to each shop, in this order: the cached call repeats the one before it. */
const CALLS = [
  ["kpis, all days", "/metrics/kpis"],
  ["kpis, cached", "/metrics/kpis"],
  ["series by month", "/metrics/series?interval=month"],
  ["top-countries", "/metrics/top-countries"],
  ["GET /sales", "/sales?limit=20"],
] as const;

async function costOf(shop: Shop, path: string, init: RequestInit): Promise<string> {
  const response = await request(shop.url, path, init);
  await response.arrayBuffer();
  const timing = response.headers.get("server-timing") ?? "";
  const [, queries, read, written] = /queries=(\d+) read=(\d+) written=(\d+)/.exec(timing) ?? [];
  const kv = /kv;desc="(\w+)"/.exec(timing)?.[1];
  return `${queries} trips, ${read} read, ${written} written${kv ? `, kv ${kv}` : ""}`;
}

const printRow = (name: string, cells: string[]): void =>
  console.log(`${name.padEnd(18)}${cells.map((cell) => cell.padEnd(44)).join("")}`.trimEnd());

/** Prints the table; `product` is sold once in its shop. */
export async function printCosts(shops: { shop: Shop; product: string; label: string }[]): Promise<void> {
  console.log(`\nCost of one request, authentication's round trip included`);
  printRow(
    "",
    shops.map(({ label }) => label),
  );
  for (const [name, path] of CALLS)
    printRow(name, await Promise.all(shops.map(({ shop }) => costOf(shop, path, { headers: shop.headers }))));
  printRow(
    "POST /sales",
    await Promise.all(shops.map(({ shop, product }) => costOf(shop, "/sales", saleOf(shop, product)))),
  );
}
