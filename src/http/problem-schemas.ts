// The schemas of problems among the components of the OpenAPI document.
import type { OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { membersOf } from "../platform/problem-members.ts";
import { catalogue, type Slug } from "../platform/problem-types.ts";
import type { App } from "./app-context.ts";
import { problemSchemaName } from "./problem-responses.ts";

const slugs = z.array(z.custom<Slug>()).parse(Object.keys(catalogue));

const typeOf = (slug: Slug): string => `/problems/${slug}`;

/** The members of every problem (RFC 9457). */
const Problem = {
  type: "object" as const,
  description:
    "A problem (RFC 9457). Switch on `type`; `title` says what it means, and `detail` what is wrong with this request and what to do.",
  required: ["type", "title", "status", "detail", "instance", "request_id"],
  properties: {
    type: { $ref: "#/components/schemas/ProblemType" },
    title: { type: "string" as const },
    status: { type: "integer" as const },
    detail: { type: "string" as const },
    instance: { type: "string" as const, description: "The path of the request" },
    request_id: { type: "string" as const, description: "Quote it if you report a problem" },
  },
};

const COMPONENTS = "#/components/schemas/";

const generated = z.object({
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  $defs: z.record(z.string(), z.looseObject({ id: z.string().optional() })).optional(),
});

/** The members of a type as JSON schema, and the schemas that they name. */
function membersSchema(shape: z.ZodRawShape) {
  const schema = z.toJSONSchema(z.object(shape), {
    io: "input",
    override: ({ jsonSchema }) => {
      const { minimum, maximum, $ref, description } = jsonSchema;
      if (minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      delete jsonSchema.pattern;
      // A schema of a domain: what zod knows of it is a placeholder.
      if ($ref?.startsWith(COMPONENTS)) {
        for (const name of Object.keys(jsonSchema)) Reflect.deleteProperty(jsonSchema, name);
        Object.assign(jsonSchema, { $ref, ...(description !== undefined && { description }) });
      }
    },
  });
  const {
    properties = {},
    required = [],
    $defs = {},
  } = generated.parse(JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', `"${COMPONENTS}`)));
  for (const each of Object.values($defs)) delete each.id;
  return { properties, required, named: Object.entries($defs) };
}

// Requests that belong to no operation, and those whose client is gone.
const OUTSIDE_OPERATIONS: Slug[] = ["method-not-allowed", "client-closed-request"];

/** Adds the schemas of all problems that an operation may answer to the components. */
export function registerProblems({ openAPIRegistry: registry }: OpenAPIHono<App>): void {
  registry.registerComponent("schemas", "ProblemType", { type: "string", enum: slugs.map(typeOf) });
  registry.registerComponent("schemas", "Problem", Problem);
  const shapes = new Map<string, z.ZodRawShape>(Object.entries(membersOf));
  for (const slug of slugs.filter((each) => !OUTSIDE_OPERATIONS.includes(each))) {
    const { properties, required, named } = membersSchema(shapes.get(slug) ?? {});
    for (const [name, schema] of named) registry.registerComponent("schemas", name, schema);
    registry.registerComponent("schemas", problemSchemaName(slug), {
      description: catalogue[slug][1],
      allOf: [
        { $ref: `${COMPONENTS}Problem` },
        {
          type: "object",
          properties: { type: { const: typeOf(slug) }, ...properties },
          ...(required.length > 0 && { required }),
        },
      ],
    });
  }
}
