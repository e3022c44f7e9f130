// Whatever a request does outside D1 waits until its guard holds, so a request whose guard is violated has no effect anywhere.
import type { Guard } from "./d1.ts";
import { type GuardedDb, GuardViolated } from "./guarded-db.ts";

/** The bindings, all of whose methods wait until the guard holds, unless they are given it. @throws GuardViolated, Problem unavailable */
export function gateBindings(env: Env, { guard, holds, isConfirmed }: GuardedDb): Env {
  const open = async (args: unknown[]): Promise<void> => {
    if (!isDelegated(args, guard) && !(await holds())) throw new GuardViolated();
  };
  return new Proxy(env, {
    get: (bindings, name) => {
      const binding: unknown = Reflect.get(bindings, name);
      // It counts attempts, whoever makes them: those of a login that has ended too.
      if (name === "LOGIN_GATE") return binding;
      if (isConfirmed() || !(binding instanceof Object)) return binding;
      if (name === "DB") throw new Error("a session of D1 beside that of the request waits for its guard");
      return "idFromName" in binding ? gateNamespace(binding, open) : gate(binding, open);
    },
  });
}

/** Whether a call is given the guard of the request, which it has in its own first batch. See `Db.delegate`. */
const isDelegated = ([first]: unknown[], guard: Guard): boolean =>
  first instanceof Object && "guard" in first && first.guard === guard;

/** Wraps an object all of whose methods are asynchronous. */
const gate = <T extends object>(binding: T, open: (args: unknown[]) => Promise<void>): T =>
  new Proxy(binding, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      return async (...args: unknown[]): Promise<unknown> => {
        await open(args);
        return Reflect.apply(member, target, args);
      };
    },
  });

/** Wraps a namespace of Durable Objects, whose stubs have asynchronous methods. */
const gateNamespace = <T extends object>(namespace: T, open: (args: unknown[]) => Promise<void>): T =>
  new Proxy(namespace, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      return (...args: unknown[]): unknown => {
        const result: unknown = Reflect.apply(member, target, args);
        const isStub = name === "get" || name === "getByName";
        return isStub && result instanceof Object ? gate(result, open) : result;
      };
    },
  });
