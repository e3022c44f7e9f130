// Grants the requests of one shop and its users; the quotas are in src/quota/window.ts. Memory alone would lose the minute when
// the object is evicted, and a row for each request would be expensive: a reservation of a hundredth of the quota is stored in
// advance. After an eviction the reservations count as granted, so the quota is never exceeded.
import { DurableObject } from "cloudflare:workers";
import { lease, windowAt, type LeaseRequest, type Lease, type Window } from "../../src/quota/window.ts";

const USED_PREFIX = "used/";

export class TenantQuota extends DurableObject<Env> {
  #window: Window | undefined;
  /** The stored reservations by key. */
  #reserved = new Map<string, number>();

  /** Grants one lease for each request. */
  async take(requests: LeaseRequest[]): Promise<Lease[]> {
    const previous = this.#window ?? this.#read();
    const window = windowAt(previous, Date.now());
    this.#window = window;
    if (window !== previous) {
      this.#reserved = new Map();
      // Replaces the database, which takes longer than the rest: an object that has stored nothing skips it.
      if (previous) await this.ctx.storage.deleteAll();
      this.ctx.storage.kv.put("ends", window.ends);
    }
    // Nothing is awaited from here on, so calls do not interleave; the output gate holds the response until all is written.
    const leases = requests.map((request) => lease(window, request));
    for (const request of requests) this.#reserve(window, request);
    return leases;
  }

  #read(): Window | undefined {
    const { kv } = this.ctx.storage;
    const ends = kv.get<number>("ends");
    if (ends === undefined) return undefined;
    const rows = [...kv.list<number>({ prefix: USED_PREFIX })];
    this.#reserved = new Map(rows.map(([key, used]) => [key.slice(USED_PREFIX.length), used]));
    return { ends, used: new Map(this.#reserved) };
  }

  #reserve({ used }: Window, { key, quota }: LeaseRequest): void {
    const count = used.get(key) ?? 0;
    if (count <= (this.#reserved.get(key) ?? 0)) return;
    const reservation = Math.min(quota, count + Math.floor(quota / 100));
    this.#reserved.set(key, reservation);
    this.ctx.storage.kv.put(`${USED_PREFIX}${key}`, reservation);
  }
}
