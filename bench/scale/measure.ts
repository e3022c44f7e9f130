// What one read costs: the rows that D1 reads, the bytes of its answer, the time, and how much the heap of the Worker's isolate grows.
import { z } from "zod";
import { API } from "../client.ts";
import type { HeapInspector } from "../inspector.ts";
import type { Runtime } from "../runtime.ts";
import type { ReadCall } from "./operations.ts";
import { readBody } from "./read-body.ts";
import type { ScaleShop } from "./shops.ts";

/** `bytes` are those of the largest round trip's rows as JSON, which are held at once. `heap` includes garbage; it is 0 if garbage was collected meanwhile. */
export type Cost = { rows: number; bytes: number; ms: number; heap: number };

const TIMES = 3;
const SLOW_MS = 200;

/** Moves the key of the cached figures, so that the next request computes them. */
async function dropCache({ miniflare }: Runtime, { tenant }: ScaleShop): Promise<void> {
  const db = await miniflare.getD1Database("DB");
  await db.prepare("UPDATE tenants SET revision = revision + 1 WHERE id = ?").bind(tenant).run();
}

const rowsAndBytes = z.object({ rows: z.number(), bytes: z.number() });

const counts = z.object({ status: z.number(), all: rowsAndBytes, largest: rowsAndBytes });

const isAnswer = (status: number): boolean => status === 200 || status === 204;

/** The cost of a request, of an export that of the round trip which costs most, or its status if it is refused. */
export async function measure(
  runtime: Runtime,
  heap: HeapInspector,
  shop: ScaleShop,
  { path, query, role, isExport }: ReadCall,
): Promise<Cost | number> {
  const url = `${runtime.url}${API}${path}${query}`;
  const headers = await shop.headers(role);
  await dropCache(runtime, shop);
  const counted = await fetch(url, { headers: { ...headers, "x-count-d1": "1" } });
  const { status, all, largest } = counts.parse(await counted.json());
  if (!isAnswer(status)) return status;
  const times: number[] = [];
  let grown = 0;
  for (let time = 0; time < TIMES; time += 1) {
    await dropCache(runtime, shop);
    const before = await heap.usage();
    const begin = performance.now();
    await readBody(await fetch(url, { headers }));
    times.push(performance.now() - begin);
    const after = await heap.usage();
    grown = Math.max(grown, after.used + after.buffers - before.used - before.buffers);
    if (query !== "" || (times[0] ?? 0) > SLOW_MS) break;
  }
  return {
    rows: isExport ? largest.rows : all.rows,
    bytes: largest.bytes,
    ms: Math.min(...times),
    heap: grown,
  };
}
