// The bucket with something done between its steps, for the question what a rival does to a verb.
import { env } from "cloudflare:workers";
import type { Base } from "../../src/platform/context.ts";

type Step = "head" | "get" | "put" | "delete";

/** The same context on the real bucket; `before` and `after` are told of each step by its name. */
export function withFiles<C extends Base>(
  ctx: C,
  { before, after }: { before?: (step: string) => Promise<void>; after?: (step: string) => Promise<void> },
): C {
  const steps: Step[] = ["head", "get", "put", "delete"];
  const files = new Proxy(env.FILES, {
    get: (bucket, name) => {
      const step = steps.find((each) => each === name);
      const method: unknown = Reflect.get(bucket, name);
      if (!step || typeof method !== "function") return method;
      return async (...given: unknown[]) => {
        await before?.(step);
        const result: unknown = await Reflect.apply(method, bucket, given);
        await after?.(step);
        return result;
      };
    },
  });
  return { ...ctx, env: { ...ctx.env, FILES: files } };
}
