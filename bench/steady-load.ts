// A shop that asks at a steady rate, whatever the answers take: what waits is waiting, as at a counter.
import { setTimeout as sleep } from "node:timers/promises";
import { saleOf, type Shop } from "./shop.ts";

const A_SECOND = 20;
const ADDRESSES = 100;

const READS = ["/metrics/kpis", "/sales?limit=20", "/products?limit=20"];

/** Asks for so long; answers what the answers took, in ms. Throws where one is refused. */
export async function askSteadily(shop: Shop, product: string, seconds: number): Promise<number[]> {
  const asked: Promise<number>[] = [];
  const begin = performance.now();
  for (let at = 0; at < seconds * A_SECOND; at += 1) {
    await sleep(Math.max(0, begin + (at * 1000) / A_SECOND - performance.now()));
    asked.push(timed(shop, product, at));
  }
  return Promise.all(asked);
}

async function timed(shop: Shop, product: string, at: number): Promise<number> {
  const begin = performance.now();
  const read = READS[at % (READS.length + 1)];
  const init = read === undefined ? saleOf(shop, product) : { headers: shop.headers };
  const headers = new Headers(init.headers);
  headers.set("cf-connecting-ip", `198.51.100.${at % ADDRESSES}`);
  const response = await fetch(`${shop.url}/api/v1${read ?? "/sales"}`, { ...init, headers });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`the calm shop was answered ${response.status}`);
  return performance.now() - begin;
}
