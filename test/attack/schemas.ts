// The JSON bodies that the OpenAPI document declares: an example of each, and the paths of its fields.
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

/** The schema with `$ref` and `allOf` merged into it, and of `anyOf` the first that is not null. */
export function resolveSchema(given: unknown): Schema {
  const schema = schemaShape.parse(given);
  const name = schema.$ref?.split("/").at(-1);
  const parts = [
    ...(name === undefined ? [] : [contract.components.schemas[name]]),
    ...(schema.allOf ?? []),
    ...(schema.anyOf ?? []).filter((each) => schemaShape.parse(each).type !== "null").slice(0, 1),
  ];
  const { $ref: _r, allOf: _all, anyOf, ...rest } = schema;
  const all = [...parts.map(resolveSchema), rest];
  const properties = Object.assign({}, ...all.map((part) => part.properties ?? {}));
  const merged: Schema = Object.assign({}, ...all, Object.keys(properties).length > 0 ? { properties } : {});
  const isNullable = anyOf?.some((each) => schemaShape.parse(each).type === "null") ?? false;
  return isNullable ? { ...merged, type: [typeOf(merged) ?? "object", "null"] } : merged;
}

/** The type of a schema, without null. */
export const typeOf = ({ type }: Schema): string | undefined =>
  Array.isArray(type) ? type.find((each) => each !== "null") : type;

type Segment = string | number;

// Of two fields that exclude each other a sample has the first, unless the second is tested.
const EXCLUSIVE = [
  ["payments", "payment_method"],
  ["percent", "amount"],
  ["delta", "count"],
  ["delta", "version"],
  ["customer_id", "customer"],
  ["scopes", "origins"],
  ["allowed_ips", "origins"],
] as const;

const inMinutes = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();

function sampleOfObject(properties: Record<string, unknown>, [tested, ...rest]: Segment[]): unknown {
  const excluded = EXCLUSIVE.filter((pair) => pair.every((name) => name in properties)).map(
    ([first, second], _, pairs) =>
      pairs.some((pair) => pair[0] === first && pair[1] === tested) ? first : second,
  );
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, each]): [string, unknown][] => {
      if (excluded.some((field) => field === name)) return [];
      // An example of the document would soon be too old.
      if (name === "sold_at") return [[name, inMinutes(-1)]];
      if (name === "expires_at") return [[name, inMinutes(1)]];
      // The origins are those of a publishable API key.
      if (name === "kind" && tested === "origins") return [[name, "publishable"]];
      if (name === "hold_until") return [[name, inMinutes(1)]];
      return [[name, sampleOf(each, name === tested ? rest : [])]];
    }),
  );
}

/** Whether the schema accepts null. */
export const isNullable = ({ type }: Schema): boolean => Array.isArray(type) && type.includes("null");

/** A value that the schema accepts, with all fields that go together with the field at the path `tested`. */
export function sampleOf(given: unknown, tested: Segment[] = []): unknown {
  const schema = resolveSchema(given);
  if (schema.properties) return sampleOfObject(schema.properties, tested);
  if (schema.items !== undefined && schema.example === undefined)
    return [sampleOf(schema.items, tested.slice(1))];
  if (schema.example !== undefined) return schema.example;
  if (schema.enum) return schema.enum[0];
  const type = typeOf(schema);
  if (type === "boolean") return true;
  if (type === "integer" || type === "number") return Math.max(schema.minimum ?? 1, 1);
  if (schema.format === "date-time") return "2026-11-22T10:15:00Z";
  if (schema.format === "uuid") return "019a1b2c-3d4e-7f60-8a1b-2c3d4e5f6071";
  return "text";
}

/** A field of a body, with its path from the root. */
export type Field = { path: Segment[]; name: string; schema: Schema };

/** All fields of a body, including objects, arrays and the first element of each array. */
export function fieldsOf(given: unknown, path: Segment[] = []): Field[] {
  const schema = resolveSchema(given);
  const name = path.findLast((segment) => typeof segment === "string") ?? "";
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

/** The media types of the body of an operation, whether it is required, and its JSON schema. */
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

/** The operations that accept JSON. */
export const takesJson = operations.filter((operation) => bodyOf(operation)?.json !== undefined);

/** The body as JSON text, with `raw` in place of the value at `path`. */
export function replacedAt(body: unknown, path: Segment[], raw: string): string {
  const mark = "\u0001value\u0001";
  const put = (value: unknown, [segment, ...rest]: Segment[]): unknown => {
    if (segment === undefined) return mark;
    if (Array.isArray(value)) return value.map((each, at) => (at === segment ? put(each, rest) : each));
    const fields = z.record(z.string(), z.unknown()).parse(value ?? {});
    return { ...fields, [segment]: put(fields[segment], rest) };
  };
  return JSON.stringify(put(body, path)).replace(JSON.stringify(mark), () => raw);
}

export const pointerTo = (path: Segment[]): string => `#/${path.join("/")}`;
