// JSON files that scripts/assets.mjs writes when the Worker is built.
import type { Context } from "hono";
import type { z } from "zod";
import type { App } from "./app-context.ts";

/** The content of a JSON file among the assets. */
export async function jsonAsset<T>(c: Context<App>, name: string, shape: z.ZodType<T>): Promise<T> {
  const file = await c.env.ASSETS.fetch(new URL(`/${name}`, c.req.url));
  if (!file.ok) throw new Error(`${name} is not among the assets: run node scripts/assets.mjs`);
  return shape.parse(await file.json());
}
