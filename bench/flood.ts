// A shop that asks far more than it may: by its customers, as public readers, by its staff, and much from one address.
// It asks from a thread of its own, so that it does not stop the clock of those who measure.
import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import autocannon from "autocannon";
import { z } from "zod";
import { createAccounts, tokenOf, type Account } from "./accounts.ts";
import type { Runtime, Worker as Bundle } from "./runtime.ts";
import { actorOf, type Shop } from "./client.ts";
import { cpuMs } from "./process.ts";

const CONNECTIONS = 32;
const CUSTOMERS = 8;
const COSTED = 1000;

export type Flood = {
  /** Asks so many times a second; resolves with the first answer to what ends it. */
  begin: (perSecond: number) => Promise<() => Promise<void>>;
  /** Milliseconds of CPU that one of its requests takes the Worker now. */
  cost: () => Promise<number>;
  /** How often each status was answered so far. */
  answered: () => string;
  /** Whose quotas are used up now. */
  reached: () => Promise<string[]>;
};

const tally = z.record(z.string(), z.number());

const refusal = z.object({ "violated-policies": z.array(z.string()).default([]) });

const from = (address: number) => ({ "cf-connecting-ip": `203.0.113.${address}` });

type Request = { path: string; headers: Record<string, string> };

const PATHS = { kpis: "/api/v1/metrics/kpis", search: "/api/v1/products/search?q=book" };

export async function flood(runtime: Runtime, worker: Bundle, shop: Shop): Promise<Flood> {
  const { tenant } = actorOf(shop);
  const customers = await createAccounts(runtime, tenant, "CUSTOMER", CUSTOMERS);
  const [admin] = await createAccounts(runtime, tenant, "ADMIN", 1);
  const [seller] = await createAccounts(runtime, tenant, "EMPLOYEE", 1);
  if (!admin || !seller) throw new Error("nobody was made");
  const by = async (path: string, somebody: Account, address: number): Promise<Request> => {
    const token = await tokenOf(worker, somebody);
    return { path, headers: { authorization: `Bearer ${token}`, ...from(address) } };
  };
  const reading = (address: number): Request => ({
    path: PATHS.search,
    headers: { "x-tenant": shop.slug, ...from(address) },
  });
  // Anew each time, for a token is good for ten minutes.
  const makeRequests = async (): Promise<Request[]> => {
    const [administering, selling] = [await by(PATHS.kpis, admin, 200), await by(PATHS.kpis, seller, 201)];
    const buying = await Promise.all(
      customers.map((customer, at) => by("/api/v1/products?limit=20", customer, at)),
    );
    return buying.flatMap((each, at) => [
      each,
      reading(100 + at),
      administering,
      reading(150 + at),
      selling,
      administering,
    ]);
  };
  const counts: Record<string, number> = {};
  return {
    begin: async (perSecond) => {
      const workerData = { url: runtime.url, requests: await makeRequests(), perSecond };
      const thread = new Worker(join(import.meta.dirname, "flood-thread.ts"), { workerData });
      await once(thread, "message");
      return async () => {
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
        thread.postMessage("stop");
        const [answered] = await once(thread, "message");
        for (const [status, count] of Object.entries(tally.parse(answered)))
          counts[status] = (counts[status] ?? 0) + count;
      };
    },
    cost: async () => {
      const before = cpuMs(runtime.pid) ?? Number.NaN;
      const requests = await makeRequests();
      await autocannon({ url: runtime.url, connections: CONNECTIONS, amount: COSTED, requests });
      return ((cpuMs(runtime.pid) ?? Number.NaN) - before) / COSTED;
    },
    answered: () =>
      Object.entries(counts)
        .map(([status, count]) => `${status} ${count} times`)
        .join(", "),
    reached: async () => {
      const asked = [await by(PATHS.kpis, admin, 200), await by(PATHS.kpis, admin, 202), reading(203)];
      const answers = await Promise.all(
        asked.map(({ path, headers }) => fetch(`${runtime.url}${path}`, { headers })),
      );
      const bodies = await Promise.all(answers.map(async (each) => refusal.parse(await each.json())));
      return bodies.flatMap((body) => body["violated-policies"]);
    },
  };
}
