// Makes the generated OpenAPI document smaller, and its schemas ones that code generators understand.
import { z } from "zod";
import { markParameter } from "./deprecation.ts";
import { nameSchema, nameSchemas, pascalCase } from "./name-schemas.ts";

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * A reference with annotations, or a reference that may be null. The generator writes both as `allOf` of the schema and what is added,
 * which excludes null, and of which code generators make an intersection.
 */
function tidyReference(schema: Json): Json {
  const { allOf, ...outside } = schema;
  if (!Array.isArray(allOf)) return schema;
  const [reference, added = {}, ...others]: unknown[] = allOf;
  if (!isObject(reference) || !("$ref" in reference) || !isObject(added) || others.length > 0) return schema;
  if ("properties" in added || "properties" in outside) return schema;
  const { type, enum: _values, ...annotations } = { ...added, ...outside };
  // The generator writes a list of types only where null is one of them.
  return Array.isArray(type)
    ? { anyOf: [reference, { type: "null" }], ...annotations }
    : { ...reference, ...annotations };
}

function tidySchemas(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(tidySchemas);
  if (!isObject(value)) return value;
  return tidyReference(
    Object.fromEntries(Object.entries(value).map(([name, each]) => [name, tidySchemas(each)])),
  );
}

/** The schema with its defaults as texts: code generators make a field with a default a required one. */
function describeDefaults(value: unknown, parent = ""): unknown {
  if (Array.isArray(value)) return value.map((each) => describeDefaults(each));
  if (!isObject(value) || parent === "example") return value;
  const entries = Object.entries(value).map(([name, each]): [string, unknown] => [
    name,
    describeDefaults(each, parent === "properties" ? "" : name),
  ]);
  if (parent === "properties" || !("default" in value)) return Object.fromEntries(entries);
  const { default: byDefault, description, ...rest } = Object.fromEntries(entries);
  const text = `Default: ${JSON.stringify(byDefault)}`;
  return { ...rest, description: typeof description === "string" ? `${description}. ${text}` : text };
}

/** The description of a parameter is generated a second time in its schema. */
function tidyParameter(parameter: Json): Json {
  const { schema } = parameter;
  if (!isObject(schema) || schema["description"] !== parameter["description"]) return parameter;
  const { description: _, ...rest } = schema;
  return { ...parameter, schema: rest };
}

// A parameter that this number of operations declare alike becomes a component.
const MIN_SHARED = 3;

const nameShape = z.object({ name: z.string() });

/** The component of the most frequent form of each parameter, by its JSON. */
function sharedParameters(parameters: Json[]): Map<string, string> {
  const counts = new Map<string, number>();
  for (const each of parameters) {
    const json = JSON.stringify(each);
    counts.set(json, (counts.get(json) ?? 0) + 1);
  }
  const shared = new Map<string, string>();
  const frequent = [...counts].filter(([, count]) => count >= MIN_SHARED).toSorted((a, b) => b[1] - a[1]);
  for (const [json] of frequent) {
    const name = pascalCase(nameShape.parse(JSON.parse(json)).name);
    if (![...shared.values()].includes(name)) shared.set(json, name);
  }
  return shared;
}

const bodyShape = z.looseObject({
  content: z.record(z.string(), z.looseObject({ schema: z.unknown() })).optional(),
});

const sharingShape = z.looseObject({ parameters: z.array(z.record(z.string(), z.unknown())).optional() });

const documentShape = z.looseObject({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      sharingShape.extend({
        operationId: z.string(),
        security: z.array(z.unknown()).optional(),
        requestBody: bodyShape.optional(),
        responses: z.record(z.string(), bodyShape),
      }),
    ),
  ),
  webhooks: z.record(z.string(), z.record(z.string(), sharingShape)),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
});

export type OpenApiDocument = z.infer<typeof documentShape>;

const parametersOf = ({ parameters = [] }: { parameters?: Json[] | undefined }) =>
  parameters.map(tidyParameter);

/** Names what components and operations contain: parameters, bodies and responses are named after their operation. */
function nameAll({ paths, components: { schemas } }: OpenApiDocument): void {
  for (const [name, schema] of Object.entries(schemas)) schemas[name] = nameSchemas(schemas, schema, name);
  for (const operation of Object.values(paths).flatMap((each) => Object.values(each))) {
    const name = pascalCase(operation.operationId);
    for (const parameter of operation.parameters ?? [])
      parameter["schema"] = nameSchema(
        schemas,
        parameter["schema"],
        `${name}${pascalCase(String(parameter["name"]))}`,
      );
    for (const content of Object.values(operation.requestBody?.content ?? {}))
      content.schema = describeDefaults(nameSchema(schemas, content.schema, `${name}Body`));
    for (const [status, response] of Object.entries(operation.responses))
      for (const content of Object.values(response.content ?? {}))
        content.schema = nameSchema(schemas, content.schema, `${name}Response${status}`);
  }
  for (const [name, schema] of Object.entries(schemas)) schemas[name] = describeDefaults(schema);
}

const COMPONENT = "x-component";

/** Moves the responses that have a name to the components, unless only one operation has them. */
function shareResponses({ paths, components }: OpenApiDocument): void {
  const operations = Object.values(paths).flatMap((each) => Object.values(each));
  const named = operations.flatMap(({ responses }) =>
    Object.values(responses).map((each) => each[COMPONENT]),
  );
  const shared: Record<string, unknown> = {};
  for (const { responses } of operations)
    for (const [status, { [COMPONENT]: name, ...response }] of Object.entries(responses)) {
      responses[status] = response;
      if (typeof name !== "string" || named.filter((each) => each === name).length < 2) continue;
      shared[name] = response;
      responses[status] = { $ref: `#/components/responses/${name}` };
    }
  components["responses"] = Object.assign({}, components["responses"], shared);
}

const isPublic = ({ security = [] }: { security?: unknown[] | undefined }): boolean =>
  security.length === 0 || security.some((each) => isObject(each) && Object.keys(each).length === 0);

/** Leaves out `?tenant=` where the login decides the shop: there it may be sent, and has no use. */
function dropShopParameters({ paths }: OpenApiDocument): void {
  for (const operation of Object.values(paths).flatMap((each) => Object.values(each))) {
    if (!operation.parameters || isPublic(operation)) continue;
    operation.parameters = operation.parameters.filter(({ name }) => name !== "tenant");
    if (operation.parameters.length === 0) delete operation.parameters;
  }
}

/** Makes the most frequent security requirement that of the document. */
function shareSecurity(document: OpenApiDocument): void {
  const operations = Object.values(document.paths).flatMap((each) => Object.values(each));
  const byJson = Map.groupBy(operations, ({ security }) => JSON.stringify(security));
  const [frequent] = [...byJson.values()].toSorted((a, b) => b.length - a.length);
  document["security"] = frequent?.[0]?.security;
  for (const operation of frequent ?? []) delete operation.security;
}

/** The document with readable references, and with the parameters that many operations have as components. */
export function tidyDocument(generated: object): OpenApiDocument {
  const document = documentShape.parse(tidySchemas(JSON.parse(JSON.stringify(generated))));
  const operations = Object.values(document.paths).flatMap((each) => Object.values(each));
  dropShopParameters(document);
  for (const operation of operations)
    if (operation.parameters)
      operation.parameters = operation.parameters.map((each) => markParameter(operation, each));
  nameAll(document);
  shareResponses(document);
  shareSecurity(document);
  const sharing = [...operations, ...Object.values(document.webhooks).flatMap((each) => Object.values(each))];
  const shared = sharedParameters(sharing.flatMap(parametersOf));
  for (const operation of sharing)
    if (operation.parameters)
      operation.parameters = parametersOf(operation).map((each) => {
        const name = shared.get(JSON.stringify(each));
        return name === undefined ? each : { $ref: `#/components/parameters/${name}` };
      });
  document.components["parameters"] = Object.fromEntries(
    [...shared].map(([json, name]): [string, unknown] => [name, JSON.parse(json)]),
  );
  return document;
}
