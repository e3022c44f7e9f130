// Counts the requests of one shop and its users, in memory alone: the rule is in src/quota/window.ts. A timer keeps the
// object until its minute is over. Where it is lost nevertheless (a deployment, a crash), the shop gets a new minute.
import { DurableObject } from "cloudflare:workers";
import { lease, WINDOW_MS, windowAt, type Ask, type Lease, type Window } from "../../src/quota/window.ts";

export class TenantQuota extends DurableObject<Env> {
  #window: Window | undefined;

  /** A lease for each who asks. Nothing is awaited in between, so no other call can come in. */
  async take(asks: Ask[]): Promise<Lease[]> {
    const window = windowAt(this.#window, Date.now());
    if (window !== this.#window) {
      this.#window = window;
      setTimeout(() => this.#forget(window), WINDOW_MS);
    }
    return asks.map((ask) => lease(window, ask));
  }

  #forget(window: Window): void {
    if (this.#window === window) this.#window = undefined;
  }
}
