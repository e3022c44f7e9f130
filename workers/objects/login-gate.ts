// Counts attempts of one account or one address; the rule is in src/auth/attempts.ts. The count outlives eviction, and
// an alarm clears it when its minute is over, so that no object is left behind. Attempts in flight live in memory: one
// that is never settled counts as failed after a while.
import { DurableObject } from "cloudflare:workers";
import { currentWindow, type Window } from "../../src/auth/login/attempts.ts";
import { secondsUntil } from "../../src/platform/minute.ts";

const SETTLE_MS = 10_000;

export class LoginGate extends DurableObject<Env> {
  readonly #inFlight = new Map<number, ReturnType<typeof setTimeout>>();
  readonly #waiting: (() => void)[] = [];
  #tickets = 0;

  /** Counts one attempt; answers the seconds to wait, 0 where it may go on. */
  async count(limit: number): Promise<number> {
    const window = this.#window();
    if (window.count >= limit) return secondsUntil(window.ends);
    await this.#add(window);
    return 0;
  }

  /** Takes a place for an attempt, when fewer than `limit` have failed or are in flight; waits while one in flight may free it. */
  async enter(limit: number): Promise<{ wait: number; ticket: number }> {
    for (;;) {
      const window = this.#window();
      if (window.count >= limit) return { wait: secondsUntil(window.ends), ticket: 0 };
      if (window.count + this.#inFlight.size < limit) {
        const ticket = (this.#tickets += 1);
        this.#inFlight.set(
          ticket,
          setTimeout(() => void this.leave(ticket, true), SETTLE_MS),
        );
        return { wait: 0, ticket };
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Settles an attempt. */
  async leave(ticket: number, failed: boolean): Promise<void> {
    const timer = this.#inFlight.get(ticket);
    if (timer === undefined) return;
    clearTimeout(timer);
    if (failed) await this.#add(this.#window());
    this.#inFlight.delete(ticket);
    for (const resume of this.#waiting.splice(0)) resume();
  }

  override async alarm(): Promise<void> {
    // It may fire late, in the minute after: that one stays.
    const window = this.ctx.storage.kv.get<Window>("window");
    if (window && currentWindow(window, Date.now()) === window) await this.ctx.storage.setAlarm(window.ends);
    else await this.ctx.storage.deleteAll();
  }

  #window(): Window {
    return currentWindow(this.ctx.storage.kv.get<Window>("window"), Date.now());
  }

  async #add(window: Window): Promise<void> {
    this.ctx.storage.kv.put("window", { ends: window.ends, count: window.count + 1 });
    if (window.count === 0) await this.ctx.storage.setAlarm(window.ends);
  }
}
