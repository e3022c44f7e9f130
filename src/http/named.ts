// Schemas that several operations describe in their own words. The generator would give a component the words of its first use.
import { type OpenAPIHono, z } from "@hono/zod-openapi";
import type { App } from "./app-context.ts";

const components = new Map<string, z.ZodType>();

/** The schema as a component of the OpenAPI document that has no description, so that each use may have one. */
export function named<T extends z.ZodType>(name: string, schema: T): T {
  const component = schema.openapi(name);
  components.set(name, component);
  return component;
}

/** A boolean in a query. */
export const Flag = named("Flag", z.enum(["true", "false"]));

/** Adds the components of `named` to the document, before the operations that use them. */
export function registerNamed({ openAPIRegistry: registry }: OpenAPIHono<App>): void {
  for (const [name, schema] of components) registry.register(name, schema);
}
