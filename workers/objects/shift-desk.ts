// Decides who is on shift, one step at a time for each person, and caches the open shift. A step that writes to D1 deletes
// the cache first and stores the new shift afterwards, so after a crash on either side the next step reads D1. The steps are
// in src/shifts.
import { DurableObject } from "cloudflare:workers";
import { afterCommit } from "../../src/after-commit.ts";
import type { UserCtx } from "../../src/platform/context.ts";
import { openDb } from "../../src/platform/d1.ts";
import { gateBindings } from "../../src/platform/gated-bindings.ts";
import { guardDb, GuardViolated } from "../../src/platform/guarded-db.ts";
import { logFailure } from "../../src/platform/log.ts";
import { Problem } from "../../src/platform/problem.ts";
import { startTrace, traceMessages } from "../../src/platform/trace.ts";
import { recordActivity } from "../../src/shifts/activity/activity.ts";
import { checkIdle } from "../../src/shifts/activity/idle-watch.ts";
import { endBreak, startBreak } from "../../src/shifts/desk/breaks.ts";
import type { Call, Caller, DeskResult } from "../../src/shifts/desk/desk-client.ts";
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

// The guard of a call without one.
const CONFIRMED = { state: "holds", mayHaveCommitted: false } as const;

type StepOptions = {
  /** The step starts a shift. */
  starts?: boolean;
  /** The step writes nothing. */
  readOnly?: boolean;
  /** The step does not use the open shift. */
  ignoresShift?: boolean;
  /** The step runs in the alarm, without a caller. */
  inAlarm?: boolean;
  /** The user whose desk this is, where an ADMIN calls. */
  ownerId?: string;
};

export class ShiftDesk extends DurableObject<Env> {
  #last: Promise<unknown> = Promise.resolve();

  current(call: Call) {
    return this.#enqueue(call, readShift, null, { readOnly: true });
  }

  start(call: Call, input: InputOf<typeof startShift>) {
    return this.#enqueue(call, startShift, input, { starts: true });
  }

  join(call: Call, input: InputOf<typeof joinShift>) {
    return this.#enqueue(call, joinShift, input);
  }

  startBreak(call: Call, input: InputOf<typeof startBreak>) {
    return this.#enqueue(call, startBreak, input);
  }

  endBreak(call: Call, input: InputOf<typeof endBreak>) {
    return this.#enqueue(call, endBreak, input);
  }

  recordActivity(call: Call, input: InputOf<typeof recordActivity>) {
    return this.#enqueue(call, recordActivity, input);
  }

  moveCash(call: Call, input: InputOf<typeof moveCash>) {
    return this.#enqueue(call, moveCash, input);
  }

  end(call: Call, input: InputOf<typeof endShift>) {
    return this.#enqueue(call, endShift, input);
  }

  /** Closes the shift of this person for an ADMIN. */
  closeForgotten(call: Call, input: InputOf<typeof closeForgottenStep>) {
    return this.#enqueue(call, closeForgottenStep, input, { ignoresShift: true, ownerId: input.user_id });
  }

  /** Checks the open shift. If D1 fails it throws, and the platform retries. */
  override async alarm(): Promise<void> {
    const caller = this.ctx.storage.kv.get<Caller>("watched");
    if (!caller) return;
    // Before the check: the platform gives up on an alarm that keeps failing, which would end the watch.
    await this.ctx.storage.setAlarm(Date.now() + FIRST_CHECK_MS);
    const watch = { ...caller, requestId: null, trace: startTrace(undefined, null) };
    const result = await this.#enqueue({ caller: watch, guard: null }, checkIdle, null, { inAlarm: true });
    if ("value" in result && result.value !== null) await this.ctx.storage.setAlarm(result.value);
  }

  // Called before a shift starts, so that a failure afterwards leaves no open shift without a watch. Returns whether it began now.
  async #startWatch(caller: Caller, now: Date): Promise<boolean> {
    if ((await this.ctx.storage.getAlarm()) !== null) return false;
    this.ctx.storage.kv.put("watched", caller);
    await this.ctx.storage.setAlarm(now.getTime() + FIRST_CHECK_MS);
    return true;
  }

  async #endWatch(): Promise<void> {
    await this.ctx.storage.deleteAlarm();
    this.ctx.storage.kv.delete("watched");
  }

  // While a step awaits D1 the platform would deliver the next call to the object, so calls queue here.
  #enqueue<Input, Value>(
    call: Call,
    step: DeskStep<Input, Value>,
    input: Input,
    options: StepOptions = {},
  ): Promise<DeskResult<Value>> {
    const result = this.#last.then(() => this.#run(call, step, input, options));
    this.#last = result.catch(() => null);
    return result;
  }

  async #run<Input, Value>(
    { caller, guard }: Call,
    step: DeskStep<Input, Value>,
    input: Input,
    {
      starts = false,
      readOnly = false,
      ignoresShift = false,
      inAlarm = false,
      ownerId = caller.actor.id,
    }: StepOptions,
  ): Promise<DeskResult<Value>> {
    const { kv } = this.ctx.storage;
    // undefined is "unknown", null is "no open shift".
    const cached = kv.get<ShiftBody | null>("open");
    let isCached = cached !== undefined;
    const clearCache = (): void => {
      if (isCached) kv.delete("open");
      isCached = false;
    };
    const opened = openDb(this.env, caller.tenant.id, "first-primary");
    const guarded = guard && guardDb(opened, guard);
    const db = guarded?.db ?? opened;
    const env = traceMessages(this.env, caller.trace);
    const ctx: UserCtx = {
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
      env: guarded ? gateBindings(env, guarded) : env,
      now: new Date(),
      outbox: [],
      mails: [],
      waitUntil: (work) => this.ctx.waitUntil(work),
    };
    const outcome = () => ({ cost: db.cost, guard: guarded?.delegated() ?? CONFIRMED });
    let open: ShiftBody | null = null;
    let queriesBefore = -1;
    let isNewWatch = false;
    try {
      // A start needs no read: the unique index in D1 rejects a second open shift.
      const needsRead = !isCached && !starts && !ignoresShift;
      open = needsRead ? await findOpenShift(ctx, ctx.tenant.id, ownerId) : (cached ?? null);
      if ((open || starts) && ownerId === caller.actor.id)
        isNewWatch = await this.#startWatch(caller, ctx.now);
      if (isCached || needsRead) queriesBefore = db.cost.queries;
      const { value, open: openAfter } = await step(ctx, open, input);
      if (openAfter === undefined) clearCache();
      else if (!isCached || JSON.stringify(openAfter) !== JSON.stringify(cached)) kv.put("open", openAfter);
      if (openAfter === null) await this.#endWatch();
      return { ...outcome(), value };
    } catch (error) {
      if (error instanceof GuardViolated) {
        // Nothing was written, so all is as it was before the call.
        ctx.outbox.length = 0;
        ctx.mails.length = 0;
        if (cached !== undefined) kv.put("open", cached);
        if (isNewWatch) await this.#endWatch();
        return { ...outcome(), isViolated: true };
      }
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
      return { ...outcome(), problem: error.toPlain() };
    } finally {
      afterCommit({ ...ctx, env });
    }
  }
}
