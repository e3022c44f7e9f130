// What one read costs: the rows and bytes that D1 answers with, counted with the app in this process; its time, and how much the heap of the
// Worker's isolate grows, measured in the Worker.
import { app } from "../../src/app.ts";
import { API } from "../client.ts";
import type { Heap } from "../inspector.ts";
import { observeSession, replaceMethods } from "../observed-d1.ts";
import type { Runtime } from "../runtime.ts";
import type { ReadCall } from "./operations.ts";
import type { ScaleShop } from "./shops.ts";

/** `bytes` are those of the rows as JSON, `heap` includes garbage and is NaN without an inspector. */
export type Cost = { rows: number; bytes: number; ms: number; heap: number };

export type HeapReader = { collect: () => Promise<void>; usage: () => Promise<Heap> };

const TIMES = 3;
const SLOW_MS = 200;

/** Moves the key of the cached figures, so that the next request computes them. */
async function dropCache({ miniflare }: Runtime, { tenant }: ScaleShop): Promise<void> {
  const db = await miniflare.getD1Database("DB");
  await db.prepare("UPDATE tenants SET revision = revision + 1 WHERE id = ?").bind(tenant).run();
}

async function countRows(
  env: Env,
  url: string,
  headers: Record<string, string>,
): Promise<{ status: number; rows: number; bytes: number }> {
  const counted = { rows: 0, bytes: 0 };
  const DB = replaceMethods(env.DB, {
    withSession: (constraint: string) =>
      observeSession(env.DB.withSession(constraint), {
        received: (results) => {
          for (const { results: rows, meta } of results) {
            counted.rows += meta.rows_read;
            counted.bytes += JSON.stringify(rows).length;
          }
        },
      }),
  });
  const pending: Promise<unknown>[] = [];
  const ctx = {
    waitUntil: (work: Promise<unknown>) => void pending.push(work),
    passThroughOnException: () => undefined,
    props: {},
  };
  const response = await withoutLog(async () => {
    const answer = await app.fetch(new Request(url, { headers }), { ...env, DB }, ctx);
    await answer.arrayBuffer();
    await Promise.all(pending);
    return answer;
  });
  return { status: response.status, ...counted };
}

/** Discards the lines that the app logs for requests. */
async function withoutLog<T>(work: () => Promise<T>): Promise<T> {
  const { log } = console;
  console.log = () => undefined;
  try {
    return await work();
  } finally {
    console.log = log;
  }
}

const isAnswer = (status: number): boolean => status === 200 || status === 204;

/** The cost of a request, or its status if it is refused. */
export async function measure(
  runtime: Runtime,
  heap: HeapReader | null,
  shop: ScaleShop,
  { path, query, role }: ReadCall,
): Promise<Cost | number> {
  const url = `${runtime.url}${API}${path}${query}`;
  const headers = await shop.headers(role);
  await dropCache(runtime, shop);
  const { status, rows, bytes } = await countRows(await runtime.miniflare.getBindings<Env>(), url, headers);
  if (!isAnswer(status)) return status;
  const times: number[] = [];
  let grown = Number.NaN;
  for (let time = 0; time < TIMES; time += 1) {
    await dropCache(runtime, shop);
    await heap?.collect();
    const before = await heap?.usage();
    const begin = performance.now();
    const response = await fetch(url, { headers });
    await response.arrayBuffer();
    times.push(performance.now() - begin);
    const after = await heap?.usage();
    if (before && after) grown = Math.max(grown || 0, after.used + after.buffers - before.used - before.buffers);
    if (query !== "" || (times[0] ?? 0) > SLOW_MS) break;
  }
  return { rows, bytes, ms: Math.min(...times), heap: grown };
}
