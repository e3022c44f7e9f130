// Bindings that record what is called of them.
import { env } from "cloudflare:workers";

// D1 is compared by its rows, and desks by what they store: the guard is in their first batch. The others count requests and attempts,
// whoever makes them.
const EXEMPT = new Set(["DB", "SHIFT_DESK", "ADDRESS_LIMIT", "TENANT_QUOTA", "LOGIN_GATE"]);

const recording = (name: string, binding: object, calls: string[]): object =>
  new Proxy(binding, {
    get: (target, method) => {
      const member: unknown = Reflect.get(target, method);
      if (typeof member !== "function") return member;
      return (...args: unknown[]): unknown => {
        calls.push(`${name}.${String(method)}`);
        return Reflect.apply(member, target, args);
      };
    },
  });

/** The database, which adds to `starts` where each of its sessions begins. */
export const recordedDb = (starts: unknown[]): D1Database => ({
  prepare: (query) => env.DB.prepare(query),
  batch: (statements) => env.DB.batch(statements),
  exec: (query) => env.DB.exec(query),
  dump: () => env.DB.dump(),
  withSession: (start) => {
    starts.push(start);
    return env.DB.withSession(start);
  },
});

/** All bindings besides D1, desks and counters, whose calls are added to `calls`. */
export const recordedBindings = (calls: string[]): Partial<Env> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, binding]: [string, unknown]) =>
      typeof binding === "object" && binding !== null && !EXEMPT.has(name) && !Array.isArray(binding)
        ? [[name, recording(name, binding, calls)]]
        : [],
    ),
  );
