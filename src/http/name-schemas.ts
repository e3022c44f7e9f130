// Names every object and enumeration of the OpenAPI document, so that code generators need not invent names, which may clash.

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** `sold_at` as `SoldAt`, as the names of components are written. */
export const pascalCase = (name: string): string =>
  name.replaceAll(/(?:^|[^A-Za-z0-9])([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase());

const isEnumeration = ({ enum: values }: Json): boolean => Array.isArray(values) && values.length > 1;

/** The schema without null among its types and values. */
function withoutNull({ type, enum: values, ...rest }: Json): Json {
  const types: unknown[] = Array.isArray(type) ? type.filter((each) => each !== "null") : [type];
  return {
    ...rest,
    ...(type === undefined ? {} : { type: types.length === 1 ? types[0] : types }),
    ...(Array.isArray(values) ? { enum: values.filter((each) => each !== null) } : {}),
  };
}

/**
 * Moves the objects and enumerations inside a schema to `components`, named after it and their path in it: the `sellers` of `Overview`
 * are `OverviewSellersItem`. @throws Error if two have one name
 */
export function nameSchemas(components: Json, schema: unknown, name: string): unknown {
  const inside = (each: unknown, suffix: string): unknown => named(components, each, `${name}${suffix}`);
  if (!isObject(schema)) return schema;
  const { properties, items, additionalProperties, anyOf, allOf, ...rest } = schema;
  return {
    ...rest,
    ...(isObject(properties) && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([field, each]) => [field, inside(each, pascalCase(field))]),
      ),
    }),
    ...(items !== undefined && { items: inside(items, "Item") }),
    ...(additionalProperties !== undefined && {
      additionalProperties: inside(additionalProperties, "Value"),
    }),
    ...(Array.isArray(anyOf) && {
      anyOf: anyOf.map((each, index) => inside(each, index === 0 ? "" : `Option${index + 1}`)),
    }),
    // The parts of one object need no names.
    ...(Array.isArray(allOf) && { allOf: allOf.map((each) => nameSchemas(components, each, name)) }),
  };
}

function named(components: Json, schema: unknown, name: string): unknown {
  if (!isObject(schema) || !(isObject(schema["properties"]) || isEnumeration(schema)))
    return nameSchemas(components, schema, name);
  if (name in components) throw new Error(`Two schemas of the OpenAPI document are named ${name}.`);
  const { description, default: value, example, ...content } = schema;
  components[name] = {};
  components[name] = nameSchemas(components, withoutNull(content), name);
  const reference = { $ref: `#/components/schemas/${name}` };
  const isNullable = Array.isArray(content["type"]) && content["type"].includes("null");
  return {
    ...(isNullable ? { anyOf: [reference, { type: "null" }] } : reference),
    ...(description !== undefined && { description }),
    ...(value !== undefined && { default: value }),
    ...(example !== undefined && { example }),
  };
}

/** The schema of a parameter or body with a reference to a component of this name where it is an object or enumeration. */
export const nameSchema = named;
