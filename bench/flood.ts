// A shop that sends far more requests than its quotas allow: from its customers, its staff and public visitors, many of them from one
// address. They are sent from a separate thread, so that they do not delay the thread that measures.
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
const COST_SAMPLE = 1000;

export type Flood = {
  /** Sends `perSecond` requests a second; resolves after the first response, to a function that stops the flood. */
  start: (perSecond: number) => Promise<() => Promise<void>>;
  /** Milliseconds of CPU that the Worker uses for one of the requests, on average. */
  cost: () => Promise<number>;
  /** The number of responses by status so far, as text. */
  responses: () => string;
  /** The policies whose quotas are exhausted now. */
  exhausted: () => Promise<string[]>;
};

const statusCounts = z.record(z.string(), z.number());

const refusal = z.object({ "violated-policies": z.array(z.string()).default([]) });

const addressHeader = (address: number) => ({ "cf-connecting-ip": `203.0.113.${address}` });

type Request = { path: string; headers: Record<string, string> };

const PATHS = { kpis: "/api/v1/metrics/kpis", search: "/api/v1/products/search?q=book" };

/** Creates the shop's users and returns its flood. */
export async function createFlood(runtime: Runtime, worker: Bundle, shop: Shop): Promise<Flood> {
  const { tenant } = actorOf(shop);
  const customers = await createAccounts(runtime, tenant, "CUSTOMER", CUSTOMERS);
  const [admin] = await createAccounts(runtime, tenant, "ADMIN", 1);
  const [employee] = await createAccounts(runtime, tenant, "EMPLOYEE", 1);
  if (!admin || !employee) throw new Error("no account was created");
  const requestBy = async (path: string, account: Account, address: number): Promise<Request> => {
    const token = await tokenOf(worker, account);
    return { path, headers: { authorization: `Bearer ${token}`, ...addressHeader(address) } };
  };
  const publicRequest = (address: number): Request => ({
    path: PATHS.search,
    headers: { "x-tenant": shop.slug, ...addressHeader(address) },
  });
  // Created for each run, because tokens expire after ten minutes.
  const makeRequests = async (): Promise<Request[]> => {
    const [byAdmin, byEmployee] = [
      await requestBy(PATHS.kpis, admin, 200),
      await requestBy(PATHS.kpis, employee, 201),
    ];
    const byCustomers = await Promise.all(
      customers.map((customer, at) => requestBy("/api/v1/products?limit=20", customer, at)),
    );
    return byCustomers.flatMap((each, at) => [
      each,
      publicRequest(100 + at),
      byAdmin,
      publicRequest(150 + at),
      byEmployee,
      byAdmin,
    ]);
  };
  const counts: Record<string, number> = {};
  return {
    start: async (perSecond) => {
      const workerData = { url: runtime.url, requests: await makeRequests(), perSecond };
      const thread = new Worker(join(import.meta.dirname, "flood-thread.ts"), { workerData });
      await once(thread, "message");
      return async () => {
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
        thread.postMessage("stop");
        const [responses] = await once(thread, "message");
        for (const [status, count] of Object.entries(statusCounts.parse(responses)))
          counts[status] = (counts[status] ?? 0) + count;
      };
    },
    cost: async () => {
      const before = cpuMs(runtime.pid) ?? Number.NaN;
      const requests = await makeRequests();
      await autocannon({ url: runtime.url, connections: CONNECTIONS, amount: COST_SAMPLE, requests });
      return ((cpuMs(runtime.pid) ?? Number.NaN) - before) / COST_SAMPLE;
    },
    responses: () =>
      Object.entries(counts)
        .map(([status, count]) => `${status} ${count} times`)
        .join(", "),
    exhausted: async () => {
      const probes = [
        await requestBy(PATHS.kpis, admin, 200),
        await requestBy(PATHS.kpis, admin, 202),
        publicRequest(203),
      ];
      const responses = await Promise.all(
        probes.map(({ path, headers }) => fetch(`${runtime.url}${path}`, { headers })),
      );
      const bodies = await Promise.all(responses.map(async (each) => refusal.parse(await each.json())));
      return bodies.flatMap((body) => body["violated-policies"]);
    },
  };
}
