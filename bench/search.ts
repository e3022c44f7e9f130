// npm run bench -- search: how often search finds the expected book, and what it costs, with real books and with ten times as many
// generated from their words. The books and the queries are public data in a folder beside the repository.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { z } from "zod";
import { booksCsv, worksCsv } from "../test/support/books.ts";
import type { Workspace } from "./workspace.ts";
import { migrate, appWorker, ROOT } from "./runtime.ts";
import { request, importFile, signIn, signUp, type Shop } from "./client.ts";

const DATA = join(ROOT, "../shared/data");
const text = (name: string): string => readFileSync(join(DATA, name), "utf8");

const queryFile = z.object({
  queries: z.array(z.object({ query: z.string(), kind: z.string(), expected: z.array(z.number()) })),
});

const hits = z.object({ data: z.array(z.object({ sku: z.string() })) });

type Cost = { trips: number; read: number; ms: number };

async function get(shop: Shop, path: string): Promise<Cost & { body: unknown }> {
  const begin = performance.now();
  const response = await request(shop.url, path, { headers: { "x-tenant": shop.slug } });
  const body: unknown = await response.json();
  const [, trips, read] = /queries=(\d+) read=(\d+)/.exec(response.headers.get("server-timing") ?? "") ?? [];
  return { body, trips: Number(trips), read: Number(read), ms: performance.now() - begin };
}

const maxOf = (costs: Cost[], of: "trips" | "read"): number => Math.max(...costs.map((cost) => cost[of]));

function percentile(costs: Cost[], share: number): string {
  const sorted = costs.map((cost) => cost.ms).toSorted((a, b) => a - b);
  return (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1);
}

const printCosts = (name: string, costs: Cost[]): void =>
  console.log(
    `${name.padEnd(34)}at most ${maxOf(costs, "trips")} trips, ${maxOf(costs, "read")} rows read; ` +
      `${percentile(costs, 0.5)} ms median, ${percentile(costs, 0.95)} ms at the 95th percentile`,
  );

/** Sends every query of a file and prints how many have an expected book among the first five results; returns the queries. */
async function printRecall(shop: Shop, file: string): Promise<string[]> {
  const { queries } = queryFile.parse(JSON.parse(text(file)));
  const recall = new Map<string, { hits: number; of: number }>();
  const costs: Cost[] = [];
  for (const { query, kind, expected } of queries) {
    const answer = await get(shop, `/products/search?limit=5&q=${encodeURIComponent(query)}`);
    const isHit = hits.parse(answer.body).data.some(({ sku }) => expected.includes(Number(sku)));
    for (const name of [kind, "all"]) {
      const { hits: before, of } = recall.get(name) ?? { hits: 0, of: 0 };
      recall.set(name, { hits: before + (isHit ? 1 : 0), of: of + 1 });
    }
    costs.push(answer);
  }
  const parts = [...recall].map(
    ([kind, { hits: n, of }]) => `${kind} ${n}/${of} (${((100 * n) / of).toFixed(1)} %)`,
  );
  console.log(`recall@5 on ${file}: ${parts.join(", ")}`);
  printCosts("  search", costs);
  return queries.map(({ query }) => query);
}

async function printSearches(shop: Shop, queries: string[]): Promise<void> {
  const costs: Cost[] = [];
  for (const query of queries)
    costs.push(await get(shop, `/products/search?limit=5&q=${encodeURIComponent(query)}`));
  printCosts("  search, the same queries", costs);
}

async function printSuggest(shop: Shop, queries: string[]): Promise<void> {
  const costs: Cost[] = [];
  // As a user types: the first two letters, the first three, and so on.
  for (const query of queries.slice(0, 100))
    for (let letters = 2; letters <= Math.min(query.length, 8); letters += 1)
      costs.push(await get(shop, `/products/suggest?q=${encodeURIComponent(query.slice(0, letters))}`));
  printCosts("  suggest, letter by letter", costs);
}

/** Searches for the words of the most titles, which are the most expensive ones. */
async function printCommon(shop: Shop): Promise<void> {
  const costs: Cost[] = [];
  for (const query of ["the", "a", "of", "love", "the love of", "st", "the story of a life in the city"])
    costs.push(await get(shop, `/products/search?q=${encodeURIComponent(query)}`));
  printCosts("  search, common words", costs);
}

/** Prints what a change of a product's texts writes. */
async function printUpdateCost(shop: Shop): Promise<void> {
  const products = await request(shop.url, "/products?limit=1", { headers: { "x-tenant": shop.slug } });
  const { data } = z.object({ data: z.array(z.object({ id: z.string() })) }).parse(await products.json());
  const description = Array.from({ length: 2_000 }, (_, at) => `word${at.toString(36)}`).join(" ");
  const response = await request(shop.url, `/products/${data[0]?.id}`, {
    method: "PATCH",
    headers: { ...shop.headers, "content-type": "application/json" },
    body: JSON.stringify({ title: "A title of words that are new", description }),
  });
  const written = /written=(\d+)/.exec(response.headers.get("server-timing") ?? "")?.[1];
  console.log(`  a new title and description of 2,000 new words: ${written} rows written`);
}

async function importProducts(shop: Shop, csv: string): Promise<void> {
  const { seconds, rows_accepted, rows_rejected } = await importFile(shop, "products", gzipSync(csv));
  console.log(
    `\n${shop.slug}: ${rows_accepted} products imported in ${seconds.toFixed(1)} s, ${rows_rejected} rejected`,
  );
}

const LARGE_FACTOR = 10;

/** The books and generated ones with titles and authors of the same words; the same in each run. */
function enlargeCatalogue(csv: string): string {
  const [header = "", ...rows] = csv.trimEnd().split("\n");
  const titles = rows.map((row) => row.split(",")[1] ?? "").filter((title) => !title.includes('"'));
  let seed = 7;
  const pick = <T>(values: T[]): T | undefined => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return values[Math.floor((seed / 2 ** 31) * values.length)];
  };
  const words = titles.join(" ").split(/\s+/);
  const columns = header.split(",");
  const generated = Array.from({ length: rows.length * (LARGE_FACTOR - 1) }, (_, at) => {
    const title = Array.from({ length: 2 + (at % 6) }, () => pick(words)).join(" ");
    const author = [pick(words), pick(words)].join(" ");
    const cells: Record<string, string> = {
      sku: `M${at}`,
      title,
      author,
      price: "9.99",
      stock: "5",
      language: "en",
    };
    return columns.map((name) => cells[name] ?? "").join(",");
  });
  return `${[header, ...rows, ...generated].join("\n")}\n`;
}

export async function benchSearch({ folder, startWorker }: Workspace): Promise<void> {
  if (!existsSync(join(DATA, "books.csv.gz"))) {
    console.log("There is nothing to search: the file of books is missing.");
    return;
  }
  const runtime = await startWorker("app", appWorker(join(folder, "bundle")));
  await migrate(runtime);
  const books = booksCsv(
    gunzipSync(readFileSync(join(DATA, "books.csv.gz"))).toString(),
    text("books-isbn13.csv"),
  );

  const english = await signUp(runtime.url, "books");
  await importProducts(english, books);
  const queries = await printRecall(english, "search-queries.json");
  await printSuggest(english, queries);
  await printCommon(english);
  await printUpdateCost(await signIn(runtime.url, "books"));

  const spanish = await signUp(runtime.url, "libros");
  await importProducts(spanish, worksCsv(text("books-es-gutenberg.csv")));
  await printSuggest(spanish, await printRecall(spanish, "search-queries-es.json"));

  const large = await signUp(runtime.url, "many-books");
  await importProducts(large, enlargeCatalogue(books));
  await printSearches(large, queries);
  await printSuggest(large, queries);
  await printCommon(large);
}
