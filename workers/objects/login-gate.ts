// Counts the sign-in attempts of one account or one address, by the limits in src/auth/login/attempts.ts, or the orders of one network that
// end unpaid, by that in src/purchases/unpaid-orders.ts. The count survives eviction, and an alarm deletes it when its time ends. Attempts in flight are held in memory; one that is not settled in time
// counts as failed.
import { DurableObject } from "cloudflare:workers";
import { currentWindow, type Window } from "../../src/auth/login/attempts.ts";
import { secondsUntil } from "../../src/platform/minute.ts";

const SETTLE_TIMEOUT_MS = 10_000;

export class LoginGate extends DurableObject<Env> {
  readonly #inFlight = new Map<number, ReturnType<typeof setTimeout>>();
  readonly #waiting: (() => void)[] = [];
  #lastTicket = 0;

  /** Returns the seconds to wait if the limit is reached, or 0. */
  async waitFor(limit: number): Promise<number> {
    const window = this.#window();
    return window.count >= limit ? secondsUntil(window.ends) : 0;
  }

  /** Counts one attempt within a length of time (ms). Returns the seconds to wait, or 0 if it is allowed. */
  async count(limit: number, length?: number): Promise<number> {
    const window = this.#window(length);
    if (window.count >= limit) return secondsUntil(window.ends);
    await this.#add(window);
    return 0;
  }

  /**
   * Admits an attempt if fewer than `limit` have failed or are in flight, and otherwise waits for those in flight. Returns
   * the seconds to wait if the limit is reached, or 0 and a ticket.
   */
  async enter(limit: number): Promise<{ wait: number; ticket: number }> {
    for (;;) {
      const window = this.#window();
      if (window.count >= limit) return { wait: secondsUntil(window.ends), ticket: 0 };
      if (window.count + this.#inFlight.size < limit) {
        const ticket = (this.#lastTicket += 1);
        this.#inFlight.set(
          ticket,
          setTimeout(() => void this.leave(ticket, true), SETTLE_TIMEOUT_MS),
        );
        return { wait: 0, ticket };
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Settles an attempt by its ticket. */
  async leave(ticket: number, failed: boolean): Promise<void> {
    const timer = this.#inFlight.get(ticket);
    if (timer === undefined) return;
    clearTimeout(timer);
    if (failed) await this.#add(this.#window());
    this.#inFlight.delete(ticket);
    for (const resume of this.#waiting.splice(0)) resume();
  }

  override async alarm(): Promise<void> {
    // The alarm may fire late, in the next minute, whose count stays.
    const window = this.ctx.storage.kv.get<Window>("window");
    if (window && currentWindow(window, Date.now()) === window) await this.ctx.storage.setAlarm(window.ends);
    else await this.ctx.storage.deleteAll();
  }

  #window(length?: number): Window {
    return currentWindow(this.ctx.storage.kv.get<Window>("window"), Date.now(), length);
  }

  async #add(window: Window): Promise<void> {
    this.ctx.storage.kv.put("window", { ends: window.ends, count: window.count + 1 });
    if (window.count === 0) await this.ctx.storage.setAlarm(window.ends);
  }
}
