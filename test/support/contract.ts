// Validates the responses of all tests against the OpenAPI document.
import { Validator, type Schema } from "@cfworker/json-schema";
import { z } from "zod";
import { withoutReferences } from "../../scripts/openapi/references.ts";
import { app } from "../../src/app.ts";
import { openApiDocument } from "../../src/http/openapi.ts";

const responseShape = z.looseObject({
  headers: z.record(z.string(), z.looseObject({ required: z.boolean().optional() })).optional(),
  content: z.record(z.string(), z.object({ schema: z.record(z.string(), z.unknown()) })).optional(),
});

const operationShape = z.looseObject({
  operationId: z.string().optional(),
  summary: z.string().optional(),
  tags: z.array(z.string()).optional(),
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
  parameters: z
    .array(z.looseObject({ name: z.string(), in: z.string(), required: z.boolean().optional() }))
    .optional(),
  requestBody: z.unknown().optional(),
  responses: z.record(z.string(), responseShape),
});

const documentShape = z.looseObject({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), operationShape)),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
});

const { components } = openApiDocument(app);

/** The document, whose operations contain their headers, parameters and responses. Schemas remain references. */
export const contract = documentShape.parse(
  withoutReferences(openApiDocument(app), components, ["headers", "parameters", "responses"]),
);

export type Operation = z.infer<typeof operationShape> & { method: string; path: string };

export const operations: Operation[] = Object.entries(contract.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    ...operation,
    method: method.toUpperCase(),
    path,
  })),
);

/** Whether the operation may be called without signing in. */
export const isPublic = (operation: Operation): boolean =>
  operation.security?.some((scheme) => Object.keys(scheme).length === 0) ?? true;

/** The path with this id for each of its parameters. */
export const fill = (path: string, id: string): string => path.replaceAll(/\{\w+\}/g, id);

export const nameOf = ({ method, path }: Operation): string => `${method} ${path}`;

const pattern = (path: string): RegExp => new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+")}$`);

const patterns = operations.map((operation) => ({ operation, pattern: pattern(operation.path) }));

/** The declared operation of a request; of several paths that match, the one with the fewest parameters. */
export function operationOf(method: string, path: string): Operation | undefined {
  const matching = patterns.filter((each) => each.operation.method === method && each.pattern.test(path));
  return matching.toSorted(
    (a, b) => a.operation.path.split("{").length - b.operation.path.split("{").length,
  )[0]?.operation;
}

const validators = new Map<string, Validator>();

// Creating a validator takes much longer than validating, and most operations share the schemas of problems.
function validatorOf(schema: Record<string, unknown>): Validator {
  const key = JSON.stringify(schema);
  const known = validators.get(key);
  if (known) return known;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the validator's type is narrower than JSON Schema
  const whole = { ...schema, components: contract.components } as Schema;
  const validator = new Validator(whole, "2020-12", false);
  validators.set(key, validator);
  return validator;
}

/** How a response violates the document; null if it is as declared. */
export function contractViolation(
  method: string,
  path: string,
  response: Response,
  text: string,
): string | null {
  const operation = operationOf(method, path);
  if (!operation) return null;
  const name = `${method} ${operation.path}`;
  const declared = operation.responses[String(response.status)];
  if (!declared) return `${name} does not declare ${response.status}`;
  const missing = Object.entries(declared.headers ?? {}).find(
    ([header, { required }]) => required && !response.headers.has(header),
  );
  if (missing) return `${name} has no header ${missing[0]}`;
  if (!declared.content) return text === "" ? null : `${name} declares no content for ${response.status}`;
  const type = (response.headers.get("content-type") ?? "").split(";")[0] ?? "";
  const content = declared.content[type];
  if (!content) return `${name} does not declare ${type} for ${response.status}`;
  if (!type.endsWith("json")) return null;
  const result = validatorOf(content.schema).validate(JSON.parse(text));
  return result.valid
    ? null
    : `${name} ${response.status}: ${JSON.stringify(result.errors.slice(-2))} in ${text.slice(0, 300)}`;
}
