// A binding that fails is a part of the service that does not answer: whoever asked hears 503 and when to come again, not
// 500 as for a bug of ours. D1 says so itself, in db.ts.
import { unavailable } from "./problem.ts";

/** The environment in which what KV, R2 and queues reject with is Problem unavailable. D1 and objects stay as they are. */
export const guardBindings = (env: Env): Env =>
  new Proxy(env, {
    get: (all, name) => {
      const binding: unknown = Reflect.get(all, name);
      const isKept =
        name === "DB" || typeof binding !== "object" || binding === null || "idFromName" in binding;
      return isKept ? binding : guard(binding);
    },
  });

/** The same object; all its methods are asynchronous ones. */
const guard = <T extends object>(part: T): T =>
  new Proxy(part, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      return async (...given: unknown[]) => {
        try {
          const result: unknown = await Reflect.apply(member, target, given);
          // An upload to R2 in parts is used further.
          return typeof result === "object" && result !== null && "uploadPart" in result
            ? guard(result)
            : result;
        } catch (error) {
          throw unavailable(error);
        }
      };
    },
  });

/** What a Durable Object answers to `ask`. What our own code has thrown there stays an error. @throws Problem unavailable */
export async function callObject<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw isThrownThere(error) ? error : unavailable(error);
  }
}

const says = (error: Error, name: string): boolean => Reflect.get(error, name) === true;

const isThrownThere = (error: unknown): boolean =>
  error instanceof Error &&
  says(error, "remote") &&
  !["retryable", "overloaded", "durableObjectReset"].some((name) => says(error, name));
