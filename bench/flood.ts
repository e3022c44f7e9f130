// A shop that asks far more than it may: by its users, as a public reader, and from one address as much as from all others.
// It asks from a thread of its own, so that it does not stop the clock of those who measure.
import autocannon from "autocannon";
import { z } from "zod";
import { makeBuyers } from "./buyers.ts";
import type { Runtime, Worker } from "./runtime.ts";
import type { Shop } from "./shop.ts";

const CONNECTIONS = 32;
const USERS = 8;

export type Flood = {
  /** Asks so many times a second for so many seconds. */
  run: (perSecond: number, seconds: number) => Promise<void>;
  /** How often each status was answered so far. */
  answered: () => string;
  /** Whose quotas are used up now. */
  reached: () => Promise<string>;
};

const refusal = z.object({ "violated-policies": z.array(z.string()).default([]) });

const from = (address: number) => ({ "cf-connecting-ip": `203.0.113.${address}` });

/** Makes ready what the shop will ask. A token of it is good for ten minutes. */
export async function flood(runtime: Runtime, worker: Worker, shop: Shop): Promise<Flood> {
  const buyers = await makeBuyers(runtime, worker, shop, [], USERS);
  const address = { path: "/api/v1/metrics/kpis", headers: { ...shop.headers, ...from(200) } };
  const requests = buyers.flatMap(({ token }, at) => [
    { path: "/api/v1/products?limit=20", headers: { authorization: `Bearer ${token}`, ...from(at) } },
    { path: "/api/v1/products/search?q=book", headers: { "x-tenant": shop.slug, ...from(100 + at) } },
    address,
    address,
  ]);
  const counts: Record<string, number> = {};
  return {
    run: async (overallRate, duration) => {
      const result = await autocannon({
        url: runtime.url,
        connections: CONNECTIONS,
        overallRate,
        duration,
        requests,
        workers: 1,
      });
      for (const [status, { count }] of Object.entries(result.statusCodeStats))
        counts[status] = (counts[status] ?? 0) + count;
    },
    answered: () =>
      Object.entries(counts)
        .map(([status, count]) => `${status} ${count} times`)
        .join(", "),
    reached: async () => {
      const admin = { ...shop.headers, ...from(201) };
      const answers = await Promise.all(
        [address.headers, admin].map((headers) => fetch(`${runtime.url}${address.path}`, { headers })),
      );
      const bodies = await Promise.all(answers.map(async (each) => refusal.parse(await each.json())));
      return bodies.flatMap((body) => body["violated-policies"]).join(", ") || "none";
    },
  };
}
