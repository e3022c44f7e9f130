// A shop that asks far more than it may: by its users, as a public reader, and from one address as much as from all others.
// It asks from a thread of its own, so that it does not stop the clock of those who measure.
import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import autocannon from "autocannon";
import { z } from "zod";
import { makeBuyers } from "./buyers.ts";
import type { Runtime, Worker as Bundle } from "./runtime.ts";
import type { Shop } from "./shop.ts";
import { cpuMs } from "./workerd.ts";

const CONNECTIONS = 32;
const USERS = 8;
const COSTED = 1000;

export type Flood = {
  /** Asks so many times a second for so many seconds. */
  run: (perSecond: number, seconds: number) => Promise<void>;
  /** Milliseconds of CPU that one of its requests takes the Worker now. */
  cost: () => Promise<number>;
  /** How often each status was answered so far. */
  answered: () => string;
  /** Whose quotas are used up now. */
  reached: () => Promise<string>;
};

const tally = z.record(z.string(), z.number());

const refusal = z.object({ "violated-policies": z.array(z.string()).default([]) });

const from = (address: number) => ({ "cf-connecting-ip": `203.0.113.${address}` });

/** Makes ready what the shop will ask. A token of it is good for ten minutes. */
export async function flood(runtime: Runtime, worker: Bundle, shop: Shop): Promise<Flood> {
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
    run: async (perSecond, seconds) => {
      const workerData = { url: runtime.url, requests, perSecond, seconds };
      const thread = new Worker(join(import.meta.dirname, "flood-thread.ts"), { workerData });
      const [answered] = await once(thread, "message");
      for (const [status, count] of Object.entries(tally.parse(answered)))
        counts[status] = (counts[status] ?? 0) + count;
    },
    cost: async () => {
      const before = cpuMs(runtime.pid) ?? Number.NaN;
      await autocannon({ url: runtime.url, connections: CONNECTIONS, amount: COSTED, requests });
      return ((cpuMs(runtime.pid) ?? Number.NaN) - before) / COSTED;
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
