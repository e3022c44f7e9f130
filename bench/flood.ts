// A shop that asks far more than it may: by its customers, as public readers, by its staff, and much from one address.
// It asks from a thread of its own, so that it does not stop the clock of those who measure.
import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import autocannon from "autocannon";
import { z } from "zod";
import { makePeople, tokenOf, type Somebody } from "./people.ts";
import type { Runtime, Worker as Bundle } from "./runtime.ts";
import { actorOf, type Shop } from "./shop.ts";
import { cpuMs } from "./workerd.ts";

const CONNECTIONS = 32;
const CUSTOMERS = 8;
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
  const { tenant } = actorOf(shop);
  const customers = await makePeople(runtime, tenant, "CUSTOMER", CUSTOMERS);
  const [seller] = await makePeople(runtime, tenant, "EMPLOYEE", 1);
  if (!seller) throw new Error("nobody was made");
  const as = async (somebody: Somebody) => ({ authorization: `Bearer ${await tokenOf(worker, somebody)}` });
  const [kpis, search] = ["/api/v1/metrics/kpis", "/api/v1/products/search?q=book"];
  const reader = { "x-tenant": shop.slug };
  const admin = { path: kpis, headers: { ...shop.headers, ...from(200) } };
  const selling = { path: kpis, headers: { ...(await as(seller)), ...from(201) } };
  const requests: { path: string; headers: Record<string, string> }[] = [];
  for (const [at, customer] of customers.entries())
    requests.push(
      { path: "/api/v1/products?limit=20", headers: { ...(await as(customer)), ...from(at) } },
      { path: search, headers: { ...reader, ...from(100 + at) } },
      admin,
      { path: search, headers: { ...reader, ...from(150 + at) } },
      selling,
      admin,
    );
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
      const asked = [
        admin,
        { path: kpis, headers: { ...shop.headers, ...from(202) } },
        { path: search, headers: { ...reader, ...from(203) } },
      ];
      const answers = await Promise.all(
        asked.map(({ path, headers }) => fetch(`${runtime.url}${path}`, { headers })),
      );
      const bodies = await Promise.all(answers.map(async (each) => refusal.parse(await each.json())));
      return [...new Set(bodies.flatMap((body) => body["violated-policies"]))].join(", ") || "none";
    },
  };
}
