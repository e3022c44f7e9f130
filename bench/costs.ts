// The D1 cost of one request, read from Server-Timing: in a small shop and in a large one, and of the app and the baseline Worker.
import { strictEqual } from "node:assert";
import { request, type Sample, saleOf, type Shop } from "./client.ts";

const read =
  (path: string) =>
  ({ headers }: Shop): Sample => ({ path, init: { headers } });

/** Sent once to each shop, in this order: the cached call and the second sale repeat the one before. */
const CALLS: [string, (shop: Shop, product: string) => Sample][] = [
  ["kpis, all days", read("/metrics/kpis")],
  ["kpis, cached", read("/metrics/kpis")],
  ["series by month", read("/metrics/series?interval=month")],
  ["top-countries", read("/metrics/top-countries")],
  ["GET /sales", read("/sales?limit=20")],
  ["POST /sales", (shop, product) => ({ path: "/sales", init: saleOf(shop, product) })],
  ["POST /sales, 2nd", (shop, product) => ({ path: "/sales", init: saleOf(shop, product) })],
];

async function costOf(url: string, { path, init }: Sample): Promise<{ d1: string; kv: string }> {
  const response = await request(url, path, init);
  await response.arrayBuffer();
  const timing = response.headers.get("server-timing") ?? "";
  const [, queries, read, written] = /queries=(\d+) read=(\d+) written=(\d+)/.exec(timing) ?? [];
  const kv = /kv;desc="(\w+)"/.exec(timing)?.[1];
  return { d1: `${queries} trips, ${read} read, ${written} written`, kv: kv ? `, kv ${kv}` : "" };
}

const printRow = (name: string, cells: string[]): void =>
  console.log(`${name.padEnd(18)}${cells.map((cell) => cell.padEnd(44)).join("")}`.trimEnd());

/** Prints the table; `product` is sold twice in its shop. */
export async function printCosts(shops: { shop: Shop; product: string; label: string }[]): Promise<void> {
  console.log(`\nCost of one request, authentication's round trip included`);
  printRow(
    "",
    shops.map(({ label }) => label),
  );
  for (const [name, sampleOf] of CALLS) {
    const costs = shops.map(({ shop, product }) => costOf(shop.url, sampleOf(shop, product)));
    printRow(
      name,
      (await Promise.all(costs)).map(({ d1, kv }) => d1 + kv),
    );
  }
}

/** Sends each request to the app and to the baseline Worker and prints what it costs. @throws Error if the two differ at D1 */
export async function assertSameCosts(appUrl: string, baselineUrl: string, samples: Sample[]): Promise<void> {
  for (const sample of samples) {
    const { d1 } = await costOf(appUrl, sample);
    const name = `${sample.init.method ?? "GET"} ${sample.path}`;
    strictEqual((await costOf(baselineUrl, sample)).d1, d1, `${name} does not cost both Workers the same`);
    console.log(`${name}: ${d1}, in both Workers`);
  }
}
