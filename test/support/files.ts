import { env } from "cloudflare:workers";
import type { Base } from "../../src/platform/context.ts";

type Operation = "head" | "get" | "put" | "delete";

/** The context with callbacks before and after each operation on its real bucket, to test concurrent changes. */
export function withFiles<C extends Base>(
  ctx: C,
  {
    before,
    after,
  }: { before?: (operation: string) => Promise<void>; after?: (operation: string) => Promise<void> },
): C {
  const operations: Operation[] = ["head", "get", "put", "delete"];
  const files = new Proxy(env.FILES, {
    get: (bucket, name) => {
      const operation = operations.find((each) => each === name);
      const method: unknown = Reflect.get(bucket, name);
      if (!operation || typeof method !== "function") return method;
      return async (...args: unknown[]) => {
        await before?.(operation);
        const result: unknown = await Reflect.apply(method, bucket, args);
        await after?.(operation);
        return result;
      };
    },
  });
  return { ...ctx, env: { ...ctx.env, FILES: files } };
}
