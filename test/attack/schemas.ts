// The JSON bodies of the document: an example of each, and where in it every field is.
import { z } from "zod";
import { contract, operations, type Operation } from "../support/contract.ts";

const schemaShape = z.looseObject({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  items: z.unknown().optional(),
  allOf: z.array(z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  enum: z.array(z.unknown()).optional(),
  example: z.unknown().optional(),
  format: z.string().optional(),
  description: z.string().optional(),
  minimum: z.number().optional(),
  additionalProperties: z.unknown().optional(),
});

export type Schema = z.infer<typeof schemaShape>;

/** The schema itself, with what `$ref` and `allOf` add to it; of alternatives the one that is not null. */
export function resolved(given: unknown): Schema {
  const schema = schemaShape.parse(given);
  const name = schema.$ref?.split("/").at(-1);
  const parts = [
    ...(name === undefined ? [] : [contract.components.schemas[name]]),
    ...(schema.allOf ?? []),
    ...(schema.anyOf ?? []).filter((each) => schemaShape.parse(each).type !== "null").slice(0, 1),
  ];
  const { $ref: _r, allOf: _all, anyOf: _any, ...own } = schema;
  const all = [...parts.map(resolved), own];
  const properties = Object.assign({}, ...all.map((part) => part.properties ?? {}));
  return Object.assign({}, ...all, Object.keys(properties).length > 0 ? { properties } : {});
}

/** Its type, without null. */
export const typeOf = ({ type }: Schema): string | undefined =>
  Array.isArray(type) ? type.find((each) => each !== "null") : type;

/** A value that the schema takes, with all of its fields. */
export function sampleOf(given: unknown): unknown {
  const schema = resolved(given);
  if (schema.properties)
    return Object.fromEntries(
      Object.entries(schema.properties).map(([name, each]) => [name, sampleOf(each)]),
    );
  if (schema.items !== undefined && schema.example === undefined) return [sampleOf(schema.items)];
  if (schema.example !== undefined) return schema.example;
  if (schema.enum) return schema.enum[0];
  const type = typeOf(schema);
  if (type === "boolean") return true;
  if (type === "integer" || type === "number") return Math.max(schema.minimum ?? 1, 1);
  if (schema.format === "date-time") return "2026-11-22T10:15:00Z";
  return "text";
}

type Step = string | number;

/** A place in a body: how to get there, its name, what it takes. */
export type Field = { path: Step[]; name: string; schema: Schema };

/** All places of a body, objects and arrays too; of an array its first element. */
export function fieldsOf(given: unknown, path: Step[] = []): Field[] {
  const schema = resolved(given);
  const name = path.findLast((step) => typeof step === "string") ?? "";
  const here = path.length === 0 ? [] : [{ path, name, schema }];
  const inside = Object.entries(schema.properties ?? {}).flatMap(([field, each]) =>
    fieldsOf(each, [...path, field]),
  );
  const elements = schema.items === undefined ? [] : fieldsOf(schema.items, [...path, 0]);
  return [...here, ...inside, ...elements];
}

const bodyShape = z.looseObject({
  required: z.boolean().optional(),
  content: z.record(z.string(), z.looseObject({ schema: z.unknown() })),
});

/** The body that an operation takes: its types, whether it must be there, and the schema of its JSON. */
export function bodyOf({
  requestBody,
}: Operation): { types: string[]; isRequired: boolean; json: unknown } | null {
  if (requestBody === undefined) return null;
  const { content, required } = bodyShape.parse(requestBody);
  return {
    types: Object.keys(content),
    isRequired: required === true,
    json: content["application/json"]?.schema,
  };
}

/** The operations that take JSON. */
export const takesJson = operations.filter((operation) => bodyOf(operation)?.json !== undefined);

/** The body as JSON text with `raw` in the place of what is at `path`. */
export function spoilt(body: unknown, path: Step[], raw: string): string {
  const mark = "\u0001here\u0001";
  const put = (value: unknown, [step, ...rest]: Step[]): unknown => {
    if (step === undefined) return mark;
    if (Array.isArray(value)) return value.map((each, at) => (at === step ? put(each, rest) : each));
    const fields = z.record(z.string(), z.unknown()).parse(value ?? {});
    return { ...fields, [step]: put(fields[step], rest) };
  };
  return JSON.stringify(put(body, path)).replace(JSON.stringify(mark), () => raw);
}

export const pointerTo = (path: Step[]): string => `#/${path.join("/")}`;
