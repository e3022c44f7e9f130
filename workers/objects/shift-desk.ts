// The desk of one person: decides, one call at a time, who is on shift. It remembers the open shift; before a step writes
// to D1 it forgets it, and remembers what the step has left. So a crash on either side leaves no memory, and the next call
// asks D1. The steps are in src/shifts and src/till.
import { DurableObject } from "cloudflare:workers";
import type { ActorCtx } from "../../src/context.ts";
import { openDb } from "../../src/db.ts";
import { Problem } from "../../src/problem.ts";
import type { Answer, Caller } from "../../src/shifts/ask.ts";
import { endBreak, join, look, start, startBreak, type Step } from "../../src/shifts/desk.ts";
import { findOpenShift, type ShiftBody } from "../../src/shifts/record.ts";
import { moveCash } from "../../src/till/cash.ts";
import { end } from "../../src/till/close.ts";

type InputOf<S> = S extends Step<infer Input, unknown> ? Input : never;

export class ShiftDesk extends DurableObject<Env> {
  #last: Promise<unknown> = Promise.resolve();

  look(caller: Caller) {
    return this.#take(caller, look, null);
  }

  start(caller: Caller, input: InputOf<typeof start>) {
    return this.#take(caller, start, input);
  }

  join(caller: Caller, input: InputOf<typeof join>) {
    return this.#take(caller, join, input);
  }

  startBreak(caller: Caller, input: InputOf<typeof startBreak>) {
    return this.#take(caller, startBreak, input);
  }

  endBreak(caller: Caller) {
    return this.#take(caller, endBreak, null);
  }

  moveCash(caller: Caller, input: InputOf<typeof moveCash>) {
    return this.#take(caller, moveCash, input);
  }

  end(caller: Caller, input: InputOf<typeof end>) {
    return this.#take(caller, end, input);
  }

  // D1 is outside: while a step waits for it, the object would take the next call. So calls wait for each other here.
  #take<Input, Value>(caller: Caller, step: Step<Input, Value>, input: Input): Promise<Answer<Value>> {
    const mine = this.#last.then(() => this.#run(caller, step, input));
    this.#last = mine.catch(() => null);
    return mine;
  }

  async #run<Input, Value>(caller: Caller, step: Step<Input, Value>, input: Input): Promise<Answer<Value>> {
    const db = openDb(this.env, "first-primary");
    const ctx: ActorCtx = {
      ...caller,
      db,
      env: this.env,
      now: new Date(),
      waitUntil: (work) => this.ctx.waitUntil(work),
    };
    const { kv } = this.ctx.storage;
    // undefined is "not known", null is "no open shift".
    const remembered = kv.get<ShiftBody | null>("open");
    const open =
      remembered === undefined ? await findOpenShift(ctx, ctx.tenant.id, ctx.actor.id) : remembered;
    const before = db.cost.queries;
    kv.delete("open");
    try {
      const { value, open: left } = await step(ctx, open, input);
      kv.put("open", left);
      return { cost: db.cost, value };
    } catch (error) {
      // What was refused before it asked D1 has changed nothing: the memory is right.
      if (db.cost.queries === before) kv.put("open", open);
      if (!(error instanceof Problem)) throw error;
      return { cost: db.cost, problem: { slug: error.slug, detail: error.message, extra: error.extra } };
    }
  }
}
