// Counts the requests of one shop and its users; the rule is in src/quota/window.ts. Memory alone would forget the minute when
// the object rests (after some ten seconds), and hand the quota out anew; a timer that keeps it is paid for by the minute, as
// much as some ninety written rows. So it is noted what was handed out, a hundredth of the quota in advance: a quiet minute
// costs a row for the minute and for each key, a busy one no more than a hundred for a key. Where the object is lost, what
// was noted in advance counts as handed out: never more than the quota is.
import { DurableObject } from "cloudflare:workers";
import { lease, windowAt, type LeaseRequest, type Lease, type Window } from "../../src/quota/window.ts";

const USED = "used/";

export class TenantQuota extends DurableObject<Env> {
  #window: Window | undefined;
  /** By key, what is noted as handed out. */
  #noted = new Map<string, number>();

  /** A lease for each who asks. */
  async take(asks: LeaseRequest[]): Promise<Lease[]> {
    const known = this.#window ?? this.#read();
    const window = windowAt(known, Date.now());
    this.#window = window;
    if (window !== known) {
      this.#noted = new Map();
      await this.ctx.storage.deleteAll();
      this.ctx.storage.kv.put("ends", window.ends);
    }
    // Nothing is awaited from here on, so no other call can come in; the answer waits until all is written.
    const leases = asks.map((ask) => lease(window, ask));
    for (const ask of asks) this.#note(window, ask);
    return leases;
  }

  #read(): Window | undefined {
    const { kv } = this.ctx.storage;
    const ends = kv.get<number>("ends");
    if (ends === undefined) return undefined;
    const rows = [...kv.list<number>({ prefix: USED })];
    this.#noted = new Map(rows.map(([key, used]) => [key.slice(USED.length), used]));
    return { ends, used: new Map(this.#noted) };
  }

  #note({ used }: Window, { key, quota }: LeaseRequest): void {
    const count = used.get(key) ?? 0;
    if (count <= (this.#noted.get(key) ?? 0)) return;
    const noted = Math.min(quota, count + Math.floor(quota / 100));
    this.#noted.set(key, noted);
    this.ctx.storage.kv.put(`${USED}${key}`, noted);
  }
}
