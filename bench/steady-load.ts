// A shop that sends requests at a steady rate, however long the responses take: delays add up, as at a counter.
import { setTimeout as sleep } from "node:timers/promises";
import { saleOf, type Shop } from "./client.ts";

const REQUESTS_PER_SECOND = 20;
const ADDRESSES = 100;

const READS = ["/metrics/kpis", "/sales?limit=20", "/products?limit=20"];

/** Sends requests for `seconds`. Returns the response times in ms. @throws Error if a request is refused */
export async function requestSteadily(shop: Shop, product: string, seconds: number): Promise<number[]> {
  const responses: Promise<number>[] = [];
  const begin = performance.now();
  for (let at = 0; at < seconds * REQUESTS_PER_SECOND; at += 1) {
    await sleep(Math.max(0, begin + (at * 1000) / REQUESTS_PER_SECOND - performance.now()));
    responses.push(timed(shop, product, at));
  }
  return Promise.all(responses);
}

async function timed(shop: Shop, product: string, at: number): Promise<number> {
  const begin = performance.now();
  const read = READS[at % (READS.length + 1)];
  const init = read === undefined ? saleOf(shop, product) : { headers: shop.headers };
  const headers = new Headers(init.headers);
  headers.set("cf-connecting-ip", `198.51.100.${at % ADDRESSES}`);
  const response = await fetch(`${shop.url}/api/v1${read ?? "/sales"}`, { ...init, headers });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`the steady shop received ${response.status}`);
  return performance.now() - begin;
}
