// What one request costs D1, as its Server-Timing says, in a small shop and in a large one side by side.
import { request, saleOf, type Shop } from "./client.ts";

/** One call after another: each shop answers it once. The cached one repeats the call before it. */
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

/** Prints the table; `products` are sold once in their shop. */
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
