// Decides who is on shift, one step at a time for each person, and caches the open shift. A step that writes to D1 deletes
// the cache first and stores the new shift afterwards, so after a crash on either side the next step reads D1. The steps are
// in src/shifts.
import { DurableObject } from "cloudflare:workers";
import { afterCommit } from "../../src/after-commit.ts";
import type { ActorCtx } from "../../src/platform/context.ts";
import { openDb } from "../../src/platform/d1.ts";
import { logFailure } from "../../src/platform/log.ts";
import { Problem } from "../../src/platform/problem.ts";
import { recordActivity } from "../../src/shifts/activity/activity.ts";
import { checkIdle } from "../../src/shifts/activity/idle-watch.ts";
import { endBreak, startBreak } from "../../src/shifts/desk/breaks.ts";
import type { DeskResult, Caller } from "../../src/shifts/desk/desk-client.ts";
import { joinShift, readShift, startShift } from "../../src/shifts/desk/start.ts";
import type { DeskStep } from "../../src/shifts/desk/step.ts";
import { moveCash } from "../../src/shifts/drawer/cash.ts";
import { closeForgottenStep } from "../../src/shifts/drawer/close-forgotten.ts";
import { endShift } from "../../src/shifts/drawer/close.ts";
import { findOpenShift, type ShiftBody } from "../../src/shifts/record.ts";
import { Shift } from "../../src/shifts/schema.ts";

type InputOf<S> = S extends DeskStep<infer Input, unknown> ? Input : never;

// The first check reads the shop's settings and returns when to check again.
const FIRST_CHECK_MS = 60_000;

type StepOptions = {
  /** The step starts a shift. */
  starts?: boolean;
  /** The step writes nothing. */
  readOnly?: boolean;
  /** The step runs in the alarm, without a caller. */
  inAlarm?: boolean;
  /** The user whose desk this is, where an ADMIN calls. */
  ownerId?: string;
};

export class ShiftDesk extends DurableObject<Env> {
  #last: Promise<unknown> = Promise.resolve();

  current(caller: Caller) {
    return this.#enqueue(caller, readShift, null, { readOnly: true });
  }

  start(caller: Caller, input: InputOf<typeof startShift>) {
    return this.#enqueue(caller, startShift, input, { starts: true });
  }

  join(caller: Caller, input: InputOf<typeof joinShift>) {
    return this.#enqueue(caller, joinShift, input);
  }

  startBreak(caller: Caller, input: InputOf<typeof startBreak>) {
    return this.#enqueue(caller, startBreak, input);
  }

  endBreak(caller: Caller, input: InputOf<typeof endBreak>) {
    return this.#enqueue(caller, endBreak, input);
  }

  recordActivity(caller: Caller, input: InputOf<typeof recordActivity>) {
    return this.#enqueue(caller, recordActivity, input);
  }

  moveCash(caller: Caller, input: InputOf<typeof moveCash>) {
    return this.#enqueue(caller, moveCash, input);
  }

  end(caller: Caller, input: InputOf<typeof endShift>) {
    return this.#enqueue(caller, endShift, input);
  }

  /** Closes the shift of this person for an ADMIN. */
  closeForgotten(caller: Caller, input: InputOf<typeof closeForgottenStep>) {
    return this.#enqueue(caller, closeForgottenStep, input, { ownerId: input.user_id });
  }

  /** Checks the open shift. If D1 fails it throws, and the platform retries. */
  override async alarm(): Promise<void> {
    const caller = this.ctx.storage.kv.get<Caller>("watched");
    if (!caller) return;
    // Before the check: the platform gives up on an alarm that keeps failing, which would end the watch.
    await this.ctx.storage.setAlarm(Date.now() + FIRST_CHECK_MS);
    const result = await this.#enqueue({ ...caller, requestId: null }, checkIdle, null, { inAlarm: true });
    if ("value" in result && result.value !== null) await this.ctx.storage.setAlarm(result.value);
  }

  // Called before a shift starts, so that a failure afterwards leaves no open shift without a watch.
  async #startWatch(caller: Caller, now: Date): Promise<void> {
    if ((await this.ctx.storage.getAlarm()) !== null) return;
    this.ctx.storage.kv.put("watched", caller);
    await this.ctx.storage.setAlarm(now.getTime() + FIRST_CHECK_MS);
  }

  async #endWatch(): Promise<void> {
    await this.ctx.storage.deleteAlarm();
    this.ctx.storage.kv.delete("watched");
  }

  // While a step awaits D1 the platform would deliver the next call to the object, so calls queue here.
  #enqueue<Input, Value>(
    caller: Caller,
    step: DeskStep<Input, Value>,
    input: Input,
    options: StepOptions = {},
  ): Promise<DeskResult<Value>> {
    const result = this.#last.then(() => this.#run(caller, step, input, options));
    this.#last = result.catch(() => null);
    return result;
  }

  async #run<Input, Value>(
    caller: Caller,
    step: DeskStep<Input, Value>,
    input: Input,
    { starts = false, readOnly = false, inAlarm = false, ownerId = caller.actor.id }: StepOptions,
  ): Promise<DeskResult<Value>> {
    const { kv } = this.ctx.storage;
    // undefined is "unknown", null is "no open shift".
    const cached = kv.get<ShiftBody | null>("open");
    let isCached = cached !== undefined;
    const clearCache = (): void => {
      if (isCached) kv.delete("open");
      isCached = false;
    };
    const db = openDb(this.env, "first-primary");
    const ctx: ActorCtx = {
      ...caller,
      db: {
        ...db,
        run: (statement) => {
          clearCache();
          return db.run(statement);
        },
        batch: (statements) => {
          clearCache();
          return db.batch(statements);
        },
      },
      env: this.env,
      now: new Date(),
      outbox: [],
      mails: [],
      waitUntil: (work) => this.ctx.waitUntil(work),
    };
    let open: ShiftBody | null = null;
    let queriesBefore = -1;
    try {
      // A start needs no read: the unique index in D1 rejects a second open shift.
      open = isCached || starts ? (cached ?? null) : await findOpenShift(ctx, ctx.tenant.id, ownerId);
      if ((open || starts) && ownerId === caller.actor.id) await this.#startWatch(caller, ctx.now);
      queriesBefore = db.cost.queries;
      const { value, open: openAfter } = await step(ctx, open, input);
      if (openAfter === undefined) clearCache();
      else if (!isCached || JSON.stringify(openAfter) !== JSON.stringify(cached)) kv.put("open", openAfter);
      if (openAfter === null) await this.#endWatch();
      return { cost: db.cost, value };
    } catch (error) {
      // A problem before any query has changed nothing in D1. But a start whose response was lost may have committed after
      // "no open shift" was cached, so a step that misses an open shift clears the cache.
      const missesShift = error instanceof Problem && !open && !readOnly;
      if (error instanceof Problem && error.slug === "shift-already-open")
        kv.put("open", Shift.parse(error.extra["shift"]));
      else if (db.cost.queries > queriesBefore || missesShift) clearCache();
      else if (!isCached) kv.put("open", open);
      if (!(error instanceof Problem)) throw error;
      const isUnavailable = error.slug === "unavailable";
      if (isUnavailable && inAlarm) throw error.cause;
      if (isUnavailable) logFailure("shift desk", error);
      const { slug, message: detail, extra, headers, status } = error;
      return { cost: db.cost, problem: { slug, detail, extra, headers, status } };
    } finally {
      afterCommit(ctx);
    }
  }
}
