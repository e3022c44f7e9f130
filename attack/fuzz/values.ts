// Values from the document's schemas, biased to what the API takes: a field that the schema alone does not explain has its
// name here. What is an id of the shop is a `FromPool`, chosen when the request is sent.
import * as fc from "fast-check";
import { z } from "zod";
import { PASSWORD } from "../../bench/client.ts";
import { RECEIVER } from "../stage.ts";
import { contract } from "../../test/support/contract.ts";

/** The nth of the ids under this path. */
export class FromPool {
  readonly path: string;
  readonly nth: number;
  constructor(path: string, nth: number) {
    this.path = path;
    this.nth = nth;
  }
}

const schemaShape = z.looseObject({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  allOf: z.array(z.unknown()).optional(),
  format: z.string().optional(),
  pattern: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  minItems: z.number().optional(),
  maxItems: z.number().optional(),
  items: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  example: z.unknown().optional(),
});

type Schema = z.infer<typeof schemaShape>;

/** The schema behind a reference. */
export function schemaOf(json: unknown): Schema {
  const schema = schemaShape.parse(json ?? {});
  if (schema.$ref === undefined) return schema;
  return schemaOf(contract.components.schemas[schema.$ref.split("/").at(-1) ?? ""]);
}

const ids = (path: string): fc.Arbitrary<unknown> => fc.nat().map((nth) => new FromPool(path, nth));

const unique = fc.uuid().map((id) => id.slice(0, 12).replaceAll("-", ""));

const instant = fc
  .integer({ min: -400_000, max: 1000 })
  .map((minutes) => new Date(Date.now() + minutes * 60_000).toISOString());

const day = instant.map((text) => text.slice(0, 10));

// What several words of a shop's own look like.
const words = fc.constantFrom(
  "Cuaderno del olivar",
  "the book",
  "Ñandú 📚",
  "hand warmer",
  "O'Neill; --",
  "a",
  "Novel",
);

/** Fields whose schema is wider than what is taken. */
const byName: Record<string, fc.Arbitrary<unknown>> = {
  tenant: fc.constant("attack"),
  slug: unique.map((id) => `shop-${id}`),
  sku: unique,
  password: fc.constant(PASSWORD),
  current_password: fc.constant(PASSWORD),
  email: unique.map((id) => `${id}@example.com`),
  currency: fc.constantFrom("EUR", "GBP", "JPY", "KWD"),
  timezone: fc.constantFrom("UTC", "Europe/Madrid", "America/Lima", "Australia/Lord_Howe"),
  country: fc.constantFrom("France", "ES", "United Kingdom"),
  language: fc.constantFrom("es", "en", "pt-BR"),
  isbn: fc.constantFrom("978-84-376-0494-7", "9788499907659"),
  cover_image_url: fc.constant("https://images.invalid/cover.png"),
  url: ids(RECEIVER),
  event_types: fc.constantFrom(["*"], ["sale.completed"]),
  product_id: ids("/api/v1/products"),
  // Both words, one of which each body may have.
  q: words,
  cursor: fc.constant(undefined),
  "x-tenant": fc.constantFrom("attack", undefined),
  "if-match": fc.constantFrom(undefined, '"1"', '"2"', "*"),
  "if-none-match": fc.constantFrom(undefined, '"1"'),
  "if-range": fc.constant(undefined),
  range: fc.constantFrom(undefined, "bytes=0-99", "bytes=-10"),
  "idempotency-key": fc.option(unique, { nil: undefined }),
};

function text(schema: Schema): fc.Arbitrary<unknown> {
  const { format, pattern, minLength = 0, maxLength = 100 } = schema;
  if (format === "uuid") return fc.uuid();
  if (format === "date-time") return instant;
  if (format === "date" || pattern?.includes("\\d{4}-\\d{2}-\\d{2}")) return day;
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  return fc.oneof(
    words.filter((word) => word.length >= minLength && word.length <= maxLength),
    fc
      .string({ minLength: Math.max(1, minLength), maxLength: Math.min(maxLength, Math.max(minLength, 40)) })
      .filter((value) => value.trim() !== ""),
  );
}

const number = ({
  minimum,
  maximum = Number.MAX_SAFE_INTEGER,
  exclusiveMinimum,
}: Schema): fc.Arbitrary<unknown> => {
  const min = Math.ceil(minimum ?? (exclusiveMinimum === undefined ? 0 : exclusiveMinimum + 1));
  const small = Math.max(min, Math.min(1, maximum));
  return fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: small, max: Math.min(maximum, small + 20) }) },
    { weight: 1, arbitrary: fc.constantFrom(min, maximum) },
  );
};

/** Values of this schema; `name` is the field's. */
export function valueOf(json: unknown, name = ""): fc.Arbitrary<unknown> {
  const named = byName[name];
  if (named) return named;
  const schema = schemaOf(json);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return fc.oneof(...choices.map((choice) => valueOf(choice)));
  if (schema.allOf) return valueOf(schema.allOf.at(-1), name);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.const !== undefined) return fc.constant(schema.const);
  const types = [schema.type ?? "object"].flat();
  return fc.oneof(...types.map((type) => ofType(type, schema)));
}

function ofType(type: string, schema: Schema): fc.Arbitrary<unknown> {
  switch (type) {
    case "null":
      return fc.constant(null);
    case "boolean":
      return fc.boolean();
    case "integer":
    case "number":
      return number(schema);
    case "string":
      return text(schema);
    case "array": {
      const { minItems = 0, maxItems = 100 } = schema;
      return fc.array(valueOf(schema.items), {
        minLength: minItems,
        maxLength: Math.min(maxItems, minItems + 3),
      });
    }
    default:
      return fieldsOf(schema.properties ?? {}, schema.required ?? []);
  }
}

/** Objects with these fields; those that are not required are often left out. */
export const fieldsOf = (
  properties: Record<string, unknown>,
  required: string[],
): fc.Arbitrary<Record<string, unknown>> =>
  fc
    .record(
      Object.fromEntries(
        Object.entries(properties).map(([name, schema]) => [
          name,
          required.includes(name)
            ? valueOf(schema, name)
            : fc.option(valueOf(schema, name), { nil: undefined, freq: 2 }),
        ]),
      ),
    )
    .map((fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)));
