// A failing binding is an unavailable dependency (503 with Retry-After), not a bug of this Worker (500). D1 reports its own
// failures in d1.ts.
import { unavailable } from "./problem.ts";

/** Wraps KV, R2 and queues so that their rejections become Problem unavailable. D1 and Durable Objects are not wrapped. */
export const guardBindings = (env: Env): Env =>
  new Proxy(env, {
    get: (bindings, name) => {
      const binding: unknown = Reflect.get(bindings, name);
      const isExempt = name === "DB" || !(binding instanceof Object) || "idFromName" in binding;
      return isExempt ? binding : guard(binding);
    },
  });

/** Wraps an object all of whose methods are asynchronous. */
const guard = <T extends object>(binding: T): T =>
  new Proxy(binding, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      return async (...args: unknown[]) => {
        try {
          const result: unknown = await Reflect.apply(member, target, args);
          // A multipart upload to R2 has asynchronous methods too.
          return result instanceof Object && "uploadPart" in result ? guard(result) : result;
        } catch (error) {
          throw unavailable(error);
        }
      };
    },
  });

/** Calls a Durable Object. Errors that its code throws are rethrown unchanged. @throws Problem unavailable */
export async function callObject<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw isThrownByObject(error) ? error : unavailable(error);
  }
}

const hasFlag = (error: Error, name: string): boolean => Reflect.get(error, name) === true;

const isThrownByObject = (error: unknown): boolean =>
  error instanceof Error &&
  hasFlag(error, "remote") &&
  !["retryable", "overloaded", "durableObjectReset"].some((name) => hasFlag(error, name));
