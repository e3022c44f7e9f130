// The problems of the OpenAPI document by their slugs.
import { z } from "zod";
import { Schema, typeOf } from "./schema-type.ts";

const PREFIX = "/problems/";

const ProblemSchema = z.object({
  allOf: z.tuple([
    z.unknown(),
    z.looseObject({
      properties: z.looseObject({ type: z.object({ const: z.string().startsWith(PREFIX) }) }),
      required: z.array(z.string()).optional(),
    }),
  ]),
});

/** The slug of each schema that is a problem, by the schema's name. */
export function problemSlugs(schemas: Record<string, unknown>): Map<string, string> {
  const found = Object.entries(schemas).flatMap(([name, schema]): [string, string][] => {
    const problem = ProblemSchema.safeParse(schema);
    return problem.success ? [[name, problem.data.allOf[1].properties.type.const.slice(PREFIX.length)]] : [];
  });
  return new Map(found);
}

/** The type of the members that a problem has beyond those of every problem, by slug. */
export function problemMembers(schemas: Record<string, unknown>): Record<string, string> {
  const members = [...problemSlugs(schemas)].map(([name, slug]): [string, string] => {
    const { properties, required } = ProblemSchema.parse(schemas[name]).allOf[1];
    const { type: _, ...own } = properties;
    const isEmpty = Object.keys(own).length === 0;
    return [
      slug,
      isEmpty ? "unknown" : typeOf(Schema.parse({ type: "object", properties: own, required }), "  "),
    ];
  });
  return Object.fromEntries(members.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
