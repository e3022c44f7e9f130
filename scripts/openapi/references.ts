// Resolves the references of the OpenAPI document.
import { z } from "zod";

const REFERENCE = /^#\/components\/(\w+)\/([^/]+)$/;

type Kind = "headers" | "parameters" | "responses" | "schemas";

/** The value with the components of these kinds to which it refers, in place of its references. */
export function withoutReferences(value: unknown, components: unknown, kinds: readonly Kind[]): unknown {
  if (Array.isArray(value)) return value.map((each) => withoutReferences(each, components, kinds));
  if (typeof value !== "object" || value === null) return value;
  const [, kind = "", name = ""] = REFERENCE.exec(String(Reflect.get(value, "$ref"))) ?? [];
  if (kinds.some((each) => each === kind)) {
    const found = z.record(z.string(), z.record(z.string(), z.unknown())).parse(components)[kind]?.[name];
    return withoutReferences(found, components, kinds);
  }
  const entries = Object.entries(value);
  return Object.fromEntries(entries.map(([key, each]) => [key, withoutReferences(each, components, kinds)]));
}
