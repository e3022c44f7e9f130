// The desk of one person: decides, one call at a time, who is on shift. It remembers the open shift; before a step writes
// to D1 it forgets it, and remembers what the step has left. So a crash on either side leaves no memory, and the next
// call asks D1. A step that only looks writes nothing. The steps are in src/shifts and src/till.
import { afterCommit } from "../../src/after-commit.ts";
import { DurableObject } from "cloudflare:workers";
import type { ActorCtx } from "../../src/platform/context.ts";
import { openDb } from "../../src/platform/d1.ts";
import { logFailure } from "../../src/platform/log.ts";
import { Problem } from "../../src/platform/problem.ts";
import { takeActivity } from "../../src/shifts/activity/activity.ts";
import type { DeskResult, Caller } from "../../src/shifts/desk/desk-client.ts";
import {
  endBreak,
  joinShift,
  readShift,
  startShift,
  startBreak,
  type DeskStep,
} from "../../src/shifts/desk/steps.ts";
import { findOpenShift, type ShiftBody } from "../../src/shifts/record.ts";
import { Shift } from "../../src/shifts/schema.ts";
import { moveCash } from "../../src/shifts/drawer/cash.ts";
import { endShift } from "../../src/shifts/drawer/close.ts";
import { closeForgottenStep } from "../../src/shifts/drawer/close-forgotten.ts";
import { checkIdle } from "../../src/shifts/activity/idle-watch.ts";

type InputOf<S> = S extends DeskStep<infer Input, unknown> ? Input : never;

// The first look over a new shift; it finds the shop's settings and says when to look again.
const FIRST_LOOK_MS = 60_000;

/** Whether the step begins a shift, or only looks, or nobody calls; whose desk it is, where an ADMIN calls. */
type How = { begins?: boolean; looks?: boolean; rings?: boolean; owner?: string };

export class ShiftDesk extends DurableObject<Env> {
  #last: Promise<unknown> = Promise.resolve();

  look(caller: Caller) {
    return this.#take(caller, readShift, null, { looks: true });
  }

  start(caller: Caller, input: InputOf<typeof startShift>) {
    return this.#take(caller, startShift, input, { begins: true });
  }

  join(caller: Caller, input: InputOf<typeof joinShift>) {
    return this.#take(caller, joinShift, input);
  }

  startBreak(caller: Caller, input: InputOf<typeof startBreak>) {
    return this.#take(caller, startBreak, input);
  }

  endBreak(caller: Caller, input: InputOf<typeof endBreak>) {
    return this.#take(caller, endBreak, input);
  }

  takeActivity(caller: Caller, input: InputOf<typeof takeActivity>) {
    return this.#take(caller, takeActivity, input);
  }

  moveCash(caller: Caller, input: InputOf<typeof moveCash>) {
    return this.#take(caller, moveCash, input);
  }

  end(caller: Caller, input: InputOf<typeof endShift>) {
    return this.#take(caller, endShift, input);
  }

  /** An ADMIN calls; the desk is that of the person whose shift it is. */
  closeFor(caller: Caller, input: InputOf<typeof closeForgottenStep>) {
    return this.#take(caller, closeForgottenStep, input, { owner: input.user_id });
  }

  /** Looks after the open shift. If D1 fails it throws, and the platform tries again. */
  override async alarm(): Promise<void> {
    const caller = this.ctx.storage.kv.get<Caller>("watched");
    if (!caller) return;
    // First of all: the platform gives an alarm up that throws too often, and the watch would end with it.
    await this.ctx.storage.setAlarm(Date.now() + FIRST_LOOK_MS);
    const answer = await this.#take({ ...caller, requestId: null }, checkIdle, null, { rings: true });
    if ("value" in answer && answer.value !== null) await this.ctx.storage.setAlarm(answer.value);
  }

  // Before a shift begins, so that none is open without a watch, whatever fails then.
  async #beginWatch(caller: Caller, now: Date): Promise<void> {
    if ((await this.ctx.storage.getAlarm()) !== null) return;
    this.ctx.storage.kv.put("watched", caller);
    await this.ctx.storage.setAlarm(now.getTime() + FIRST_LOOK_MS);
  }

  async #endWatch(): Promise<void> {
    await this.ctx.storage.deleteAlarm();
    this.ctx.storage.kv.delete("watched");
  }

  // D1 is outside: while a step waits for it, the object would take the next call. So calls wait for each other here.
  #take<Input, Value>(
    caller: Caller,
    step: DeskStep<Input, Value>,
    input: Input,
    how: How = {},
  ): Promise<DeskResult<Value>> {
    const mine = this.#last.then(() => this.#run(caller, step, input, how));
    this.#last = mine.catch(() => null);
    return mine;
  }

  async #run<Input, Value>(
    caller: Caller,
    step: DeskStep<Input, Value>,
    input: Input,
    { begins = false, looks = false, rings = false, owner = caller.actor.id }: How,
  ): Promise<DeskResult<Value>> {
    const { kv } = this.ctx.storage;
    // undefined is "not known", null is "no open shift".
    const remembered = kv.get<ShiftBody | null>("open");
    let isKept = remembered !== undefined;
    const forget = (): void => {
      if (isKept) kv.delete("open");
      isKept = false;
    };
    const db = openDb(this.env, "first-primary");
    const ctx: ActorCtx = {
      ...caller,
      db: {
        ...db,
        run: (statement) => {
          forget();
          return db.run(statement);
        },
        batch: (statements) => {
          forget();
          return db.batch(statements);
        },
      },
      env: this.env,
      now: new Date(),
      outbox: [],
      waitUntil: (work) => this.ctx.waitUntil(work),
    };
    let open: ShiftBody | null = null;
    let before = -1;
    try {
      // Before a start nobody asks: the unique index of D1 does.
      open = isKept || begins ? (remembered ?? null) : await findOpenShift(ctx, ctx.tenant.id, owner);
      if ((open || begins) && owner === caller.actor.id) await this.#beginWatch(caller, ctx.now);
      before = db.cost.queries;
      const { value, open: left } = await step(ctx, open, input);
      if (left === undefined) forget();
      else if (!isKept || JSON.stringify(left) !== JSON.stringify(remembered)) kv.put("open", left);
      if (left === null) await this.#endWatch();
      return { cost: db.cost, value };
    } catch (error) {
      // What was refused before it asked D1 has changed nothing. But a write whose answer was lost may have come after
      // the memory: what refuses because there is no shift forgets that, and the next call asks D1.
      const isMissed = error instanceof Problem && !open && !looks;
      if (error instanceof Problem && error.slug === "shift-already-open")
        kv.put("open", Shift.parse(error.extra["shift"]));
      else if (db.cost.queries > before || isMissed) forget();
      else if (!isKept) kv.put("open", open);
      if (!(error instanceof Problem)) throw error;
      const isDown = error.slug === "unavailable";
      if (isDown && rings) throw error.cause;
      if (isDown) logFailure("shift desk", error);
      const { slug, message: detail, extra, status } = error;
      return { cost: db.cost, problem: { slug, detail, extra, status } };
    } finally {
      afterCommit(ctx);
    }
  }
}
